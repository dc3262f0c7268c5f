"""What a client sent and has not heard back yet. It never sends anything itself."""

import asyncio
import itertools
from dataclasses import dataclass
from functools import partial
from typing import Any

from chat import commands
from chat.messages import Error, Heard, Say
from chat.outcomes import ChatError, NotConfirmed, Refused, Unconfirmed


@dataclass(frozen=True, slots=True)
class _Sent:
    text: str
    echo: asyncio.Future[Heard] | None  # None when nobody waits for it


class Outbox:
    """Messages under way, by their reference."""

    def __init__(self, first_ref: int) -> None:
        self._refs = itertools.count(first_ref)
        self._sent: dict[int, _Sent] = {}
        self._doubtful: set[int] = set()

    def put(self, line: str, echo: asyncio.Future[Heard] | None) -> Say:
        """Return the message that says `line`; `echo` gets the event that answers it.

        Once `echo` is done, whoever cancelled it, nothing is left of the message here.
        """
        ref = next(self._refs)
        if makes_event(line):
            self._sent[ref] = _Sent(line, echo)
            if echo is not None:
                echo.add_done_callback(partial(self._forget, ref))
        return Say(line, ref)

    def confirm(self, event: Heard) -> None:
        """Take note that `event`, which bears our name, was heard."""
        sent = self._sent.pop(event.ref, None) if event.ref is not None else None
        if sent is not None and sent.echo is not None and not sent.echo.done():
            sent.echo.set_result(event)

    def refuse(self, error: Error) -> bool:
        """Take note of a refusal; return whether somebody who waits was told."""
        sent = self._sent.pop(error.ref, None) if error.ref is not None else None
        if sent is None or sent.echo is None:
            return False
        fail(sent.echo, Refused(error.code, error.detail))
        return True

    def doubt(self) -> None:
        """The connection broke: whatever is still under way may not have arrived."""
        self._doubtful = set(self._sent)

    def settle(self) -> list[Unconfirmed]:
        """Give up what is in doubt; return what nobody waits for."""
        lost = [self._sent.pop(ref) for ref in sorted(self._doubtful & self._sent.keys())]
        for sent in lost:
            if sent.echo is not None:
                fail(sent.echo, NotConfirmed(f"not confirmed: {sent.text}"))
        return [Unconfirmed(sent.text) for sent in lost if sent.echo is None]

    def _forget(self, ref: int, _: object) -> None:
        self._sent.pop(ref, None)


def makes_event(line: str) -> bool:
    """Return whether a typed line is heard by others, rather than answered."""
    command = commands.parse_command(line)
    return isinstance(command, commands.Say | commands.Act | commands.Whisper)


def fail(future: asyncio.Future[Any], error: ChatError) -> None:
    """Let whoever waits for `future` know, unless they gave up."""
    if not future.done():
        future.set_exception(error)
