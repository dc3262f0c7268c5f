"""Somebody at the desktop window, with a screen and a keyboard of their own.

The window is the real one in a process of its own, on a display of its own (Xvfb). Keys are pressed
by xdotool, as a keyboard would; what can be seen, watched_window.py tells.
"""

import asyncio
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import asynccontextmanager, suppress
from functools import cached_property

import pytest

from tests.conftest import WAIT

STARTING = 4 * WAIT  # a whole Python has to start, and this is not about how fast
INSTALL = "no window can be opened here: apt install xvfb xdotool python3-tk"


class Display:
    """A display that nobody else has, until its `end`. What is missing skips the test."""

    # -noreset: between two programs there may be none on it, and it must not start again.
    # GLX is what takes longest to start, and no window asks for it.
    OPTIONS = "-displayfd 1 -screen 0 1000x720x24 -nolisten tcp -noreset -extension GLX"

    def __init__(self):
        if not (shutil.which("Xvfb") and shutil.which("xdotool")):
            pytest.skip(INSTALL)
        needs_tkinter()
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self._server = subprocess.Popen(["Xvfb", *self.OPTIONS.split()], **pipes)

    @cached_property
    def name(self):
        """What programs know it by, as soon as it has started."""
        return f":{int(self._server.stdout.readline())}"

    def end(self):
        # A wish to stop that comes just before it sleeps is heard at the next event: maybe never.
        with self._server:
            self._server.kill()


def needs_tkinter():
    """Skip the test where this Python cannot open a window."""
    if importlib.util.find_spec("_tkinter") is None:
        pytest.skip(INSTALL)


@asynccontextmanager
async def process(*command, **options):
    """Run a program, and end it if it is still there afterwards."""
    pipes = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.PIPE}
    started = await asyncio.create_subprocess_exec(*command, **pipes, **options)
    try:
        yield started
    finally:
        if started.returncode is None:
            started.terminate()
        await ended(started)


async def ended(process):
    """Wait for the end of a process; return what it still had to say, on stdout and stderr."""
    async with asyncio.timeout(STARTING):
        return await process.communicate()


class User:
    """Looks at one window and types. Whatever they wait for comes in time, or the test fails.

    Their `process` is there where it is for that window alone.
    """

    def __init__(self, lines, environment, process=None):
        self.seen = {}
        self.process = process
        self._lines = lines
        self._environment = environment

    @property
    def spoken(self):
        """All words that can be seen outside the log."""
        return [self.seen["title"], *self.seen["words"], *self.seen["members"]]

    async def has_keyboard(self):
        """Give the window the keyboard, as a window manager would."""
        await self._waits_until(lambda: self.seen["window"])
        await self._xdotool("windowfocus", self.seen["window"])
        await self._waits_until(lambda: self.seen["has_keyboard"])

    async def may_type(self):
        """Wait until what is typed goes into a line that can be seen."""
        await self._waits_until(lambda: self.seen["takes_text"])

    async def types(self, text):
        await self.may_type()
        await self._xdotool("type", "--delay", "1", "--", text)

    async def presses(self, *keys):
        await self._xdotool("key", "--delay", "1", "--", *keys)

    async def drags_up(self):
        """Take the thumb of the scrollbar at the end of the log, and bring it to the top."""
        await self._waits_until(lambda: self.seen["thumb"]["is_at_end"])
        across, (top, bottom) = self.seen["thumb"]["across"], self.seen["thumb"]["ends"]
        await self._xdotool("mousemove", across, (top + bottom) // 2, "mousedown", 1)
        await self._xdotool("mousemove", across, 0, "mouseup", 1)

    async def resizes(self, width, height):
        """Give the window another size, as a window manager would."""
        await self._xdotool("search", "--class", "Chat", "windowsize", width, height)

    async def enters(self, text):
        """Type a line and press Return."""
        await self.types(text)
        await self.presses("Return")

    async def reads(self, text):
        """Wait for a line of the log."""
        await self._waits_until(lambda: any(text in line for line in self.seen["log"]))

    async def reads_no(self, text):
        """Wait until no line of the log has this."""
        await self._waits_until(lambda: not any(text in line for line in self.seen["log"]))

    async def sees(self, words):
        """Wait for words outside the log, or in the title."""
        await self._waits_until(lambda: any(words in spoken for spoken in self.spoken))

    async def sees_no(self, words):
        """Wait until these words are gone."""
        await self._waits_until(lambda: not any(words in spoken for spoken in self.spoken))

    async def sees_a_change(self):
        """Wait until the log shows something else."""
        before = self.seen["log"]
        await self._waits_until(lambda: self.seen["log"] != before)

    async def waits_until_typed(self, text):
        """Wait until just this is being typed."""
        await self._waits_until(lambda: self.seen["typed"] == [text])

    async def has_left(self):
        """Wait for the end of the program; return its exit status, and what went to stderr."""
        _, errors = await ended(self.process)
        return self.process.returncode, errors.decode()

    async def has_closed(self):
        """Wait until there is no window any more, and no process of its own behind it."""
        async with asyncio.timeout(STARTING):
            while await self._lines.readline():
                pass

    async def _waits_until(self, holds):
        try:
            async with asyncio.timeout(STARTING):
                while not self.seen or not holds():
                    line = await self._lines.readline()
                    assert line, await self._last_words()
                    self.seen = json.loads(line)
        except TimeoutError:
            pytest.fail(f"never seen; at last there was {self.seen}")

    async def _last_words(self):
        errors = self.process and await self.process.stderr.read()
        return errors.decode() if errors else "the window is closed"

    async def _xdotool(self, *command):
        async with process("xdotool", *map(str, command), env=self._environment) as tool:
            _, errors = await ended(tool)
            assert tool.returncode == 0, errors.decode()


def environment_at(display):
    """Return the environment of a program on this display."""
    return {**os.environ, "DISPLAY": display, "TZ": "UTC"}


COMMAND = (sys.executable, "-W", "error", "-m", "tests.integration.watched_window")


@asynccontextmanager
async def sitting_at(display, *options):
    """Open the window, in a process of its own, with these options of `python -m chat client`."""
    environment = environment_at(display)
    async with process(*COMMAND, *options, env=environment) as opened:
        user = User(opened.stdout, environment, opened)
        await user.has_keyboard()
        yield user


@asynccontextmanager
async def warm_program(path):
    """Run the program with all its imports behind it; a window is forked off at `path`."""
    needs_tkinter()
    async with process(*COMMAND, "--at", path, env=environment_at("")) as program:
        async with asyncio.timeout(STARTING):
            assert await program.stdout.readline(), (await program.stderr.read()).decode()
        yield


@asynccontextmanager
async def forked_at(display, path, *options):
    """Open the window as `sitting_at` does, in a process forked off the warm program."""
    lines, writer = await asyncio.open_unix_connection(path)
    writer.write(json.dumps([display, *options]).encode() + b"\n")
    window = int(await lines.readline())
    user = User(lines, environment_at(display))
    try:
        await user.has_keyboard()
        yield user
    finally:
        with suppress(ProcessLookupError):  # it has closed
            os.kill(window, signal.SIGTERM)
        await user.has_closed()
        writer.close()
