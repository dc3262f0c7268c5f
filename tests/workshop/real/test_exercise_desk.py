"""What is kept in the folder of an exercise, in real files."""

import json

import pytest

from exercises.checker import desk
from exercises.checker.load import exercises
from exercises.checker.model import Stage, Verdict
from tests.workshop.real.exercise_tree import SOLVED, STUB, Tree

# A test that was set aside, and nobody knows why.
ODD = '{"passed": true, "seen": "", "done": false, "alive": [], "hints": {}, "aside": {"test": ""}}'


@pytest.fixture
def tree(tmp_path):
    """A tree as it is handed out."""
    return Tree(tmp_path)


@pytest.fixture
def exercise(tree):
    """Its one exercise."""
    return exercises(tree.root)[0][0]


def test_an_exercise_is_untouched_until_a_file_changes(tree, exercise):
    """A stub that nobody wrote in is waiting, whatever its line ends are."""
    before = desk.is_untouched(exercise)
    tree.file.write_bytes(STUB.replace("\n", "\r\n").encode())
    converted = desk.is_untouched(exercise)
    tree.file.write_text(SOLVED)

    assert (before, converted, desk.is_untouched(exercise)) == (True, True, False)


@pytest.mark.parametrize("name", ["test_more.py", "conftest.py"])
def test_another_file_is_handed_in_too(tree, exercise, name):
    """A learner may write as many modules as they like."""
    before = desk.digest(exercise)
    tree.add(f"exercises/unit/{name}", "")

    assert tree.folder / name in desk.submission(exercise)
    assert not desk.is_untouched(exercise)
    assert desk.digest(exercise) != before


def test_a_file_under_another_name_is_another_submission(tree, exercise):
    """What was found of one is not said of the other."""
    before = desk.digest(exercise)
    tree.file.rename(tree.folder / "test_quiet.py")

    assert desk.digest(exercise) != before


def test_what_was_passed_is_done_until_a_file_changes(tree, exercise):
    """The list asks for what is there now, and not for what once was."""
    desk.note(Verdict(exercise), desk.digest(exercise))
    before = desk.is_done(exercise)
    tree.file.write_text("nothing")

    assert (before, desk.is_done(exercise)) == (True, False)


def test_a_reset_keeps_every_file_of_every_time(tree, exercise):
    """A second reset does not overwrite the first backup."""
    tree.file.write_text("one")
    tree.add("exercises/unit/test_more.py", "more")
    first = desk.reset(exercise)
    tree.file.write_text("two")
    second = desk.reset(exercise)

    assert desk.is_untouched(exercise)
    assert {path.name: path.read_text() for path in first.iterdir()} == {
        "test_loud.py": "one",
        "test_more.py": "more",
    }
    assert (second / "test_loud.py").read_text() == "two"


def test_a_reset_keeps_nothing_when_nothing_was_written(exercise):
    """No folder appears that holds only the stub."""
    assert desk.reset(exercise) is None
    assert desk.is_untouched(exercise)


def test_a_reset_brings_back_a_file_that_was_deleted(tree, exercise):
    """Whoever lost the stub can have it again."""
    tree.file.unlink()

    assert desk.reset(exercise) is None
    assert tree.file.read_text() == STUB


def test_hints_begin_anew_after_a_reset_and_what_was_passed_stays(exercise):
    """To begin again is to think again; the solution was earned."""
    desk.remember(exercise, desk.Record(passed=True, done=True, hints={"no-mark": 2}))
    desk.reset(exercise)

    assert desk.recall(exercise) == desk.Record(passed=True)


def test_a_verdict_is_remembered(exercise):
    """`list` and `hint` know what the last check found."""
    stopped = Verdict(exercise, alive=("no-mark",), stopped_at=Stage.BUGS_CAUGHT)
    desk.note(stopped, "a digest")

    assert desk.recall(exercise) == desk.Record(seen="a digest", alive=("no-mark",))


def test_once_passed_is_passed(exercise):
    """Who goes on trying does not lose the solution."""
    desk.note(Verdict(exercise), "done")
    desk.note(Verdict(exercise, alive=("no-mark",), stopped_at=Stage.BUGS_CAUGHT), "worse")

    assert desk.recall(exercise).passed
    assert not desk.recall(exercise).done


def test_nothing_is_remembered_when_nothing_was_judged(exercise):
    """What the machine did is not laid at the learner's door."""
    desk.note(Verdict(exercise, problem="too slow"), "a digest")

    assert desk.recall(exercise) == desk.Record()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"passed": 1',
        json.dumps({"passed": True, "hints": []}),
        ODD,
        "\udcff",
    ],
    ids=["empty", "null", "list", "nothing", "half", "other-types", "no-stage", "no-text"],
)
def test_it_begins_anew_when_what_was_remembered_is_damaged(exercise, text):
    """A learner may open the file, and nothing breaks."""
    path = exercise.folder / desk.PROGRESS
    path.write_bytes(text.encode(errors="surrogateescape"))

    assert desk.recall(exercise) == desk.Record()


def test_it_goes_on_when_nothing_can_be_remembered(exercise):
    """A check in a folder that is read-only still says its verdict."""
    (exercise.folder / desk.PROGRESS).mkdir()

    assert desk.remember(exercise, desk.Record(passed=True)) is False
    assert desk.recall(exercise) == desk.Record()
