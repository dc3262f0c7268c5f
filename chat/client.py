"""A chat client that comes back by itself and says what it is not sure of.

    async with ChatClient("ws://localhost:8765", "ada") as client:
        heard = await client.say("hi")
        async for event in client:
            ...

It reconnects with exponential back-off, resumes after the last event that it saw, and never sends
anything twice. How a connection is made stands in `link`, what is new to the reader in `timeline`.
"""

import asyncio
import itertools
import random
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Self

from websockets.exceptions import ConnectionClosed

from chat.config import FIRST_DELAY, LONGEST_DELAY, MAX_PAGE, PAGE_DELAY, PAGE_RETRY
from chat.fields import check_text
from chat.link import Link, introduce, open_link, send, words_for
from chat.messages import (
    Code,
    Error,
    GetHistory,
    Heard,
    HistoryPage,
    Join,
    Members,
    Notice,
    ProtocolError,
    ServerMessage,
    Welcome,
)
from chat.outbox import Outbox, fail, makes_event
from chat.outcomes import ClientEvent, Connected, Disconnected, NotConnected, Refused
from chat.protocol import parse_reply
from chat.timeline import Timeline


class ChatClient:
    """One member of a chat, as an async context manager and an async iterator of events.

    Entering raises `NotConnected` or `Refused`. Iterating raises them too once coming back is in
    vain, and ends when the client is closed. Events wait in memory until they are iterated over.
    """

    def __init__(
        self,
        url: str,
        name: str,
        token: str | None = None,
        *,
        connect: Callable[[str, str | None], Awaitable[Link]] = open_link,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        rng: Callable[[], float] = random.random,
    ) -> None:
        self.name = name
        self._address = url, token
        self._connect = connect
        self._sleep = sleep
        self._rng = rng
        self._link: Link | None = None
        self._welcome: Welcome | None = None
        self._timeline = Timeline()
        # Others may have borne this name before: their references must not look like ours.
        self._outbox = Outbox(int(rng() * 2**31))
        # What answers come for, in order: None is a page that a resume asked for.
        self._pages: deque[asyncio.Future[HistoryPage] | None] = deque()
        self._events: asyncio.Queue[ClientEvent | None] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        await self._join()
        self._life = asyncio.create_task(self._live(), name=f"chat-client-{self.name}")
        return self

    async def __aexit__(self, *_: object) -> None:
        link = self._link
        self._life.cancel()
        await asyncio.wait({self._life})
        if link is not None:
            await link.close()

    # --- What a user does ---

    async def say(self, line: str) -> Heard:
        """Say `line`, as typed, and return the event that everybody hears.

        Raises `Refused`; `NotConnected` when there is no connection; `NotConfirmed` when it breaks
        before the echo and the resume does not bring it; and ValueError for a command that nobody
        hears, such as `/who`: `send` takes those.
        """
        if not makes_event(line):
            raise ValueError(f"nobody hears {line!r}: use send")
        echo: asyncio.Future[Heard] = asyncio.get_running_loop().create_future()
        await self._send_line(line, echo)
        return await echo

    async def send(self, line: str) -> None:
        """Send `line`, as typed; what becomes of it, the iteration tells.

        Raises `Refused` for a line that may not be sent, `NotConnected` without a connection.
        """
        await self._send_line(line, None)

    async def history(self, after: int, limit: int = MAX_PAGE) -> tuple[Heard, ...]:
        """Return the first `limit` events after the id `after`, none when there are no more.

        Raises `Refused`, and `NotConnected` when there is no connection or it breaks.
        """
        page: asyncio.Future[HistoryPage] = asyncio.get_running_loop().create_future()
        await self._ask(GetHistory(after, limit), page)
        return (await page).events

    async def __aiter__(self) -> AsyncIterator[ClientEvent]:
        while (event := await self._events.get()) is not None:
            yield event
        self._events.put_nowait(None)  # for whoever iterates next
        if not self._life.cancelled():
            await self._life

    async def _send_line(self, line: str, echo: asyncio.Future[Heard] | None) -> None:
        try:
            check_text(line)
        except ProtocolError as error:
            raise Refused(error.code, error.detail) from None
        link = self._linked()
        await send(link, self._outbox.put(line, echo))

    async def _ask(self, request: GetHistory, page: asyncio.Future[HistoryPage] | None) -> None:
        link = self._linked()
        self._pages.append(page)
        await send(link, request)

    def _linked(self) -> Link:
        if self._link is None:
            raise NotConnected("there is no connection to the server now")
        return self._link

    # --- One connection after the other ---

    async def _live(self) -> None:
        try:
            while True:
                await self._come_back(await self._read())
        finally:
            self._outbox.doubt()
            self._settle()
            self._events.put_nowait(None)

    async def _join(self) -> None:
        known = self._welcome
        if known is None:
            join = Join(self.name)
        else:
            join = Join(self.name, self._timeline.last, known.journal, known.session)
        link = await self._connect(*self._address)
        try:
            welcome = await introduce(link, join)
        except BaseException:
            await link.close()
            raise
        self._link = link
        self.name = welcome.name
        fresh = known is None or welcome.journal != known.journal
        self._welcome = welcome
        self._outbox.doubt()
        self._events.put_nowait(Connected(welcome, fresh))
        if fresh:
            self._timeline = Timeline()
            self._settle()
            return
        if welcome.oldest > self._timeline.last + 1:
            self._events.put_nowait(Notice(f"the history before event {welcome.oldest} is gone"))
        await self._ask(self._timeline.resume(), None)

    async def _read(self) -> str:
        link = self._linked()
        try:
            while True:
                await self._take(parse_reply(await link.recv()))
        except ConnectionClosed as closed:
            words, is_final = words_for(closed)
        except ProtocolError as error:
            words, is_final = f"the server said what this client does not know: {error}", True
        finally:
            self._link = None
            while self._pages:
                if page := self._pages.popleft():
                    fail(page, NotConnected("the connection broke"))
        await link.close()
        if is_final:
            raise NotConnected(words, is_final=True)
        return words

    async def _come_back(self, reason: str) -> None:
        for attempt in itertools.count():
            delay = min(LONGEST_DELAY, FIRST_DELAY * 2**attempt) * (1 + self._rng()) / 2
            self._events.put_nowait(Disconnected(reason, delay))
            await self._sleep(delay)
            try:
                return await self._join()
            except NotConnected as error:
                if error.is_final:
                    raise
                reason = str(error)
            except Refused as error:
                if error.code != Code.NOT_SAVED:
                    raise
                reason = str(error)

    # --- What the server says ---

    async def _take(self, message: ServerMessage) -> None:
        match message:
            case Heard():
                self._show(self._timeline.hear(message))
            case HistoryPage() if self._pages:
                await self._take_page(self._pages.popleft(), message)
            case Error(_, _, None) if self._pages:
                await self._take_refused_page(self._pages.popleft(), message)
            case Error() if self._outbox.refuse(message):
                pass
            case Members() | Notice() | Error():
                self._events.put_nowait(message)

    async def _take_page(
        self, asked: asyncio.Future[HistoryPage] | None, page: HistoryPage
    ) -> None:
        if asked is not None:
            if not asked.done():
                asked.set_result(page)
            return
        news, request = self._timeline.fill(page.events)
        self._show(news)
        if request is None:
            self._settle()
        else:
            await self._sleep(PAGE_DELAY)
            await self._ask(request, None)

    async def _take_refused_page(
        self, asked: asyncio.Future[HistoryPage] | None, error: Error
    ) -> None:
        if asked is not None:
            fail(asked, Refused(error.code, error.detail))
        else:
            await self._sleep(PAGE_RETRY)
            await self._ask(GetHistory(self._timeline.last), None)

    def _show(self, events: list[Heard]) -> None:
        for event in events:
            if event.name == self.name:
                self._outbox.confirm(event)
            self._events.put_nowait(event)

    def _settle(self) -> None:
        for unconfirmed in self._outbox.settle():
            self._events.put_nowait(unconfirmed)
