"""One connection as the server knows it: what it said, and what becomes of that.

From the frame to the append: whatever a peer sends ends here as an event in the journal or as an
answer to this peer alone. What all hear of an event is none of its business.
"""

import asyncio
import hashlib
import logging
import secrets
from functools import partial
from typing import TYPE_CHECKING

from websockets.frames import CloseCode

from chat import commands
from chat.connection import Burst, Connection, Frame
from chat.events import Event, Seat
from chat.journal import JournalError
from chat.messages import (
    ClientMessage,
    Code,
    Error,
    GetHistory,
    HistoryPage,
    Join,
    Members,
    Notice,
    ProtocolError,
    Say,
    ServerMessage,
)
from chat.protocol import parse_message
from chat.room import name_taken, no_such_member
from chat.throttle import TokenBucket

if TYPE_CHECKING:
    from chat.server import ChatServer

_log = logging.getLogger("chat.server")


class Peer:
    """A connection at its seat. It is a member while it holds a `name`."""

    def __init__(self, server: "ChatServer", connection: Connection, seat: Seat) -> None:
        self.connection = connection
        self.seat = seat
        self.name: str | None = None
        self.claim: str | None = None  # the name that it asked for and may yet get, or has
        self.session = ""
        self.after: int | None = None  # the last event that it saw before it resumed
        self._server = server
        self._settings = server.settings
        self._bucket = TokenBucket(self._settings.rate_limit, self._settings.burst)
        self._slots = asyncio.Semaphore(self._settings.max_under_way)
        self.is_leaving = False  # nothing more is taken from it
        self._strikes = 0  # refused frames in a row
        self._deadline: asyncio.Timeout | None = None  # for the join

    @property
    def session_hash(self) -> str:
        """What the journal keeps of the session: enough to recognise it, not to bear it.

        One round of SHA-256 will do, since a session is random and no password.
        """
        return hashlib.sha256(self.session.encode()).hexdigest()[:32]

    def tell(self, message: ServerMessage) -> None:
        """Send `message` to this peer alone, at once."""
        self.connection.deliver(Burst([Frame(message)]))

    def settle(self, name: str | None) -> None:
        """The room has decided: this peer is the member `name`, or no member."""
        self.name = self.claim = name
        in_time = self._deadline is not None and not self._deadline.expired()
        if name is not None and self._deadline is not None and in_time:
            self._deadline.reschedule(None)

    async def listen(self) -> None:
        """Take what the peer sends until it is gone, or its time to join is over."""
        try:
            async with asyncio.timeout(self._settings.join_deadline) as self._deadline:
                async for raw in self.connection:
                    await self.take(raw)
        except TimeoutError:
            reason = f"no join within {self._settings.join_deadline:g} seconds"
            self.tell(Error(Code.JOIN_FIRST, reason))
            await self.connection.close(CloseCode.POLICY_VIOLATION, reason)
        finally:
            self._deadline = None

    async def take(self, raw: str | bytes) -> None:
        """Do what one frame asks for, or answer why not."""
        if self._server.is_stopping or self.is_leaving:
            return
        if not self._bucket.take(self._server.monotonic()):
            self._slow_down(raw)
            return
        self._strikes = 0
        try:
            await self._obey(parse_message(raw))
        except ProtocolError as error:
            self.tell(Error(error.code, error.detail, error.ref))

    async def leave(self) -> None:
        """Store that it left, however long the journal refuses: its name must become free.

        It tries again after `retry_delay`, which doubles each time, up to `max_retry_delay`.
        """
        server, delay = self._server, self._settings.retry_delay
        leave = Event("leave", server.clock(), *self.seat, self.claim)
        while True:
            try:
                await server.journal.append(leave)
            except JournalError as error:
                _log.warning("the leaving of %s is not stored yet: %s", leave.name, error)
                await server.sleep(delay)
                delay = min(2 * delay, self._settings.max_retry_delay)
            else:
                return

    def _slow_down(self, raw: str | bytes) -> None:
        self._strikes += 1
        limit = f"at most {self._settings.rate_limit:g} messages a second"
        self.tell(Error(Code.RATE_LIMITED, f"{limit}: this one was not delivered", _ref_of(raw)))
        if self._strikes >= self._settings.max_strikes:
            self._server.send_away(self, limit)

    async def _obey(self, message: ClientMessage) -> None:
        match message:
            case Join() if self.name is None:
                await self._join(message)
            case Join():
                raise ProtocolError(Code.ALREADY_JOINED, f"you have joined as {self.name}")
            case _ if self.name is None:
                ref = message.ref if isinstance(message, Say) else None
                raise ProtocolError(Code.JOIN_FIRST, "the first message must be a join", ref)
            case GetHistory(after, limit):
                await self._send_page(after, limit)
            case Say(text, ref):  # pragma: no branch  # there is no other message
                await self._say(text, ref)

    async def _join(self, join: Join) -> None:
        server = self._server
        if self.claim is not None:
            raise ProtocolError(Code.NOT_SAVED, f"your join as {self.claim} is still under way")
        if not server.journal.is_reachable:
            raise ProtocolError(Code.NOT_SAVED, "you could not join: the history is out of reach")
        resumes = join.journal in (None, server.journal.identity)
        self.after = join.after if resumes else None
        self.session = (join.session if resumes else None) or secrets.token_urlsafe(16)
        # The journal decides; but what is known to fail need not be written there.
        holder = server.room.holder(join.name)
        if holder is not None and holder.session != self.session_hash:
            raise name_taken(holder.name)
        self.claim = join.name
        event = Event("join", server.clock(), *self.seat, join.name, session=self.session_hash)
        try:
            async with asyncio.timeout(self._settings.store_timeout):
                stored = await asyncio.shield(server.append(event))
        except JournalError as error:
            self.settle(None)
            raise ProtocolError(Code.NOT_SAVED, f"you could not join: {error}") from error
        except TimeoutError:
            # It may be stored yet, and then it counts: until then there is no other.
            raise ProtocolError(
                Code.NOT_SAVED, "your join is not stored yet: please wait"
            ) from None
        await server.has_applied(stored.id)

    async def _send_page(self, after: int, limit: int) -> None:
        try:
            events = await self._server.history.page(after, limit, self.session_hash)
        except JournalError as error:
            raise ProtocolError(Code.NOT_SAVED, f"the history cannot be read: {error}") from error
        self.tell(HistoryPage(events))

    async def _say(self, text: str, ref: int | None) -> None:
        room = self._server.room
        match commands.parse_command(text):
            case commands.Say(said):
                await self._append("message", said, ref)
            case commands.Act(done):
                await self._append("action", done, ref)
            case commands.Whisper(to, said):
                if room.holder(to) is None:
                    raise no_such_member(to, ref)
                await self._append("whisper", said, ref, to)
            case commands.Who():
                self.tell(Members(room.names))
            case commands.Advise(advice):  # pragma: no branch  # there is no other command
                self.tell(Notice(advice))

    async def _append(self, type: str, text: str, ref: int | None, to: str | None = None) -> None:
        # Does not wait until it is stored: the echo will tell. Only so many may be under way.
        event = Event(type, self._server.clock(), *self.seat, self.name, text, to, ref)
        await self._slots.acquire()
        self._server.append(event, partial(self._appended, ref))

    def _appended(self, ref: int | None, future: asyncio.Future[Event]) -> None:
        self._slots.release()
        error = future.exception()
        if isinstance(error, JournalError):
            self.tell(Error(Code.NOT_SAVED, f"your message was not saved: {error}", ref))


def _ref_of(raw: str | bytes) -> int | None:
    try:
        message = parse_message(raw)
    except ProtocolError as error:
        return error.ref
    return message.ref if isinstance(message, Say) else None
