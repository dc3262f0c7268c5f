"""A peer that is too slow, on the library's own connection: the transport is a mock."""

import asyncio
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from chat.fanout import ChatConnection
from tests.fakes import FakeGate

PING = Frame(Opcode.PING, b"x").serialize(mask=True)


@pytest.fixture
async def connection():
    """A connection that is open."""
    handled = asyncio.Event()
    server = SimpleNamespace(handler=lambda _: handled.wait(), handler_tasks=set())
    connection = ChatConnection(ServerProtocol(state=State.OPEN), server)
    connection.gate = FakeGate()
    connection.connection_made(Mock(spec=asyncio.Transport))
    yield connection
    handled.set()
    await asyncio.wait(server.handler_tasks)


async def test_nothing_is_answered_once_a_peer_is_dropped(connection):
    """What it sends may still come in: answers would pile up behind all that it does not read."""
    connection.pause_writing()
    connection.transport.write.reset_mock()

    connection.get_buffer(-1)[: len(PING)] = PING
    connection.buffer_updated(len(PING))

    connection.transport.write.assert_not_called()


async def test_a_peer_that_is_too_slow_for_its_goodbye_is_let_go(connection, pass_time):
    """It was told why already: it gets a moment to read that, and no other reason."""
    connection.protocol.send_close(CloseCode.GOING_AWAY, "the server stops")

    connection.pause_writing()
    await pass_time(connection.gate.settings.drop_grace)

    assert connection.protocol.close_sent.code == CloseCode.GOING_AWAY
    connection.transport.abort.assert_called_once()
