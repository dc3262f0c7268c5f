"""The correct program once more, among the variants: what fails there tells of no bug. Pure."""

from collections.abc import Sequence

from exercises.checker.model import End, Evidence, Exercise, Run
from exercises.checker.stages import set_aside, unended


def controlled(exercise: Exercise, evidence: Evidence, controls: Sequence[Run]) -> Evidence:
    """Void all that was seen where a test that counts fails on a correct program."""
    aside = {one.test for one in set_aside(exercise, evidence)}
    for run in controls:
        failed = {test.test for test in run.tests if test.failure} | unended([run])
        if bad := sorted(failed - aside):
            return Evidence(problem=_void(bad[0], run))
        if run.end is not End.FINISHED and run.at is None:
            return Evidence(problem=_void("The run", run))
    return evidence


def _void(who: str, run: Run) -> str:
    failures = [test.failure.message for test in run.tests if test.failure]
    what = (failures or [run.detail])[0]
    return (
        f"{who} passed on the correct program, and failed when the correct program came once more "
        f"among the others. Nothing was judged; try again. It failed with: {what}"
    )
