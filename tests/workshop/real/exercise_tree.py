"""A small tree with one exercise in it, and `python -m exercises` as a learner runs it there."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

import exercises
from tests.conftest import WAIT

PATIENCE = 6 * WAIT  # a check starts several Pythons

RULES = '''"""Rules."""


def loud(text):
    """Return the text in capitals, with one exclamation mark."""
    return text.upper() + "!"
'''

DATA = """
title = "Loud words"
about = "What `loud` makes of a text."
minutes = 5
stub = "test_loud.py"
solution = ["test_loud.py"]

[[steps]]
title = "Capitals"
prove = "Every letter is a capital."

[[steps]]
title = "The mark"
prove = "There is one mark at the end."

[[bugs]]
id = "small-letters"
step = 1
required = true
symptom = "Nobody hears it."
breaks = { text = "in capitals", file = "chat/rules.py" }
hints = ["second of small", "third of small"]
edits = [{ file = "rules.py", before = "text.upper()", after = "text" }]

[[bugs]]
id = "no-mark"
step = 2
required = true
symptom = "Nobody is startled."
breaks = { text = "one exclamation mark", file = "chat/rules.py" }
hints = ["second of mark", "third of mark"]
edits = [{ file = "rules.py", before = '"!"', after = '""' }]

[[refactorings]]
id = "formatted"
summary = "The text is formatted and not added up."
lesson = "Your test looks into `loud`."
frees = { text = "Return the text in capitals", file = "chat/rules.py" }
edits = [{ file = "rules.py", before = 'text.upper() + "!"', after = 'f"{text.upper()}!"' }]
"""

STUB = """from chat.rules import loud


def test_letters_become_capitals():
    assert loud("a").startswith("A")
"""

SOLVED = """from chat.rules import loud


def test_all():
    assert loud("a") == "A!"
"""

# Tells that it runs, and its connection ends when it does.
ENDLESS = """import socket


def test_endless():
    line = socket.create_connection(("127.0.0.1", {port}))
    while True:
        pass
"""


class Tree:
    """A tree that a learner works in."""

    def __init__(self, root):
        self.root = root
        self._started = []
        self.folder = root / "exercises" / "unit"
        self.file = self.folder / "test_loud.py"
        own = Path(exercises.__file__).parent
        hidden = shutil.ignore_patterns("__pycache__")
        shutil.copytree(own / "checker", root / "exercises" / "checker", ignore=hidden)
        for name in ("__init__.py", "__main__.py"):
            shutil.copy(own / name, root / "exercises")
        shutil.copy(own.parent / "pyproject.toml", root)
        self.add("chat/__init__.py", '"""A chat."""\n')
        self.add("chat/rules.py", RULES)
        self.add("exercises/unit/exercise.toml", DATA)
        self.add("exercises/unit/test_loud.py", STUB)
        self.add("exercises/unit/stub.txt", STUB)
        self.add("exercises/solutions/unit/test_loud.py", SOLVED)

    def add(self, name, text):
        """Write a file."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    async def start(self, *words, python=(), stdout=asyncio.subprocess.PIPE, **variables):
        """Start `python -m exercises` with some words, with options for Python and variables."""
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *python, "-m", "exercises", *words),
            cwd=self.root,
            env={"PYTHONIOENCODING": "utf-8", **inherited, **variables},
            stdout=stdout,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,  # a group of its own, as a shell gives it
        )
        self._started.append(process)
        return process

    async def end(self):
        """End what a failing test left running."""
        for process in self._started:
            if process.returncode is None:
                process.terminate()
            await process.communicate()

    async def run(self, *words, **how):
        """Return the exit status, standard output and standard error."""
        process = await self.start(*words, **how)
        async with asyncio.timeout(PATIENCE):
            output, errors = await process.communicate()
        return process.returncode, output.decode(), errors.decode()

    async def run_bare(self, *words):
        """The same without any package that is not Python's own."""
        return await self.run(*words, python=("-S", "-W", "error"))
