"""What a client makes of what its server says. It never sends anything itself, and never waits."""

import asyncio
from collections import deque
from typing import NamedTuple

from chat.config import PAGE_DELAY, PAGE_RETRY
from chat.messages import (
    Error,
    GetHistory,
    Heard,
    HistoryPage,
    Join,
    Members,
    Notice,
    ServerMessage,
    Welcome,
)
from chat.outbox import Outbox, fail
from chat.outcomes import ClientEvent, Connected, NotConnected, Refused
from chat.timeline import Timeline


class Later(NamedTuple):
    """What to ask for, so many seconds from now."""

    delay: float
    request: GetHistory


class Inbox:
    """Turns what comes over one connection after the other into the events that the user sees.

    `events` holds them, and None after the last.
    """

    def __init__(self, name: str, outbox: Outbox) -> None:
        self.name = name
        self.events: asyncio.Queue[ClientEvent | None] = asyncio.Queue()
        self._outbox = outbox
        self._timeline = Timeline()
        self._welcome: Welcome | None = None
        # What answers come for, in order: None is a page that a resume asked for.
        self._pages: deque[asyncio.Future[HistoryPage] | None] = deque()

    def tell(self, event: ClientEvent) -> None:
        """Let the user see `event`."""
        self.events.put_nowait(event)

    # --- One connection ---

    def join(self) -> Join:
        """Return the message to begin a connection with."""
        if self._welcome is None:
            return Join(self.name)
        last = self._welcome
        return Join(self.name, self._timeline.after, last.journal, last.session)

    def begin(self, welcome: Welcome) -> GetHistory | None:
        """A connection begins; return what to ask for if something was missed."""
        known, self._welcome = self._welcome, welcome
        self.name = welcome.name
        went_back = welcome.id <= self._timeline.last  # as after an older copy was put in its place
        fresh = known is None or known.journal != welcome.journal or went_back
        self._outbox.doubt()
        self.tell(Connected(welcome, fresh))
        if fresh:
            self._timeline = Timeline()
            self._settle()
            return None
        if welcome.oldest > self._timeline.last + 1:
            self.tell(Notice(f"the history before event {welcome.oldest} is gone"))
        return self._timeline.resume()

    def asked(self, page: asyncio.Future[HistoryPage] | None) -> None:
        """A page was asked for: by the user, who waits for `page`, or by a resume."""
        self._pages.append(page)

    def take(self, message: ServerMessage) -> Later | None:
        """The server said `message`; return what to ask for next, if anything."""
        match message:
            case Heard():
                self._confirm(message)  # even if the reader is not to see it yet
                self._show(self._timeline.hear(message))
            case HistoryPage() if self._pages:
                return self._take_page(self._pages.popleft(), message)
            case Error(_, _, None) if self._pages:
                return self._take_refused_page(self._pages.popleft(), message)
            case Error() if self._outbox.refuse(message):
                pass
            case Members() | Notice() | Error():
                self.tell(message)
        return None

    def lose(self) -> None:
        """The connection is no more: no page comes over it."""
        while self._pages:
            if page := self._pages.popleft():
                fail(page, NotConnected("the connection broke"))

    def end(self) -> None:
        """There will be no other connection."""
        self.lose()
        self._outbox.doubt()
        self._settle()
        self.events.put_nowait(None)

    # --- What the server says ---

    def _take_page(
        self, asked: asyncio.Future[HistoryPage] | None, page: HistoryPage
    ) -> Later | None:
        if asked is not None:
            if not asked.done():
                asked.set_result(page)
            return None
        for event in page.events:
            self._confirm(event)
        news, request = self._timeline.fill(page.events)
        self._show(news)
        if request is not None:
            return Later(PAGE_DELAY, request)
        self._settle()
        return None

    def _take_refused_page(
        self, asked: asyncio.Future[HistoryPage] | None, error: Error
    ) -> Later | None:
        if asked is None:
            return Later(PAGE_RETRY, GetHistory(self._timeline.after))
        fail(asked, Refused(error.code, error.detail))
        return None

    def _confirm(self, event: Heard) -> None:
        if event.name == self.name:
            self._outbox.confirm(event)

    def _show(self, events: list[Heard]) -> None:
        for event in events:
            self.tell(event)

    def _settle(self) -> None:
        for unconfirmed in self._outbox.settle():
            self.tell(unconfirmed)
