"""What an instructor is told of exercises that do not fit the tree."""

import pytest

from exercises.checker import plant
from exercises.checker.load import exercises
from exercises.checker.soundness import complaints, is_quoted
from tests.workshop.real.exercise_tree import DATA, Tree


@pytest.fixture
def tree(tmp_path):
    """A tree with one sound exercise."""
    return Tree(tmp_path)


def told(tree):
    """All complaints, one a line."""
    found = complaints(tree.root, exercises(tree.root)[0], plant.read(tree.root / "chat"))
    return "\n".join(found)


def test_nothing_is_said_of_what_is_sound(tree):
    """An audit that always finds something is not read."""
    assert told(tree) == ""


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        pytest.param("in capitals", "in silence", "does not say: 'in silence'", id="quotation"),
        pytest.param("chat/rules.py", "chat/no.py", "quotes chat/no.py", id="no-such-file"),
        pytest.param('before = "text.upper()"', 'before = "t"', "exactly once", id="ambiguous"),
        pytest.param('after = "text" }', 'after = "text.upper()" }', "changes nothing", id="same"),
        pytest.param('after = "text" }', 'after = "(" }', "makes no Python", id="no-python"),
        pytest.param("required = true", "", "requires 0 bugs", id="nothing-required"),
        pytest.param('["test_loud.py"]', '["test_no.py"]', "no file test_no.py", id="no-solution"),
    ],
)
def test_a_complaint_says_what_is_wrong(tree, before, after, words):
    """An instructor who works by data alone learns what to mend."""
    assert before in DATA
    tree.add("exercises/unit/exercise.toml", DATA.replace(before, after))

    assert words in told(tree)


def test_a_stub_that_is_not_the_pristine_one_is_told(tree):
    """Otherwise a reset would bring back another stub than was handed out."""
    tree.file.write_text("")

    assert "unit: stub.txt and what lies in the folder for learners differ." in told(tree)


def test_a_test_module_that_belongs_to_no_exercise_is_told(tree):
    """What nobody runs is not kept."""
    tree.add("exercises/solutions/mocked/test_old.py", "")

    assert told(tree) == "exercises/solutions/mocked/test_old.py belongs to no exercise."


def test_an_id_that_is_not_unique_is_told(tree):
    """A hint is asked for by the id alone."""
    for name in ("exercise.toml", "stub.txt", "test_loud.py"):
        tree.add(f"exercises/unit/more/{name}", (tree.folder / name).read_text())
    tree.add("exercises/solutions/unit/more/test_loud.py", "")

    assert "no-mark is the id of 2 bugs." in told(tree)


def test_a_tier_that_waits_needs_a_slow_refactoring(tree):
    """Only a slow chat finds tests that sleep."""
    (tree.root / "exercises" / "unit").rename(tree.root / "exercises" / "mocked")
    (tree.root / "exercises/solutions/unit").rename(tree.root / "exercises/solutions/mocked")

    assert "no refactoring is slow" in told(tree)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Nobody is\n    told twice.", id="indented"),
        pytest.param("# Nobody is\n# told twice.", id="hash"),
        pytest.param("    // Nobody is\n    // told twice.", id="slashes"),
        pytest.param("/* Nobody is\n * told twice. */", id="block"),
    ],
)
def test_a_quotation_is_found_across_lines_and_comment_marks(text):
    """Whoever fills a paragraph anew breaks no exercise."""
    assert is_quoted("Nobody is told  twice.", f"x = 1\n{text}\n")
    assert not is_quoted("Nobody is told once.", text)
