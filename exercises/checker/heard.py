"""What has come from one worker, and whether it has to be ended. Reads no pipe and no clock."""

import json
from collections.abc import Mapping
from typing import Any

from exercises.checker.jobs import Job, Limits, Outcome, type_of_end

_KEPT = 2000  # bytes of what was printed last
_LINES = 12
_RINGS = 100_000  # more than there are tests


class Heard:
    """Takes in chunks, as they come. Times are seconds of one clock, whichever it is."""

    def __init__(self, job: Job, limits: Limits, word: str, begun: float) -> None:
        self.end: type_of_end = "exited"
        self.deadline = begun + limits.patience + limits.slack
        self._job = job
        self._limits = limits
        self._word = word.encode() + b" "  # begins each report
        self._begun = begun
        self._reports: list[Mapping[str, Any]] = []
        self._has_enough = False  # a failure is all that was to be seen
        self._rest = b""
        self._tail = b""
        # Bytes yet allowed.
        self._room = {"printed": limits.output, "reported": limits.reports, "rung": _RINGS}

    def printed(self, chunk: bytes) -> None:
        """Take in what was printed."""
        self._tail = (self._tail + chunk)[-_KEPT:]
        self._room["printed"] -= len(chunk)

    def rang(self, times: int) -> None:
        """Take in that the worker rang, as it does after each failure and where a pipe is full."""
        self._room["rung"] -= times

    def reported(self, chunk: bytes, now: float) -> int:
        """Take in reports: the worker lives, and may take its time for the next test.

        Return after how many failures it may go on.
        """
        failures = 0
        self._room["reported"] -= len(chunk)
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            if not self._has_enough and (report := self._understood(line)):
                self._reports.append(report)
                self.deadline = min(self._patience(report, now), self._begun + self._limits.whole)
                failures += bool(report.get("failure"))
                if failures and self._job.stops_at_failure:
                    self._has_enough = True
                    self._reports.append({"is": "end"})
        return 0 if self._has_enough else failures

    def must_end(self, now: float) -> bool:
        """Tell whether the worker took too long or said too much; from then on it is its end.

        Or whether it has said enough: then all is well.
        """
        if self._has_enough:
            return True
        if self.end == "exited" and self.is_full:
            self.end = "flooded"
        elif self.end == "exited" and now > self.deadline:
            self.end = "hung"
        return self.end != "exited"

    @property
    def is_full(self) -> bool:
        """Whether more was said than may be said."""
        return min(self._room.values()) < 0

    def outcome(self, status: int, now: float) -> Outcome:
        """Return all of it, once the worker has ended."""
        lines = self._tail.decode(errors="replace").splitlines()[-_LINES:]
        return Outcome(
            number=self._job.number,
            reports=tuple(self._reports),
            end=self.end,
            status=status,
            output="\n".join(lines),
            seconds=now - self._begun,
        )

    def _patience(self, report: Mapping[str, Any], now: float) -> float:
        limits = self._limits
        if report["is"] != "limit":
            return now + limits.patience
        seconds = report.get("seconds")
        asked = float(seconds) if isinstance(seconds, int | float) else 0.0
        return max(self.deadline, now + min(asked, limits.longest) + limits.slack)

    def _understood(self, line: bytes) -> Mapping[str, Any] | None:
        if not line.startswith(self._word):
            return None
        try:
            report = json.loads(line[len(self._word) :])
        except (ValueError, RecursionError):
            return None
        return report if isinstance(report, dict) and isinstance(report.get("is"), str) else None
