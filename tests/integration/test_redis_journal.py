"""The journal in Redis: a real Redis, several servers, an outage and a trim."""

import asyncio
from contextlib import AsyncExitStack, aclosing, suppress

import pytest

from chat.journal import JournalError, Snapshot, stream
from tests.conftest import WAIT
from tests.integration.redis_server import (
    own_redis,
    redis_client,
    redis_program,
    redis_server,
    shared_redis,
)
from tests.journal_contract import SharedJournalContract, ids, said, store, store_many

__all__ = ["own_redis", "redis_program", "redis_server", "shared_redis"]  # the fixtures


@pytest.fixture
async def open_at(redis_program):
    """Open journals at an address; what is still open at the end is closed."""
    from chat.journal.redis import RedisJournal  # noqa: PLC0415  # needs the extra `redis`

    async with AsyncExitStack() as stack:

        async def open_one(url, history=1000, **options):
            async with asyncio.timeout(WAIT):
                journal = await RedisJournal.open(url, history, **options)
            stack.push_async_callback(journal.close)
            return journal

        yield open_one


class TestRedisJournal(SharedJournalContract):
    """Keeps all promises of a journal that several servers share."""

    @pytest.fixture
    def open_journal(self, open_at, redis_server):
        """Open a journal in a Redis that is empty when the test begins."""
        return lambda history=1000, number=0: open_at(redis_server.url(number), history)


# --- Opening ---


async def test_an_address_without_a_redis_gets_one_clear_line(open_at, redis_server):
    """The words name the address, without its password."""
    with pytest.raises(JournalError, match=r"no Redis answers at redis://127.0.0.1:1/0") as caught:
        await open_at("redis://:secret@127.0.0.1:1/0")

    assert "secret" not in str(caught.value)


async def test_an_address_that_is_none_gets_one_clear_line(open_at):
    """What is wrong with it is said too."""
    with pytest.raises(JournalError, match="no address of a Redis"):
        await open_at("redis://127.0.0.1:port/0")


# --- An outage ---


async def test_what_was_appended_is_stored_once_when_redis_was_away(open_at, own_redis):
    """It waits, is sent when Redis is back, and is there once."""
    journal = await open_at(own_redis.url())
    await store(journal, said("before"))
    own_redis.stop()

    waiting = [journal.append(said(number)) for number in range(3)]
    own_redis.start()

    async with asyncio.timeout(2 * WAIT):
        await asyncio.gather(*waiting)
    assert [event.text for event in await journal.since(0, 9)] == ["before", "0", "1", "2"]


async def test_the_first_event_of_all_is_heard_when_it_came_during_an_outage(open_at, own_redis):
    """Others may have been faster to find Redis again, and have begun to talk."""
    journal = await open_at(own_redis.url())
    follower = asyncio.ensure_future(anext(journal.follow(0)))
    await journal.since(0, 9)  # by then the follower has seen that there is nothing yet

    own_redis.stop()
    await notices_an_outage(journal)
    own_redis.start()
    store_elsewhere(own_redis, said("first"))

    assert await asyncio.wait_for(follower, WAIT) == [said("first").stored(1)]


async def notices_an_outage(journal):
    """Wait until the journal knows that Redis is away."""
    async with asyncio.timeout(WAIT):
        while journal.is_reachable:
            with suppress(JournalError):
                await journal.since(0, 9)


def store_elsewhere(server, event):
    """Append as another server does; no task of this one has its turn meanwhile."""
    with redis_client(server) as client:
        entry = {"writer": "elsewhere", "sequence": 1, "body": event.dump()}
        client.xadd(stream.EVENTS, entry, "1-0")


async def test_an_append_is_stored_once_when_it_is_sent_twice(open_at, redis_server):
    """An answer that got lost must not double what was said."""
    journal = await open_at(redis_server.url())
    [first] = await store(journal, said("once"))

    journal._sent = 0  # as if the answer had never come
    journal._under_way[1] = said("once"), asyncio.get_running_loop().create_future()
    [second] = await store(journal, said("twice"))
    del journal._under_way[1]

    assert ids([first, second]) == [1, 2]
    assert [event.text for event in await journal.since(0, 9)] == ["once", "twice"]


async def test_reading_fails_in_words_while_redis_is_away(open_at, own_redis):
    """A page of history is an error to one member, nothing more."""
    journal = await open_at(own_redis.url())
    own_redis.stop()

    with pytest.raises(JournalError, match="cannot be reached now"):
        await journal.since(0, 9)


async def test_all_who_wait_are_told_when_redis_comes_back_without_its_history(open_at, own_redis):
    """Ids would be given out twice: that is the end of this journal, said aloud."""
    journal = await open_at(own_redis.url())
    await store_many(journal, 3)
    follower = journal.follow(0)
    await anext(follower)

    with redis_client(own_redis) as client:
        client.flushall()
    own_redis.stop()
    own_redis.start()

    for waiting in journal.append(said("lost")), anext(follower):
        with pytest.raises(JournalError, match="without the history"):
            await asyncio.wait_for(waiting, 2 * WAIT)


async def test_all_who_wait_are_told_when_the_history_is_deleted(
    open_at, redis_server, monkeypatch
):
    """What is appended after that nobody would ever read: no server lives on, deaf to it."""
    monkeypatch.setattr("chat.journal.redis.REDIS_BLOCK", 0.2)
    journal = await open_at(redis_server.url())
    await store_many(journal, 3)

    with redis_client(redis_server) as client:
        client.flushall()

    with pytest.raises(JournalError, match="without the history"):
        await asyncio.wait_for(journal.append(said("lost")), WAIT)


async def test_nothing_is_stored_in_another_history_when_the_talk_goes_on(
    open_at, redis_server, monkeypatch
):
    """Else the ids would soon be where they were, and nobody would see what is missing."""
    monkeypatch.setattr("chat.journal.redis.REDIS_BLOCK", 0.2)
    journal = await open_at(redis_server.url())
    await store_many(journal, 3)
    follower = journal.follow(3)

    with redis_client(redis_server) as client:
        client.flushall()
    outcomes = await asyncio.gather(
        *[journal.append(said(f"{n}")) for n in range(10)], return_exceptions=True
    )

    assert {type(outcome) for outcome in outcomes} == {JournalError}
    with pytest.raises(JournalError, match="without the history"):
        await asyncio.wait_for(anext(follower), WAIT)


# --- A full Redis ---


@pytest.fixture
def full_redis(redis_server):
    """A Redis that takes nothing more in, until the test gives it room."""
    with redis_client(redis_server) as client:

        def give(size):
            client.config_set("maxmemory", size)

        yield give
        give(0)


async def test_an_append_fails_in_words_when_redis_is_full(open_at, redis_server, full_redis):
    """What cannot be stored is said, and leaves no hole before what comes later."""
    journal = await open_at(redis_server.url())
    full_redis(1)
    with pytest.raises(JournalError, match=r"Redis refuses to store it: .*maxmemory"):
        await store(journal, said("lost"))

    full_redis(0)
    [kept] = await store(journal, said("kept"))

    assert await journal.since(0, 9) == [said("kept").stored(1)] == [kept]


# --- Who is alive ---


@pytest.fixture
async def judge(open_at, redis_server):
    """A journal that was opened a lifetime ago: before that it judges nobody."""
    journal = await open_at(redis_server.url(), lifetime=0.01)
    async with asyncio.timeout(WAIT):
        while not await journal.find_dead({"nobody"}):
            pass  # asking takes its time, and others have theirs meanwhile
    return journal


async def test_a_server_is_dead_when_it_never_said_that_it_lives(judge, open_at, redis_server):
    """The key is all that counts."""
    witness = await open_at(redis_server.url(), lifetime=3600)
    await witness.say_alive("east")

    assert await judge.find_dead({"east", "west"}) == {"west"}


async def test_a_server_is_dead_when_its_lifetime_is_over(judge):
    """Redis forgets the key by itself, whatever became of the server."""
    await judge.say_alive("east")

    async with asyncio.timeout(WAIT):
        while not await judge.find_dead({"east"}):
            pass  # asking takes its time, and others have theirs meanwhile


async def test_nobody_is_judged_by_a_journal_that_was_just_opened(open_at, redis_server):
    """There may have been an outage before, in which nobody could say that it lives."""
    journal = await open_at(redis_server.url(), lifetime=3600)

    assert await journal.find_dead({"west"}) == set()


async def test_nobody_is_judged_right_after_redis_was_away(open_at, own_redis):
    """While it was away nobody could say that it lives."""
    journal = await open_at(own_redis.url(), lifetime=3600)
    own_redis.stop()
    with pytest.raises(JournalError):
        await journal.say_alive("east")

    own_redis.start()

    assert await journal.find_dead({"east"}) == set()


# --- Trimming ---


async def test_one_trim_is_made_when_two_servers_find_it_due(open_at, redis_server):
    """The other one sees that it was faster: no event goes that is still to be kept."""
    east = await open_at(redis_server.url(), history=100)
    west = await open_at(redis_server.url(), history=100)

    for _ in range(10):  # neither falls so far behind that the other trims what it has not read
        await asyncio.gather(store_many(east, 15), store_many(west, 15))
    async with asyncio.timeout(WAIT):
        while east.newest < 300:  # it hears of what the other one stores a moment later
            await east.say_alive("east")

    assert ids(await east.since(0, 999)) == list(range(201, 301))
    async with asyncio.timeout(WAIT), aclosing(west.follow(200)) as batches:
        assert (await anext(batches))[0].id == 201


async def test_all_who_wait_are_told_when_what_was_not_read_is_trimmed(open_at, redis_server):
    """A server that cannot hear everything must not go on as if it did."""
    journal = await open_at(redis_server.url())
    [stored] = await store(journal, said("read"))
    follower = asyncio.ensure_future(anext(journal.follow(stored.id)))
    appended = journal.append(said("lost"))

    with redis_client(redis_server) as client, client.pipeline(transaction=True) as at_once:
        for id in 2, 3:
            fields = {"writer": "another", "sequence": id, "body": said("unread").dump()}
            at_once.xadd(stream.EVENTS, fields, f"{id}-0")
        at_once.xtrim(stream.EVENTS, maxlen=1, approximate=False)
        at_once.execute()

    for waiting in follower, appended:
        with pytest.raises(JournalError, match=r"the event 2 (was trimmed|is no longer)"):
            await asyncio.wait_for(waiting, WAIT)


def trim_by_hand(server, keep):
    """Trim the stream as no chat does: the snapshot stays where it was."""
    with redis_client(server) as client:
        client.xtrim(stream.EVENTS, maxlen=keep, approximate=False)


async def trimmed(journal, server, most):
    """Wait until at most so many events are kept; return how many."""
    with redis_client(server) as client:
        async with asyncio.timeout(WAIT):
            while (kept := client.xlen(stream.EVENTS)) > most:
                await journal.say_alive(
                    "here"
                )  # this takes its time, and the trim has it meanwhile
    return kept


async def test_nothing_more_is_trimmed_when_events_are_missing(open_at, redis_server):
    """A snapshot without them would be another room than the servers have."""
    journal = await open_at(redis_server.url(), history=20)
    await store_many(journal, 10)
    trim_by_hand(redis_server, keep=1)
    await store_many(journal, 30)

    with pytest.raises(JournalError, match="trimmed by hand"):
        await journal.snapshot()

    with redis_client(redis_server) as client:
        assert client.xlen(stream.EVENTS) == 31


async def test_a_server_that_knows_who_is_here_mends_what_was_trimmed_by_hand(
    open_at, redis_server
):
    """A newcomer finds its room, and trims as if nothing had been."""
    journal = await open_at(redis_server.url(), history=20)
    await store_many(journal, 10)
    trim_by_hand(redis_server, keep=5)
    seen = Snapshot(8, {"members": [["ada", "here", 1, None]], "gone": []})

    newcomer = asyncio.create_task(open_at(redis_server.url(), history=20, lifetime=3600))
    await journal.mend(seen)

    assert await (await newcomer).snapshot() == seen
    await store_many(journal, 50)
    assert (await journal.snapshot()).id == 40


async def test_what_is_kept_can_be_read_after_a_mend(open_at, redis_server):
    """The snapshot is ahead of it then: it neither hides nor deletes what the stream still has."""
    journal = await open_at(redis_server.url(), history=20)
    await store_many(journal, 10)
    trim_by_hand(redis_server, keep=9)
    await journal.mend(Snapshot(10, {"members": [], "gone": []}))
    await journal._look()  # as it does whenever nothing happens

    assert ids(await journal.since(0, 99)) == list(range(2, 11))
    await store_many(journal, 14)
    assert await trimmed(journal, redis_server, most=20) == 20


async def test_a_newcomer_shows_nothing_from_before_its_room(open_at, redis_server):
    """Of what is older than the snapshot nobody knows who may read it."""
    journal = await open_at(redis_server.url())
    newcomer = await open_at(redis_server.url())
    await store_many(journal, 10)
    trim_by_hand(redis_server, keep=5)
    await journal.mend(Snapshot(8, {"members": [], "gone": []}))

    await newcomer.snapshot()

    assert ids(await newcomer.since(0, 99)) == [9, 10]


async def test_trimming_goes_on_when_an_event_was_deleted_by_hand(open_at, redis_server):
    """What one event said is no reason to keep all others."""
    journal = await open_at(redis_server.url(), history=20)
    await store_many(journal, 10)
    with redis_client(redis_server) as client:
        client.xdel(stream.EVENTS, "7-0")
    await store_many(journal, 40)

    assert await trimmed(journal, redis_server, most=30)
    assert (await journal.snapshot()).id == 30


async def test_a_server_that_slept_ends_when_others_began_without_members(open_at, redis_server):
    """Their rooms know nothing of its members: that is another history."""
    asleep = await open_at(redis_server.url())
    await store_many(asleep, 10)
    trim_by_hand(redis_server, keep=5)
    awake = await open_at(redis_server.url(), lifetime=0.01)

    with pytest.raises(JournalError, match="without the history"):
        await store_many(asleep, 1)

    assert awake.identity != asleep.identity


async def test_a_stream_that_was_trimmed_by_hand_begins_without_members_when_no_server_lives(
    open_at, redis_server
):
    """Whoever was here has gone with the servers, and what was said goes on."""
    journal = await open_at(redis_server.url())
    await store_many(journal, 10)
    await journal.close()
    trim_by_hand(redis_server, keep=5)

    journal = await open_at(redis_server.url(), lifetime=0.01)

    assert await journal.snapshot() == Snapshot(5, {"members": [], "gone": []})
    assert ids(await journal.since(0, 9)) == [6, 7, 8, 9, 10]


async def test_what_another_server_has_trimmed_is_known(open_at, redis_server):
    """Whoever keeps less decides, and nobody promises what is gone."""
    more = await open_at(redis_server.url(), history=1000)
    less = await open_at(redis_server.url(), history=20)
    await store_many(less, 100)

    async with asyncio.timeout(WAIT):
        while more.oldest == 1:
            await more.mend(Snapshot(0, {}))  # this takes its time, and the trim has it meanwhile

    assert more.oldest == less.oldest == 81
    assert ids(await more.since(0, 999)) == list(range(81, 101))
