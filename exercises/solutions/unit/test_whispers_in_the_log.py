"""How a whisper reads in the log of a window: who whispers to whom."""

from datetime import UTC

import pytest

from chat.gui.scrollback import Scrollback
from chat.messages import Heard


@pytest.fixture
def log():
    """An empty log of ada's."""
    log = Scrollback(UTC)
    log.begin("ada", 1)
    return log


def whisper(name, to):
    """Return that one member whispered to another."""
    return Heard("whisper", 1, 0.0, name, to, "psst")


@pytest.mark.parametrize(
    ("name", "to", "who"),
    [("bob", "ada", "bob whispers to you"), ("ada", "bob", "you whisper to bob")],
    ids=["to-me", "from-me"],
)
def test_a_whisper_says_its_direction(log, name, to, who):
    """Nobody should take for public what two alone can hear."""
    line = log.append(whisper(name, to))

    assert (line.kind, line.who, line.text) == ("whisper", who, "psst")


def test_a_whisper_to_somebody_else_says_so_again(log):
    """The direction stands above each line with another one."""
    log.append(whisper("ada", "bob"))

    assert log.append(whisper("ada", "eve")).who == "you whisper to eve"
