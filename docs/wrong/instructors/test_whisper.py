"""For the demo of tier 2: there is a bug, and which of the two tests finds it?"""

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
    """What is for Bob is not for her."""
    ada, bob = Mock(), Mock()

    whisper_to_bob(ada, bob)

    ada.send.assert_not_called()


def test_ada_gets_nothing_says_a_fake():
    """The same, asked in another way."""
    ada, bob = FakeConnection(), FakeConnection()

    whisper_to_bob(ada, bob)

    assert ada.heard == []
