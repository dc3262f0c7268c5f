"""What the log of a window shows, line by line, and what of it changes when older lines come.

Pure. How a line looks is decided by the window, what is shown at all by the presenter.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import reduce
from itertools import islice, pairwise
from typing import NamedTuple

from chat.messages import Heard

_TINTS = 6  # colours that tell names apart
_IN_A_ROW = 300  # seconds between lines of one person that need the name only once


@dataclass(frozen=True, slots=True)
class Note:
    """Words for this reader alone: `kind` is `notice` or `error`. They follow the event `id`."""

    kind: str
    text: str
    id: int
    time: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it reads. `kind` is that of a `Note`, or the type of an event."""

    kind: str
    text: str
    time: str
    who: str = ""  # stands above the text, unless the same person goes on
    day: str = ""  # stands above that, where a day begins
    mine: bool = False
    tint: int = 0

    @property
    def rows(self) -> int:
        """How many paragraphs it takes."""
        return 1 + bool(self.who) + bool(self.day)


class Change(NamedTuple):
    """`lines` take the place of the first `over` rows."""

    lines: list[Line]
    over: int


class Scrollback:
    """The newest part of a chat, without holes, as the member `me` reads it."""

    def __init__(self, zone: tzinfo | None = None) -> None:
        self.me = ""
        self.first = 1  # all that is shown has this id or a later one
        self._zone = zone
        self._entries: deque[Heard | Note] = deque()

    def begin(self, me: str, first: int) -> None:
        """Forget everything; the first event to come is `first`, or older."""
        self.me, self.first = me, first
        self._entries.clear()

    def append(self, entry: Heard | Note) -> Line:
        """Return the new last line."""
        before = self._entries[-1] if self._entries else None
        self._entries.append(entry)
        if isinstance(entry, Heard):
            self.first = min(self.first, entry.id)
        return self._line(before, entry)

    def prepend(self, events: Iterable[Heard], first: int) -> Change:
        """Put `events` before all others; nothing between the id `first` and them is missing."""
        old = list(islice(self._entries, 1))
        over = sum(self._line(None, entry).rows for entry in old)
        entries = [*events, *old]
        self._entries.extendleft(reversed(entries[: len(entries) - len(old)]))
        self.first = first
        return Change(self._lines(entries), over)

    def trim(self, most: int) -> Change | None:
        """Drop the oldest lines where there are more than `most`; what one event says together."""
        if len(self._entries) <= most:
            return None
        dropped: list[Heard | Note] = []
        while len(self._entries) > most or self._entries[0].id == dropped[-1].id:
            dropped.append(self._entries.popleft())
            if not self._entries:
                break
        rest = list(islice(self._entries, 1))
        self.first = dropped[-1].id + 1
        over = sum(line.rows for line in self._lines([*dropped, *rest]))
        return Change(self._lines(rest), over)

    def _lines(self, entries: list[Heard | Note]) -> list[Line]:
        return [self._line(before, entry) for before, entry in pairwise([None, *entries]) if entry]

    def _line(self, before: Heard | Note | None, entry: Heard | Note) -> Line:
        moment = self._moment(entry)
        time = f"{moment:%H:%M}" if moment else ""
        is_new_day = before is None or _date(self._moment(before)) != _date(moment)
        day = _day(moment) if is_new_day else ""
        if isinstance(entry, Note):
            return Line(entry.kind, entry.text, time, day=day)
        who, text = _words(entry, self.me)
        if not is_new_day and _goes_on(before, entry):
            who = ""
        mine = entry.name == self.me and entry.type in _SAID
        return Line(entry.type, text, time, who, day, mine, tint_of(entry.name))

    def _moment(self, entry: Heard | Note) -> datetime | None:
        try:
            return datetime.fromtimestamp(entry.time, UTC).astimezone(self._zone)
        except (OverflowError, ValueError, OSError):
            return None  # a server may send any number


def tint_of(name: str) -> int:
    """Return which of the colours a name has: the same here as on the page (chat.js)."""
    return reduce(lambda sum_, point: (sum_ * 31 + ord(point)) % 6007, name, 7) % _TINTS


_SAID = ("message", "action", "whisper")


def _words(event: Heard, me: str) -> tuple[str, str]:
    name, text = event.name, event.text or ""
    match event.type:
        case "join":
            return "", f"{name} joined"
        case "leave":
            return "", f"{name} left"
        case "action":
            return "", f"* {name} {text}"
        case "whisper" if name == me:
            return f"you whisper to {event.to}", text
        case "whisper":
            return f"{name} whispers to you", text
        case _:
            return f"{name} (you)" if name == me else name, text


def _date(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _day(moment: datetime | None) -> str:
    return f"{moment:%A}, {moment.day} {moment:%B} {moment.year}" if moment else ""


def _goes_on(before: Heard | Note | None, event: Heard) -> bool:
    return (
        isinstance(before, Heard)
        and (before.type, before.name, before.to) == (event.type, event.name, event.to)
        and event.time - before.time < _IN_A_ROW
    )
