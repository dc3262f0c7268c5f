"""Exercises as they lie on the disk: an instructor adds one by data alone."""

import pytest

from exercises.checker import desk
from exercises.checker.check import Checker
from exercises.checker.jobs import Limits
from exercises.checker.load import exercises
from exercises.checker.plant import PlantError
from tests.workshop.real.miniature import EXERCISE, GOOD, PROGRAM


@pytest.fixture
def tree(tmp_path):
    """A tree with one exercise."""
    for name, text in PROGRAM.items():
        write(tmp_path / "chat" / name, text)
    write(tmp_path / "exercises/unit/exercise.toml", EXERCISE)
    return tmp_path


def write(file, text):
    """Write a file, with its folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_all_exercises_of_a_tree_are_found_in_the_order_of_the_tiers(tree):
    """Those of a tier itself come before those in folders below it."""
    for name in ("mocked/window", "mocked", "unit/words", "elsewhere"):
        write(tree / "exercises" / name / "exercise.toml", EXERCISE)

    names = [exercise.name for exercise in exercises(tree)[0]]

    assert names == ["unit", "unit/words", "mocked", "mocked/window"]


def test_the_others_are_there_when_an_exercise_cannot_be_loaded(tree):
    """One that is just being written holds up nobody, and is named."""
    write(tree / "exercises/mocked/exercise.toml", "")
    (tree / "exercises/mocked/exercise.toml").write_bytes(b"\xff")

    [exercise], [error] = exercises(tree)

    assert exercise.name == "unit"
    assert "mocked/exercise.toml: " in str(error)


def test_a_submission_is_all_tests_of_the_folder_and_their_fixtures(tree):
    """What else lies there, and what lies below, is none of it."""
    for name in ("test_a.py", "test_b.py", "conftest.py", "notes.py", "more/test_c.py"):
        write(tree / "exercises/unit" / name, GOOD)

    [exercise], _ = exercises(tree)

    names = [file.name for file in desk.submission(exercise)]
    assert names == ["test_a.py", "test_b.py", "conftest.py"]


def test_an_edit_that_does_not_fit_the_program_is_told(tree):
    """The program has changed, and the exercise has not."""
    write(tree / "exercises/unit/test_it.py", GOOD)
    (tree / "chat/greeting.py").write_text(PROGRAM["greeting.py"].replace("hello", "welcome"))
    [exercise], _ = exercises(tree)

    named = r"unit/exercise\.toml: rude: greeting\.py: `before`"
    # It needs no host, and one that does not fork starts none.
    with Checker(tree, forks=False) as checker, pytest.raises(PlantError, match=named):
        checker.check(exercise)


@pytest.mark.timeout(120)  # who cannot fork starts one Python after the other
@pytest.mark.parametrize("forks", [True, False], ids=["forks", "spawns"])
def test_the_matrix_tells_of_every_test_on_every_variant(tree, forks):
    """Whatever failed before it; also where no process can be forked."""
    write(tree / "exercises/unit/test_it.py", f"{GOOD}\ndef test_too(): test_greets()")
    [exercise], _ = exercises(tree)

    with Checker(tree, Limits(patience=20), forks=forks) as checker:
        matrix = checker.matrix(exercise)

    failed = {
        name: sum(t.failure is not None for t in runs[0].tests) for name, runs in matrix.items()
    }
    assert failed == {"correct": 0, "joined": 0, "rude": 2}
