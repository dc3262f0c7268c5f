"""Time that leaps where nothing can happen: a worker of a tier without I/O waits for nothing.

An event loop that has nothing to do before its next timer, no descriptor to watch but its own, and
no thread beside it, will not be woken: what it waits for cannot come. So the wait is left out, and
the loop's clock goes on by as much. What happens, and in which order, stays the same; a limit of
five seconds costs none. A loop without even a timer is stuck for ever, and is told as that.
"""

import asyncio
import functools
import signal
import threading
import time
from asyncio.selector_events import BaseSelectorEventLoop
from collections.abc import Callable
from typing import Any

from exercises.checker.record import put


def install(stuck: Callable[[], None]) -> None:
    """Let all event loops of this process leap; `stuck` is called when one waits for ever."""
    make = BaseSelectorEventLoop.__init__

    @functools.wraps(make)
    def leaping(loop: Any, selector: Any = None) -> None:
        make(loop, selector)
        loop._leapt = 0.0
        loop._selector.select = functools.partial(_select, loop, loop._selector.select, stuck)

    put(BaseSelectorEventLoop, "__init__", leaping)
    put(asyncio.BaseEventLoop, "time", _time)


def _time(loop: Any) -> float:
    leapt: float = getattr(loop, "_leapt", 0.0)
    return time.monotonic() + leapt


def _select(
    loop: Any, select: Callable[..., list[Any]], stuck: Callable[[], None], timeout: float | None
) -> list[Any]:
    """Wait as a selector does, or leap."""
    if (timeout is not None and timeout <= 0) or _may_be_woken(loop):
        return select(timeout)
    events = select(0)
    if events:
        return events
    if timeout is None:
        stuck()
        return select(timeout)
    loop._leapt += timeout
    return events


def _may_be_woken(loop: Any) -> bool:
    """Tell whether something from outside may come: I/O, another thread, an alarm."""
    own = 1  # the descriptor by which other threads wake this loop
    alarm = hasattr(signal, "getitimer") and signal.getitimer(signal.ITIMER_REAL)[0] > 0
    return len(loop._selector.get_map()) > own or threading.active_count() > 1 or alarm
