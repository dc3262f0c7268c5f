"""The frame of the runs (tests/harness.py), shown on a small suite that pytest runs in here."""

import os
import re

import pytest

from tests.tiers import misled_tiers, row_of, tier_of

CONFIGURATION = """
[pytest]
testpaths = suite answers
addopts = --import-mode=importlib --assert=plain -p no:cacheprovider
"""

COVERAGE = """
[run]
branch = true
source_pkgs = talk, aside
parallel = true
patch = subprocess
[report]
fail_under = 100
"""

# A test calls `first`, a subprocess `second` too, nobody `third`, and collection alone `aside`.
TALK = """
def first():
    one = 1
    return one

def second():
    one = first()
    two = 2
    return one + two

def third():
    return 3
"""

SUITE = {
    "suite/unit/test_it.py": "def test_it():\n    import talk\n    talk.first()",
    "suite/mocked/test_it.py": "import aside\naside.aside()\ndef test_it(): pass",
    "suite/integration/test_it.py": "def test_it(): pass",
    "answers/unit/test_it.py": "def test_it(): pass\ndef test_too(): pass",
    "talk.py": TALK,
    "aside.py": "def aside():\n    return 1",
    ".coveragerc": COVERAGE,
}

KEEPS_TO_ITSELF = """
import os
def test_it(): assert "COVERAGE_FILE" not in os.environ
"""

NOT_MEASURED = """
import os, sys
def test_it(): assert (sys.gettrace(), os.environ.get("COVERAGE_PROCESS_CONFIG")) == (None, None)
"""

STARTS_A_PROCESS = """
import subprocess, sys
def test_it(): subprocess.run([sys.executable, "-c", "import talk; talk.second()"], check=True)
"""

TOOLS = re.compile(r"^\s*(?:from|import) (?:exercises|docs|benchmarks)\b", re.MULTILINE)


class Suite:
    """A small suite with one test in each tier, and one more where the answers stand."""

    def __init__(self, pytester, monkeypatch, root):
        self._pytester, self._monkeypatch = pytester, monkeypatch
        pytester.makeini(CONFIGURATION)
        pytester.makeconftest("from tests.harness import install as pytest_configure")
        for file, text in SUITE.items():
            self.add(file, text)
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(root), str(pytester.path)]))
        monkeypatch.syspath_prepend(pytester.path)
        for name in ("COVERAGE_PROCESS_CONFIG", "COVERAGE_FILE"):  # it is not chat that runs
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # a run takes a fifth of the time
        monkeypatch.delenv("CI", raising=False)

    def add(self, file, text):
        """Write a file, or replace one."""
        path = self._pytester.path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run(self, *arguments):
        """Run it without coverage, in this process: that is quick."""
        return self._pytester.runpytest_inprocess(*arguments)

    def run_with_coverage(self, *arguments):
        """Run it with coverage, in a process of its own: one process is measured once."""
        self._monkeypatch.setenv("PYTEST_ADDOPTS", "--cov")  # as pyproject.toml says it
        return self._pytester.runpytest_subprocess("-p", "pytest_cov", *arguments)


@pytest.fixture
def suite(pytester, monkeypatch, pytestconfig):
    """A small suite, and the means to run it."""
    monkeypatch.setenv("COVERAGE_FILE", "of-the-run-around-it")
    return Suite(pytester, monkeypatch, pytestconfig.rootpath)


@pytest.mark.parametrize("option", ["-k {}", "-m tier(name='{}')"], ids=["word", "marker"])
@pytest.mark.parametrize(
    ("tier", "tests"), [("unit", 3), ("mocked", 1), ("integration", 1)], ids=["1", "2", "3"]
)
def test_a_tier_is_selected_by_the_folders_of_its_name(suite, option, tier, tests):
    """A demo of one tier runs that tier, the model answers included."""
    result = suite.run(*option.format(tier).split(" ", 1))

    result.assert_outcomes(passed=tests, deselected=5 - tests)


def test_every_test_of_a_tier_bears_the_marker(suite):
    """The word `tier` selects whatever stands in a tier's folder."""
    suite.add("suite/workshop/test_stray.py", "def test_it(): pass")

    suite.run("-k", "tier").assert_outcomes(passed=5, deselected=1)


def test_the_summary_has_a_line_for_each_tier_that_ran(suite):
    """Tiers come in the order in which they are taught, with the tests that ran."""
    suite.add("suite/workshop/test_it.py", "def test_it(): pass")

    lines = ["unit * 3 *.??*", "integration * 1 *.??*", "workshop * 1 *.??*"]
    suite.run("-k", "not mocked").stdout.fnmatch_lines(
        ["=* tiers =*", "tier * tests * seconds*", *lines], consecutive=True
    )


SKIPS = {
    "mark": "import pytest\n@pytest.mark.skip('get a moon')\ndef test_it(): pass",
    "call": "import pytest\ndef test_it(): pytest.skip('get a moon')",
    "fixture": "import pytest\n@pytest.fixture\ndef moon(): pytest.skip('get a moon')\n"
    "def test_it(moon): pass",
    "file": "import pytest\npytest.skip('get a moon', allow_module_level=True)",
}


@pytest.mark.parametrize("skip", SKIPS.values(), ids=SKIPS)
def test_a_skip_fails_the_run_under_ci(suite, monkeypatch, skip):
    """Where everything is installed a skip hides a test, so it fails and says why it skipped."""
    monkeypatch.setenv("CI", "true")
    suite.add("suite/unit/test_it.py", skip)

    result = suite.run()

    assert result.ret in {pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED}
    result.stdout.fnmatch_lines("*get a moon*")


def test_skips_are_none_of_our_business_elsewhere(suite):
    """On a newcomer's machine, what it lacks is skipped."""
    for kind, skip in SKIPS.items():
        suite.add(f"suite/unit/test_{kind}.py", skip)

    result = suite.run()

    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(passed=5, skipped=4)


def test_an_expected_failure_is_no_skip(suite, monkeypatch):
    """It ran: pytest alone calls it skipped."""
    monkeypatch.setenv("CI", "true")
    suite.add("suite/unit/test_it.py", "import pytest\ndef test_it(): pytest.xfail()")

    suite.run().assert_outcomes(passed=4, xfailed=1)


def test_the_order_can_be_had_again_after_a_failure(suite):
    """The seed stands where the eye is: at the end."""
    suite.add("suite/unit/test_it.py", "def test_it(): assert False")

    result = suite.run("-p", "pytest_randomly", "--randomly-seed=42")

    result.stdout.fnmatch_lines("The same order again: --randomly-seed=42")


def test_a_whole_run_is_judged_and_counts_what_only_one_tier_covers(suite):
    """A subprocess counts for the tier that may start one; what runs on import, for none."""
    suite.add("suite/integration/test_it.py", STARTS_A_PROCESS)

    result = suite.run_with_coverage()

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "*not reached*",  # nobody calls `third`
            "tier *only here",
            "unit * 0 lines",  # the subprocess calls `first` too
            "mocked * 0 lines",
            "integration * 3 lines",
            "Coverage is in these seconds*",
        ]
    )


def test_a_part_of_the_suite_is_not_judged_and_not_slowed_down(suite):
    """A demo of one tier is not red for what others cover, claims nothing, and is not measured."""
    suite.add("suite/unit/test_it.py", NOT_MEASURED)

    result = suite.run_with_coverage("-k", "unit")

    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines("Not the whole suite*")
    result.stdout.no_fnmatch_line("*only here*")
    result.stdout.no_fnmatch_line("Coverage is in these seconds*")


@pytest.mark.parametrize(
    "selection",
    [
        ["-m", "tier(name='unit')"],
        ["suite"],
        ["suite", "answers/unit/test_it.py::test_it"],
        ["--ignore=suite/mocked"],
        ["--deselect=answers"],
        ["-k", "not test_too"],
    ],
    ids=["marker", "folder", "node", "ignore", "deselect", "word"],
)
def test_every_way_to_leave_tests_out_makes_a_part(suite, selection):
    """However it was selected: coverage is judged on everything or not at all."""
    suite.run(*selection).stdout.fnmatch_lines("Not the whole suite: coverage is not judged.")


@pytest.mark.parametrize(
    "selection",
    [[], ["-k", "tier"], ["suite", "answers"], ["."]],
    ids=["nothing", "word", "folders", "root"],
)
def test_a_selection_of_everything_is_the_whole(suite, selection):
    """What counts is what ran, and not how it was asked for."""
    suite.run(*selection).stdout.no_fnmatch_line("*coverage is not judged*")


def test_a_whole_run_with_a_skip_is_not_held_to_the_threshold(suite):
    """What a machine lacks leaves lines uncovered."""
    suite.add("suite/integration/test_it.py", SKIPS["fixture"])

    suite.run().stdout.fnmatch_lines("1 skipped: coverage is not judged.")


def test_a_small_suite_keeps_away_from_what_the_run_around_it_records(suite):
    """Both measure, and coverage erases what is in the file that it is given."""
    suite.add("suite/unit/test_it.py", KEEPS_TO_ITSELF)

    suite.run().assert_outcomes(passed=5)


def test_every_test_stands_in_a_tier_or_in_the_workshop(pytestconfig):
    """A test outside of every folder is in nobody's demo."""
    node_ids = pytestconfig.pluginmanager.get_plugin("tiers").node_ids

    assert [node_id for node_id in node_ids if row_of(node_id) is None] == []


def test_no_test_bears_the_name_of_another_tier(pytestconfig):
    """`-k` looks into every word of folder, file, class, function and parameters."""
    node_ids = pytestconfig.pluginmanager.get_plugin("tiers").node_ids

    assert {node_id: misled for node_id in node_ids if (misled := misled_tiers(node_id))} == {}


def test_no_module_bears_the_name_of_another_tier(pytestconfig):
    """Helpers too: their tests would come along one day."""
    root = pytestconfig.rootpath
    folders = [root / folder for folder in pytestconfig.getini("testpaths")]
    files = [file.relative_to(root).as_posix() for top in folders for file in top.rglob("*.py")]

    assert [file for file in files if misled_tiers(file)] == []


def test_no_module_of_a_tier_uses_the_tools_of_the_workshop(pytestconfig):
    """Their tests would be in the way of who reads the tier, or runs it."""
    root = pytestconfig.rootpath
    files = [file.relative_to(root).as_posix() for file in (root / "tests").rglob("*.py")]
    texts = {file: (root / file).read_text("utf-8") for file in files if tier_of(file)}

    assert [file for file, text in texts.items() if TOOLS.search(text)] == []
