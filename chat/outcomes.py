"""What a client tells its user besides what is heard: errors, and what became of the connection."""

from dataclasses import dataclass

from chat.messages import Error, Heard, Members, Notice, Welcome


class ChatError(Exception):
    """What keeps a client from chatting. The words are for the user."""


class NotConnected(ChatError):
    """There is no connection. `is_final` when trying again cannot help."""

    def __init__(self, words: str, *, is_final: bool = False, needs_token: bool = False) -> None:
        super().__init__(words)
        self.is_final = is_final
        self.needs_token = needs_token  # a token, or another one, would help


class Refused(ChatError):
    """The server refused a join or a message. `code` is one of the wire's error codes."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class NotConfirmed(ChatError):
    """The connection broke before a message was confirmed: nobody may have heard it."""


@dataclass(frozen=True, slots=True)
class Connected:
    """The client is in the room. When `fresh`, what it saw before belongs to another history."""

    welcome: Welcome
    fresh: bool


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The connection broke; the client tries again in `retry_in` seconds."""

    reason: str
    retry_in: float


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A line that was sent before the connection broke, and that the resume did not bring."""

    text: str


ClientEvent = Heard | Members | Notice | Error | Connected | Disconnected | Unconfirmed
