"""Mistakes that many make, and the words that tell what to do about them, from real runs."""

import pytest

from tests.integration.miniature import GOOD, IMPORTS, miniature

pytestmark = pytest.mark.skipif("not hasattr(__import__('os'), 'fork')", reason="needs os.fork")


@pytest.fixture(scope="module")
def mini(tmp_path_factory):
    """A checker that loses its patience soon."""
    with miniature(tmp_path_factory.mktemp("mini"), patience=1.5, slack=0.5) as mini:
        yield mini


def told(judged):
    """Return what is said of the one test, or file, that was set aside."""
    [one] = judged.set_aside
    return f"{one.why} {one.message}"


@pytest.mark.parametrize(
    "line",
    ["from helpers import ada", "from .helpers import ada", "from exercises.unit.helpers import *"],
    ids=["absolute", "relative", "package"],
)
def test_it_is_said_what_is_handed_in_when_a_file_of_helpers_is_missing(mini, line):
    """It lies beside the tests, works under plain pytest, and is not there in a check."""
    judged = mini.check(f"{line}\n{GOOD}")

    assert "Only test_*.py and conftest.py are handed in" in told(judged)


@pytest.mark.parametrize("line", ["import chat.greetings", "from chat.greeting import grete"])
def test_nothing_is_said_of_files_when_a_name_of_the_program_is_wrong(mini, line):
    """What is missing there was never a file of the learner's."""
    assert "handed in" not in told(mini.check(f"{line}\n{GOOD}"))


def test_a_fixture_that_nobody_wrote_is_named(mini):
    """With where fixtures come from, and the one that is nearest to it in spelling."""
    said = told(mini.check(f"{IMPORTS}\ndef test_a(capsis): pass"))

    assert "There is no fixture `capsis`. Did you mean `capsys`?" in said
    assert "conftest.py" in said


def test_a_fixture_that_asks_for_itself_is_told_as_pytest_tells_it(mini):
    """It is there, so nobody is to look for it."""
    said = told(mini.check(f"{IMPORTS}\n@pytest.fixture\ndef a(a): pass\ndef test_a(a): pass"))

    assert "There is no fixture" not in said
