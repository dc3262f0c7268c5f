"""How the site lists fixtures: all of a file, with what their docstrings say first."""

from pathlib import Path

import pytest

from docs.fixture_list import Fixture, FixtureError, as_table, fixtures_in, table_of

ROOT = Path(__file__).parents[3]

SOURCE = '''\
import pytest

class TestOne:
    @fixture(scope="session")
    def link(self):
        """A link."""

    @pytest.mark.parametrize("a", [1])
    def test_it(self, a):
        pass

@pytest.fixture
async def server(port):
    """A server: `await server("/a.b")`. It ends with
    the test."""

@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def warm():
    """What all share
    in a file"""

@pytest.fixture(autouse=True)
def nothing_left():
    """Fail a test that leaves a task."""

@contextmanager
def helper():
    pass
'''


def test_all_fixtures_are_found_however_they_are_made():
    """A plain decorator, one with options, one of another name, and those of a class."""
    assert fixtures_in(SOURCE, "test_a.py") == [
        Fixture("link", "the session", "A link.", "test_a.py"),
        Fixture("server", "a test", 'A server: `await server("/a.b")`.', "test_a.py"),
        Fixture("warm", "its module", "What all share in a file", "test_a.py"),
        Fixture("nothing_left", "a test, unasked", "Fail a test that leaves a task.", "test_a.py"),
    ]


def test_a_fixture_without_a_docstring_is_an_error():
    """The page would have nothing to say of it."""
    with pytest.raises(FixtureError, match=r"test_a\.py: the fixture link has no docstring"):
        fixtures_in("@pytest.fixture\ndef link():\n    return 1", "test_a.py")


def test_a_line_of_the_table_has_four_cells_whatever_is_said():
    """A bar in a docstring ends no cell."""
    table = as_table([Fixture("either", "a test", "`a | b`.", "test_a.py")])

    assert table.split("\n")[2] == r"| `either` | a test | `a \| b`. | `test_a.py` |"


def test_every_fixture_says_what_it_is():
    """Whoever writes one learns it here, and not when the site is built."""
    assert table_of("tests/**/*.py\ndocs/**/*.py", ROOT)
