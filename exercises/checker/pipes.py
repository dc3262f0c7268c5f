"""Objects that go through pipes between processes of the checker's own, never a worker's."""

import pickle
import struct
from collections.abc import Iterator
from typing import IO, Any

_LENGTH = struct.Struct("!Q")


def send(pipe: IO[bytes], thing: object) -> None:
    """Write an object whole."""
    data = pickle.dumps(thing)
    rest = memoryview(_LENGTH.pack(len(data)) + data)
    while rest:
        rest = rest[pipe.write(rest) :]


def receive(pipe: IO[bytes]) -> Any:
    """Read an object, and not a byte more: the pipe is ready again if there is another one.

    Raises EOFError where the pipe has ended.
    """
    [length] = _LENGTH.unpack(b"".join(_exactly(pipe, _LENGTH.size)))
    return pickle.loads(b"".join(_exactly(pipe, length)))


def _exactly(pipe: IO[bytes], count: int) -> Iterator[bytes]:
    while count:
        chunk = pipe.read(count)
        if not chunk:
            raise EOFError
        count -= len(chunk)
        yield chunk
