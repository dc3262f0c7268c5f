"""The whole suite in tests/ on each refactored chat: what breaks no promise may break no test.

Left out is what needs a window or a browser, what is about the text of files and not about what the
chat does, and what tests something else than the chat.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from exercises.checker.model import Refactoring
from exercises.checker.plant import changed, together, write

LEFT_OUT = (
    "integration/test_window.py",  # a window
    "integration/test_page.py",  # a browser
    "unit/test_purity.py",  # the text of files
    "workshop",  # something else than the chat
)
FOLDERS = ("tests", "docs")  # docs/deploy has what a server is run behind
HIDDEN = ("CI", "COVERAGE_")  # variables: nothing needs a browser, and what runs is a copy
CACHE = "__pycache__"
AT_ONCE = os.cpu_count() or 1
LIMIT = 600.0  # seconds for one suite
LAST = 12  # lines of a failing run that are shown

Group = Sequence[Refactoring]


async def rehearse(
    root: Path,
    program: Mapping[str, bytes],
    refactorings: Sequence[Refactoring],
    tell: Callable[[str], None],
) -> list[str]:
    """Run the suite on each; return one complaint for each that it does not pass."""
    free = asyncio.Semaphore(AT_ONCE)
    done = 0

    async def plain() -> str | None:
        async with free:
            return await _failure(root, program)

    async def run(group: Group) -> list[str]:
        nonlocal done
        edits = [edit for refactoring in group for edit in refactoring.edits]
        async with free:
            failure = await _failure(root, {**program, **changed(program, edits)})
        if await control:  # it says nothing of refactorings
            return []
        if failure and len(group) > 1:  # whose fault was it?
            return await _all(run, [[refactoring] for refactoring in group])
        done += len(group)
        tell(f"tests/ on refactored chats: {done} of {len(refactorings)}")
        return [f"{group[0].id} does not pass tests/:\n{failure}"] if failure else []

    async with asyncio.TaskGroup() as running:
        control = running.create_task(plain())
        complaints = running.create_task(_all(run, together(program, refactorings)))
    if failure := control.result():
        return [f"the chat as it is does not pass tests/ here:\n{failure}"]
    return complaints.result()


async def _all(
    run: Callable[[Group], Coroutine[Any, Any, list[str]]], groups: Iterable[Group]
) -> list[str]:
    async with asyncio.TaskGroup() as running:
        tasks = [running.create_task(run(group)) for group in groups]
    return [complaint for task in tasks for complaint in task.result()]


async def _failure(root: Path, program: Mapping[str, bytes]) -> str | None:
    """Return how the suite ended on a program if it failed, or None."""
    with tempfile.TemporaryDirectory(prefix="chat-audit-", ignore_cleanup_errors=True) as scratch:
        tree = Path(scratch)
        write(program, tree / "chat")
        _copy_suite(root, tree)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pytest", "tests", "-x", "-q", "--tb=short"),
            *("-o", "addopts=--import-mode=importlib -p pytester"),
            *("-p", "no:cacheprovider", "-p", "no:randomly"),
            cwd=tree,
            env={name: value for name, value in os.environ.items() if not name.startswith(HIDDEN)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(LIMIT):
                output, _ = await process.communicate()
        finally:
            _end(process)
    if process.returncode == 0:
        return None
    return "\n".join(output.decode(errors="replace").splitlines()[-LAST:])


def _copy_suite(root: Path, tree: Path) -> None:
    """Copy the tests, the settings of pytest, and what tests read besides."""
    left_out = {root / "tests" / name for name in LEFT_OUT}

    def ignored(folder: str, names: list[str]) -> list[str]:
        return [name for name in names if name == CACHE or Path(folder, name) in left_out]

    shutil.copy(root / "pyproject.toml", tree)
    for name in FOLDERS:
        if (root / name).is_dir():
            shutil.copytree(root / name, tree / name, ignore=ignored)


def _end(process: asyncio.subprocess.Process) -> None:
    """End it with all that it started; where there are no groups, it alone."""
    with contextlib.suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
