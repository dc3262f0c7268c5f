"""Who is here and who hears what.

Pure: no loop, socket, file or clock. The room is what the journal's events add up to: two rooms
that were fed the same events agree, on whatever servers they stand, so the order of the journal
alone decides who holds a name.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from chat.events import Event, Seat
from chat.messages import Code, Heard, ProtocolError


@lru_cache(maxsize=4096)  # asked for with every message
def name_key(name: str) -> str:
    """Return what two spellings of one name share: its canonical caseless form.

    Unicode Standard, section 3.13, definition D145, brought back to NFC.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


@dataclass(frozen=True, slots=True)
class Member:
    """Who holds a name: from which seat, under which session (its hash)."""

    name: str
    seat: Seat
    session: str | None


# --- What follows from an event ---


@dataclass(frozen=True, slots=True)
class Everyone:
    """Every member hears `message`."""

    message: Heard

    def is_for(self, session: str | None) -> bool:  # noqa: ARG002  # whoever bears it
        """Return whether the holder of `session` (its hash) may read it later."""
        return True


@dataclass(frozen=True, slots=True)
class Only:
    """The members at `seats` hear `message`; later the holders of `sessions` may read it."""

    seats: frozenset[Seat]
    message: Heard
    sessions: frozenset[str | None]

    def is_for(self, session: str | None) -> bool:
        """Return whether the holder of `session` (its hash) may read it later."""
        return session in self.sessions


@dataclass(frozen=True, slots=True)
class Refused:
    """The connection at `seat` is told why its event did nothing."""

    seat: Seat
    error: ProtocolError


@dataclass(frozen=True, slots=True)
class Admitted:
    """The connection at `seat` is now the member `name` and must be welcomed."""

    seat: Seat
    name: str


@dataclass(frozen=True, slots=True)
class Replaced:
    """The connection at `seat` lost its name to a later one that bears the same session."""

    seat: Seat


Delivery = Everyone | Only | Refused | Admitted | Replaced


class Room:
    """The members, as the events applied so far have it."""

    def __init__(self, snapshot: Mapping[str, Any] | None = None) -> None:
        """Begin empty, or as the room was whose `snapshot` is given."""
        snapshot = snapshot or {"members": [], "gone": []}
        self._gone: set[str] = set(snapshot["gone"])
        self._members = {
            name_key(name): Member(name, Seat(server, connection), session)
            for name, server, connection, session in snapshot["members"]
        }

    def snapshot(self) -> dict[str, Any]:
        """Return the room as JSON values, for `Room(snapshot)`."""
        members = [[m.name, *m.seat, m.session] for m in self._members.values()]
        return {"members": members, "gone": sorted(self._gone)}

    @property
    def names(self) -> tuple[str, ...]:
        """The members' names in alphabetical order."""
        return tuple(self._members[key].name for key in sorted(self._members))

    @property
    def servers(self) -> set[str]:
        """The ids of the servers that members are connected to."""
        return {member.seat.server for member in self._members.values()}

    def holder(self, name: str) -> Member | None:
        """Return the member who bears `name`, in whatever case, or None."""
        return self._members.get(name_key(name))

    def apply(self, event: Event) -> list[Delivery]:
        """Take a stored event in and return what follows from it, in order.

        A name belongs to the first join; a later one is refused, unless it bears the holder's
        session: then it takes the name over and nobody else hears of it. Events of a connection
        that does not hold its name, and of servers declared lost, do nothing.
        """
        if event.server in self._gone:
            return []
        return _RULES[event.type](self, event)

    def _join(self, event: Event) -> list[Delivery]:
        name = _name_of(event)
        holder = self.holder(name)
        if holder is None:
            self._members[name_key(name)] = Member(name, event.seat, event.session)
            return [Everyone(_heard(event, name)), Admitted(event.seat, name)]
        if event.session is None or event.session != holder.session:
            return [Refused(event.seat, name_taken(holder.name))]
        self._members[name_key(name)] = Member(holder.name, event.seat, holder.session)
        return [Replaced(holder.seat), Admitted(event.seat, holder.name)]

    def _leave(self, event: Event) -> list[Delivery]:
        member = self._sender(event)
        if member is None:
            return []
        del self._members[name_key(member.name)]
        return [Everyone(_heard(event, member.name))]

    def _say(self, event: Event) -> list[Delivery]:
        member = self._sender(event)
        return [] if member is None else [Everyone(_heard(event, member.name))]

    def _whisper(self, event: Event) -> list[Delivery]:
        sender = self._sender(event)
        if sender is None:
            return []
        reader = self.holder(event.to or "")
        if reader is None:
            return [Refused(event.seat, no_such_member(event.to or "", event.ref))]
        return [
            Only(
                frozenset({sender.seat, reader.seat}),
                _heard(event, sender.name, to=reader.name),
                frozenset({sender.session, reader.session}),
            )
        ]

    def _end_of_server(self, event: Event) -> list[Delivery]:
        self._gone.add(event.server)
        leaving = [m for m in self._members.values() if m.seat.server == event.server]
        for member in leaving:
            del self._members[name_key(member.name)]
        return [Everyone(_heard(event, member.name, type="leave")) for member in leaving]

    def _sender(self, event: Event) -> Member | None:
        member = self.holder(_name_of(event))
        return member if member is not None and member.seat == event.seat else None


def name_taken(name: str) -> ProtocolError:
    """Return the error for a join under a name that somebody else holds."""
    return ProtocolError(Code.NAME_TAKEN, f"the name {name} is taken, please choose another")


def no_such_member(name: str, ref: int | None) -> ProtocolError:
    """Return the error for a whisper to `name`, whom nobody in the room is called."""
    return ProtocolError(Code.NO_SUCH_MEMBER, f"nobody here is called {name}", ref)


def _name_of(event: Event) -> str:
    if event.name is None:
        raise ValueError(f"a {event.type} event must have a name")
    return event.name


def _heard(event: Event, name: str, to: str | None = None, type: str | None = None) -> Heard:
    return Heard(type or event.type, event.id, event.time, name, to, event.text, event.ref)


_RULES: Mapping[str, Callable[[Room, Event], list[Delivery]]] = {
    "join": Room._join,
    "leave": Room._leave,
    "message": Room._say,
    "action": Room._say,
    "whisper": Room._whisper,
    "lost": Room._end_of_server,
    "stopped": Room._end_of_server,
}
