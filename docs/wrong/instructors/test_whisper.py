"""Wrong: two tests of one promise, of which one passes. It is the one that is wrong."""

from unittest.mock import Mock

from chat.connection import Frame
from chat.fanout import Batch
from chat.messages import Notice
from tests.fakes import FakeConnection


def whisper_to_bob(ada, bob):
    """Carry a whisper, with a bug: everyone gets it."""
    batch = Batch({ada, bob}, 1000)
    batch.everyone(Frame(Notice("psst")))
    batch.flush()


def test_ada_gets_nothing_says_a_mock():
    """It passes."""
    ada, bob = Mock(), Mock()

    whisper_to_bob(ada, bob)

    ada.send.assert_not_called()


def test_ada_gets_nothing_says_a_fake():
    """It fails."""
    ada, bob = FakeConnection(), FakeConnection()

    whisper_to_bob(ada, bob)

    assert ada.heard == []
