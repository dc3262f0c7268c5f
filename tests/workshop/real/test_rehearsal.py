"""The suite of a small tree, run on refactored copies of its chat."""

from dataclasses import replace

import pytest

from exercises.checker import plant
from exercises.checker.load import exercises
from exercises.checker.model import Edit
from exercises.checker.rehearsal import rehearse
from tests.workshop.real.exercise_tree import STUB, Tree

pytestmark = pytest.mark.timeout(120)  # each starts several Pythons

QUIET = Edit("rules.py", "text.upper()", "text")
PLAIN = "[tool.pytest]\npythonpath = ['.']"


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A tree with a suite that needs no plugin; what tests the workshop would fail in it."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # a run takes a third of the time
    tree = Tree(tmp_path)
    tree.add("pyproject.toml", PLAIN)
    tree.add("tests/__init__.py", "")
    tree.add("tests/unit/test_rules.py", STUB)
    tree.add("tests/workshop/pure/test_checker.py", "from exercises import nothing\n")
    return tree


async def rehearsed(tree, *edits):
    """The complaints about the refactoring of the tree, and about others with these edits."""
    (sound,) = exercises(tree.root)[0][0].refactorings
    others = [replace(sound, id=edit.after, edits=(edit,)) for edit in edits]
    program = plant.read(tree.root / "chat")
    return await rehearse(tree.root, program, [sound, *others], lambda _: None)


async def test_each_one_that_breaks_a_test_is_told(tree):
    """Those that change different places share a run, and each has its own when that fails.

    What breaks no promise may break no test, and what tests the workshop is left out.
    """
    deaf = Edit("rules.py", "def loud(text):", "def loud(_, text=''):")

    complaints = await rehearsed(tree, QUIET, deaf)

    told = [complaint.partition(" does not pass tests/:") for complaint in complaints]
    assert {name for name, *_ in told} == {QUIET.after, deaf.after}
    assert all("1 failed" in how for *_, how in told)


async def test_one_complaint_is_made_when_the_suite_fails_on_the_chat_as_it_is(tree):
    """A suite that is red anyway says nothing of refactorings."""
    tree.add("tests/unit/test_rules.py", "assert False\n")

    (complaint,) = await rehearsed(tree, QUIET)

    assert complaint.startswith("the chat as it is does not pass tests/ here:")
