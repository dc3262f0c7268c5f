"""Wrong: that an async function was called does not say that anything has happened."""

from unittest.mock import create_autospec

import pytest

from chat.connection import Connection
from tests.staging import Chat


@pytest.fixture
async def server():
    """A server among fakes."""
    async with Chat() as chat:
        yield await chat.start()


async def test_a_flooder_is_told_why_it_must_go(server):
    """It passes, and so far nobody was told anything."""
    flooder = create_autospec(Connection, instance=True)

    server.send_away(server.register(flooder), "enough")

    flooder.close.assert_called_once_with(1008, "enough")


async def test_a_flooder_has_been_told_why_it_must_go(server):
    """Who asks whether it was awaited learns so."""
    flooder = create_autospec(Connection, instance=True)

    server.send_away(server.register(flooder), "enough")

    flooder.close.assert_awaited_once_with(1008, "enough")
