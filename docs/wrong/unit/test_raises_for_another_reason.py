"""Wrong: `pytest.raises` is content with an error that has nothing to do with the promise."""

import pytest

from chat.messages import ProtocolError
from chat.protocol import parse_message

TOO_LONG = '{"type":"mesage","text":"%s"}' % ("x" * 513)


def test_a_long_text_is_refused():
    """It passes, and would pass without any limit on texts."""
    with pytest.raises(ProtocolError):
        parse_message(TOO_LONG)


def test_a_long_text_is_refused_as_too_long():
    """Who asks for the reason learns that the frame was refused for another one."""
    with pytest.raises(ProtocolError) as caught:
        parse_message(TOO_LONG)

    assert caught.value.code == "too-long"
