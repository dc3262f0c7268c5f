"""A chat client that comes back by itself and says what it is not sure of.

    async with ChatClient("ws://localhost:8765", "ada") as client:
        heard = await client.say("hi")
        async for event in client:
            ...

It reconnects with exponential back-off, resumes after the last event that it saw, and never sends
anything twice. How a connection is made stands in `link`, what becomes of what comes in `inbox`.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Self

from websockets.exceptions import ConnectionClosed

from chat.config import MAX_PAGE
from chat.fields import check_text
from chat.inbox import Inbox
from chat.link import Link, backoff, introduce, open_link, send
from chat.messages import Code, GetHistory, Heard, HistoryPage, ProtocolError
from chat.outbox import Outbox, makes_event
from chat.outcomes import ChatError, ClientEvent, Disconnected, NotConnected, Refused
from chat.protocol import parse_reply
from chat.words import not_connected, not_understood

# Why a server that works may refuse one that comes back: its journal is slow, or fails.
_PASSING = (Code.NOT_SAVED, Code.JOIN_FIRST)


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
        self._address = url, token
        self._connect = connect
        self._sleep = sleep
        self._rng = rng
        self._link: Link | None = None
        # Others may have borne this name before: their references must not look like ours.
        self._outbox = Outbox(int(rng() * 2**31))
        self._inbox = Inbox(name, self._outbox)

    @property
    def name(self) -> str:
        """What the others know this member by."""
        return self._inbox.name

    async def __aenter__(self) -> Self:
        await self._join()
        self._life = asyncio.create_task(self._live(), name=f"chat-client-{self.name}")
        # Not at the end of the task itself: one that is cancelled early never begins.
        self._life.add_done_callback(lambda _: self._inbox.end())
        return self

    async def __aexit__(self, *_: object) -> None:
        link, self._link = self._link, None
        self._life.cancel()
        try:
            await asyncio.wait({self._life})
        finally:
            if link is not None:
                await link.close()
        # That coming back was in vain, the iteration tells; whatever else it was is a bug.
        with contextlib.suppress(ChatError, asyncio.CancelledError):
            self._life.result()

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
        try:
            await self._send_line(line, echo)
            return await echo
        finally:
            echo.cancel()  # whoever gives up leaves nothing behind

    async def send(self, line: str) -> None:
        """Send `line`, as typed; what becomes of it, the iteration tells.

        Raises `Refused` for a line that may not be sent, `NotConnected` without a connection.
        """
        await self._send_line(line, None)

    async def history(self, after: int, limit: int = MAX_PAGE) -> tuple[Heard, ...]:
        """Return the first events after the id `after`, none when there are no more.

        At least `limit`, where there are so many: what one event says is never torn apart.
        Raises `Refused`, and `NotConnected` when there is no connection or it breaks.
        """
        page: asyncio.Future[HistoryPage] = asyncio.get_running_loop().create_future()
        try:
            await self._ask(GetHistory(after, limit), page)
            return (await page).events
        finally:
            page.cancel()  # as above

    async def __aiter__(self) -> AsyncIterator[ClientEvent]:
        events = self._inbox.events
        while (event := await events.get()) is not None:
            yield event
        events.put_nowait(None)  # for whoever iterates next
        if not self._life.cancelled():
            self._life.result()

    async def _send_line(self, line: str, echo: asyncio.Future[Heard] | None) -> None:
        try:
            check_text(line)
        except ProtocolError as error:
            raise Refused(error.code, error.detail) from None
        link = self._linked()
        await send(link, self._outbox.put(line, echo))

    async def _ask(self, request: GetHistory, page: asyncio.Future[HistoryPage] | None) -> None:
        link = self._linked()
        self._inbox.asked(page)
        await send(link, request)

    def _linked(self) -> Link:
        if self._link is None:
            raise NotConnected("there is no connection to the server now")
        return self._link

    # --- One connection after the other ---

    async def _live(self) -> None:
        while True:
            await self._come_back(await self._read())

    async def _join(self) -> None:
        link = await self._connect(*self._address)
        try:
            welcome = await introduce(link, self._inbox.join())
        except BaseException:
            await link.close()
            raise
        self._link = link
        if request := self._inbox.begin(welcome):
            await self._ask(request, None)

    async def _read(self) -> NotConnected:
        """Take in what the server says; return why the connection ended, raise it if for good."""
        link = self._linked()
        try:
            while True:
                if later := self._inbox.take(parse_reply(await link.recv())):
                    await self._sleep(later.delay)
                    await self._ask(later.request, None)
        except ConnectionClosed as closed:
            reason = not_connected(closed)
        except ProtocolError as error:
            reason = not_understood(error)
        finally:
            self._link = None
            self._inbox.lose()
            await link.close()
        if reason.is_final:
            raise reason
        return reason

    async def _come_back(self, reason: ChatError) -> None:
        for delay in backoff(self._rng):  # pragma: no branch  # it never ends
            self._inbox.tell(Disconnected(str(reason), delay))
            await self._sleep(delay)
            try:
                await self._join()
            except (NotConnected, Refused) as error:
                if _is_final(error):
                    raise
                reason = error
            else:
                return


def _is_final(error: NotConnected | Refused) -> bool:
    return error.code not in _PASSING if isinstance(error, Refused) else error.is_final
