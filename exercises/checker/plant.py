"""Copies of the program, with edits planted in them.

A program is a mapping: the name of each file, relative to the folder of the program, and its
bytes. What is run, and by whom, is decided elsewhere.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from exercises.checker.model import Edit, Refactoring

Files = Mapping[str, bytes]


class PlantError(ValueError):
    """An edit cannot be planted. Says in which file and why, for an instructor."""


def read(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder, but no bytecode. Line ends are "\\n" in sources."""
    return {
        path.relative_to(folder).as_posix(): _bytes_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def changed(program: Files, edits: Iterable[Edit]) -> dict[str, bytes]:
    """Return the files that the edits change, as they are afterwards.

    Edits apply one after the other. Raises PlantError where `before` does not stand exactly once.
    """
    files: dict[str, bytes] = {}
    for edit in edits:
        if edit.file not in program:
            raise PlantError(f"{edit.file}: there is no such file in the program")
        text = files.get(edit.file, program[edit.file]).decode()
        if (count := text.count(edit.before)) != 1:
            raise PlantError(
                f"{edit.file}: `before` must stand there exactly once, and stands there "
                f"{count} times: {edit.before!r}"
            )
        files[edit.file] = text.replace(edit.before, edit.after).encode()
    return files


def together(program: Files, refactorings: Iterable[Refactoring]) -> list[list[Refactoring]]:
    """Put refactorings together that change different places: a run takes long.

    What passes on a chat that was refactored in several ways passes on each of them.
    """
    groups: list[list[Refactoring]] = []
    for refactoring in refactorings:
        for group in groups:
            if _fit(program, [*group, refactoring]):
                group.append(refactoring)
                break
        else:
            groups.append([refactoring])
    return groups


def _fit(program: Files, group: Iterable[Refactoring]) -> bool:
    try:
        changed(program, [edit for refactoring in group for edit in refactoring.edits])
    except PlantError:
        return False
    return True


def write(files: Files, folder: Path) -> None:
    """Write files below a folder, with the folders that they need."""
    for parent in {(folder / name).parent for name in files}:
        parent.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _bytes_of(path: Path) -> bytes:
    content = path.read_bytes()
    return content.replace(b"\r\n", b"\n") if path.suffix == ".py" else content
