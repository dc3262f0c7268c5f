"""Who hears a whisper: what the room makes of it, before any server carries it."""

import pytest

from chat.events import Event, Seat
from chat.messages import Heard
from chat.room import Only, Room

ADA, BOB, EVE = Seat("east", 1), Seat("west", 1), Seat("west", 2)


def room():
    """Ada, Bob and Eve, each with a session of their own."""
    room = Room()
    for name, seat in [("Ada", ADA), ("Bob", BOB), ("Eve", EVE)]:
        room.apply(Event("join", 1.5, *seat, name, session=f"{name}'s"))
    return room


def whisper(seat, name, to):
    """A whisper as a journal stored it."""
    return Event("whisper", 1.5, *seat, name, "psst", to, ref=7, id=41)


def test_a_whisper_is_heard_by_its_two_alone():
    """Now at their seats, and later by whoever bears their sessions."""
    [delivery] = room().apply(whisper(ADA, "Ada", to="Bob"))

    assert delivery == Only(
        frozenset({ADA, BOB}),
        Heard("whisper", 41, 1.5, "Ada", to="Bob", text="psst", ref=7),
        frozenset({"Ada's", "Bob's"}),
    )


def test_a_whisper_reaches_its_reader_in_every_spelling():
    """Both are shown as they spelled themselves when they joined."""
    [delivery] = room().apply(whisper(ADA, "ADA", to="bOB"))

    assert (delivery.message.name, delivery.message.to) == ("Ada", "Bob")


def test_a_whisper_to_oneself_is_heard_once():
    """Sender and reader are one."""
    [delivery] = room().apply(whisper(ADA, "Ada", to="Ada"))

    assert (delivery.seats, delivery.sessions) == ({ADA}, {"Ada's"})


@pytest.mark.parametrize("to", ["Zoe", "Zoë"])
def test_a_whisper_to_nobody_is_refused(to):
    """The sender alone is told, by name, and which message it was."""
    [refused] = room().apply(whisper(ADA, "Ada", to=to))

    assert (refused.seat, refused.error.code) == (ADA, "no-such-member")
    assert to in refused.error.detail.split()
    assert refused.error.ref == 7


def test_a_whisper_to_no_name_at_all_is_refused():
    """As one to a name that nobody has."""
    [refused] = room().apply(whisper(ADA, "Ada", to=None))

    assert refused.error.code == "no-such-member"


@pytest.mark.parametrize("to", ["Ada", "Bob", "Zoe"])
def test_a_whisper_of_a_connection_that_does_not_hold_its_name_does_nothing(to):
    """Not even an error comes of it: its sender is not here."""
    assert room().apply(whisper(EVE, "Ada", to)) == []
