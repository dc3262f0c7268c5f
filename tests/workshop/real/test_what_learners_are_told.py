"""Mistakes that many make, and the words that tell what to do about them, from real runs."""

import pytest

from exercises.checker.model import Stage
from tests.workshop.real.miniature import ASKS, CHECKS, GOOD, IMPORTS

pytestmark = CHECKS


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


def test_a_limit_that_runs_out_is_no_offence_when_the_test_fails(mini):
    """It is a failed expectation, and not a way to sleep."""
    text = "import asyncio\nasync def test_a(): await asyncio.wait_for(asyncio.Event().wait(), 5)"

    assert "runs out" not in told(mini.check(text, tier="mocked"))


# What hangs in its third line, or in the fifth.
HANGS = {
    "loop": ("unit", "while True: pass", 3),
    "called": ("unit", "time.sleep(3600)", 3),
    "never-comes": ("mocked", "await asyncio.Event().wait()", 3),
    "helper": ("integration", "await nobody()", 5),
}

HELPER = """
async def nobody():
    await asyncio.Future()
"""


@pytest.mark.parametrize(("tier", "text", "line"), HANGS.values(), ids=HANGS)
def test_the_line_is_told_where_a_test_hangs(impatient, tier, text, line):
    """With what to do about it; whoever has no line has nowhere to look."""
    define = "def" if tier == "unit" else "async def"
    module = f"import asyncio, time\n{define} test_a(): \n    {text}{HELPER}"

    judged = impatient.check(module, tier=tier)

    said = told(judged)
    assert judged.stopped_at is Stage.CORRECT
    assert f"hung: it did not end in the time that a test may take test_it.py, line {line}" in said
    assert "limit in time" in said


def test_the_line_is_told_where_a_file_hangs_that_is_imported(impatient):
    """A loop at the top of a file keeps all its tests from running."""
    judged = impatient.check("import chat\nwhile True: pass")

    assert judged.stopped_at is Stage.COLLECTED
    assert "hung: it did not end" in told(judged)
    assert "test_it.py, line 2" in told(judged)


FORGOTTEN = """
async def hears(): pass
async def test_a(): assert hears() == "hello"
def test_b(): pass
"""


def test_a_test_is_not_blamed_for_what_the_one_before_it_forgot(mini):
    """Its failure keeps what it made alive for a while, and that has to end with it."""
    judged = mini.check(GOOD + FORGOTTEN, tier="mocked")

    assert [one.test for one in judged.set_aside] == ["test_it.py::test_a"]


WRONG_DOUBLE = """
import gc
from unittest.mock import AsyncMock

class Journal:
    def append(self, event): pass

async def test_a():
    journal = Journal()
    journal.append = AsyncMock()
    journal.append("event")
    raise KeyError

@pytest.fixture
def journal():
    journal = Journal()
    yield journal
    journal.append("event").add_done_callback(print)

async def test_b(journal):
    journal.append = AsyncMock()

def test_c(): gc.collect()
"""


def test_a_double_of_the_wrong_kind_is_named_and_no_other_test_blamed(mini):
    """It fails in a fixture, which keeps alive what nobody awaited; that ends with its test."""
    judged = mini.check(GOOD + WRONG_DOUBLE, tier="mocked")

    assert [one.test[-6:] for one in judged.set_aside] == ["test_a", "test_b"]
    for one in judged.set_aside:
        assert "An AsyncMock stands where a plain function is called (`append`)" in one.message


def test_the_difference_is_told_when_two_large_things_are_compared(mini):
    """What is cut is what they have in common."""
    whole = dict.fromkeys("abcdefgh", 1)
    said = told(mini.check(f"{GOOD}\ndef test_a(): assert {{**{whole}, 'z': 3}} == {whole}"))

    assert "...}\n  Left contains 1 more item: {'z': 3}" in said


WAITS = {
    "call": "await asyncio.wait_for(asyncio.Event().wait(), 5)",
    "block": "async with asyncio.timeout(5):\n        await asyncio.Event().wait()",
}


@pytest.mark.parametrize("lines", WAITS.values(), ids=WAITS)
def test_what_was_awaited_is_told_when_a_limit_runs_out(mini, lines):
    """`TimeoutError` has no words of its own, and a block no line but its first."""
    text = f"import asyncio\nasync def test_a():\n    {lines}"
    number, awaited = len(text.splitlines()), text.splitlines()[-1].strip()

    assert f"line {number}, `{awaited}`: TimeoutError" in told(mini.check(text, tier="mocked"))


WIDE = """
@pytest.fixture(scope="module")
async def name(): return "ada"

async def test_a(name): assert greet(name) == "hello ada"
"""


def test_it_is_said_what_to_do_when_an_async_fixture_is_too_wide(mini):
    """The error itself speaks of a runner that no learner has heard of."""
    assert "Leave the `scope` out" in told(mini.check(IMPORTS + WIDE, tier="mocked"))


OWN_DOUBLES = """
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

def test_double():
    double = mock.create_autospec(greet)
    double("ada")
    double.assert_called_once_with("ada")

@pytest.fixture(scope="module")
def greeting(): return greet("ada")

def test_first(greeting): assert greeting == "hello ada"

def test_second(greeting): assert greeting == "hello ada"

def test_thread():
    with ThreadPoolExecutor() as pool: assert pool.submit(greet, "ada").result() == "hello ada"
"""


@pytest.mark.parametrize("tier", ["unit", "mocked"], ids=["first", "second"])
def test_it_is_noted_when_a_test_looks_at_its_own_doubles_alone(mini, tier):
    """It passes whatever the program does; what a fixture or a thread has called is called."""
    judged = mini.check(IMPORTS + OWN_DOUBLES, tier=tier)

    assert judged.is_done, judged
    assert [note.rpartition(": ")[2] for note in judged.notes] == ["test_it.py::test_double."]


SLOW = """
async def test_a():
    async with Server() as server:
        {}
        assert await ask(server.port, "ada") == "hello ada"
"""
RUNS_OUT = "with pytest.raises(TimeoutError): await asyncio.wait_for(asyncio.Event().wait(), 0.1)"


@pytest.mark.parametrize(
    ("line", "how"),
    [
        ("await asyncio.sleep(0.1)", ["test_it.py::test_a sleeps for 0.1 s."]),
        (RUNS_OUT, ["test_it.py::test_a waits until a limit in time runs out."]),
        ("await asyncio.sleep(0.01)", []),
    ],
    ids=["sleep", "limit", "poll"],
)
def test_it_is_noted_when_a_good_test_waits_for_time_to_pass(mini, line, how):
    """Over real sockets that is no offence, and still no good test; between two looks it is."""
    judged = mini.check(ASKS + SLOW.format(line), tier="integration")

    assert judged.is_done
    assert [note.rpartition(": ")[2] for note in judged.notes] == how
