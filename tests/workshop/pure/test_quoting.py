"""How the site quotes: code by its name, and the part of an output that matters."""

import sys

import pytest

from docs.quoting import QuoteError, Run, edited, parsed, part_of, read_run, shown, table_of

SOURCE = '''\
"""A module."""

import json
from math import (
    inf,
)

LIMIT = 3  # of what there is
WIDTH, HEIGHT = 4, 5
names: list[str] = []


@decorated
@twice
def one():
    return LIMIT


class Outer:
    """A class."""

    size = 7

    async def two(self):
        if self.size:
            return 1

    class Inner:
        def two(self):
            return 2
'''


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param("imports", "import json\nfrom math import (\n    inf,\n)", id="imports"),
        pytest.param("LIMIT", "LIMIT = 3  # of what there is", id="constant"),
        pytest.param("HEIGHT", "WIDTH, HEIGHT = 4, 5", id="one-of-two"),
        pytest.param("names", "names: list[str] = []", id="annotated"),
        pytest.param("one", "@decorated\n@twice\ndef one():\n    return LIMIT", id="decorated"),
        pytest.param("Outer.size", "size = 7", id="in-a-class"),
        pytest.param(
            "Outer.two",
            "async def two(self):\n    if self.size:\n        return 1",
            id="method",
        ),
        pytest.param("Outer.two()", "async def two(self):", id="head"),
        pytest.param("Outer.Inner.two", "def two(self):\n    return 2", id="nested"),
    ],
)
def test_code_is_quoted_by_its_name(name, code):
    """Whole lines, as far left as they go."""
    assert part_of(SOURCE, name) == code


@pytest.mark.parametrize("name", ["three", "Inner", "Outer.one", "LIMIT.x", "json"])
def test_a_name_that_is_not_there_is_an_error(name):
    """Whoever renames something learns which page spoke of it."""
    with pytest.raises(QuoteError, match=f"the file has no {name} any more"):
        part_of(SOURCE, name)


def test_imports_that_are_not_there_are_an_error():
    """Nothing is no quotation."""
    with pytest.raises(QuoteError, match="has no imports"):
        part_of("x = 1", "imports")


TABLES = '''\
title = "one"

[[bugs]]
id = "one"
edits = [{ after = """

a""" }]

# --- 2 ---

[[bugs]]
id = "two"
step = 2
'''


@pytest.mark.parametrize(
    ("id", "table"),
    [
        ("one", '[[bugs]]\nid = "one"\nedits = [{ after = """\n\na""" }]'),
        ("two", '[[bugs]]\nid = "two"\nstep = 2'),
        ("three", None),
    ],
)
def test_a_table_is_quoted_by_its_id(id, table):
    """From its head to what comes next, blank lines in a text included."""
    assert table_of(TABLES, id) == table


def test_a_run_is_read_with_all_that_may_be_said_of_it():
    """One word begins each line."""
    run = read_run("pytest -k a b\nedit a.py\n- if x:\n+ if y:\n+     z\nexit 1\nfrom E  \nto ==")

    edits = [["a.py", ["if x:"], ["if y:", "    z"]]]
    assert run == Run("pytest -k a b", status=1, start="E  ", end="==", edits=edits)


def test_a_run_may_be_several_commands_of_which_the_first_is_not_shown():
    """What a page shows is the lines, one below the other."""
    run = read_run("pytest -k a\nthen pytest -k b\nafter python -m exercises check\nquiet")

    expected = "pytest -k a\npytest -k b"
    assert run == Run(expected, after="python -m exercises check", is_quiet=True)


def test_two_pages_tell_of_one_deed_when_they_differ_in_what_they_show():
    """It need not happen twice."""
    assert Run("x", status=1, start="E").deed == Run("x", is_quiet=True).deed
    assert Run("x").deed != Run("x", after="y").deed
    assert Run("x", after="y").before.deed == Run("y").deed


@pytest.mark.parametrize(
    ("command", "words", "environment"),
    [
        ("python -m chat --x='a b'", ["-m", "chat", "--x=a b"], {}),
        ("python3 --version", ["--version"], {}),
        ("pytest -k a", ["-m", "pytest", "-k", "a"], {}),
        ("NO_COLOR=1 COLUMNS=60 pytest", ["-m", "pytest"], {"NO_COLOR": "1", "COLUMNS": "60"}),
    ],
)
def test_a_command_is_run_by_the_python_that_builds_the_site(command, words, environment):
    """With the variables that stand before it."""
    assert parsed(command) == ([sys.executable, *words], environment)


@pytest.mark.parametrize("command", ["git clone .", "A=1", "", "./python"])
def test_a_run_of_any_other_program_is_an_error(command):
    """It would be Python that runs, with the arguments of something else."""
    with pytest.raises(QuoteError, match="a run is one of python or pytest"):
        parsed(command)


@pytest.mark.parametrize("line", ["until x", "- x", "exits 1", "quiet x"])
def test_a_run_cannot_be_told_anything_else(line):
    """A slip of the pen is no part of the output."""
    with pytest.raises(QuoteError, match="cannot be told"):
        read_run(f"pytest\n{line}")


def test_an_edit_keeps_the_indentation_of_its_place():
    """A page shows the line alone."""
    assert edited("def f():\n    x = 1\n", "x = 1", "x = 2") == "def f():\n    x = 2\n"


@pytest.mark.parametrize("text", ["y = 1\n", "x = 1\nx = 1\n", "xx = 1\n"])
def test_an_edit_has_one_place_or_is_an_error(text):
    """What a page breaks on purpose has to be there, once."""
    with pytest.raises(QuoteError, match="not once"):
        edited(text, "x = 1", "x = 2")


OUTPUT = "head\n>  assert a\nE  at 0x7f42af549d10  \n\n== tiers\nunit\n"


@pytest.mark.parametrize(
    ("run", "lines"),
    [
        pytest.param(Run("x", end="tiers"), ["head", ">  assert a", "E  at"], id="from-the-top"),
        pytest.param(Run("x", start="assert", end="tiers"), [">  assert a", "E  at"], id="part"),
        pytest.param(Run("x", start="tiers"), ["== tiers", "unit"], id="to-the-end"),
    ],
)
def test_the_part_that_matters_is_shown(run, lines):
    """From the first line with the one text to before the next with the other."""
    assert [line.split(" 0x")[0] for line in shown(OUTPUT, run).split("\n")] == lines


def test_what_differs_from_run_to_run_is_not_shown():
    """An address says nothing to a reader."""
    assert "E  at 0x...\n" in shown(OUTPUT, Run("x"))
    assert shown("<Mock name='a' id='140736'>", Run("x")) == "<Mock name='a' id='...'>"


def test_what_hypothesis_sometimes_explains_is_not_shown():
    """It does when it had the time."""
    output = (
        "E   x=2,\nE   )\nE   Explanation:\nE          These lines were run:\nE          ./a.py\nz"
    )

    assert shown(output, Run("x")) == "E   x=2,\nE   )\nz"


@pytest.mark.parametrize("run", [Run("x", start="axe"), Run("x", start="unit", end="head")])
def test_an_output_that_has_no_such_line_is_an_error(run):
    """The page would show something else than it speaks of."""
    with pytest.raises(QuoteError, match="prints no line"):
        shown(OUTPUT, run)
