"""The commands on the pages: each is run, or it is known why not."""

from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from docs.commands import FAILS, FIRST, ONE_AT_A_TIME, SCENES
from docs.unrun import WHY, plain, to_run

DOCS = Path(__file__).parents[3] / "docs"
PAGES = sorted(DOCS.rglob("*.md"))


SHOWN = [line for page in PAGES for line in plain(page.read_text("utf-8"))]
RUN = [line for page in PAGES for line in to_run(page.read_text("utf-8"))]


@pytest.mark.parametrize(
    ("patterns", "lines"),
    [
        pytest.param(WHY, SHOWN, id="why-not"),
        pytest.param(ONE_AT_A_TIME, RUN, id="one-at-a-time"),
        pytest.param(FAILS, RUN, id="fails"),
        pytest.param(SCENES, RUN, id="scenes"),
    ],
)
def test_what_is_known_of_commands_is_about_those_that_pages_show(patterns, lines):
    """A reason not to run one outlives its command otherwise, and excuses another."""
    assert [text for text in patterns if not any(fnmatchcase(line, text) for line in lines)] == []


@pytest.mark.parametrize("page", FIRST)
def test_the_pages_that_come_first_have_commands(page):
    """The others use the environment that one of them makes."""
    assert to_run((DOCS / page).read_text("utf-8"))


def test_each_line_of_a_block_is_run_that_has_no_reason_not_to_be():
    """Also where the block is part of a list."""
    page = "1.  First:\n\n    ```sh\n    py --version\n    pytest -k unit\n\n    pyx\n    ```\n"

    assert to_run(page) == ["pytest -k unit", "pyx"]


@pytest.mark.parametrize("kind", ["run", "quote", "python"])
def test_a_block_of_another_kind_holds_no_such_command(kind):
    """It is run by the build, or quoted, or none."""
    assert plain(f"```{kind}\npytest -k unit\n```\n") == []
