"""The chat server: it carries messages, and decides nothing.

    Connection -> parse_message -> append -> journal -> follow -> Room.apply -> Delivery -> fanout

What a peer sends becomes an event in the journal; what the journal says is applied to the room;
what follows from that goes out. The module reads in that order, between start and stop.
"""

import asyncio
import itertools
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from websockets.frames import CloseCode

from chat.config import Settings
from chat.connection import Burst, Connection, Frame
from chat.events import Event, Seat
from chat.fanout import Batch
from chat.gate import Gate
from chat.history import History
from chat.journal import Journal, JournalError
from chat.messages import Error, Heard, Notice, Welcome
from chat.peer import Peer
from chat.room import Admitted, Delivery, Everyone, Only, Refused, Replaced, Room
from chat.service import Service
from chat.watch import bury_the_dead, keep_watch, say_alive

_Told = Callable[[asyncio.Future[Event]], None]

_log = logging.getLogger("chat.server")


class ChatServer(Service):
    """One server of a chat, as an async context manager.

    `start` catches up with the journal, then listens; it raises OSError when the address cannot be
    bound and `JournalError` when the journal fails. `stop` says goodbye to everyone (1001) once all
    that was taken in is stored and delivered, or is known not to be. The journal belongs to the
    caller, who closes it afterwards.
    """

    def __init__(
        self,
        journal: Journal,
        settings: Settings | None = None,
        gate: Gate | None = None,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__()
        self.id = secrets.token_hex(8)
        self.journal = journal
        self.settings = settings or Settings()
        self.room = Room()
        self.history = History(journal, self.settings)
        self._gate = gate or Gate(self.settings)
        self.clock = clock
        self.monotonic = monotonic
        self.sleep = sleep
        self._numbers = itertools.count(1)
        self._peers: dict[Connection, Peer] = {}
        self._seats: dict[Seat, Peer] = {}
        self._members: set[Connection] = set()
        self._under_way: dict[asyncio.Future[Event], _Told] = {}
        self._news = asyncio.Event()
        self.is_stopping = False

    # --- Start ---

    @property
    def url(self) -> str:
        """Where clients connect, such as `ws://localhost:8765`."""
        return self._gate.url

    async def _run(self) -> None:
        await self._catch_up()
        if self.journal.is_shared:
            self._spawn(keep_watch(self))
        async with self._gate.open(self._handle):
            await self._is_ready()
            await self._say_goodbye()

    async def _catch_up(self) -> None:
        await self.journal.say_alive(self.id)
        snapshot = await self.journal.snapshot()
        self.room = Room(snapshot.room)
        self.history = History(self.journal, self.settings, snapshot.id)
        self._spawn(self._deliver(snapshot.id))
        await self.has_applied(self.journal.newest)
        await bury_the_dead(self)
        await self.has_applied(self.journal.newest)

    # --- From a connection to the journal ---

    def register(self, connection: Connection) -> Peer:
        """Take in a connection. It is no member before its join is applied."""
        peer = Peer(self, connection, Seat(self.id, next(self._numbers)))
        self._peers[connection] = self._seats[peer.seat] = peer
        return peer

    def unregister(self, connection: Connection) -> None:
        """Forget a connection; if it held a name, its leaving goes to the journal.

        Does nothing for a connection that is not registered.
        """
        peer = self._peers.pop(connection, None)
        if peer is None:
            return
        del self._seats[peer.seat]
        self._members.discard(connection)
        if peer.claim is not None and not self.is_stopping:
            self._spawn(peer.leave())

    async def _handle(self, connection: Connection) -> None:
        peer = self.register(connection)
        try:
            await peer.listen()
        finally:
            self.unregister(connection)

    def append(self, event: Event, told: _Told = lambda _: None) -> asyncio.Future[Event]:
        """Append `event` to the journal as something that `stop` waits for.

        `told` is called with the future once that is done.
        """
        future = self.journal.append(event)
        self._under_way[future] = told
        future.add_done_callback(self._appended)
        return future

    def _appended(self, future: asyncio.Future[Event]) -> None:
        told = self._under_way.pop(future)
        told(future)
        error = future.exception()
        if error is not None and not isinstance(error, JournalError):
            self._fail(error)

    # --- From the journal to the connections ---

    async def _deliver(self, after: int) -> None:
        async for events in self.journal.follow(after):
            self.broadcast(events)
        raise JournalError("the journal was closed under a running server")

    def broadcast(self, events: Sequence[Event]) -> None:
        """Apply stored events to the room and send what follows from them.

        Every member's connection gets what it hears of all of them in one write.
        """
        batch = Batch(self._members, self.settings.batch_bytes)
        for event in events:
            if event.type == "lost" and event.server == self.id:
                self._start_again()
            deliveries = self.room.apply(event)
            frames = self.history.record(event, deliveries)
            for delivery in deliveries:
                self._carry(batch, delivery, frames)
        batch.flush()
        # Who is no member may still have a join on its way: its own handler unregisters it.
        for connection in batch.closed & self._members:
            self.unregister(connection)
        self._news.set()

    def _carry(self, batch: Batch, delivery: Delivery, frames: Mapping[Heard, Frame]) -> None:
        match delivery:
            case Everyone(message):
                batch.everyone(frames[message])
            case Only(seats, message, _):
                for seat in seats & self._seats.keys():
                    batch.only(self._seats[seat].connection, frames[message])
            case Refused(seat, error) if seat in self._seats:
                answer = Error(error.code, error.detail, error.ref)
                self._seats[seat].settle(self._seats[seat].name)
                batch.only(self._seats[seat].connection, Frame(answer))
            case Admitted(seat, name) if seat in self._seats:
                self._welcome(batch, self._seats[seat], name)
            case Replaced(seat) if seat in self._seats:
                self._dismiss(self._seats[seat])

    def _welcome(self, batch: Batch, peer: Peer, name: str) -> None:
        peer.settle(name)
        self._members.add(peer.connection)
        newest, oldest = self.history.newest, self.journal.oldest
        identity, session = self.journal.identity, peer.session
        welcome = Welcome(name, self.room.names, newest, oldest, identity, session)
        # Nobody has seen what comes after this join, unless the history went back to an older copy.
        seen = None if peer.after is None or peer.after >= newest else max(peer.after, oldest - 1)
        replay = self.history.replay(seen, peer.session_hash)
        batch.admit(peer.connection, [Frame(welcome), *replay])

    def _dismiss(self, peer: Peer) -> None:
        peer.settle(None)
        self._members.discard(peer.connection)
        self.send_away(peer, "you joined again from elsewhere")

    def send_away(self, peer: Peer, reason: str) -> None:
        """Close a connection with 1008 for `reason`; nothing more is taken from it."""
        peer.is_leaving = True
        self._spawn(peer.connection.close(CloseCode.POLICY_VIOLATION, reason))

    def _start_again(self) -> None:
        # Others found this server dead: for them its members are gone, so they must come back.
        self.id = secrets.token_hex(8)
        self._spawn(say_alive(self))
        for connection in self._peers:
            self._spawn(connection.close(CloseCode.SERVICE_RESTART, "the server was away"))
        for lost in (self._peers, self._seats, self._members):
            lost.clear()

    def announce(self, words: str) -> None:
        """Tell all members here something that is no event."""
        burst = Burst([Frame(Notice(words))])
        for connection in self._members:
            connection.deliver(burst)

    async def has_applied(self, id: int) -> None:
        """Wait until the event `id` has been broadcast."""
        while self.history.newest < id:
            self._news.clear()
            await self._news.wait()

    # --- Stop ---

    async def _say_goodbye(self) -> None:
        self._gate.shut()
        self.is_stopping = True
        try:
            async with asyncio.timeout(self.settings.stop_grace):
                while self._under_way:  # who waited for a slot may add to them
                    await asyncio.wait(self._under_way)
                await self.has_applied(self.journal.newest)
                # Nobody needs to be told of the leaving of all: they leave themselves.
                self._members.clear()
                stopped = await self.journal.append(Event("stopped", self.clock(), self.id))
                await self.has_applied(stopped.id)
        except (JournalError, TimeoutError) as error:
            why = str(error) or "the journal does not answer"
            _log.warning("the end of this server is not stored: %s", why)
        # All begin at once, so that one that fails takes the goodbye from nobody.
        code, reason = CloseCode.GOING_AWAY, "the server stops"
        await asyncio.gather(*[connection.close(code, reason) for connection in self._peers])
