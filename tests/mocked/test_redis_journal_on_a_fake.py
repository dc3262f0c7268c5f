"""The journal of many servers on a fake Redis that others maintain: no server, no socket.

The fake passes the whole suite that a real Redis passes (tests/integration/test_redis_journal.py),
but takes seconds for it, mostly for its scripts: here stand the promises that tell most in little
time. Outages are left to the real one, since no fake breaks as a network does.
"""

import asyncio
import secrets
from contextlib import AsyncExitStack

import pytest
from fakeredis import FakeAsyncRedis
from redis.exceptions import ResponseError

from chat.journal import JournalError, stream
from chat.journal.redis import RedisJournal
from tests.conftest import WAIT
from tests.journal_contract import SharedJournalContract as Contract
from tests.journal_contract import ids, said, store, store_many


class FakeRedis(FakeAsyncRedis):
    """The same for all who name the same host.

    A real connection that is closed ends the read that waits on it. In this fake the read waits on,
    so it is not to wait for long; that changes nothing of what is read.
    """

    def xread(self, streams, count, block):
        return super().xread(streams, count, block=min(block, 1))


@pytest.fixture
async def open_journal():
    """Open journals on a fake of the test's own; what is still open at the end is closed."""
    host = secrets.token_hex(8)
    async with AsyncExitStack() as stack:

        async def open_one(history=1000, number=0):
            url = f"redis://{host}/{number}"
            async with asyncio.timeout(WAIT):
                journal = await RedisJournal.open(url, history, connect=FakeRedis.from_url)
            stack.push_async_callback(journal.close)
            return journal

        yield open_one


class TestRedisJournalOnAFake:
    """Keeps the promises of a journal that several servers share."""

    journal = Contract.journal
    test_ids_count_from_1_when_events_are_stored_one_by_one = (
        Contract.test_ids_count_from_1_when_events_are_stored_one_by_one
    )
    test_an_event_is_stored_when_nobody_waits_for_it_any_more = (
        Contract.test_an_event_is_stored_when_nobody_waits_for_it_any_more
    )
    test_all_followers_hear_the_same_when_there_are_several = (
        Contract.test_all_followers_hear_the_same_when_there_are_several
    )
    test_what_was_appended_is_stored_when_the_journal_closes = (
        Contract.test_what_was_appended_is_stored_when_the_journal_closes
    )
    test_all_is_there_when_the_journal_is_opened_again = (
        Contract.test_all_is_there_when_the_journal_is_opened_again
    )
    test_fewer_events_are_kept_when_opened_with_a_shorter_history = (
        Contract.test_fewer_events_are_kept_when_opened_with_a_shorter_history
    )
    test_a_new_journal_has_one_identity_when_several_open_it_at_once = (
        Contract.test_a_new_journal_has_one_identity_when_several_open_it_at_once
    )


# What no real Redis can be made to do in time


async def test_a_database_of_another_program_gets_one_clear_line():
    """Nothing is changed in it, and the words say what it is not."""
    url = f"redis://:secret@{secrets.token_hex(8)}/0"
    await FakeRedis.from_url(url).set(stream.SNAPSHOT, "the holidays")

    with pytest.raises(JournalError, match="holds something else than a chat") as caught:
        await RedisJournal.open(url, connect=FakeRedis.from_url)

    assert "secret" not in str(caught.value)


async def test_what_is_stored_later_has_no_hole_when_redis_stopped_in_the_middle(open_journal):
    """Of two that were refused together one is there all the same: the next stands behind it."""
    journal = await open_journal()
    append = journal._append_script
    journal._append_script = stopping_before_the_last(append)
    with pytest.raises(JournalError, match="refuses to store it"):
        await store_many(journal, 2)

    journal._append_script = append

    assert ids(await store(journal, said("next"))) == [2]
    assert [event.text for event in await journal.since(0, 9)] == ["0", "next"]


def stopping_before_the_last(append):
    """Return the script as it is when the memory ends in the middle of it."""

    async def script(keys, args):
        await append(keys=keys, args=args[:-1])
        raise ResponseError("OOM command not allowed when used memory > 'maxmemory'")

    return script
