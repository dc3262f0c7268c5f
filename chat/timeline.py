"""What a client has seen of a chat: every event once, in order, without a gap.

Pure. A resume brings the newest events at once; what is older than the server keeps at hand must be
asked for by pages. Until the pages meet the newest events, those are held back.
"""

from chat.config import MAX_PAGE
from chat.messages import GetHistory, Heard


class Timeline:
    """Turns what a server sends into what is new to the reader. `last` is the latest event's id."""

    def __init__(self) -> None:
        self.last = 0
        self._at_last: set[tuple[str, str]] = set()  # one id may bear the leaving of several
        self._held: list[Heard] | None = None

    @property
    def after(self) -> int:
        """The id to resume after: the one before the latest, of which more may come."""
        return max(0, self.last - 1)

    def resume(self) -> GetHistory:
        """Begin to hold events back; return the first page to ask for."""
        self._held = []
        return GetHistory(self.after, MAX_PAGE)

    def hear(self, event: Heard) -> list[Heard]:
        """Return what is new to the reader now that `event` has come."""
        if self._held is not None:
            self._held.append(event)
            return []
        return self._fresh([event])

    def fill(self, page: tuple[Heard, ...]) -> tuple[list[Heard], GetHistory | None]:
        """Return what is new now that a page has come, and the next page to ask for, if any."""
        held, self._held = self._held or [], None
        older = [event for event in page if not held or event.id < held[0].id]
        if page and len(older) == len(page):
            self._held = held
            return self._fresh(older), GetHistory(page[-1].id, MAX_PAGE)
        return self._fresh([*older, *held]), None

    def _fresh(self, events: list[Heard]) -> list[Heard]:
        return [event for event in events if self._is_fresh(event)]

    def _is_fresh(self, event: Heard) -> bool:
        if event.id > self.last:
            self.last = event.id
            self._at_last.clear()
        mark = (event.type, event.name)
        if event.id < self.last or mark in self._at_last:
            return False
        self._at_last.add(mark)
        return True
