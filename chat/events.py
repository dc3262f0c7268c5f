"""What happens in the chat, as the journal keeps it.

Pure. An event is a fact with the seat that caused it: which connection of which server. What
members hear of it is decided by the room and said by `protocol`.
"""

import json
from typing import NamedTuple, Self


class Seat(NamedTuple):
    """One connection of one server. Servers take a new id at each start: no seat ever recurs."""

    server: str
    connection: int


class Event(NamedTuple):
    """One fact. `id` is 0 until a journal has stored it; `time` is in seconds since the epoch.

    `type` is `join`, `leave`, `message`, `action`, `whisper`, or, of a whole server, `lost` (others
    found it dead) or `stopped` (it said goodbye). `session` is the hash of the session that a join
    bears, never the session itself.
    """

    type: str
    time: float
    server: str
    connection: int = 0
    name: str | None = None
    text: str | None = None
    to: str | None = None
    ref: int | None = None
    session: str | None = None
    id: int = 0

    @property
    def seat(self) -> Seat:
        return Seat(self.server, self.connection)

    def stored(self, id: int) -> "Event":
        """Return this event as a journal stored it, with its id."""
        return Event(*self[:-1], id)

    def dump(self) -> str:
        """Return all but the id as JSON; `load` is the inverse."""
        values = zip(self._fields[:-1], self[:-1], strict=True)
        return _ENCODER.encode({name: value for name, value in values if value is not None})

    @classmethod
    def load(cls, id: int, dumped: str) -> Self:
        """Return the event that `dump` wrote, with its id."""
        return cls(**json.loads(dumped), id=id)


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
