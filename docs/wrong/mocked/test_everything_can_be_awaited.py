"""Wrong: without a spec, each method of an AsyncMock is a coroutine function."""

from unittest.mock import AsyncMock

import pytest

from chat.connection import Frame
from chat.fanout import Batch
from chat.messages import Notice

# Python warns of it too, when the coroutine is thrown away. Here the assert is to tell.
pytestmark = pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")


def test_a_closed_connection_is_found():
    """It fails: `deliver` returns a coroutine, and a coroutine counts as true."""
    ada = AsyncMock()
    ada.deliver.return_value = False
    batch = Batch({ada}, 1000)

    batch.everyone(Frame(Notice("hello")))
    batch.flush()

    assert batch.closed == {ada}
