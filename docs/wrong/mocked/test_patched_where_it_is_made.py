"""Wrong: a name is replaced in the module that defines it, and looked up in another."""

from unittest.mock import create_autospec

from chat.connection import Frame
from chat.messages import Notice
from chat.protocol import create_message


def test_a_message_is_serialised_once(monkeypatch):
    """A frame is made, and the spy sees nothing of it."""
    spy = create_autospec(create_message, side_effect=create_message)
    monkeypatch.setattr("chat.protocol.create_message", spy)

    Frame(Notice("hello"))

    spy.assert_called_once()
