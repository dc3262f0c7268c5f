"""The commands on the pages: each is run when the site is built, or it is known why not."""

from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from docs.unrun import WHY, plain, unexplained

DOCS = Path(__file__).parents[3] / "docs"
PAGES = sorted(DOCS.rglob("*.md"))


def test_every_command_is_run_or_it_is_known_why_not():
    """What nobody runs is soon what does not work."""
    left = {page.relative_to(DOCS): unexplained(page.read_text("utf-8")) for page in PAGES}

    assert {page: lines for page, lines in left.items() if lines} == {}


def test_a_reason_is_given_for_commands_that_a_page_shows_and_for_no_others():
    """A reason outlives its command otherwise, and excuses another."""
    lines = [line for page in PAGES for line in plain(page.read_text("utf-8"))]

    assert [text for text in WHY if not any(fnmatchcase(line, text) for line in lines)] == []


def test_each_line_of_a_block_needs_its_reason():
    """Also where the block is part of a list."""
    page = "1.  First:\n\n    ```sh\n    git clone\n    pytest -k unit\n\n    gitk\n    ```\n"

    assert unexplained(page.replace("git clone", "git clone .")) == ["pytest -k unit", "gitk"]


@pytest.mark.parametrize("kind", ["run", "quote", "python"])
def test_no_reason_is_needed_for_a_block_of_another_kind(kind):
    """Those are run, or quoted, or no commands."""
    assert plain(f"```{kind}\npytest -k unit\n```\n") == []
