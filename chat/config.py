"""Every default, limit and time-out, once.

The constants belong to the wire: server and clients must agree on them, so nobody may change them.
`Settings` is what an operator or a test may change. Seconds, bytes and counts are plain numbers.
"""

from dataclasses import dataclass

MAX_TEXT = 512  # code points in a chat text
MAX_NAME = 32  # code points in a name
MAX_SESSION = 128  # characters in a session or a journal identity
MAX_PAGE = 100  # events in one page of history
MAX_FRAME = 8 * 1024  # bytes in one frame from a client
MAX_REPLY = 4 * 1024 * 1024  # bytes in one frame from a server: a welcome names all members
MAX_INTEGER = 2**53 - 1  # the largest integer that JavaScript keeps exact

DEFAULT_HOST = "localhost"
DEFAULT_PORT = 8765
DEFAULT_JOURNAL = "chat.db"

# What a client waits for, in seconds.
OPEN_TIMEOUT = 10.0  # for a connection
JOIN_TIMEOUT = 10.0  # for the answer to a join
SEND_TIMEOUT = 10.0  # for a server that reads nothing
CLOSE_TIMEOUT = 2.0  # for the answer to a goodbye
FIRST_DELAY = 0.5  # before it comes back for the first time; doubles ...
LONGEST_DELAY = 30.0  # ... up to this
PAGE_DELAY = 0.15  # between pages of history, to stay below the rate limit
PAGE_RETRY = 1.0  # before it asks again for a page that the rate limit refused

# What a journal waits for, in seconds, and how much it does at once.
LOCK_TIMEOUT = 0.3  # for another process that opens the file at the same moment to give way ...
LOCK_DELAY = 0.02  # ... about so long at a time
REDIS_BATCH = 500  # events in one append or one read
REDIS_BLOCK = 2.0  # that a read waits for news; no answer may take twice as long
REDIS_LAST = 5.0  # for the last events to be stored when the journal is closed
REDIS_DELAY = 0.1  # before Redis is tried again; doubles ...
REDIS_MAX_DELAY = 2.0  # ... up to this


@dataclass(frozen=True)
class Settings:
    """What a server allows and how long it waits. Times are in seconds, sizes in bytes."""

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    token: str | None = None
    origins: tuple[str, ...] = ()

    max_connections: int = 4096
    max_handshakes: int = 256  # connections beyond those: in a handshake, or about to be refused
    backlog: int = 2048
    join_deadline: float = 10.0
    open_timeout: float = 10.0
    ping_interval: float = 20.0
    ping_timeout: float = 20.0

    rate_limit: float = 10.0  # frames a second from one connection, 0 for no limit
    burst: int = 20  # frames that a quiet connection may send at once
    max_strikes: int = 50  # refused frames in a row before the connection is closed
    store_timeout: float = 5.0  # for a join to be stored; nobody should wait for long in vain
    max_under_way: int = 64  # appends of one connection that are not stored yet

    history: int = 10_000  # events that a journal keeps
    synchronous: str = "normal"  # or "full": a journal in a file survives a power failure too
    lifetime: float = 6.0  # one of many servers that says nothing for so long is lost
    replay: int = 50  # events that a newcomer sees
    recent_events: int = 1_000  # events kept in memory for a resume ...
    recent_bytes: int = 512 * 1024  # ... and their bytes

    batch_bytes: int = 128 * 1024  # the most that one write to a connection joins
    drop_limit: int = 1024 * 1024  # a reader that is further behind is dropped ...
    drop_grace: float = 1.0  # ... after this long to read why

    retry_delay: float = 0.1  # before a leave is stored again; doubles ...
    max_retry_delay: float = 5.0  # ... up to this
    stop_grace: float = 5.0  # for what was taken in to be stored when the server stops
    close_grace: float = 2.0  # for a peer to answer a close before it is aborted
