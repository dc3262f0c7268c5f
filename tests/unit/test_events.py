"""What happens in the chat, as the journal keeps it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.events import Event, Seat

words = st.text(st.characters(exclude_categories=["Cs"]))  # all that UTF-8 can carry
texts = st.none() | words
events = st.builds(
    Event,
    type=st.sampled_from(["join", "leave", "message", "action", "whisper", "lost", "stopped"]),
    time=st.floats(allow_nan=False, allow_infinity=False),
    server=words,
    connection=st.integers(),
    name=texts,
    text=texts,
    to=texts,
    ref=st.none() | st.integers(),
    session=texts,
)


def test_an_event_of_a_whole_server_needs_no_more_than_the_server():
    """It has no connection, no member, and no id before a journal gives it one."""
    assert Event("lost", 1.5, "east") == Event(
        "lost", 1.5, "east", 0, name=None, text=None, to=None, ref=None, session=None, id=0
    )


def test_the_seat_of_an_event_is_the_connection_that_caused_it():
    """A connection is known by its server and by its number there."""
    assert Event("message", 1.5, "east", 3, "ada", "hi").seat == Seat(server="east", connection=3)


def test_a_stored_event_has_the_id_that_the_journal_gave_it():
    """The rest of it stays, and the event that was not stored stays as it was."""
    event = Event("message", 1.5, "east", 3, "ada", "hi")

    stored = event.stored(41)

    assert (event.id, stored) == (0, Event("message", 1.5, "east", 3, "ada", "hi", id=41))


def test_an_event_cannot_be_changed():
    """What happened, happened."""
    event = Event("message", 1.5, "east", 3, "ada", "hi")

    with pytest.raises(AttributeError):
        event.text = "ho"


FULL = Event("whisper", 1.5, "east", 3, "ada", "hi", "bob", 7, "hash", id=41)
DUMPED = (
    '{"type":"whisper","time":1.5,"server":"east","connection":3,"name":"ada","text":"hi",'
    '"to":"bob","ref":7,"session":"hash"}'
)


def test_an_event_that_was_stored_long_ago_can_be_read():
    """Journals outlive programs: these are the names that stand in their files."""
    assert Event.load(41, DUMPED) == FULL


def test_all_but_the_id_of_an_event_is_dumped():
    """The journal keeps the id beside it."""
    assert json.loads(FULL.dump()) == json.loads(DUMPED)


def test_an_event_is_dumped_without_waste():
    """A journal is mostly text: no nulls, no spaces, every script as itself."""
    dumped = Event("message", 1.5, "east", 3, "ada", "näïve\U0001f600").dump()

    assert "näïve\U0001f600" in dumped
    assert " " not in dumped
    assert "null" not in dumped


@given(events, st.integers())
def test_an_event_is_loaded_as_it_was_dumped(event, id):
    """`load` is the inverse of `dump`."""
    assert Event.load(id, event.dump()) == event.stored(id)
