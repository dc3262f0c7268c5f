"""How the site shows what the benchmarks found: promises, tables and plots, from data alone."""

import re

import pytest

from benchmarks.plots import Bar, Plot, svg
from docs.figures import FigureError, shown

RESULTS = {
    "stuck": {
        "targets": [
            {"what": "stuck: lost", "promised": "0", "found": "0", "reached": True},
            {"what": "stuck: growth", "promised": "at most 4", "found": "9", "reached": False},
        ],
        "tables": [
            {"title": "one of 10 | flood", "columns": ["run", "rate"], "rows": [["a|b", "7"]]},
            {"title": "one of 100 | flood", "columns": ["run", "rate"], "rows": [["c", "8"]]},
        ],
        "notes": ["without Redis"],
        "command": "python -m benchmarks stuck --rounds 1",
        "date": "2026-01-02",
        "load": 0.5,
    },
    "appends": {"data": {"SQLite": {"singly": [90.0, 100.0, 130.0], "many": [400.0]}}},
}
BARS = [Bar("ours, SQLite", [1.0, 3.0, 2.0]), Bar("a < b", [4.0])]


def rows(markdown):
    """The rows of a table, without its head."""
    return [line for line in markdown.splitlines() if line.startswith("|")][2:]


def test_a_promise_that_was_not_kept_is_said_to_be_none():
    """A figure that is missed is shown, and as that."""
    assert rows(shown(RESULTS, "promises stuck")) == [
        "| lost | 0 | 0 | yes |",
        "| growth | at most 4 | 9 | **no** |",
    ]


def test_promises_are_chosen_by_their_words():
    """Each stands beside the figure that it is about."""
    assert len(rows(shown(RESULTS, "promises stuck growth"))) == 1


def test_a_table_keeps_its_cells_whatever_is_in_them():
    """A stroke in a cell ends no cell."""
    assert rows(shown(RESULTS, "table stuck of 10 |")) == [r"| a\|b | 7 |"]


def test_a_result_comes_with_the_command_that_gives_it_again():
    """And with the day, how busy the machine was, and what was left out."""
    assert shown(RESULTS, "made stuck") == (
        "`python -m benchmarks stuck --rounds 1` prints this; 2026-01-02,"
        " load average 0.5 before it began. Without Redis."
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("promises crash", "no result of crash", id="not-measured"),
        pytest.param("promises stuck speed", "promises nothing with 'speed'", id="no-promise"),
        pytest.param("table stuck nobody", "0 tables with 'nobody'", id="no-table"),
        pytest.param("table stuck flood", "2 tables with 'flood'", id="two-tables"),
        pytest.param("plot stuck", "no plot stuck", id="no-plot"),
        pytest.param("picture stuck", "cannot be shown", id="unknown"),
    ],
)
def test_what_nobody_measured_cannot_be_shown(text, why):
    """The site is not built with a hole in it."""
    with pytest.raises(FigureError, match=why):
        shown(RESULTS, text)


def test_a_plot_says_in_words_what_it_shows():
    """Who cannot see it gets the same figures, the medians."""
    plot = shown(RESULTS, "plot appends")

    assert "more is better. SQLite, one by one: 100; SQLite, 64 at once: 400</desc>" in plot


def test_a_bar_ends_at_the_median_and_its_mark_goes_from_the_least_to_the_greatest():
    """A reader sees how far to believe it."""
    [ours, other] = re.findall(r'width="([\d.]+)"', svg(Plot("p", "title", "s", BARS)))
    [low, high] = re.findall(r'd="M([\d.]+) [\d.]+H([\d.]+)"', svg(Plot("p", "t", "s", BARS)))[0]

    assert float(other) == 2 * float(ours)
    assert float(high) - float(low) == float(ours)


def test_a_label_cannot_break_a_plot():
    """It is text, whatever it looks like."""
    assert ">a &lt; b</text>" in svg(Plot("p", "title", "s", BARS))


def test_a_plot_has_the_colours_of_the_page_around_it():
    """A fixed colour of its own, alone in a file, is all that it has."""
    drawn = svg(Plot("p", "title", "s", BARS))

    assert all("svg.plot:root" in line or ".ours" in line for line in colours(drawn))


def colours(drawn):
    """The lines that name a colour."""
    return [line for line in drawn.splitlines() if re.search(r"#[0-9a-f]{3}", line)]
