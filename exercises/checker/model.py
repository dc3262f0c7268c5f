"""What the layers of the checker hand on to each other: plain data, and nothing that runs.

An `Exercise` is what an instructor wrote, `Evidence` what happened when a learner's tests ran, a
`Verdict` what follows from both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

# --- What an instructor wrote ---


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement of text in one file of `chat/`; `before` stands there exactly once."""

    file: str  # relative to the folder of the program: "commands.py", "journal/memory.py"
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Quotation:
    """A public sentence, and the file that says it (relative to the root of the tree)."""

    text: str
    file: str


@dataclass(frozen=True, slots=True)
class Step:
    """One test to write: what to prove, and not how."""

    title: str
    prove: str


@dataclass(frozen=True, slots=True)
class Bug:
    """A mistake that a colleague could make; a test suite is to catch it."""

    id: str
    step: int  # counted from 1
    is_required: bool  # otherwise a bonus
    symptom: str  # what a user would notice: the first hint
    breaks: Quotation
    more_hints: tuple[str, str]  # what to do in a test, nearly the test
    edits: tuple[Edit, ...]

    @property
    def hints(self) -> tuple[str, ...]:
        """The three hints, in the order in which they are given."""
        return self.symptom, *self.more_hints


@dataclass(frozen=True, slots=True)
class Refactoring:
    """A change that breaks no promise; a test suite is to go on passing."""

    id: str
    summary: str  # what a colleague changed
    lesson: str  # what a test that fails now depends on without need
    frees: Quotation  # the sentence that leaves it free
    edits: tuple[Edit, ...]
    is_slow: bool = False  # each delivery comes late: finds tests that sleep


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise: the folder in which learners work, and what their tests are run against."""

    name: str  # "unit", or "unit/timeline" for a second one in that tier
    tier: str  # "unit", "mocked" or "integration"
    title: str
    about: str  # one sentence: which feature of the chat it is about
    minutes: int
    folder: Path  # every test_*.py in it is what the learner submits
    stub: str  # the file that the learner begins with, as `reset` brings it back
    solution: tuple[Path, ...]
    steps: tuple[Step, ...]
    bugs: tuple[Bug, ...]
    refactorings: tuple[Refactoring, ...]


# --- What happened ---


class Kind(StrEnum):
    """Why a test failed."""

    ASSERTION = "failed assertion"
    EXCEPTION = "unexpected exception"
    TIMEOUT = "time limit of the test"  # one that the learner wrote: a failed expectation


class End(StrEnum):
    """How one run of all tests in one process ended."""

    FINISHED = "finished"
    NOT_COLLECTED = "not collected"
    HUNG = "hung"
    CRASHED = "crashed"
    FLOODED = "printed too much"


@dataclass(frozen=True, slots=True)
class Failure:
    """What one test failed with, in which phase: "setup", "call" or "teardown"."""

    phase: str
    kind: Kind
    message: str  # a few lines at most
    line: int | None = None  # in the learner's file
    source: str | None = None  # that line itself


@dataclass(frozen=True, slots=True)
class TestRun:
    """One test in one run. `failure` is None where it passed or was skipped."""

    test: str  # "test_commands.py::test_a_line[case]"
    seconds: float = 0.0
    skipped: str | None = None  # why, also of an expected failure
    failure: Failure | None = None
    offences: tuple[str, ...] = ()  # against the rules of the tier, one sentence each
    used_socket: bool = False
    waits: tuple[str, ...] = ()  # for time to pass, where that is no offence: "sleeps for 0.2 s"
    is_idle: bool = False  # it calls nothing of chat; told of the plain run alone


@dataclass(frozen=True, slots=True)
class Run:
    """All tests once, on one variant of the program, in one process (or one pass of several)."""

    variant: str  # "correct", or the id of a bug or a refactoring
    tests: tuple[TestRun, ...]
    end: End = End.FINISHED
    detail: str = ""  # the error of the collection, the signal or exit status, what it printed last
    at: str | None = None  # the test under way when it hung or crashed
    order: int = 0  # the seed of the order
    hashes: int = 0  # PYTHONHASHSEED
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that was seen of one submission."""

    correct: tuple[Run, ...] = ()  # the first is the plain one, the rest shuffled and repeated
    refactored: Mapping[str, tuple[Run, ...]] = field(default_factory=dict)
    planted: Mapping[str, tuple[Run, ...]] = field(
        default_factory=dict
    )  # more than one: again without what hung
    failing: Mapping[str, tuple[Run, ...]] = field(
        default_factory=dict
    )  # on the correct program, by where each test was made to fail
    problem: str | None = None  # why it cannot be judged: our fault or the machine's


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a check has come, for whoever waits: "bug 3 of 12"."""

    what: str  # "correct", "steady", "failing", "refactoring" or "bug"
    done: int  # of this kind
    of: int


# --- What follows ---


class Stage(StrEnum):
    """The stages of a verdict, in their order."""

    COLLECTED = "collected"
    CORRECT = "right on the correct program"
    STEADY = "steady"
    IN_ITS_TIER = "in its tier"
    REFACTOR_PROOF = "unmoved by refactorings"
    BUGS_CAUGHT = "catches the bugs"


@dataclass(frozen=True, slots=True)
class SetAside:
    """A test that failed a stage and counts no more, and why, in words for its writer."""

    test: str
    stage: Stage
    why: str
    message: str = ""  # what it failed with
    refactoring: str | None = None  # the id of the one that broke it
    seeds: tuple[int, int] | None = None  # (order, hashes) that reproduce a flaky outcome


@dataclass(frozen=True, slots=True)
class Kill:
    """A bug that was caught: by which test, in which phase, and how it failed."""

    bug: str
    test: str
    phase: str
    kind: Kind
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from the evidence. `problem` says why there is none, where there is none."""

    exercise: Exercise
    tests: tuple[str, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    kills: tuple[Kill, ...] = ()
    alive: tuple[str, ...] = ()  # ids of the bugs that live on, required and bonus
    notes: tuple[str, ...] = ()  # such as: a run on a bug hung and caught nothing
    stopped_at: Stage | None = None  # the first stage that something failed, None if none did
    problem: str | None = None

    @property
    def is_done(self) -> bool:
        """Whether every stage is passed and every required bug is caught."""
        return self.problem is None and self.stopped_at is None

    @property
    def first_aside(self) -> SetAside | None:
        """The test to mend before anything else, where there is one."""
        return next((one for one in self.set_aside if one.stage is self.stopped_at), None)
