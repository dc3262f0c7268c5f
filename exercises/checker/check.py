"""Check an exercise: the one door to the checker.

with Checker() as checker:
    verdict = checker.check(exercise)
"""

import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from exercises.checker import desk, machine, plant
from exercises.checker.examination import Examination, Tell
from exercises.checker.jobs import Limits, Setting
from exercises.checker.judge import judge
from exercises.checker.model import Evidence, Exercise, Run, Verdict
from exercises.checker.pool import HostError, Pool
from exercises.checker.tasks import HASHES

ROOT = Path(__file__).parents[2]


class Checker:
    """Judges one submission after the other; a context manager that keeps its hosts warm.

    `root` is the tree whose program is tested: `chat/` and, where there is one, `tests/`. Both are
    read when it is entered. Without `forks` each run starts a Python of its own, which is slow.
    """

    def __init__(
        self, root: Path = ROOT, limits: Limits | None = None, *, forks: bool = hasattr(os, "fork")
    ) -> None:
        self._root = root
        self._limits = limits or Limits()
        self._forks = forks
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        scratch = tempfile.TemporaryDirectory(
            prefix="check-", dir=machine.in_memory(), ignore_cleanup_errors=True
        )
        setting = Setting(
            program=plant.read(self._root / "chat"),
            helpers=plant.read(self._root / "tests"),
            scratch=Path(self._stack.enter_context(scratch)),
            root=self._root,
            limits=self._limits,
        )
        self._program = setting.program
        self._pool = Pool(setting, HASHES, forks=self._forks)
        self._stack.callback(self._pool.close)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def check(
        self,
        exercise: Exercise,
        submission: Sequence[Path] | None = None,
        *,
        progress: Tell | None = None,
    ) -> Verdict:
        """Judge a submission: some files, or else all that is in the folder of the exercise.

        Raises PlantError where an edit of the exercise does not fit the program.
        """
        try:
            evidence = self._one(exercise, submission, progress).evidence()
        except HostError as error:
            evidence = Evidence(problem=f"The checker itself failed: {error}.")
        return judge(exercise, evidence)

    def matrix(
        self,
        exercise: Exercise,
        submission: Sequence[Path] | None = None,
        *,
        progress: Tell | None = None,
    ) -> Mapping[str, tuple[Run, ...]]:
        """Run all tests on the correct program and on every variant, whatever fails.

        More than one run of a variant means: again, without what hung or crashed. Raises
        PlantError as `check` does, and HostError where the checker itself failed.
        """
        return self._one(exercise, submission, progress).matrix()

    def _one(
        self, exercise: Exercise, submission: Sequence[Path] | None, progress: Tell | None
    ) -> Examination:
        paths = desk.submission(exercise) if submission is None else submission
        files = {path.name: path.read_bytes() for path in paths}
        return Examination(exercise, files, self._program, self._pool, progress)
