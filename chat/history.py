"""What members may still see of the past: the newest events in memory, older ones from the journal.

The journal keeps what happened, not what came of it: a refused join stands there too, and a whisper
says nothing of who may read it. So what the room made of an event is remembered here, in one line
wherever that is more than "everyone hears it".
"""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from chat.config import MAX_PAGE, Settings
from chat.connection import Frame
from chat.events import Event
from chat.journal import Journal
from chat.messages import Heard
from chat.room import Delivery, Everyone, Only

_Shown = Everyone | Only  # to those who are there, and to some who come later


class _Recent(NamedTuple):
    shown: _Shown
    frame: Frame


class History:
    """The past as the delivery loop has seen it; `replay` never waits, `page` may."""

    def __init__(self, journal: Journal, settings: Settings, newest: int = 0) -> None:
        self._journal = journal
        self._settings = settings
        self._recent: deque[_Recent] = deque()
        self._recent_bytes = 0
        self._special: dict[int, list[_Shown]] = {}
        self._newest = newest

    def record(self, event: Event, deliveries: Iterable[Delivery]) -> dict[Heard, Frame]:
        """Remember what came of `event`; return the frames of what is heard of it."""
        shown = [delivery for delivery in deliveries if isinstance(delivery, _Shown)]
        self._newest = event.id
        if [show.message.type for show in shown] != [event.type] or isinstance(shown[0], Only):
            self._special[event.id] = shown
        frames: dict[Heard, Frame] = {}
        for show in shown:
            frame = frames[show.message] = Frame(show.message)
            self._recent.append(_Recent(show, frame))
            self._recent_bytes += len(frame.wire)
        self._forget()
        return frames

    @property
    def newest(self) -> int:
        """The id of the newest event that was recorded."""
        return self._newest

    def replay(self, after: int | None, session: str | None) -> list[Frame]:
        """Return what the holder of `session` missed since the id `after`, in order.

        Without `after`, the newest events. Reaches back as far as memory does: what is older comes
        by `page`.
        """
        missed: list[Frame] = []
        for shown, frame in reversed(self._recent):
            if len(missed) == self._settings.replay if after is None else shown.message.id <= after:
                break
            if shown.is_for(session):
                missed.append(frame)
        return missed[::-1]

    async def page(self, after: int, limit: int, session: str | None) -> tuple[Heard, ...]:
        """Return the first messages after the id `after` that `session` may see.

        At least `limit`, where there are so many: what one event says is never torn apart.
        """
        found: list[Heard] = []
        while events := await self._journal.since(after, MAX_PAGE):
            for event in events:
                if event.id < self._journal.oldest:
                    continue  # it went while it was read, and with it what came of it
                # Of what the delivery loop has not seen yet nobody knows what comes of it.
                if event.id > self._newest or len(found) >= limit:
                    return tuple(found)
                found += [show.message for show in self._of(event) if show.is_for(session)]
            after = events[-1].id
        return tuple(found)

    def _of(self, event: Event) -> list[_Shown]:
        special = self._special.get(event.id)
        return [Everyone(_plain(event))] if special is None else special

    def _forget(self) -> None:
        while (
            len(self._recent) > self._settings.recent_events
            or self._recent_bytes > self._settings.recent_bytes
        ):
            self._forget_event(self._recent[0].shown.message.id)
        while self._special and next(iter(self._special)) < self._journal.oldest:
            del self._special[next(iter(self._special))]

    def _forget_event(self, id: int) -> None:
        while self._recent and self._recent[0].shown.message.id == id:
            self._recent_bytes -= len(self._recent.popleft().frame.wire)


def _plain(event: Event) -> Heard:
    assert event.name is not None  # the room has heard it, so it has a name
    return Heard(event.type, event.id, event.time, event.name, event.to, event.text, event.ref)
