"""exercise.toml becomes an Exercise, or an error that tells an instructor what to mend."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Any

from exercises.checker.model import Bug, Edit, Exercise, Quotation, Refactoring, Step

TIERS = ("unit", "mocked", "integration")
DATA = "exercise.toml"


class ExerciseError(ValueError):
    """An exercise cannot be loaded. Names the file, the key and the reason."""

    name = ""  # of the exercise


def exercises(root: Path) -> tuple[list[Exercise], list[ExerciseError]]:
    """Load all exercises of a tree, in the order of the tiers, then of their names.

    An exercise is a folder with an exercise.toml: a tier's own, or one directly below it. One that
    cannot be loaded holds up no other; what is wrong with it is told.
    """
    home = root / "exercises"
    found, broken = list[Exercise](), list[ExerciseError]()
    for tier in TIERS:
        below = sorted(path.parent for path in (home / tier).glob(f"*/{DATA}"))
        for folder in (home / tier, *below):
            if (folder / DATA).is_file():
                try:
                    found.append(load(folder, home))
                except ExerciseError as error:
                    error.name = folder.relative_to(home).as_posix()
                    broken.append(error)
    return found, broken


def load(folder: Path, home: Path) -> Exercise:
    """Load the exercise in a folder below `home`, the folder of all exercises."""
    file = folder / DATA
    name = folder.relative_to(home).as_posix()
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ExerciseError(f"{file}: {error}") from error
    return parse(text, name, home, said_by=str(file))


def parse(text: str, name: str, home: Path, said_by: str = DATA) -> Exercise:
    """Make an Exercise of what an exercise.toml says. Opens no file."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ExerciseError(f"{said_by}: not TOML: {error}") from error
    table = _Table(data, said_by, "")
    exercise = _exercise(table, name, home)
    _check_whole(exercise, said_by)
    return exercise


def _exercise(table: "_Table", name: str, home: Path) -> Exercise:
    solution = home / "solutions" / name
    exercise = Exercise(
        name=name,
        tier=name.partition("/")[0],
        title=table.text("title"),
        about=table.text("about"),
        minutes=table.number("minutes", least=1),
        folder=home / name,
        stub=table.text("stub"),
        solution=tuple(solution / file for file in table.texts("solution")),
        steps=tuple(map(_step, table.tables("steps"))),
        bugs=tuple(map(_bug, table.tables("bugs"))),
        refactorings=tuple(map(_refactoring, table.tables("refactorings"))),
    )
    table.has_nothing_else()
    return exercise


def _step(table: "_Table") -> Step:
    step = Step(title=table.text("title"), prove=table.text("prove"))
    table.has_nothing_else()
    return step


def _bug(table: "_Table") -> Bug:
    bug = Bug(
        id=table.name("id"),
        step=table.number("step"),
        is_required=table.flag("required"),
        symptom=table.text("symptom"),
        breaks=_quotation(table.table("breaks")),
        more_hints=_more_hints(table),
        edits=tuple(map(_edit, table.tables("edits"))),
    )
    table.has_nothing_else()
    return bug


def _more_hints(table: "_Table") -> tuple[str, str]:
    match table.texts("hints"):
        case [task, nearly]:
            return task, nearly
        case hints:
            reason = f"must be two texts, to follow the symptom, and has {len(hints)}"
            raise table.error("hints", reason)


def _refactoring(table: "_Table") -> Refactoring:
    refactoring = Refactoring(
        id=table.name("id"),
        summary=table.text("summary"),
        lesson=table.text("lesson"),
        frees=_quotation(table.table("frees")),
        is_slow=table.flag("slow"),
        edits=tuple(map(_edit, table.tables("edits"))),
    )
    table.has_nothing_else()
    return refactoring


def _quotation(table: "_Table") -> Quotation:
    quotation = Quotation(text=table.text("text"), file=table.text("file"))
    table.has_nothing_else()
    return quotation


def _edit(table: "_Table") -> Edit:
    edit = Edit(
        file=table.text("file"),
        before=table.text("before"),
        after=table.text("after", may_be_empty=True),
    )
    table.has_nothing_else()
    return edit


def _check_whole(exercise: Exercise, said_by: str) -> None:
    """Raise where the parts do not fit together."""
    seen = {"correct"}  # what the runs on the unchanged program are called
    for name in [part.id for part in exercise.bugs] + [part.id for part in exercise.refactorings]:
        if name in seen:
            raise ExerciseError(f"{said_by}: id: {name!r} is taken")
        seen.add(name)
    for bug in exercise.bugs:
        if not 1 <= bug.step <= len(exercise.steps):
            reason = f"there is no step {bug.step}; they count from 1 to {len(exercise.steps)}"
            raise ExerciseError(f"{said_by}: bugs: step: {reason} (bug {bug.id})")


class _Table:
    """One table of the file: each key is read once, with its type, and none is left over."""

    def __init__(self, data: Mapping[str, Any], said_by: str, path: str) -> None:
        self._data = dict(data)
        self._said_by = said_by
        self._path = path
        self._known: list[str] = []

    def text(self, key: str, *, may_be_empty: bool = False) -> str:
        value: str = self._take(key, str, "a text")
        if not value.strip() and not may_be_empty:
            raise self.error(key, "is empty")
        return value

    def name(self, key: str) -> str:
        value = self.text(key)
        if not re.fullmatch("[a-z0-9-]+", value):
            raise self.error(key, f"{value!r} has more in it than a-z, 0-9 and hyphens")
        return value

    def number(self, key: str, least: int | None = None) -> int:
        value: int = self._take(key, int, "a whole number")
        if least is not None and value < least:
            raise self.error(key, f"must be at least {least}, and is {value}")
        return value

    def flag(self, key: str) -> bool:
        value: bool = self._take(key, bool, "true or false", default=False)
        return value

    def texts(self, key: str) -> list[str]:
        values: list[Any] = self._take(key, list, "a list of texts")
        if not values or not all(isinstance(value, str) and value.strip() for value in values):
            raise self.error(key, "must be a list of texts, none of them empty")
        return values

    def table(self, key: str) -> "_Table":
        return _Table(self._take(key, dict, "a table"), self._said_by, f"{self._path}{key}.")

    def tables(self, key: str) -> Iterator["_Table"]:
        values: list[Any] = self._take(key, list, "a list of tables")
        if not values or not all(isinstance(value, dict) for value in values):
            raise self.error(key, "must be a list of tables, and not empty")
        for number, value in enumerate(values, 1):
            # An id tells an instructor more than a number does.
            name = value.get("id", number)
            yield _Table(value, self._said_by, f"{self._path}{key}[{name}].")

    def has_nothing_else(self) -> None:
        for key in self._data:
            raise self.error(key, f"there is no such key{_near(key, self._known, '')}")

    def error(self, key: str, reason: str) -> ExerciseError:
        return ExerciseError(f"{self._said_by}: {self._path}{key}: {reason}")

    def _take(self, key: str, kind: type | UnionType, words: str, default: Any = None) -> Any:
        value = self._data.pop(key, default)
        self._known.append(key)
        if value is None:
            near = _near(key, self._data, "it by ")
            raise self.error(key, f"is missing; it must be {words}{near}")
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.error(key, f"must be {words}, and is {value!r}")
        return value


def _near(key: str, keys: Iterable[str], before: str) -> str:
    """Return a question after the key that may have been meant, where one is spelt like it."""
    return "".join(f"; did you mean {before}{near}?" for near in get_close_matches(key, keys, 1))
