"""The line to Redis when it is cut: what Redis answers is the test's."""

import asyncio
from unittest.mock import AsyncMock

import pytest

from chat.journal import JournalError
from chat.journal.line import Line


async def test_who_insists_gets_the_answer_of_a_redis_that_is_back(monkeypatch):
    """Whoever follows outlives an outage, and notices nothing of it."""
    monkeypatch.setattr("chat.journal.line.REDIS_DELAY", 0)
    question = AsyncMock(side_effect=[JournalError("away"), JournalError("away"), "answer"])

    assert await Line().insist(question) == "answer"


async def test_who_insists_is_refused_once_the_line_is_closed():
    """Whoever follows a journal that closes in an outage does not ask for ever."""
    line = Line()
    line.is_closed = True

    with pytest.raises(JournalError, match="away"):
        await line.insist(AsyncMock(side_effect=JournalError("away")))


async def test_nothing_is_logged_when_a_loop_ends_while_redis_is_asked(caplog):
    """A loop that ends cancels all that still waits, and that is no fault of anybody's."""
    line = Line()
    asking = asyncio.create_task(line.ask(asyncio.Event().wait))
    await asyncio.sleep(0)

    line.questions.pop().cancel()

    with pytest.raises(asyncio.CancelledError):
        await asking
    assert not caplog.records
