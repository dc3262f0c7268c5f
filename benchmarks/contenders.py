"""The servers that are compared: ours with each journal, and others where they are installed."""

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.options import Options
from benchmarks.processes import Served, chat, serving
from benchmarks.redis import empty, is_here, redis_server

BASE = "websockets broadcast"
LEFT_OUT = "left out, since it is not installed"
RIVALS = Path(__file__).parent / "rivals"


@dataclass(frozen=True)
class Contender:
    """A server under the name that the table has for it."""

    name: str
    command: Sequence[str]
    journal: str = ""  # what to empty before each run


@asynccontextmanager
async def fresh(contender: Contender) -> AsyncIterator[Served]:
    """Have the server, without any past."""
    if contender.journal.startswith("redis://"):
        await empty(contender.journal)
    elif contender.journal:
        for file in Path(contender.journal).parent.glob(Path(contender.journal).name + "*"):
            file.unlink()
    async with serving(contender.command) as served:
        yield served


@asynccontextmanager
async def contenders(options: Options) -> AsyncIterator[tuple[list[Contender], list[str]]]:
    """Have all that can be compared here, the base first, and notes on it: what is left out."""
    async with AsyncExitStack() as stack:
        found, notes = _rivals(options)
        journal = str(options.folder / "chat.db")
        ours = [
            Contender("ours, memory", chat("memory")),
            Contender("ours, SQLite", chat(journal), journal),
        ]
        if is_here():
            (options.folder / "redis").mkdir(exist_ok=True)
            url = await stack.enter_async_context(redis_server(options.folder / "redis"))
            ours.append(Contender("ours, Redis", chat(url), url))
        else:
            notes.append(f"{LEFT_OUT}: Redis: apt install redis-server, pip install redis")
        yield [found[0], *ours, *found[1:]], notes


def _rivals(options: Options) -> tuple[list[Contender], list[str]]:
    found = [Contender(BASE, _python("broadcast"))]
    notes = []
    for name in ("aiohttp", "picows"):
        if find_spec(name):
            found.append(Contender(name, _python(f"{name}_server")))
        else:
            notes.append(f"{LEFT_OUT}: {name}: pip install {name}")
    path = options.node_path or os.environ.get("NODE_PATH", "")
    if version := _version_of_ws(path):
        notes.append(f"Node ws: {version}")
        found.append(Contender("Node ws", ["env", f"NODE_PATH={path}", "node", _file("ws.cjs")]))
    else:
        how = "npm install --prefix FOLDER ws, --node-path FOLDER/node_modules"
        notes.append(f"{LEFT_OUT}: Node ws: {how}")
    return found, notes


def _python(name: str) -> list[str]:
    return [sys.executable, "-m", f"benchmarks.rivals.{name}"]


def _file(name: str) -> str:
    return str(RIVALS / name)


def _version_of_ws(path: str) -> str:
    """Return which it is, on which Node; nothing if it is not there."""
    if shutil.which("node") is None:
        return ""
    found = subprocess.run(
        ["node", "-p", "`${require('ws/package.json').version}, on Node ${process.versions.node}`"],
        env=os.environ | {"NODE_PATH": path},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    return found.stdout.strip()
