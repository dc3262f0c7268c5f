"""What an instructor writes in an exercise.toml, and what is said about mistakes in it."""

from pathlib import Path

import pytest

from exercises.checker.load import ExerciseError, parse
from tests.workshop.exercise_text import WHOLE

HOME = Path("exercises")


def without(text):
    """Return the whole without one piece of it."""
    assert text in WHOLE
    return WHOLE.replace(text, "", 1)


def test_an_exercise_is_loaded_with_all_that_it_says():
    """Nothing of it is lost."""
    exercise = parse(WHOLE, "unit", HOME)

    assert (exercise.title, exercise.minutes, exercise.tier) == ("Commands", 35, "unit")
    assert exercise.steps[0].prove == "Two slashes say one."
    assert exercise.bugs[0].breaks.file == "chat/commands.py"
    assert exercise.bugs[0].edits[0].after == "line"
    assert exercise.refactorings[0].edits[0].after == ""


def test_flags_are_off_when_they_are_left_out():
    """A bug is a bonus, a refactoring is quick."""
    exercise = parse(without("required = true").replace("slow = true", ""), "unit", HOME)

    assert not exercise.bugs[0].is_required
    assert not exercise.refactorings[0].is_slow


def test_the_folder_tells_the_tier_and_where_the_solution_is():
    """A second exercise of a tier stands in a folder of its own."""
    exercise = parse(WHOLE, "mocked/window", HOME)

    assert exercise.tier == "mocked"
    assert exercise.solution == (HOME / "solutions/mocked/window/test_commands.py",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("title = ", "not TOML", id="no-toml"),
        pytest.param(without("minutes = 35"), "minutes: is missing", id="missing"),
        pytest.param(without("step = 1"), "bugs[both-slashes].step: is missing", id="in-a-bug"),
        pytest.param(WHOLE.replace("35", '"35"'), "minutes: must be a whole number", id="type"),
        pytest.param(WHOLE.replace("35", "true"), "minutes: must be a whole number", id="flag"),
        pytest.param(
            WHOLE.replace("35", "-1"), "minutes: must be at least 1, and is -1", id="past"
        ),
        pytest.param(WHOLE.replace("slow", "slo"), "[wording].slo: there is no such", id="unknown"),
        pytest.param(WHOLE.replace("slow", "slo"), "did you mean slow?", id="unknown-but-near"),
        pytest.param(
            WHOLE.replace("title", "titel", 1), "did you mean it by titel?", id="misspelt"
        ),
        pytest.param(WHOLE.replace("wording", "a b"), "'a b' has more in it than", id="id-of-two"),
        pytest.param(WHOLE.replace("wording", "Wording"), "'Wording' has more in", id="id-capital"),
        pytest.param(WHOLE.replace('"Escapes"', '" "'), "steps[1].title: is empty", id="empty"),
        pytest.param(WHOLE.replace(', "b"', ""), "hints: must be two texts", id="one-hint"),
        pytest.param(WHOLE.replace("step = 1", "step = 2"), "there is no step 2", id="no-step"),
        pytest.param(WHOLE.replace("wording", "both-slashes"), "'both-slashes' is taken", id="id"),
        pytest.param("steps = []\n" + without("[[steps]]"), "", id="no-steps"),
    ],
)
def test_a_mistake_is_told_with_its_file_and_its_key(text, said):
    """An instructor who writes a new bug is told what to mend."""
    with pytest.raises(ExerciseError) as raised:
        parse(text, "unit", HOME, said_by="there/exercise.toml")

    assert str(raised.value).startswith("there/exercise.toml: ")
    assert said in str(raised.value)
