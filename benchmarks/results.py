"""What a benchmark found: tables, and the figures that were promised."""

import contextlib
import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any

LIBRARIES = ("websockets", "redis", "aiohttp", "picows", "pytest")


@dataclass
class Table:
    """Rows under columns, as they are printed."""

    title: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)


@dataclass
class Target:
    """A figure that was promised, and what it is."""

    what: str
    promised: str
    found: str
    reached: bool


@dataclass
class Result:
    """All that one benchmark found. `data` are plain numbers, for plots and for whoever asks."""

    name: str
    tables: list[Table] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Return the median of `values`, and the least and greatest in parentheses."""
    low, middle, high = min(values), median(values), max(values)
    if len(values) == 1:
        return f"{middle:,.{digits}f}"
    return f"{middle:,.{digits}f} ({low:,.{digits}f}-{high:,.{digits}f})"


def text_of(table: Table) -> str:
    """Return `table` as aligned text."""
    rows = [table.columns, *table.rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([table.title, lines[0], "-" * len(lines[0]), *lines[1:]])


def text_of_targets(targets: Sequence[Target]) -> str:
    """Return what was promised and what was found, as aligned text."""
    table = Table("Promised and found", ("what", "promised", "found", ""))
    table.rows = [
        (target.what, target.promised, target.found, "reached" if target.reached else "MISSED")
        for target in targets
    ]
    return text_of(table)


def machine() -> dict[str, Any]:
    """Return what this machine is, and nothing that tells which."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "os": f"{platform.system()} {platform.release().partition('-')[0]} {platform.machine()}",
    }


def _cpu() -> str:
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def versions() -> dict[str, str]:
    """Return the version of whatever is measured and is installed."""
    found = {"SQLite": sqlite3.sqlite_version}
    for name in LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    if shutil.which("redis-server"):
        said = subprocess.run(
            ["redis-server", "--version"], capture_output=True, text=True, check=True
        )
        found["Redis"] = said.stdout.partition("v=")[2].partition(" ")[0]
    return found


def load_average() -> float | None:
    """Return how many processes wanted a core in the last minute, where the system counts that."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def save(result: Result, command: str, busy: float | None, path: Path) -> None:
    """Put `result` into the file at `path`, in place of an older one of that name.

    `busy` is the load average from before it was measured.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = load(path) if path.exists() else {}
    kept[result.name] = asdict(result) | {
        "command": command,
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "load": busy,
        "machine": machine(),
        "versions": versions(),
    }
    path.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


def load(path: Path) -> dict[str, Any]:
    """Return the results in a file, by name."""
    results: dict[str, Any] = json.loads(path.read_text())
    return results
