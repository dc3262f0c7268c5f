"""Wrong: every line and every branch of chat/commands.py runs, and next to nothing is asked."""

import pytest

from chat.commands import parse_command

LINES = ["hello", "//shrug", "/", "/me waves", "/msg ada hi", "/who", "/msg ada", "/mgs ada hi"]


@pytest.mark.parametrize("line", LINES)
def test_a_line_means_something(line):
    """It does, whatever it means."""
    assert parse_command(line) is not None
