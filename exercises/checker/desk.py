"""The learner's desk: what lies in the folder of an exercise, and what is known of it.

It needs the standard library alone: `list`, `hint` and `reset` work before anything is installed.
What the checker remembers stands in `.progress.json` in that folder; without it, nothing breaks.
"""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exercises.checker.model import Exercise, Verdict

PRISTINE = "stub.txt"  # the stub as it was handed out, whatever the learner's file is called
PROGRESS = ".progress.json"
BACKUP = "backup-"
_ASIDE = ("test", "stage", "why", "refactoring")


@dataclass(slots=True)
class Record:
    """What is remembered of one exercise between two calls."""

    passed: bool = False  # once done, always done: the solution may be seen
    seen: str = ""  # the digest of what was checked last
    done: bool = False  # what came of it
    alive: tuple[str, ...] = ()  # the bugs that lived on
    aside: dict[str, str] = field(default_factory=dict)  # the test to mend before any bug
    hints: dict[str, int] = field(default_factory=dict)  # how many were shown, by bug


def submission(exercise: Exercise) -> list[Path]:
    """Return the files of the learner's: every test module in the folder, and a conftest.py."""
    modules = sorted(exercise.folder.glob("test_*.py"))
    return [path for path in [*modules, exercise.folder / "conftest.py"] if path.is_file()]


def digest(exercise: Exercise) -> str:
    """Return what changes when the learner changes a file, and otherwise does not."""
    whole = hashlib.sha256()
    for path in submission(exercise):
        whole.update(path.name.encode() + b"\0" + _bytes(path) + b"\0")
    return whole.hexdigest()


def is_untouched(exercise: Exercise) -> bool:
    """Return whether nothing was written yet."""
    stub = exercise.folder / exercise.stub
    pristine = exercise.folder / PRISTINE
    return submission(exercise) == [stub] and _lines(stub) == _lines(pristine)


def recall(exercise: Exercise) -> Record:
    """Return what is remembered; where that is missing or damaged, it begins anew."""
    try:
        known: Any = json.loads((exercise.folder / PROGRESS).read_bytes())
        return Record(
            passed=known["passed"] is True,
            seen=str(known["seen"]),
            done=known["done"] is True,
            alive=tuple(map(str, known["alive"])),
            aside={key: str(known["aside"][key]) for key in _ASIDE if known.get("aside")},
            hints={str(bug): int(shown) for bug, shown in known["hints"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Record()


def remember(exercise: Exercise, record: Record) -> bool:
    """Keep it; return whether that was possible (a folder may be read-only)."""
    known = {
        "passed": record.passed,
        "seen": record.seen,
        "done": record.done,
        "alive": record.alive,
        "aside": record.aside,
        "hints": record.hints,
    }
    path = exercise.folder / PROGRESS
    scratch = path.with_suffix(".new")
    try:
        scratch.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
        scratch.replace(path)
    except OSError:
        return False
    return True


def is_done(exercise: Exercise) -> bool:
    """Return whether the files that are there now were found done."""
    record = recall(exercise)
    return record.done and record.seen == digest(exercise)


def note(verdict: Verdict, seen: str) -> None:
    """Remember a verdict on the files of this digest."""
    if verdict.problem is not None:
        return
    record = recall(verdict.exercise)
    record.seen, record.done, record.alive = seen, verdict.is_done, verdict.alive
    record.passed = record.passed or verdict.is_done
    record.aside = {}
    if (aside := verdict.first_aside) is not None:
        record.aside = {key: getattr(aside, key) or "" for key in _ASIDE}
    remember(verdict.exercise, record)


def reset(exercise: Exercise) -> Path | None:
    """Bring the stub back; return the folder that keeps what was there, None if nothing was.

    Hints begin anew, and what was passed stays passed.
    """
    pristine = (exercise.folder / PRISTINE).read_bytes()
    kept = None if is_untouched(exercise) else _set_aside(exercise, submission(exercise))
    (exercise.folder / exercise.stub).write_bytes(pristine)
    remember(exercise, Record(passed=recall(exercise).passed))
    return kept


def next_backup(exercise: Exercise) -> Path:
    """Return the folder that a reset keeps in what was written."""
    taken = [path.name.removeprefix(BACKUP) for path in exercise.folder.glob(f"{BACKUP}*")]
    number = max([int(name) for name in taken if name.isdecimal()], default=0) + 1
    return exercise.folder / f"{BACKUP}{number}"


def traces(exercise: Exercise) -> list[Path]:
    """Return all that a learner has left: files, backups, and what is remembered."""
    files = [] if is_untouched(exercise) else submission(exercise)
    known = exercise.folder / PROGRESS
    backups = sorted(exercise.folder.glob(f"{BACKUP}*"))
    return [*files, *backups, *([known] if known.exists() else [])]


def clear(exercise: Exercise) -> None:
    """Bring the stub back and delete all traces of who worked here."""
    pristine = (exercise.folder / PRISTINE).read_bytes()
    for path in traces(exercise):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    (exercise.folder / exercise.stub).write_bytes(pristine)


def _set_aside(exercise: Exercise, files: Sequence[Path]) -> Path | None:
    if not files:
        return None
    backup = next_backup(exercise)
    backup.mkdir()
    for path in files:
        shutil.copy2(path, backup)
    for path in files:
        path.unlink()
    return backup


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # a folder of that name, or one that may not be read: the check will say so
        return b""


def _lines(path: Path) -> list[bytes]:
    return _bytes(path).splitlines()  # git may have changed the line ends, on Windows
