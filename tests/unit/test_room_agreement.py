"""Two rooms that are fed the same events agree, whatever the events are."""

import json
from itertools import count
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from chat.events import Event, Seat
from chat.room import Refused, Room, name_key

# Few of everything, so that events meet: each name is wanted by two, in two spellings.
CLAIMS = [
    (Seat("a", 1), "ada"),
    (Seat("b", 1), "ADA"),
    (Seat("a", 2), "straße"),
    (Seat("c", 1), "STRASSE"),
    (Seat("b", 2), "\u00e9"),
    (Seat("c", 2), "e\u0301"),
]
claims = st.sampled_from(CLAIMS)
names = st.sampled_from([name for _, name in CLAIMS])
sessions = st.sampled_from([None, "s1", "s2"])
deeds = st.sampled_from(["leave", "message", "action", "whisper"])


def told(deliveries):
    """Deliveries in a form that can be compared: errors are not equal to each other."""
    return [
        (each.seat, each.error.code, each.error.detail) if isinstance(each, Refused) else each
        for each in deliveries
    ]


class TwoRooms(RuleBasedStateMachine):
    """One room that lives on, and one that is rebuilt from its snapshot now and then."""

    def __init__(self):
        super().__init__()
        self.lasting, self.rebuilt = Room(), Room()
        self.ids = count(1)
        self.ended = set()

    def apply(self, event):
        """Feed both rooms, which must tell the same."""
        stored = event.stored(next(self.ids))
        deliveries = self.lasting.apply(stored)
        assert told(deliveries) == told(self.rebuilt.apply(stored))
        return deliveries

    @rule(claim=claims, session=sessions)
    def somebody_joins(self, claim, session):
        seat, name = claim
        deliveries = self.apply(Event("join", 1.5, *seat, name, session=session))
        assert (deliveries == []) == (seat.server in self.ended)

    @rule(claim=claims, type=deeds, to=names)
    def somebody_does_something(self, claim, type, to):
        seat, name = claim
        holder = self.lasting.holder(name)
        deliveries = self.apply(Event(type, 1.5, *seat, name, "hi", to))
        assert bool(deliveries) == (holder is not None and holder.seat == seat)

    @rule(server=st.sampled_from("abc"), type=st.sampled_from(["lost", "stopped"]))
    def a_server_ends(self, server, type):
        self.apply(Event(type, 1.5, server))
        assert self.apply(Event("lost", 1.5, server)) == []
        self.ended.add(server)

    @rule()
    def one_room_is_rebuilt(self):
        self.rebuilt = Room(json.loads(json.dumps(self.rebuilt.snapshot())))

    @invariant()
    def both_agree(self):
        assert self.lasting.snapshot() == self.rebuilt.snapshot()

    @invariant()
    def names_are_unique_in_every_spelling(self):
        names = self.lasting.names
        assert len({name_key(name) for name in names}) == len(names)

    @invariant()
    def every_member_sits_at_a_server_that_is_there(self):
        assert self.lasting.servers.isdisjoint(self.ended)


@pytest.mark.hypothesis
def test_two_rooms_agree_when_they_are_fed_the_same_events():
    """The journal alone decides, and a snapshot stands for all that it left out."""
    run_state_machine_as_test(TwoRooms, settings=settings(stateful_step_count=20))


@given(st.text(st.characters(categories=["L", "M"])))
def test_a_name_and_its_key_have_one_key_in_every_form(name):
    """Canonical equivalence, then case folding (Unicode Standard, definition D145)."""
    spellings = normalize("NFC", name), normalize("NFD", name), name_key(name)

    assert {name_key(spelling) for spelling in spellings} == {name_key(name)}
