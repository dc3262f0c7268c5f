"""`doctor`: whether this machine is ready, and what to do before the day if it is not."""

import os
from collections.abc import Iterator, Sequence

from exercises.checker.call import DONE, NOT_YET, Call
from exercises.checker.lines import BLANK, Line, Mark, Style
from exercises.checker.machine import Finding, examine


def run(call: Call) -> int:
    """Print what was found; the status is 0 where everything that is needed is there."""
    findings = list(examine(call.root, os.environ))
    call.terminal.say(lines(findings))
    return NOT_YET if _needed(findings) else DONE


def lines(findings: Sequence[Finding]) -> Iterator[Line]:
    """Yield one line for each finding, and what to do where something is missing."""
    for finding in findings:
        bad = Mark.FAILED if finding.is_needed else Mark.WARNING
        yield Line(finding.what, mark=Mark.DONE if finding.is_fine else bad, indent=0)
        if not finding.is_fine:
            yield Line(finding.todo, Style.DIM, indent=4)
    yield BLANK
    needed = _needed(findings)
    told = "This machine is ready." if not needed else f"First: {needed[0].what}. {needed[0].todo}"
    yield Line(told, Style.BOLD, mark=Mark.NEXT, indent=0)


def _needed(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.is_needed and not finding.is_fine]
