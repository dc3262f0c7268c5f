"""In which line of the learner's a worker is that does not come to an end: a host asks by a signal.

A worker that does not answer has no line; it is ended all the same.
"""

import asyncio
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

QUESTION = getattr(signal, "SIGUSR1", 0)  # 0 where no worker is forked

Tell = Callable[[FrameType | None], None]


def answer(tell: Tell) -> None:
    """Be ready to answer."""
    if QUESTION:
        signal.signal(QUESTION, lambda _, frame: tell(frame))


def tell(report: Callable[..., None], folder: Path, frame: FrameType | None) -> None:
    """Report where the code is that runs now, or else what the event loop waits for."""
    here = [*_inside(_callers(frame), folder)][:1]
    waiting = [place for task in _tasks() for place in [*_inside(_awaited(task), folder)][-1:]]
    for place in (here or waiting)[:1]:
        report("at", place=place)


def _tasks() -> list[asyncio.Task[Any]]:
    """Return the tasks of the running loop, in the order of their making."""
    try:
        return sorted(asyncio.all_tasks(), key=lambda task: (len(task.get_name()), task.get_name()))
    except RuntimeError:  # there is no loop
        return []


def _callers(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _awaited(task: asyncio.Task[Any]) -> Iterator[FrameType]:
    """Yield the frames of a task that waits, the innermost last."""
    awaited: Any = task.get_coro()
    while (frame := getattr(awaited, "cr_frame", None)) is not None:
        yield frame
        awaited = awaited.cr_await


def _inside(frames: Iterator[FrameType], folder: Path) -> Iterator[str]:
    for frame in frames:
        file = Path(frame.f_code.co_filename)
        if file.parent == folder:
            yield f"{file.name}, line {frame.f_lineno}"
