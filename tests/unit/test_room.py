"""Who is here and who hears what: one test for each rule of the room."""

import json

import pytest

from chat.events import Event, Seat
from chat.messages import Heard
from chat.room import Admitted, Everyone, Refused, Replaced, Room, name_key

# Two connections of one server, and one of another.
ADA, BOB, EVE = Seat("east", 1), Seat("east", 2), Seat("west", 1)


def event(type, seat, name=None, **more):
    """An event as a journal stored it; the numbers that do not matter are all different."""
    return Event(type, 1.5, *seat, name, **{"id": 41, **more})


def room_of(**seats):
    """A room with these members at these seats; the session of ada is "ada's"."""
    room = Room()
    for name, seat in seats.items():
        room.apply(event("join", seat, name, session=f"{name}'s"))
    return room


def heard(type, name, **more):
    """What everyone hears of an event."""
    return Everyone(Heard(type, 41, 1.5, name, **more))


# Joining


def test_everyone_hears_of_a_newcomer_who_is_then_admitted():
    """The news goes to those who were here before; the newcomer gets a welcome."""
    deliveries = Room().apply(event("join", ADA, "ada"))

    assert deliveries == [heard("join", "ada"), Admitted(ADA, "ada")]


def test_a_newcomer_holds_the_name():
    """Seat and session are remembered with it."""
    holder = room_of(ada=ADA).holder("ada")

    assert (holder.name, holder.seat, holder.session) == ("ada", ADA, "ada's")


def test_nobody_holds_a_name_that_nobody_joined_with():
    """No room is born with members."""
    assert Room().holder("ada") is None


def test_a_name_belongs_to_the_first_join():
    """The order of the journal decides; the later one is told so and may choose again."""
    room = room_of(ada=ADA)

    [refused] = room.apply(event("join", EVE, "ada", session="eve's"))

    assert (refused.seat, refused.error.code) == (EVE, "name-taken")
    assert "ada" in refused.error.detail.split()
    assert room.holder("ada").seat == ADA


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        pytest.param("ada", "ADA", id="case"),
        pytest.param("straße", "STRASSE", id="sharp-s"),
        pytest.param("\u00e9", "e\u0301", id="accent-composed-and-not"),
        pytest.param("\u00e9", "E\u0301", id="accent-and-case"),
        pytest.param("\u01c4", "\u01c5", id="titlecase-digraph"),
        pytest.param("\u03c3", "\u03c2", id="final-sigma"),
        pytest.param("\u212b", "\u00e5", id="angstrom"),
        pytest.param("\u1fb3\u0301", "\u1fb4", id="iota-below"),
    ],
)
def test_a_name_is_taken_in_every_spelling(name, spelling):
    """Whoever looks the same to a reader is the same (Unicode Standard, definition D145)."""
    room = room_of(**{name: ADA})

    [delivery] = room.apply(event("join", EVE, spelling))

    assert isinstance(delivery, Refused)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("i", "\u0131", id="turkish-dotless"),
        pytest.param("i", "\u0130", id="turkish-dotted"),
        pytest.param("e", "\u00e9", id="accent"),
        pytest.param("2", "\u00b2", id="superscript"),
        pytest.param("ada", "ada1", id="one-more"),
    ],
)
def test_another_name_is_free(name, other):
    """What a language tells apart, the room tells apart."""
    room = room_of(**{name: ADA})

    assert Admitted(EVE, other) in room.apply(event("join", EVE, other))


@pytest.mark.parametrize("name", ["\u00c9", "E\u0301"], ids=["composed", "decomposed"])
def test_the_key_of_a_name_is_composed(name):
    """One form for all, so that keys can be compared."""
    assert name_key(name) == "\u00e9"


def test_the_holder_keeps_the_spelling_of_the_join():
    """Whoever is asked for in other letters is shown in their own."""
    assert room_of(Ada=ADA).holder("aDA").name == "Ada"


# Coming back


def test_who_bears_the_session_takes_the_name_over_and_nobody_hears_of_it():
    """A phone that changes networks comes back before its old connection is known to be dead."""
    room = room_of(ada=ADA)

    deliveries = room.apply(event("join", EVE, "ADA", session="ada's"))

    assert deliveries == [Replaced(ADA), Admitted(EVE, "ada")]


def test_who_took_a_name_over_holds_it_as_it_was():
    """Only the seat is another."""
    room = room_of(ada=ADA)
    room.apply(event("join", EVE, "ADA", session="ada's"))

    holder = room.holder("ada")

    assert (holder.name, holder.seat, holder.session) == ("ada", EVE, "ada's")


@pytest.mark.parametrize("session", ["eve's", None], ids=["another", "none"])
@pytest.mark.parametrize("held", ["ada's", None], ids=["held", "held-without"])
def test_nobody_takes_a_name_over_without_its_session(held, session):
    """No session is no key, not even to a name that is held without one."""
    room = Room()
    room.apply(event("join", ADA, "ada", session=held))

    [delivery] = room.apply(event("join", EVE, "ada", session=session))

    assert isinstance(delivery, Refused)


@pytest.mark.parametrize("type", ["message", "leave"])
def test_the_old_connection_does_nothing_any_more_once_its_name_is_taken_over(type):
    """Above all its leave, which may come long after, does not take the name along."""
    room = room_of(ada=ADA)
    room.apply(event("join", EVE, "ada", session="ada's"))

    assert room.apply(event(type, ADA, "ada")) == []
    assert room.holder("ada").seat == EVE


# Talking


@pytest.mark.parametrize("type", ["message", "action"])
def test_everyone_hears_what_a_member_says_or_does(type):
    """The sender too: that is the acknowledgement, and `ref` tells which it is."""
    deliveries = room_of(ada=ADA).apply(event(type, ADA, "ada", text="hi", ref=7))

    assert deliveries == [heard(type, "ada", text="hi", ref=7)]


@pytest.mark.parametrize("type", ["message", "action"])
def test_talking_changes_nobodys_place(type):
    """Who talks stays, at the same seat."""
    room = room_of(ada=ADA, bob=BOB)
    before = room.snapshot()

    room.apply(event(type, ADA, "ada", text="hi"))

    assert room.snapshot() == before


def test_a_member_is_heard_under_the_name_of_the_join():
    """However an event spells it."""
    [delivery] = room_of(Ada=ADA).apply(event("message", ADA, "ADA", text="hi"))

    assert delivery.message.name == "Ada"


@pytest.mark.parametrize("type", ["message", "action", "leave"])
@pytest.mark.parametrize(
    ("seat", "name"),
    [(BOB, "ada"), (EVE, "ada"), (EVE, "eve")],
    ids=["of-the-same-server", "of-the-same-number", "of-a-stranger"],
)
def test_a_connection_that_does_not_hold_its_name_does_nothing(type, seat, name):
    """Neither another connection, nor one of the same number elsewhere, nor a stranger."""
    room = room_of(ada=ADA, bob=BOB)

    assert room.apply(event(type, seat, name, text="hi")) == []
    assert room.names == ("ada", "bob")


# Leaving


def test_everyone_hears_who_leaves():
    """And under which name, as it was spelled at the join."""
    room = room_of(Ada=ADA, bob=BOB)

    assert room.apply(event("leave", ADA, "ada")) == [heard("leave", "Ada")]
    assert room.names == ("bob",)


def test_a_name_is_free_once_its_holder_has_left():
    """Without the session of whoever had it."""
    room = room_of(ada=ADA)
    room.apply(event("leave", ADA, "ada"))

    assert Admitted(EVE, "ada") in room.apply(event("join", EVE, "ada"))


@pytest.mark.parametrize("type", ["lost", "stopped"])
def test_all_members_of_a_server_leave_when_it_ends(type):
    """In the order in which they came; those of other servers stay."""
    room = room_of(bob=BOB, eve=EVE, ada=ADA)

    deliveries = room.apply(event(type, ("east", 0)))

    assert deliveries == [heard("leave", "bob"), heard("leave", "ada")]
    assert room.names == ("eve",)


@pytest.mark.parametrize("again", ["lost", "stopped"])
def test_a_second_end_of_a_server_changes_nothing(again):
    """Two survivors may find it dead at once."""
    room = room_of(ada=ADA, eve=EVE)
    room.apply(event("lost", ("east", 0)))
    before = room.snapshot()

    assert room.apply(event(again, ("east", 0))) == []
    assert room.snapshot() == before


def test_a_server_that_ended_is_heard_of_no_more():
    """What it appended too late is void, even if it never had a member."""
    room = Room()
    room.apply(event("lost", ("east", 0)))

    assert room.apply(event("join", ADA, "ada")) == []
    assert room.names == ()


# Looking


def test_names_are_in_alphabetical_order_whatever_their_case():
    """As people look for them."""
    assert room_of(Cleo=EVE, ada=ADA, Bob=BOB).names == ("ada", "Bob", "Cleo")


def test_the_servers_of_a_room_are_those_that_its_members_are_connected_to():
    """Each once; one whose members have left is none of them."""
    room = room_of(ada=ADA, bob=BOB, eve=EVE)
    assert room.servers == {"east", "west"}

    room.apply(event("leave", EVE, "eve"))

    assert room.servers == {"east"}


@pytest.mark.parametrize("type", ["join", "leave", "message", "action"])
def test_an_event_of_a_member_without_a_name_is_an_error(type):
    """No journal has such: it is a mistake of our own code."""
    with pytest.raises(ValueError, match=f"a {type} event must have a name"):
        Room().apply(event(type, ADA))


# Snapshots


def restored(room):
    """The room as another process builds it, from the JSON of its snapshot."""
    return Room(json.loads(json.dumps(room.snapshot())))


def test_an_empty_room_is_restored_as_an_empty_room():
    """Nothing is made up."""
    assert restored(Room()).snapshot() == {"members": [], "gone": []}


def test_members_are_restored_with_seat_and_session():
    """So that all of them can go on where they were, and come back."""
    room = restored(room_of(Ada=ADA, eve=EVE))

    assert [room.holder("ada"), room.holder("eve")] == [
        room_of(Ada=ADA).holder("ada"),
        room_of(eve=EVE).holder("eve"),
    ]


def test_servers_that_ended_are_restored_as_ended():
    """A late event of theirs is void for ever."""
    room = Room()
    for server in "west", "east", "north":
        room.apply(event("lost", (server, 0)))

    assert room.snapshot()["gone"] == ["east", "north", "west"]
    assert restored(room).apply(event("join", ADA, "ada")) == []
