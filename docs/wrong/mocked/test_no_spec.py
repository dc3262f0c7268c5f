"""Wrong: a mock without a spec has every method that a test may think of."""

from unittest.mock import Mock, create_autospec

from chat.connection import Connection, Frame
from chat.fanout import Batch
from chat.messages import Notice


def whisper_to_bob(ada, bob):
    """Carry a whisper, with a bug: everyone gets it."""
    batch = Batch({ada, bob}, 1000)
    batch.everyone(Frame(Notice("psst")))
    batch.flush()


def test_ada_gets_nothing():
    """It passes: nobody ever called `send`, which is not what the method is called."""
    ada, bob = Mock(), Mock()

    whisper_to_bob(ada, bob)

    ada.send.assert_not_called()


def test_ada_gets_nothing_as_the_spec_sees_it():
    """A connection has no `send`, and neither has this mock."""
    ada, bob = (create_autospec(Connection, instance=True) for _ in range(2))

    whisper_to_bob(ada, bob)

    ada.send.assert_not_called()
