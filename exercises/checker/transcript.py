"""What a worker reported becomes runs. Pure.

A worker may vanish at any moment: what it had not said by then did not happen.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from exercises.checker.jobs import Job, Outcome
from exercises.checker.model import End, Failure, Kind, Run, TestRun

MESSAGE = 1500  # characters of a message, at most
SIGNALS = {-9: "was killed (SIGKILL)", -11: "crashed (SIGSEGV)", -6: "aborted (SIGABRT)"}


def runs(variant: str, job: Job, outcome: Outcome) -> tuple[Run, ...]:
    """Return one run for each pass that was begun, and at least one."""
    try:
        return _runs(variant, job, outcome)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        detail = f"Its reports make no sense: {error}"
        return (Run(variant, (), End.CRASHED, detail, None, job.orders[0], job.hashes),)


def _runs(variant: str, job: Job, outcome: Outcome) -> tuple[Run, ...]:
    passes: dict[int, list[Mapping[str, Any]]] = {}
    for report in outcome.reports:
        if report["is"] in {"start", "test"}:
            passes.setdefault(int(report["pass"]), []).append(report)
    begun = range(max(passes, default=0) + 1)
    return tuple(
        _run(variant, job, outcome, number, passes.get(number, []), is_last=number == begun[-1])
        for number in begun
    )


def modules(outcome: Outcome) -> tuple[str, ...]:
    """Return what was imported; it was, so that it can be compiled beforehand the next time."""
    return next((tuple(r["modules"]) for r in outcome.reports if r["is"] == "collected"), ())


def _run(
    variant: str,
    job: Job,
    outcome: Outcome,
    number: int,
    reports: Sequence[Mapping[str, Any]],
    *,
    is_last: bool,
) -> Run:
    tests = tuple(_test(report) for report in reports if report["is"] == "test")
    end, detail, at = _end(outcome, reports) if is_last else (End.FINISHED, "", None)
    return Run(
        variant=variant,
        tests=tests,
        end=end,
        detail=detail,
        at=at,
        order=job.orders[number] if number < len(job.orders) else 0,
        hashes=job.hashes,
        seconds=outcome.seconds,
    )


def _end(outcome: Outcome, reports: Sequence[Mapping[str, Any]]) -> tuple[End, str, str | None]:
    kinds = [report["is"] for report in outcome.reports]
    said = [str(report["text"]) for report in outcome.reports if report["is"] == "error"]
    at = _under_way(reports)
    if "end" in kinds and outcome.end == "exited":
        return End.FINISHED, "\n".join(said)[:MESSAGE], None
    if outcome.end == "hung" or "stuck" in kinds:
        end, detail = End.HUNG, _where_it_hung(outcome, at)
    elif outcome.end == "flooded":
        end, detail = End.FLOODED, "It printed more than may be printed."
    elif said:
        end, detail = End.CRASHED, "\n".join(said)
    else:
        end, detail = End.CRASHED, _how_it_ended(outcome)
    if "collected" not in kinds and end is End.CRASHED:
        end = End.NOT_COLLECTED
    return end, detail[:MESSAGE], at


def _where_it_hung(outcome: Outcome, at: str | None) -> str:
    """Return the line, where it is known, and what to do."""
    places = [f"{report['place']}: " for report in outcome.reports if report["is"] == "at"]
    where = "".join(places[:1])
    if at is None:
        return f"{where}It did not end while the files were imported or the process ended."
    return (
        f"{where}It loops for ever, or waits for what never comes. With a limit in time, such as "
        "`@pytest.mark.timeout(5)`, it fails instead, and says more."
    )


def _under_way(reports: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the test that was begun and did not end."""
    last = None
    for report in reports:
        if report["is"] == "start":
            last = str(report["test"])
        elif report["is"] == "test":
            last = None
    return last


def _how_it_ended(outcome: Outcome) -> str:
    how = SIGNALS.get(outcome.status) or (
        f"was ended by signal {-outcome.status}"
        if outcome.status < 0
        else f"ended itself with status {outcome.status}"
    )
    last = f"\nIt printed last:\n{outcome.output}" if outcome.output.strip() else ""
    return f"The process {how} before its tests had ended.{last}"


def _test(report: Mapping[str, Any]) -> TestRun:
    failure = report.get("failure")
    return TestRun(
        test=str(report["test"]),
        seconds=float(report["seconds"]),
        skipped=report.get("skipped"),
        failure=failure and Failure(**failure | {"kind": Kind(failure["kind"])}),
        offences=tuple(map(str, report.get("offences", ()))),
        used_socket=bool(report.get("used_socket")),
        waits=tuple(map(str, report.get("waits", ()))),
        is_idle=bool(report.get("is_idle")),
    )
