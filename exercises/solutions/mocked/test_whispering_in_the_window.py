"""How a whisper begins in the window."""

import pytest

from tests.screen import Desk, connected


@pytest.mark.parametrize(("draft", "line"), [("", "/msg bob "), ("psst", "/msg bob psst")])
def test_choosing_a_member_makes_a_whisper_of_what_is_typed(draft, line):
    """Nobody has to remember how to spell the command, or the name."""
    desk = Desk()
    desk.hears(connected())
    desk.types(draft)

    desk.presenter.composer.whisper_to("bob")

    assert desk.screen.draft == line
