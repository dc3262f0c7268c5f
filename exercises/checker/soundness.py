"""Whether the exercises fit the tree: what can be said without running a test.

Each complaint is one sentence that names the exercise, so that an instructor can mend it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from exercises.checker import desk
from exercises.checker.model import Bug, Exercise, Quotation, Refactoring
from exercises.checker.phrases import count
from exercises.checker.plant import PlantError, changed

MOST_REQUIRED = 8  # bugs an exercise: more would be a list to work off
MARKS = re.compile(r"^\s*(?:#+|//+|\*+|>|--)?[ \t]*", re.MULTILINE)


def complaints(
    root: Path, exercises: Sequence[Exercise], program: Mapping[str, bytes]
) -> Iterator[str]:
    """Yield what does not fit; `program` are the files of `chat/`, as `plant.read` gives them."""
    yield from _taken_twice(exercises)
    yield from _orphans(root, exercises)
    for exercise in exercises:
        for complaint in _exercise(root, exercise, program):
            yield f"{exercise.name}: {complaint}"


def is_quoted(quotation: str, text: str) -> bool:
    """Return whether a text says it; line breaks, comment marks and indentation do not matter."""
    return _flat(quotation) in _flat(text)


def _flat(text: str) -> str:
    return " ".join(MARKS.sub("", text).split())


def _exercise(root: Path, exercise: Exercise, program: Mapping[str, bytes]) -> Iterator[str]:
    yield from _files(exercise)
    yield from _numbers(exercise)
    for bug in exercise.bugs:
        yield from _said(root, bug.id, bug.breaks)
        yield from _plants(bug, program)
    for refactoring in exercise.refactorings:
        yield from _said(root, refactoring.id, refactoring.frees)
        yield from _plants(refactoring, program)
    parts = _parts(exercise)
    plants = Counter(part.edits for part in parts)
    for part in parts:
        if plants[part.edits] > 1:
            yield f"{part.id} has the same edits as another one."


def _files(exercise: Exercise) -> Iterator[str]:
    stub, pristine = exercise.folder / exercise.stub, exercise.folder / desk.PRISTINE
    for path in (stub, pristine, *exercise.solution):
        if not path.is_file():
            yield f"there is no file {path.name} in {path.parent}."
    if stub.is_file() and pristine.is_file() and not desk.is_untouched(exercise):
        yield f"{desk.PRISTINE} and what lies in the folder for learners differ."


def _numbers(exercise: Exercise) -> Iterator[str]:
    required = Counter(bug.step for bug in exercise.bugs if bug.is_required)
    for number in range(1, len(exercise.steps) + 1):
        if required[number] not in (1, 2):
            yield f"step {number} requires {count(required[number], 'bug')}, not one or two."
    if required.total() > MOST_REQUIRED:
        yield f"{required.total()} bugs are required, and {MOST_REQUIRED} are the most."
    is_slow = any(refactoring.is_slow for refactoring in exercise.refactorings)
    if exercise.tier != "unit" and not is_slow:
        yield "no refactoring is slow, so a test that sleeps is not found."


def _parts(exercise: Exercise) -> list[Bug | Refactoring]:
    return [*exercise.bugs, *exercise.refactorings]


def _said(root: Path, id: str, quotation: Quotation) -> Iterator[str]:
    try:
        text = (root / quotation.file).read_text(encoding="utf-8")
    except OSError as error:
        yield f"{id} quotes {quotation.file}: {error}"
        return
    if not is_quoted(quotation.text, text):
        yield f"{id} quotes what {quotation.file} does not say: {quotation.text!r}"


def _plants(part: Bug | Refactoring, program: Mapping[str, bytes]) -> Iterator[str]:
    """Yield where an edit does not match exactly once, changes nothing, or makes no Python."""
    try:
        files = changed(program, part.edits)
    except PlantError as error:
        yield f"{part.id}: {error}"
        return
    for name, content in files.items():
        if content == program[name]:
            yield f"{part.id} changes nothing in {name}."
        if name.endswith(".py"):
            try:
                compile(content, name, "exec", dont_inherit=True)
            except SyntaxError as error:
                yield f"{part.id} makes no Python of {name}: {error}"


def _taken_twice(exercises: Sequence[Exercise]) -> Iterator[str]:
    """Yield the ids of bugs that are not unique: `hint` finds a bug by its id alone."""
    ids = Counter(bug.id for exercise in exercises for bug in exercise.bugs)
    for id, times in ids.items():
        if times > 1:
            yield f"{id} is the id of {times} bugs."


def _orphans(root: Path, exercises: Sequence[Exercise]) -> Iterator[str]:
    """Yield the test modules below exercises/ that belong to no exercise.

    Beside a solution there may be more tests of the same feature: what no exercise asks for.
    """
    home = root / "exercises"
    known = {path for one in exercises for path in desk.submission(one)}
    solved = {path.parent for one in exercises for path in one.solution}
    for path in sorted(home.rglob("test_*.py")):
        is_known = path in known or path.parent in solved
        if not is_known and not path.parent.name.startswith(desk.BACKUP):
            yield f"{path.relative_to(root).as_posix()} belongs to no exercise."
