"""What the server knows of a peer, and what it hands over to it.

Only the abstract connection and the frames that go through it: how a WebSocket is written stands in
`fanout`. Tests put spec'd mocks and verified fakes in this place.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable

from websockets.frames import Frame as WebSocketFrame
from websockets.frames import Opcode

from chat.messages import ServerMessage
from chat.protocol import create_message


class Frame:
    """One text frame from the server, serialised once however many peers it goes to.

    `text` is the message, `wire` the bytes of its WebSocket frame (RFC 6455, section 5.2): whole,
    unmasked, uncompressed, and so the same for every peer.
    """

    __slots__ = ("text", "wire")

    def __init__(self, message: ServerMessage) -> None:
        self.text = create_message(message)
        self.wire = WebSocketFrame(Opcode.TEXT, self.text.encode()).serialize(mask=False)


class Burst:
    """Frames that go out together, in order, in one write: `wire` are their bytes, joined."""

    __slots__ = ("frames", "wire")

    def __init__(self, frames: Iterable[Frame]) -> None:
        self.frames = tuple(frames)
        self.wire = b"".join([frame.wire for frame in self.frames])

    @property
    def texts(self) -> list[str]:
        """The messages, one a frame."""
        return [frame.text for frame in self.frames]


class Connection(ABC):
    """One peer. All methods are called in the event loop that the connection belongs to."""

    @property
    @abstractmethod
    def is_open(self) -> bool:
        """Whether what is delivered may still arrive. Once False, it stays False."""

    @abstractmethod
    def __aiter__(self) -> AsyncIterator[str | bytes]:
        """Yield the frames that arrive, text as `str`, binary as `bytes`, until the peer is gone.

        However the connection ends, the iteration ends: it raises nothing.
        """

    @abstractmethod
    def deliver(self, burst: Burst) -> bool:
        """Send the frames of `burst`, in order and without waiting. Return whether it is open.

        On a connection that is not open this does nothing. A peer that is too far behind is
        dropped.
        """

    @abstractmethod
    async def close(self, code: int, reason: str) -> None:
        """Say goodbye with a close code (RFC 6455, section 7.4) and let go of the peer.

        Returns in bounded time, whatever the peer does. Closing twice is harmless.
        """
