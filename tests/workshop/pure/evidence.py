"""Evidence for the judge of the exercises, in as few words as a test needs."""

from pathlib import Path

from exercises.checker.judge import judge
from exercises.checker.model import (
    Bug,
    End,
    Evidence,
    Exercise,
    Failure,
    Kind,
    Quotation,
    Refactoring,
    Run,
    Step,
    TestRun,
)

QUOTED = Quotation("It is so.", "chat/room.py")
BUG = Bug("bug", 1, True, "It is not so.", QUOTED, ("a", "b"), ())
BONUS = Bug("bonus", 1, False, "It is not so either.", QUOTED, ("a", "b"), ())
TIDY = Refactoring("tidy", "Tidied up.", "It depends on the order.", QUOTED, ())


def exercise(tier="unit"):
    """An exercise with a bug to catch, another one as a bonus, and a refactoring."""
    steps = (Step("A step", "That it is so"),)
    here = Path("exercises", tier)
    return Exercise(
        tier, tier, "Title", "About", 30, here, "test_a.py", (), steps, (BUG, BONUS), (TIDY,)
    )


def passed(name="test_a", **more):
    """A test that passed."""
    return TestRun(name, **more)


def failed(name="test_a", phase="call", kind=Kind.ASSERTION, message="assert 0", **more):
    """A test that failed."""
    return TestRun(name, failure=Failure(phase, kind, message), **more)


def skipped(name="test_a"):
    """A test that was skipped."""
    return TestRun(name, skipped="later")


def run(*tests, end=End.FINISHED, **more):
    """One run on whatever variant; `order` and `hashes` are its seeds."""
    return Run("", tests, end, **more)


def verdict(*plain, again=(), tidy=None, bug=None, bonus=None, failing=None, tier="unit"):
    """Judge tests as they were on the correct program, and as they were on the variants.

    What is not given was as on the correct program; the bug was caught by the first test.
    """
    first = plain[0].test if plain else "test_a"
    correct = run(*plain)
    evidence = Evidence(
        correct=(correct, run(*plain, order=1, hashes=1), *again),
        refactored={"tidy": (tidy or correct,)},
        planted={"bug": bug or (run(failed(first)),), "bonus": bonus or (correct,)},
        failing=failing or {},
    )
    return judge(exercise(tier), evidence)
