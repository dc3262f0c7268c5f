"""A ChatClient for a window: in an event loop on a thread of its own, so that nobody waits for it.

What is asked for returns at once; what came of it is news, to be fetched whenever it suits.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread

from chat.client import ChatClient
from chat.config import MAX_PAGE
from chat.messages import Heard
from chat.outbox import makes_event
from chat.outcomes import ChatError, ClientEvent, NotConnected

_CLOSING = 5.0  # seconds that a client gets to say goodbye; it needs two at most


@dataclass(frozen=True, slots=True)
class Ended:
    """The chat did not begin, or it is over for good."""

    error: ChatError


@dataclass(frozen=True, slots=True)
class NotSaid:
    """A line was refused, or nobody knows whether it arrived."""

    line: str
    error: ChatError


@dataclass(frozen=True, slots=True)
class OlderPage:
    """All there is from the id `first` to what was shown before."""

    first: int
    events: tuple[Heard, ...]


@dataclass(frozen=True, slots=True)
class NoOlderPage:
    """Older events could not be had."""

    error: ChatError


@dataclass(frozen=True, slots=True)
class Broken:
    """A bug ended something in the background."""

    error: BaseException


News = ClientEvent | Ended | NotSaid | OlderPage | NoOlderPage | Broken


class Session:
    """What a window wants of the network, in the event loop. `tell` gets the news."""

    def __init__(
        self,
        tell: Callable[[News], None],
        make_client: Callable[[str, str, str | None], ChatClient] = ChatClient,
    ) -> None:
        self._tell = tell
        self._make_client = make_client
        self._client: ChatClient | None = None
        self._chat: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    async def join(self, url: str, name: str, token: str | None) -> None:
        """Chat there until it ends, in place of where the chat was before."""
        async with self._turn:
            await self.leave()
            chat = asyncio.create_task(self._follow(self._make_client(url, name, token)))
            self._chat = chat
        await asyncio.wait({chat})
        if not chat.cancelled():
            chat.result()

    async def leave(self) -> None:
        """End the chat, if there is one."""
        if self._chat is not None:
            self._chat.cancel()
            await asyncio.wait({self._chat})

    async def say(self, line: str) -> None:
        """Say a line as typed; if it is not heard, that is told."""
        try:
            client = self._connected()
            if makes_event(line):
                await client.say(line)
            else:
                await client.send(line)
        except ChatError as error:
            self._tell(NotSaid(line, error))

    async def older(self, before: int, oldest: int) -> None:
        """Fetch what happened just before the event `before`, where `oldest` is the first kept."""
        first = max(oldest, before - MAX_PAGE)
        after, events = first - 1, list[Heard]()
        try:
            # One event may be the leaving of many, so that a page ends too early.
            while after < before - 1 and (page := await self._connected().history(after)):
                events += [event for event in page if event.id < before]
                after = page[-1].id
        except ChatError as error:
            self._tell(NoOlderPage(error))
        else:
            self._tell(OlderPage(first, tuple(events)))

    async def _follow(self, client: ChatClient) -> None:
        try:
            async with client as self._client:
                async for event in client:
                    self._tell(event)
        except ChatError as error:
            self._tell(Ended(error))
        finally:
            self._client = None

    def _connected(self) -> ChatClient:
        if self._client is None:
            raise NotConnected("there is no connection to the server now")
        return self._client


class Background:
    """A `Session` on a thread. All methods are for the thread that made it."""

    def __init__(self) -> None:
        self._news: SimpleQueue[News] = SimpleQueue()
        self._session = Session(self._news.put)
        self._loop = asyncio.new_event_loop()
        self._closing = asyncio.Event()
        # A daemon: should a name server keep it, the window is closed all the same.
        self._thread = Thread(target=self._run, name="chat-network", daemon=True)
        self._thread.start()

    def join(self, url: str, name: str, token: str | None) -> None:
        """Begin to chat there, in place of where the chat was before."""
        self._do(self._session.join(url, name, token))

    def say(self, line: str) -> None:
        """Say a line as typed."""
        self._do(self._session.say(line))

    def older(self, before: int, oldest: int) -> None:
        """Ask for what happened just before the event `before`."""
        self._do(self._session.older(before, oldest))

    def news(self, most: int) -> list[News]:
        """Return what has happened, but never more than `most` at once."""
        return [self._news.get_nowait() for _ in range(min(most, self._news.qsize()))]

    def close(self) -> None:
        """Leave, and wait for the thread to end, in bounded time."""
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(_CLOSING)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._live())

    async def _live(self) -> None:
        await self._closing.wait()
        await self._session.leave()

    def _do(self, work: Coroutine[None, None, None]) -> None:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        future.add_done_callback(self._check)

    def _check(self, future: "Future[None]") -> None:
        if not future.cancelled() and (error := future.exception()) is not None:
            self._news.put(Broken(error))
