"""What goes over the wire, and back. What may be wrong with it stands in the modules beside."""

import json
from dataclasses import FrozenInstanceError, fields
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.config import MAX_FRAME, MAX_INTEGER, MAX_SESSION, MAX_TEXT
from chat.messages import (
    Code,
    Error,
    GetHistory,
    Heard,
    HistoryPage,
    Join,
    Members,
    Notice,
    ProtocolError,
    Say,
    Welcome,
)
from chat.protocol import create_message, parse_message, parse_reply
from tests.unit.wire import LONGEST, SHORTEST, fields_of, parser_of

SHORTER = [example for example in SHORTEST if SHORTEST[example] != LONGEST[example]]


@pytest.mark.parametrize("example", LONGEST)
def test_a_frame_is_read_as_the_message_it_says(example):
    """The wire page lists what a frame means."""
    frame, message = LONGEST[example]

    assert parser_of(example)(frame) == message


@pytest.mark.parametrize("example", LONGEST)
def test_a_message_is_written_as_the_frame_that_says_it(example):
    """No field more and none less."""
    frame, message = LONGEST[example]

    assert json.loads(create_message(message)) == json.loads(frame)


@pytest.mark.parametrize("example", SHORTER)
def test_a_frame_is_read_when_it_has_only_what_it_needs(example):
    """Other fields may be missing; a page of history is then as long as it gets."""
    frame, message = SHORTEST[example]

    assert parser_of(example)(frame) == message


@pytest.mark.parametrize("example", ["join", "say", "said", "error"])
def test_a_field_that_is_none_is_left_out(example):
    """A null would say the same and cost more."""
    frame, message = SHORTEST[example]

    assert json.loads(create_message(message)) == json.loads(frame)


def test_a_field_that_is_not_known_is_ignored():
    """Tomorrow's peers may say more than today's understand."""
    for example, (_, message) in LONGEST.items():
        frame = json.dumps(fields_of(example) | {"colour": "blue"})

        assert parser_of(example)(frame) == message


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        pytest.param('{"type":"message","text":"hi","ref":null}', Say("hi"), id="ref"),
        pytest.param('{"type":"history","after":1,"limit":null}', GetHistory(1, 100), id="limit"),
        pytest.param('{"type":"join","name":"ada","session":null}', Join("ada"), id="session"),
    ],
)
def test_a_null_counts_as_missing(frame, message):
    """Many languages write a field that they do not have as null."""
    assert parse_message(frame) == message


def test_a_full_page_is_asked_for_when_no_limit_is_given():
    """On the way out as on the way in."""
    assert GetHistory(after=41) == GetHistory(after=41, limit=100)


def test_a_whole_number_may_stand_for_a_time():
    """JSON does not tell 3 from 3.0."""
    heard = parse_reply('{"type":"leave","id":1,"time":3,"name":"ada"}')

    assert (heard.time, type(heard.time)) == (3.0, float)


@pytest.mark.parametrize("type", ["join", "leave", "message", "action"])
def test_only_a_whisper_is_to_somebody(type):
    """What everyone hears has no addressee, whatever a frame pretends."""
    frame = fields_of("whispered") | {"type": type}

    assert parse_reply(json.dumps(frame)).to is None


@pytest.mark.parametrize("type", ["join", "leave"])
def test_who_comes_or_goes_says_nothing(type):
    """A join or a leave has no text, whatever a frame pretends."""
    frame = fields_of("said") | {"type": type}

    assert parse_reply(json.dumps(frame)).text is None


def test_a_frame_wastes_no_bytes():
    """It goes to everyone: no spaces between its parts, and every script as itself."""
    frame = create_message(Say("näïve\U0001f600", ref=7))

    assert "näïve\U0001f600" in frame
    assert " " not in frame


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(Say('"' * MAX_TEXT, -MAX_INTEGER), id="quotes"),
        pytest.param(Say("\U0001f600" * MAX_TEXT, -MAX_INTEGER), id="emoji"),
        pytest.param(Join("ada", MAX_INTEGER, '"' * MAX_SESSION, '"' * MAX_SESSION), id="join"),
    ],
)
def test_the_longest_message_fits_in_a_frame(message):
    """Nobody is closed for a text that the limits allow."""
    assert len(create_message(message).encode()) <= MAX_FRAME


@pytest.mark.parametrize("time", [nan, inf, -inf])
def test_a_number_that_json_cannot_say_is_an_error(time):
    """A mistake of our own code is told at once, not sent to everyone."""
    with pytest.raises(ValueError, match="JSON"):
        create_message(Heard("leave", 1, time, "ada"))


def test_a_message_cannot_be_changed():
    """One message goes to many: nobody may change it for the others."""
    for _, message in LONGEST.values():
        for field in fields(message):
            with pytest.raises(FrozenInstanceError):
                setattr(message, field.name, None)


def test_the_codes_of_errors_are_those_of_the_wire_page():
    """Clients of others know them by heart."""
    assert set(Code) == {
        "bad-message",
        "too-long",
        "name-taken",
        "bad-name",
        "join-first",
        "already-joined",
        "no-such-member",
        "not-saved",
        "rate-limited",
    }


def test_an_error_says_in_words_what_it_tells_the_peer():
    """So that a log reads as what the peer reads."""
    error = ProtocolError(Code.TOO_LONG, "text is too long", ref=7)

    assert (str(error), error.detail) == ("text is too long", "text is too long")
    assert (error.code, error.ref) == ("too-long", 7)


# Every message

ids = st.integers(0, MAX_INTEGER)
refs = st.none() | st.integers(-MAX_INTEGER, MAX_INTEGER)
times = st.floats(allow_nan=False, allow_infinity=False)
names = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=32)
printable = st.characters(exclude_categories=["C", "Zl", "Zp"])
words = st.text(printable)
texts = st.text(printable, min_size=1, max_size=512).filter(str.strip)
secrets = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=128)

heards = st.one_of(
    st.builds(Heard, st.sampled_from(["join", "leave"]), ids, times, names, ref=refs),
    st.builds(
        Heard, st.sampled_from(["message", "action"]), ids, times, names, text=texts, ref=refs
    ),
    st.builds(Heard, st.just("whisper"), ids, times, names, names, texts, refs),
)
rolls = st.lists(names, max_size=5).map(tuple)
from_client = st.one_of(
    st.builds(Join, names, st.none() | ids, st.none() | secrets, st.none() | secrets),
    st.builds(Say, texts, refs),
    st.builds(GetHistory, ids, st.integers(1, 100)),
)
from_server = st.one_of(
    heards,
    st.builds(Welcome, names, rolls, ids, ids, secrets, secrets),
    st.builds(Members, rolls),
    st.builds(Notice, words),
    st.builds(HistoryPage, st.lists(heards, max_size=3).map(tuple)),
    st.builds(Error, words, words, refs),
)


@given(from_client)
def test_the_server_reads_what_a_client_wrote(message):
    """`create_message` is the inverse of `parse_message`."""
    assert parse_message(create_message(message)) == message


@given(from_server)
def test_a_client_reads_what_the_server_wrote(message):
    """`create_message` is the inverse of `parse_reply`."""
    assert parse_reply(create_message(message)) == message
