"""Somebody at the desktop window, with a screen and a keyboard of their own.

The window is the real one in a process of its own, on a display of its own (Xvfb). Keys are pressed
by xdotool, as a keyboard would; what can be seen, watched_window.py tells.
"""

import asyncio
import importlib.util
import json
import os
import shutil
import sys
from contextlib import asynccontextmanager

import pytest

from tests.conftest import WAIT

STARTING = 4 * WAIT  # a whole Python has to start, and this is not about how fast
INSTALL = "no window can be opened here: apt install xvfb xdotool python3-tk"


@asynccontextmanager
async def display():
    """Run a display that nobody else has, and yield its name. What is missing skips the test."""
    if not (shutil.which("Xvfb") and shutil.which("xdotool")):
        pytest.skip(INSTALL)
    needs_tkinter()
    # -noreset: between two programs there may be none on it, and it must not start again.
    options = ("-displayfd", "1", "-screen", "0", "1000x720x24", "-nolisten", "tcp", "-noreset")
    async with process("Xvfb", *options) as server:
        async with asyncio.timeout(STARTING):
            number = await server.stdout.readline()
        yield f":{number.decode().strip()}"


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
    """Looks at one window and types. Whatever they wait for comes in time, or the test fails."""

    def __init__(self, process, environment):
        self.process = process
        self.seen = {}
        self._environment = environment

    @property
    def spoken(self):
        """All words that can be seen outside the log."""
        return [self.seen["title"], *self.seen["words"], *self.seen["members"]]

    async def has_keyboard(self):
        """Give the window the keyboard, as a window manager would."""
        await self._waits_until(lambda: self.seen["window"])
        await self._xdotool("windowfocus", str(self.seen["window"]))
        await self._waits_until(lambda: self.seen["has_keyboard"])

    async def types(self, text):
        await self._xdotool("type", "--delay", "1", "--", text)

    async def presses(self, *keys):
        await self._xdotool("key", "--delay", "1", "--", *keys)

    async def enters(self, text):
        """Type a line and press Return."""
        await self.types(text)
        await self.presses("Return")

    async def reads(self, text):
        """Wait for a line of the log."""
        await self._waits_until(lambda: any(text in line for line in self.seen["log"]))

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

    async def has_left(self):
        """Wait for the end of the program; return its exit status, and what went to stderr."""
        _, errors = await ended(self.process)
        return self.process.returncode, errors.decode()

    async def _waits_until(self, holds):
        try:
            async with asyncio.timeout(STARTING):
                while not self.seen or not holds():
                    line = await self.process.stdout.readline()
                    assert line, (await self.process.stderr.read()).decode()
                    self.seen = json.loads(line)
        except TimeoutError:
            pytest.fail(f"never seen; at last there was {self.seen}")

    async def _xdotool(self, *command):
        async with process("xdotool", *command, env=self._environment) as tool:
            _, errors = await ended(tool)
            assert tool.returncode == 0, errors.decode()


@asynccontextmanager
async def sitting_at(display, *options):
    """Open the window with these options of `python -m chat client`."""
    environment = {**os.environ, "DISPLAY": display, "TZ": "UTC"}
    command = (sys.executable, "-W", "error", "-m", "tests.integration.watched_window", *options)
    async with process(*command, env=environment) as opened:
        user = User(opened, environment)
        await user.has_keyboard()
        yield user
