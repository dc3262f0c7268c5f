"""What the chapters show going wrong goes wrong, and in just that way.

Each file in docs/wrong/ is a mistake that a chapter speaks of. All of them run here, once.
"""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[3]
WRONG = ROOT / "docs" / "wrong"

# The first test waits for a process that runs all of the files, on a machine that may be busy.
pytestmark = pytest.mark.timeout(180)

# Each test that fails, with what says why; the other tests pass.
REASONS = {
    "beyond/test_hangs.py": {
        "test_what_comes_in_goes_out": "Timeout (>1.0s) from pytest-timeout",
        "test_what_comes_in_goes_out_in_time": "TimeoutError",
        "test_a_thread_is_done_in_time": "Timeout (>1.0s) from pytest-timeout",
    },
    "beyond/test_kind_fake.py": {
        "test_the_last_words_are_stored_in_a_verified_journal": "the journal is closed",
        "test_an_append_fails_when_the_journal_is_closed": "DID NOT RAISE",
    },
    "beyond/test_seen_too_early.py": {
        "test_ada_types_as_soon_as_she_sees_the_page[busy]": "assert '' == 'hello'",
    },
    "instructors/test_bob_leaves.py": {
        "test_who_stays_hears_that_somebody_left": "assert [] == ['bob left']",
    },
    "instructors/test_first_to_come.py": {
        "test_the_first_to_come_finds_no_history": "'hello, nobody' == 'am I alone?'",
    },
    "instructors/test_one_name.py": {
        "test_names": "where False = is_one_name('straße', 'STRASSE')",
    },
    "instructors/test_whisper.py": {
        "test_ada_gets_nothing_says_a_fake": "assert ['notice: psst'] == []",
    },
    "integration/test_error_behind.py": {
        "test_bob_is_let_go_by_a_server_that_is_stopped": "'NoneType' object is not callable",
    },
    "integration/test_fixed_port.py": {
        "test_bob_hears_himself": "ddress already in use",
    },
    "integration/test_left_behind.py": {
        "test_a_server_has_an_address": "assert ['ChatServer', ",
        "test_ada_may_leave_at_once": "coroutine 'Connection.close' was never awaited",
    },
    "integration/test_limit_around_yield.py": {
        "test_ada_takes_longer_than_the_limit_of_her_test": "TimeoutError",
    },
    "integration/test_naive_server.py": {
        "test_bob_hears_himself": "'from the first test' == 'from the second test'",
    },
    "integration/test_nothing_arrives.py": {
        "test_ada_hears_nothing_before_the_marker": "'hello' == 'marker'",
    },
    "integration/test_short_sleep.py": {
        "test_ada_is_welcome": "ConnectionRefusedError",
        "test_ada_hears_herself[soon]": "TimeoutError",
    },
    "mocked/test_called_is_not_awaited.py": {
        "test_a_flooder_has_been_told_why_it_must_go": "Awaited 0 times",
    },
    "mocked/test_counts_calls.py": {
        "test_two_messages_are_two_calls": "assert 1 == 2",
    },
    "mocked/test_everything_can_be_awaited.py": {
        "test_a_closed_connection_is_found": "assert set() == {<AsyncMock ",
    },
    "mocked/test_no_spec.py": {
        "test_ada_gets_nothing_as_the_spec_sees_it": "has no attribute 'send'",
    },
    "mocked/test_patched_where_it_is_made.py": {
        "test_a_message_is_serialised_once": "to have been called once. Called 0 times.",
    },
    "unit/test_compares_every_word.py": {},
    "unit/test_raises_for_another_reason.py": {
        "test_a_long_text_is_refused_as_too_long": "<Code.BAD_MES...'bad-message'> == 'too-long'",
    },
    "unit/test_runs_every_line.py": {},
    "unit/test_shared_room.py": {
        "test_a_newcomer_from_elsewhere_is_admitted": "the name ada is taken",
    },
    "unit/test_tenths_of_a_second.py": {
        "test_a_frame_passes_after_a_tenth_of_a_second_when_the_rate_is_10": "where False = take(",
    },
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """How all of them end in a process of its own: the reason of each failure, or "", by test.

    A test that fails in its fixtures has an error in its place.
    """
    report = tmp_path_factory.mktemp("wrong") / "report.xml"
    plugins = ["-p", "pytest_asyncio.plugin", "-p", "pytest_timeout", "-p", "no:cacheprovider"]
    options = ["-o", "addopts=--import-mode=importlib", *plugins, f"--junit-xml={report}"]
    command = [sys.executable, "-m", "pytest", *options, WRONG]
    # What goes wrong covers nothing, and without more plugins it takes half the time.
    environment = {name: os.environ[name] for name in os.environ if "COVERAGE" not in name}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, check=False, timeout=150
    )
    return {
        (case.get("classname"), case.get("name")): case.findtext("failure")
        or case.findtext("error")
        or ""
        for case in ET.parse(report).iter("testcase")
    }


def test_a_reason_is_known_for_every_file():
    """A file that no reason speaks of might go wrong in any way."""
    files = {path.relative_to(WRONG).as_posix() for path in WRONG.glob("*/test_*.py")}

    assert files == set(REASONS)


@pytest.mark.parametrize("file", REASONS, ids=lambda file: Path(file).stem)
def test_it_goes_wrong_in_just_that_way(outcomes, file):
    """The tests that are to fail do, for the reason that the chapter gives, and no other does."""
    module = "docs.wrong." + file.removesuffix(".py").replace("/", ".")
    failures = {
        name: why
        for (place, name), why in outcomes.items()
        if place.partition(".Test")[0] == module and why
    }

    assert failures.keys() == REASONS[file].keys()
    for name, reason in REASONS[file].items():
        assert reason in failures[name]


def test_what_fails_in_a_shared_room_passes_alone():
    """It is the other test that makes it fail."""
    file = "unit/test_shared_room.py"
    [name] = REASONS[file]

    runpy.run_path(WRONG / file)[name]()
