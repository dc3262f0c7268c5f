"""What goes between `check`, the host and its workers: plain data, and nothing that runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a worker may take. None of it depends on how fast the machine is, but for time."""

    patience: float = 6.0  # seconds for one test that has set itself no limit
    slack: float = 3.0  # seconds after the limit that a test has set itself
    longest: float = 30.0  # seconds for one test, whatever limit it has set itself
    whole: float = 90.0  # seconds for one worker
    output: int = 8 * MEBIBYTE  # bytes on its standard output and error
    reports: int = 8 * MEBIBYTE  # bytes of what it reports
    memory: int = 1024 * MEBIBYTE  # bytes of data
    file: int = 64 * MEBIBYTE  # bytes of each file that it writes
    descriptors: int = 512


@dataclass(frozen=True, slots=True)
class Setting:
    """What all jobs of a host have in common."""

    program: Mapping[str, bytes]  # the files of chat/
    helpers: Mapping[str, bytes]  # the files of tests/, which learners may import
    scratch: Path  # each worker has its own folder in here
    root: Path  # the tree: nothing of its program and its exercises may be read
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Job:
    """One process: the tests once for each of the `orders`, on one variant of the program."""

    number: int
    tier: str
    submission: Mapping[str, bytes]  # the learner's files
    changed: Mapping[str, bytes] = field(default_factory=dict)  # files of the program
    orders: tuple[int, ...] = (0,)  # seeds; 0 is the order in which the tests are written
    begin: float = 0.0  # which part of the tests comes last: in the order of the file, turned round
    part: tuple[int, int] = (0, 1)  # which part of the tests, in their order, of how many parts
    hashes: int = 0  # PYTHONHASHSEED
    without: tuple[str, ...] = ()  # tests that are left out
    stops_at_failure: bool = False
    is_failing: bool = False  # the tests are made to fail: all that matters is what they leave
    is_slow: bool = False  # a program that is late: what a test sleeps is too short for it
    imports: tuple[str, ...] = ()  # modules that the tests are known to import

    @property
    def is_plain(self) -> bool:
        """Whether it is the program as it is, and the tests in the order of their file."""
        return self.orders == (0,) and not self.changed


type_of_end = Literal["exited", "hung", "flooded"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the host saw of one job: all reports of the worker, and how it ended."""

    number: int
    reports: tuple[Mapping[str, Any], ...]
    end: type_of_end
    status: int  # as `os.waitstatus_to_exitcode` has it: negative for a signal
    output: str  # the last lines that it printed
    seconds: float
