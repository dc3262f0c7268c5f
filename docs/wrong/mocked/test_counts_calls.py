"""Wrong: the test asks how the members were told, and not what they heard."""

from unittest.mock import create_autospec

from chat.connection import Connection, Frame
from chat.fanout import Batch
from chat.messages import Notice
from tests.fakes import FakeConnection


def tell(connection):
    """Tell a connection two things."""
    batch = Batch({connection}, 1000)
    batch.everyone(Frame(Notice("one")))
    batch.everyone(Frame(Notice("two")))
    batch.flush()


def test_two_messages_are_two_calls():
    """It fails, and nothing is broken: what belongs together goes out in one write."""
    ada = create_autospec(Connection, instance=True)

    tell(ada)

    assert len(ada.deliver.call_args_list) == 2


def test_two_messages_are_heard():
    """It passes, in however many writes they came."""
    ada = FakeConnection()

    tell(ada)

    assert ada.heard == ["notice: one", "notice: two"]
