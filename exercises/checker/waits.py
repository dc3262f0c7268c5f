"""Limits in time that run out in a test that passes: a sleep in disguise, however short it is.

Where nothing else is real it is an offence; over real sockets it is worth a note.
A limit that holds costs no time and is free, and so is one of no length, which only has a look. One
that runs out in a test that fails is a failed expectation.
"""

import asyncio
import functools
from asyncio import tasks
from collections.abc import Callable
from typing import Any

from exercises.checker.record import Frames, Record, put

RAN_OUT = (
    "It waits until a limit in time runs out, which is a sleep: to prove that nothing comes, send "
    "a marker and receive it next"
)


def install(record: Record, frames: Frames, tier: str) -> None:
    """Note each limit that a test has set and that runs out."""

    def ran_out(seconds: float) -> None:
        if frames.actor() != "test":
            return
        if tier == "mocked":
            record.offend(RAN_OUT, if_passed=True)
        else:
            record.wait("waits until a limit in time runs out", seconds)

    _watch_blocks(ran_out)
    _watch_calls(ran_out)


def _watch_blocks(ran_out: Callable[[float], None]) -> None:
    enter, leave = asyncio.Timeout.__aenter__, asyncio.Timeout.__aexit__

    @functools.wraps(enter)
    async def watched_enter(limit: asyncio.Timeout) -> asyncio.Timeout:
        vars(limit)["_begun"] = asyncio.get_running_loop().time()
        return await enter(limit)

    @functools.wraps(leave)
    async def watched_leave(limit: asyncio.Timeout, *error: Any) -> None:
        seconds = (limit.when() or 0) - vars(limit)["_begun"]
        if limit.expired() and seconds > 0:
            ran_out(seconds)
        await leave(limit, *error)

    put(asyncio.Timeout, "__aenter__", watched_enter)
    put(asyncio.Timeout, "__aexit__", watched_leave)


def _watch_calls(ran_out: Callable[[float], None]) -> None:
    wait_for, wait = asyncio.wait_for, asyncio.wait

    @functools.wraps(wait_for)
    async def watched_wait_for(fut: Any, timeout: float | None) -> Any:  # noqa: ASYNC109
        try:
            return await wait_for(fut, timeout)
        except TimeoutError:
            if timeout is not None and timeout > 0:
                ran_out(timeout)
            raise

    @functools.wraps(wait)
    async def watched_wait(fs: Any, *, timeout: float | None = None, **how: Any) -> Any:  # noqa: ASYNC109
        done, pending = await wait(fs, timeout=timeout, **how)
        if timeout is not None and timeout > 0 and not done:
            ran_out(timeout)
        return done, pending

    for owner in (asyncio, tasks):
        put(owner, "wait_for", watched_wait_for)
        put(owner, "wait", watched_wait)
