"""A program of a few lines and an exercise on it, for the tests of the checker."""

import os
from contextlib import contextmanager
from pathlib import Path

import pytest

from exercises.checker.check import Checker
from exercises.checker.jobs import Limits
from exercises.checker.load import parse

# For each module of tests that check something: a slow machine is no failure.
CHECKS = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork"),
    pytest.mark.timeout(120),
]

GREETING = """
import abc, asyncio

LIMIT = 60  # seconds to say one's name

def greet(name):
    return f"hello {name}"

class Log(abc.ABC):
    @abc.abstractmethod
    def note(self, name): ...

class Server:
    def __init__(self, log=None, heard=None):
        self.log = self._log = log
        self.heard = heard

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        await self._server.wait_closed()

    async def _talk(self, reader, writer):
        async with asyncio.timeout(LIMIT):
            name = (await reader.readline()).decode().strip()
        if self._log:
            self._log.note(name)
        if self.heard:
            self.heard(name)
        writer.write(greet(name).encode())
        writer.close()
        await writer.wait_closed()
"""

PROGRAM = {
    "__init__.py": "",
    "__main__.py": "input()",  # waits until somebody ends it
    "greeting.py": GREETING,
}

EXERCISE = """
title = "Greetings"
about = "Who comes is greeted."
minutes = 1
stub = "test_it.py"
solution = ["test_it.py"]
steps = [{ title = "Greet", prove = "All are greeted by their names." }]

[[bugs]]
id = "rude"
step = 1
required = true
symptom = "Nobody is greeted."
breaks = { text = "hello", file = "chat/greeting.py" }
hints = ["a", "b"]
edits = [{ file = "greeting.py", before = "hello {name}", after = "go away, {name}" }]

[[refactorings]]
id = "joined"
summary = "The greeting is put together otherwise."
lesson = "How it is made is free."
frees = { text = "hello", file = "chat/greeting.py" }
edits = [{ file = "greeting.py", before = 'f"hello {name}"', after = '"hello " + name' }]
"""

IMPORTS = """
import asyncio, os, pathlib, subprocess, sys, threading, time
import pytest
import chat.greeting
from chat.greeting import Server, greet
"""

# A test that catches the bug.
GOOD = (
    IMPORTS
    + """
def test_greets():
    assert greet("ada") == "hello ada"
"""
)

# One that catches it over a real socket.
ASKS_TOO = """
async def ask(port, name):
    async with asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(name.encode() + b"\\n")
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer.decode()

async def test_asks():
    async with Server() as server:
        assert await ask(server.port, "ada") == "hello ada"
"""
ASKS = IMPORTS + ASKS_TOO.replace("test_asks", "test_greets")


class Miniature:
    """Checks what somebody has written about the small program."""

    def __init__(self, root, checker):
        self.root = root
        self._checker = checker

    def check(self, text, *, tier="unit", data=EXERCISE, **files):
        """Judge one file, test_it.py, and others that are given without their ".py"."""
        folder = self.root / "exercises" / tier
        paths = []
        for name, content in {"test_it": text, **files}.items():
            paths.append(folder / f"{name}.py")
            paths[-1].parent.mkdir(parents=True, exist_ok=True)
            paths[-1].write_bytes(content if isinstance(content, bytes) else content.encode())
        return self._checker.check(parse(data, tier, self.root / "exercises"), paths)


@contextmanager
def miniature(root, **limits):
    """Write the program below a folder and keep a checker for it."""
    (root / "chat").mkdir()
    for name, text in PROGRAM.items():
        (root / "chat" / name).write_text(text)
    with Checker(root, Limits(**limits)) as checker:
        yield Miniature(root, checker)


def processes():
    """Return the command lines of all processes of this machine, where they can be told."""
    lines = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                line = Path(entry.path, "cmdline").read_bytes().replace(b"\0", b" ")
                lines.append(line.decode(errors="replace"))
            except OSError:
                continue  # it has just ended
    return lines
