"""Verdicts to report on, as short as a test needs them."""

from dataclasses import replace
from pathlib import Path

from exercises.checker.model import (
    Bug,
    Exercise,
    Kill,
    Kind,
    Quotation,
    Refactoring,
    SetAside,
    Stage,
    Step,
    Verdict,
)

RULE = Quotation('A line that begins with "//" is said without its first slash.', "chat/rules.py")


def bug(name, step=1, required=True):
    """Return a bug; what it says of itself shows its name."""
    hints = (f"{name} hint two", f"{name} hint three")
    return Bug(name, step, required, f"{name} symptom", RULE, hints, ())


EXERCISE = Exercise(
    name="unit",
    tier="unit",
    title="What a typed line means",
    about="Commands begin with a slash.",
    minutes=35,
    folder=Path("exercises/unit"),
    stub="test_commands.py",
    solution=(),
    steps=(
        Step("A line is said", "Prove that a line without a slash is said exactly as it stands."),
        Step("Slashes that are meant", "Prove that two slashes say one, and lose nothing else."),
        Step("A whisper finds its reader", "Prove which word of `/msg` is the name."),
    ),
    bugs=(
        bug("trimmed"),
        bug("both-slashes", 2),
        bug("name-and-text", 3),
        bug("empty-whisper", 3),
        bug("tabs", 3, required=False),
        bug("wide-spaces", 2, required=False),
    ),
    refactorings=(
        Refactoring(
            "other-order",
            "deliveries leave in another order.",
            "Your test depends on the order in which members are served.",
            RULE,
            (),
        ),
    ),
)
TESTS = ("test_commands.py::test_a_line_is_said", "test_commands.py::test_two_slashes_say_one")


def verdict(*alive, stopped_at=None, tests=TESTS, exercise=EXERCISE, **more):
    """Return a verdict: which bugs live on, and where it stopped if not there."""
    required = {one.id for one in exercise.bugs if one.is_required}
    if stopped_at is None and required & set(alive):
        stopped_at = Stage.BUGS_CAUGHT
    killed = [one.id for one in exercise.bugs if one.id not in alive] if tests else []
    kills = tuple(Kill(id, tests[0], "call", Kind.ASSERTION, "assert 1 == 2") for id in killed)
    return Verdict(exercise, tests, kills=kills, alive=alive, stopped_at=stopped_at, **more)


def aside(stage, why, test=TESTS[0], **more):
    """Return a test that was set aside."""
    return SetAside(test, stage, why, **more)


def called(name, title="Whispers"):
    """Return the same exercise under another name."""
    return replace(EXERCISE, name=name, tier=name.partition("/")[0], title=title)
