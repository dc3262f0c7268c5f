"""The map of the site: which tiers run which line, from what a whole run recorded."""

import os

import pytest
from coverage import CoverageData

from docs.coverage_map import MapError, map_of

SOURCE = """\
def both(x):
    if x < 2:
        return 1
    return x


LIMIT = 2
"""


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A program of one file, and its settings."""
    monkeypatch.delenv("CI", raising=False)
    (tmp_path / "pyproject.toml").write_text("[tool.coverage.run]\nbranch = false\n")
    (tmp_path / "chat").mkdir()
    (tmp_path / "chat" / "it.py").write_text(SOURCE)
    return tmp_path


def record(tree, **lines):
    """Record that each context ran these lines."""
    data = CoverageData(basename=str(tree / ".coverage"))
    for context, ran in lines.items():
        data.set_context(context)
        data.add_lines({str(tree / "chat" / "it.py"): ran})
    data.write()


WHOLE = {"collection": [1, 7], "unit": [2, 3], "mocked": [2, 3], "integration": [2, 3, 4]}


def test_a_line_bears_the_letters_of_the_tiers_that_run_it(tree):
    """And a point for each that does not; what an import runs bears none."""
    record(tree, **WHOLE)

    listing = map_of(tree)

    assert '<span class="many">umi   2      if x &lt; 2:</span>' in listing
    assert '<span class="integration">··i   4      return x</span>' in listing
    assert "\n      7  LIMIT = 2" in listing


def test_what_a_subprocess_ran_counts_for_the_tier_that_starts_one(tree):
    """It has no context of its own."""
    record(tree, **WHOLE | {"integration": [2]})
    data = CoverageData(basename=str(tree / ".coverage"))
    data.read()
    data.set_context("")
    data.add_lines({str(tree / "chat" / "it.py"): [1, 4, 7]})
    data.write()

    listing = map_of(tree)

    assert "··i   4" in listing
    assert "··i   7" not in listing  # what it imports, it only imports


def test_the_totals_count_what_no_other_tier_runs(tree):
    """How much each tier runs, and how much of it alone."""
    record(tree, **WHOLE)

    rows = map_of(tree).splitlines()

    assert [row for row in rows if row.startswith("| `")] == [
        "| `unit` | 2 | 0 |",
        "| `mocked` | 2 | 0 |",
        "| `integration` | 3 | 1 |",
    ]


def leave_out_a_tier(tree):
    """Only some of the tests ran."""
    record(tree, **WHOLE | {"mocked": []})


def change_the_program(tree):
    """The lines are not where they were."""
    record(tree, **WHOLE)
    later = (tree / ".coverage").stat().st_mtime + 1
    os.utime(tree / "chat" / "it.py", (later, later))


AMISS = [
    pytest.param(lambda tree: None, "the tests have not run", id="none"),
    pytest.param(leave_out_a_tier, "only a part of the tests ran", id="part"),
    pytest.param(change_the_program, "the tests ran before the program changed", id="old"),
]


@pytest.mark.parametrize(("happen", "why"), AMISS)
def test_the_page_says_why_there_is_no_map(tree, happen, why):
    """And what to do about it: a map of something else would mislead."""
    happen(tree)

    assert f'!!! note "This build of the site has no map: {why}"' in map_of(tree)


@pytest.mark.parametrize(("happen", "why"), AMISS)
def test_there_has_to_be_a_map_under_ci(tree, monkeypatch, happen, why):
    """There, the tests run before the site is built."""
    happen(tree)
    monkeypatch.setenv("CI", "true")

    with pytest.raises(MapError, match=why):
        map_of(tree)
