"""The messages that go over the wire, and the error for what must not.

Pure data. How they are written and read stands in `protocol`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from chat.config import MAX_PAGE


class Code(StrEnum):
    """The codes of an `error`, as docs/reference/wire.md lists them."""

    BAD_MESSAGE = "bad-message"
    TOO_LONG = "too-long"
    NAME_TAKEN = "name-taken"
    BAD_NAME = "bad-name"
    JOIN_FIRST = "join-first"
    ALREADY_JOINED = "already-joined"
    NO_SUCH_MEMBER = "no-such-member"
    NOT_SAVED = "not-saved"
    RATE_LIMITED = "rate-limited"


class ProtocolError(Exception):
    """A peer sent what the wire does not allow.

    `detail` is one sentence for the peer that names the field at fault. `ref` is the reference of
    the message at fault, where it bears a valid one.
    """

    def __init__(self, code: Code, detail: str, ref: int | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.ref = ref


# --- Messages to the server ---


@dataclass(frozen=True, slots=True)
class Join:
    """The first message: who I am, and what I saw last if I come back.

    Who comes back tells `after`, the id of the event that it saw last, with the `journal` and the
    `session` of its last welcome. It hears what came after that event, each of it once and in
    order, as far back as the server has it at hand; what is older it gets by `GetHistory`. It keeps
    its session, also where the server has been restarted, and takes over from a connection of its
    own that still bears the name: that one hears nothing more and is closed (1008). Where the
    journal is another one, it comes as a newcomer, with a new session.
    """

    type: ClassVar[str] = "join"
    name: str
    after: int | None = None
    journal: str | None = None
    session: str | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """A typed line. A text that begins with `/` is a command.

    One that the journal cannot store is refused as `not-saved`, and nobody hears it.
    """

    type: ClassVar[str] = "message"
    text: str
    ref: int | None = None


@dataclass(frozen=True, slots=True)
class GetHistory:
    """Ask for the first `limit` events after the id `after`."""

    type: ClassVar[str] = "history"
    after: int
    limit: int = MAX_PAGE


# --- Messages to the client ---


@dataclass(frozen=True, slots=True)
class Heard:
    """An event as members hear it: a join, leave, message, action or whisper.

    Every member hears it once, whoever caused it too: that is the acknowledgement. A whisper is for
    two sessions, its sender's and its reader's, now and whenever they come back; nobody else hears
    it or finds it in the past, not even who bears one of their names by then. `name` and `to` are
    spelled as their members joined, in whatever case a whisper was addressed. Events come in the
    order of their ids; how soon, and how many at once, is free. One id may bear the leaving of
    several, where a server ended.
    """

    type: str
    id: int
    time: float
    name: str
    to: str | None = None
    text: str | None = None
    ref: int | None = None


@dataclass(frozen=True, slots=True)
class Welcome:
    """The answer to a join. `id` is the newest event's, `oldest` the oldest that is still kept.

    What the member missed, or for a newcomer the newest events, follows it before anything that
    happens later. Whoever has the `session` is taken for the member: it is a secret without a
    meaning, and its form is free.
    """

    type: ClassVar[str] = "welcome"
    name: str
    members: tuple[str, ...]
    id: int
    oldest: int
    journal: str
    session: str


@dataclass(frozen=True, slots=True)
class Members:
    """The answer to `/who`."""

    type: ClassVar[str] = "members"
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Words from the server to one member."""

    type: ClassVar[str] = "notice"
    text: str


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """The answer to `GetHistory`: events in order, none when there are no more."""

    type: ClassVar[str] = "history"
    events: tuple[Heard, ...]


@dataclass(frozen=True, slots=True)
class Error:
    """Why a message was refused. `ref` is the refused message's, where it had one.

    Its sender alone is told, and may go on or try again: an error by itself ends no connection.
    `detail` is for people, and its wording is free.
    """

    type: ClassVar[str] = "error"
    code: str
    detail: str
    ref: int | None = None


ClientMessage = Join | Say | GetHistory
ServerMessage = Heard | Welcome | Members | Notice | HistoryPage | Error
