"""What `hint` helps with: what the last check said to do next. The checks are replaced."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from exercises.checker import desk
from exercises.checker.call import Call
from exercises.checker.commands import hint
from exercises.checker.model import Stage
from exercises.checker.phrases import Shell
from exercises.checker.stages import BY_THE_FIXTURE
from exercises.checker.terminal import Terminal
from tests.workshop.pure.verdicts import aside, called, verdict
from tests.workshop.replaced.screen import Screen

OUT_OF_ORDER = aside(Stage.REFACTOR_PROOF, "It looks inside.", refactoring="other-order")


@pytest.fixture
def hinted(tmp_path):
    """Return what `hint` says after verdicts on two exercises, in one line."""
    exercises = [replace(called(name), folder=tmp_path / name) for name in ("unit", "mocked")]
    for exercise in exercises:
        exercise.folder.mkdir()

    def ask(*verdicts, about=None, step=None):
        for one, exercise in zip(verdicts, exercises, strict=False):
            if one is not None:
                desk.note(replace(one, exercise=exercise), "digest")
        given = SimpleNamespace(about=about, step=step, all=False)
        screen = Screen(is_terminal=False)
        hint.run(Call(tmp_path, exercises, Terminal(screen, {}), Shell(), given))
        return " ".join(screen.text().split())

    return ask


def test_the_lesson_is_the_hint_when_a_refactoring_has_broken_a_test(hinted):
    """The bugs wait until the test counts, here as in the report."""
    said = hinted(verdict("trimmed", stopped_at=Stage.REFACTOR_PROOF, set_aside=(OUT_OF_ORDER,)))

    assert "`test_a_line_is_said`" in said
    assert "Your test depends on the order in which members are served." in said
    assert "chat/rules.py leaves it free" in said
    assert "trimmed" not in said


@pytest.mark.parametrize("stage", [Stage.COLLECTED, Stage.CORRECT, Stage.STEADY, Stage.IN_ITS_TIER])
def test_the_hint_is_about_the_test_that_was_set_aside(hinted, stage):
    """It says why, and what to look for, more than the report has room for."""
    said = hinted(verdict("trimmed", stopped_at=stage, set_aside=(aside(stage, "It is odd."),)))

    assert "`test_a_line_is_said`" in said
    assert hint.MORE[stage] in said
    assert "trimmed" not in said


def test_a_little_more_is_said_at_each_call_when_a_test_fails_on_the_correct_program(hinted):
    """What to run first, and where to look last; then there is no more."""
    wrong = verdict(stopped_at=Stage.CORRECT, set_aside=(aside(Stage.CORRECT, "It fails."),))
    said = [hinted(wrong), hinted(), hinted()]

    run = "`pytest --no-cov exercises/unit/test_commands.py`"
    assert [run in one for one in said] == [False, True, True]
    assert [hint.FURTHER[1] in one for one in said] == [False, False, True]
    assert ["Not enough?" in one for one in said] == [True, True, False]


def test_the_hint_is_about_cleaning_up_when_a_test_that_fails_does_not(hinted):
    """What a tier allows is another matter."""
    odd = aside(Stage.IN_ITS_TIER, BY_THE_FIXTURE)

    said = hinted(verdict("trimmed", stopped_at=Stage.IN_ITS_TIER, set_aside=(odd,)))

    assert hint.CLEAN in said
    assert hint.MORE[Stage.IN_ITS_TIER] not in said


def test_the_first_hint_says_that_it_is_what_a_user_notices(hinted):
    """By itself a symptom is a riddle: who says so, and of which chat?"""
    said = hinted(verdict("trimmed"))

    assert "1. What a user of the copy with this bug notices: trimmed symptom" in said


def test_a_step_is_helped_with_all_the_same_when_it_is_asked_for(hinted):
    """Who asks for one thing gets no other."""
    stopped = verdict("trimmed", stopped_at=Stage.REFACTOR_PROOF, set_aside=(OUT_OF_ORDER,))

    assert "trimmed symptom" in hinted(stopped, about="unit", step=1)
    assert "both-slashes symptom" in hinted(stopped, about="both-slashes")


def test_the_hint_is_for_a_bug_again_when_the_test_is_mended(hinted):
    """What was set aside last time is forgotten."""
    hinted(verdict("trimmed", stopped_at=Stage.REFACTOR_PROOF, set_aside=(OUT_OF_ORDER,)))

    assert "trimmed symptom" in hinted(verdict("trimmed"))


def test_the_hint_is_for_what_was_checked_when_another_exercise_was_not(hinted):
    """Whoever begins in the middle is helped there."""
    assert "mocked, step 1" in hinted(None, verdict("trimmed"))
