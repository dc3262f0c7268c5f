"""Wrong: two tests share one room, so the second finds what the first left there."""

from chat.events import Event
from chat.room import Admitted, Room

ROOM = Room()  # made once, when the file is imported


def test_a_newcomer_is_admitted():
    """A free name is given to who asks for it."""
    deliveries = ROOM.apply(Event("join", 1.5, "east", 1, "ada", id=1))

    assert Admitted(("east", 1), "ada") in deliveries


def test_a_newcomer_from_elsewhere_is_admitted():
    """So it is on another server."""
    deliveries = ROOM.apply(Event("join", 1.5, "west", 1, "ada", id=1))

    assert Admitted(("west", 1), "ada") in deliveries
