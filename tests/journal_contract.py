"""What every Journal promises: one suite for all kinds, a journal in memory included.

A test class inherits the suite and has a fixture `open_journal`: called with `history` and a
`number`, it opens the journal of that number, and closes at the end what is still open. A journal
that endures inherits `DurableJournalContract`, one that several servers may have open at once
`SharedJournalContract`.
"""

import asyncio
from contextlib import aclosing

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chat.events import Event
from chat.journal import JournalError
from chat.room import Room
from tests.conftest import WAIT

# All examples share one journal, and each kind of journal runs a copy of its own.
in_one_journal = settings(
    max_examples=min(200, settings().max_examples),  # each of them is stored, which takes time
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.differing_executors,
        HealthCheck.too_slow,
    ],
)

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
anything = st.builds(
    Event,
    type=st.sampled_from(["join", "leave", "message", "action", "whisper", "stopped"]),
    time=st.floats(allow_nan=False, allow_infinity=False),
    server=words,
    connection=st.integers(0, 2**53),
    name=words,
    text=st.none() | words,
    to=st.none() | words,
    ref=st.none() | st.integers(-(2**53), 2**53),
    session=st.none() | words,
)


def said(text):
    """Return an event that is not stored yet."""
    return Event("message", 0.0, "here", 1, "ada", str(text))


def ids(events):
    """Return only the ids."""
    return [event.id for event in events]


def room_after(events, snapshot=None):
    """Return what the room has become, in a form that can be compared."""
    room = Room(snapshot)
    for event in events:
        room.apply(event)
    return room.snapshot()


async def store(journal, *events):
    """Append all at once, and wait until they are stored."""
    async with asyncio.timeout(WAIT):
        return await asyncio.gather(*map(journal.append, events))


async def store_many(journal, count):
    """Store so many events, with the texts 0, 1, 2, ..."""
    return await store(journal, *map(said, range(count)))


async def close(journal):
    """Close the journal, within bounds."""
    async with asyncio.timeout(WAIT):
        await journal.close()


async def hear(journal, until):
    """Return what a follower hears, up to the batch with the id `until`."""
    events = []
    async with asyncio.timeout(WAIT), aclosing(journal.follow(0)) as batches:
        async for batch in batches:
            events += batch
            if batch[-1].id >= until:
                break
    return events


async def heard(journal, after=0):
    """Return all that a follower hears until the journal is closed."""
    async with asyncio.timeout(WAIT):
        return [event async for batch in journal.follow(after) for event in batch]


async def following(journal, after=0):
    """Start to listen; the task holds what was heard until the journal is closed."""
    task = asyncio.create_task(heard(journal, after))
    await asyncio.sleep(0)  # until it listens
    return task


class JournalContract:
    """The promises, one a test."""

    @pytest.fixture
    async def journal(self, open_journal):
        """A new journal, long enough for what most tests store."""
        return await open_journal()

    # --- Appending ---

    async def test_ids_count_from_1_when_events_are_stored_one_by_one(self, journal):
        """The first event has the id 1, and each later one the next integer."""
        stored = [(await store(journal, said(word)))[0] for word in ("a", "b", "c")]

        assert stored == [said("a").stored(1), said("b").stored(2), said("c").stored(3)]

    async def test_events_keep_their_order_when_many_are_appended_at_once(self, journal):
        """Whoever appends first comes first, whether or not anybody waits."""
        stored = await store_many(journal, 600)  # more than any journal stores at once

        assert stored == [said(number).stored(number + 1) for number in range(600)]
        assert await journal.since(0, 999) == stored

    async def test_newest_and_oldest_know_no_event_when_the_journal_is_new(self, journal):
        """Nothing has been stored, and the next event will have the id 1."""
        assert (journal.newest, journal.oldest) == (0, 1)

    async def test_newest_is_the_last_id_when_events_were_stored(self, journal):
        """As soon as an append is done, `newest` counts it."""
        await store_many(journal, 3)

        assert (journal.newest, journal.oldest) == (3, 1)

    async def test_an_event_is_stored_when_nobody_waits_for_it_any_more(self, journal):
        """Cancelling the future takes nothing back, and leaves the others alone."""
        journal.append(said("cancelled")).cancel()
        [stored] = await store(journal, said("next"))

        assert stored.id == 2
        assert await journal.since(0, 9) == [said("cancelled").stored(1), stored]

    @in_one_journal
    @given(events=st.lists(anything, min_size=1, max_size=5))
    @example(events=[said("\U0001f600 \" \\ ' \u2028 \u202e e\u0301 \x00 \ufffe")])
    async def test_an_event_comes_back_as_it_went_in(self, journal, events):
        """Every field survives, whatever characters it holds."""
        before = journal.newest

        await store(journal, *events)

        stored = [event.stored(id) for id, event in enumerate(events, before + 1)]
        assert await journal.since(before, 9) == stored

    # --- Reading ---

    @pytest.mark.parametrize(
        ("after", "limit", "expected"),
        [
            pytest.param(0, 9, [1, 2, 3, 4], id="all"),
            pytest.param(0, 2, [1, 2], id="first-page"),
            pytest.param(2, 2, [3, 4], id="next-page"),
            pytest.param(3, 2, [4], id="last-page"),
            pytest.param(4, 2, [], id="past-the-newest"),
            pytest.param(40, 2, [], id="far-past-the-newest"),
        ],
    )
    async def test_since_pages_through_what_is_stored(self, journal, after, limit, expected):
        """The first `limit` events after an id, in order."""
        await store_many(journal, 4)

        assert ids(await journal.since(after, limit)) == expected

    # --- Following ---

    @pytest.mark.parametrize("after", [0, 1, 3, 4])
    async def test_a_follower_hears_what_is_after_its_id_when_it_comes_late(self, journal, after):
        """What was stored before comes first, what is stored later goes on from there."""
        before = await store_many(journal, 3)
        follower = await following(journal, after)

        later = await store_many(journal, 3)
        await close(journal)

        assert await follower == (before + later)[after:]

    async def test_a_follower_hears_at_once_what_is_stored(self, journal):
        """Nothing waits for a batch to fill."""
        hearing = asyncio.create_task(hear(journal, until=2))

        stored = [(await store(journal, said(word)))[0] for word in ("a", "b")]

        assert await hearing == stored

    async def test_all_followers_hear_the_same_when_there_are_several(self, journal):
        """One that is gone takes nothing from the others."""
        ada, bob, gone = [await following(journal) for _ in range(3)]
        gone.cancel()

        stored = await store_many(journal, 3)
        await close(journal)

        assert await ada == await bob == stored

    async def test_nothing_is_lost_or_doubled_when_followers_come_between_appends(self, journal):
        """However reading the past and appending interleave, each id comes once and in order."""
        followers = {}
        for number in range(1, 21):
            journal.append(said(number))
            followers[await following(journal, after=number // 2)] = number // 2
        await close(journal)

        for follower, after in followers.items():
            assert ids(await follower) == list(range(after + 1, 21))

    async def test_what_a_follower_hears_is_counted_already(self, journal):
        """Nobody hears of an event that the journal does not have."""
        journal.append(said("a"))

        events = await hear(journal, until=1)

        assert journal.newest == 1
        assert await journal.since(0, 9) == events

    # --- Trimming ---

    async def test_exactly_the_newest_events_are_kept_when_there_are_more(self, open_journal):
        """`history` events can be read at any time, however many lie around until trimmed."""
        journal = await open_journal(history=20)
        for newest in range(1, 40):
            await store(journal, said(newest))
            kept = list(range(max(1, newest - 19), newest + 1))

            assert ids(await journal.since(0, 99)) == kept
            assert (journal.oldest, journal.newest) == (kept[0], kept[-1])

    async def test_the_snapshot_and_the_rest_make_the_same_room(self, open_journal):
        """Start = the snapshot, then what is kept: it makes no difference what was trimmed."""
        journal = await open_journal(history=20)
        joins = [Event("join", 0.0, "here", number, f"ada{number}") for number in range(1, 40)]
        for number, join in enumerate(joins, 1):
            await store(journal, join)
            snapshot = await journal.snapshot()
            rest = await journal.since(snapshot.id, 99)

            assert snapshot.id == max(0, number - 20)
            assert room_after(rest, snapshot.room) == room_after(joins[:number])

    @pytest.mark.parametrize("count", [0, 20, 21, 22, 23, 50])
    async def test_a_follower_goes_on_where_the_snapshot_ends(self, open_journal, count):
        """There is no hole between the snapshot and what follows it."""
        journal = await open_journal(history=20)
        await store_many(journal, count)
        snapshot = await journal.snapshot()

        follower = await following(journal, snapshot.id)
        await store(journal, said("later"))
        await close(journal)

        assert ids(await follower) == list(range(snapshot.id + 1, count + 2))

    async def test_following_is_an_error_when_the_next_event_is_gone(self, open_journal):
        """A follower with a hole would take its room for the same as the others'."""
        journal = await open_journal(history=20)
        await store_many(journal, 50)
        await store(journal, said("behind the trimming"))
        await journal.snapshot()  # too

        with pytest.raises(JournalError, match="event 2 is no longer"):
            await heard(journal, after=1)

    # --- Identity ---

    async def test_two_journals_have_two_identities(self, open_journal):
        """Another journal is another history, and clients can tell."""
        first, second = await open_journal(number=1), await open_journal(number=2)

        assert first.identity != second.identity

    # --- Closing ---

    async def test_what_was_appended_is_stored_when_the_journal_closes(self, journal):
        """Closing waits for what is under way."""
        futures = [journal.append(said(number)) for number in range(100)]

        await close(journal)

        assert ids(future.result() for future in futures) == list(range(1, 101))

    async def test_a_follower_hears_everything_when_it_comes_back_after_the_close(self, journal):
        """The end comes after the last event, however slow the follower is."""
        await store_many(journal, 2)
        follower = journal.follow(0)
        first = await anext(follower)

        journal.append(said("last"))
        await close(journal)

        async with asyncio.timeout(WAIT):
            rest = [event async for batch in follower for event in batch]
        assert ids([*first, *rest]) == [1, 2, 3]

    async def test_an_append_fails_when_the_journal_is_closed(self, journal):
        """The future holds a JournalError: the event is not stored, and nobody waits for ever."""
        await close(journal)

        with pytest.raises(JournalError, match="closed"):
            await store(journal, said("too late"))

    @pytest.mark.parametrize(
        "read",
        [
            pytest.param(lambda journal: journal.since(0, 9), id="since"),
            pytest.param(lambda journal: journal.snapshot(), id="snapshot"),
            pytest.param(heard, id="follow"),
        ],
    )
    async def test_reading_fails_when_the_journal_is_closed(self, journal, read):
        """Whoever comes too late is told so, instead of an empty past."""
        await close(journal)

        with pytest.raises(JournalError, match="closed"):
            await read(journal)

    async def test_closing_is_harmless_when_somebody_else_does_it_too(self, journal):
        """At the same time or later, each returns once everything is stored."""
        future = journal.append(said("a"))

        async with asyncio.timeout(WAIT):
            await asyncio.gather(journal.close(), journal.close())
        await close(journal)

        assert future.result().id == 1


class DurableJournalContract(JournalContract):
    """What a journal promises besides that outlives its process."""

    async def test_all_is_there_when_the_journal_is_opened_again(self, open_journal):
        """The same identity, the same events, and the next id."""
        before = await open_journal()
        stored = await store_many(before, 3)
        await close(before)

        after = await open_journal()

        assert after.identity == before.identity
        assert await after.since(0, 9) == stored
        assert ids(await store(after, said("next"))) == [4]

    @pytest.mark.parametrize("count", [19, 20, 21, 22, 23, 50])
    async def test_the_snapshot_is_the_same_when_the_journal_is_opened_again(
        self, open_journal, count
    ):
        """What was trimmed away still counts."""
        before = await open_journal(history=20)
        await store(before, Event("join", 0.0, "here", 1, "ada"))
        await store_many(before, count)
        snapshot = await before.snapshot()
        await close(before)

        after = await open_journal(history=20)

        assert await after.snapshot() == snapshot
        assert (after.oldest, after.newest) == (snapshot.id + 1, count + 1)

    async def test_fewer_events_are_kept_when_opened_with_a_shorter_history(self, open_journal):
        """The setting of today counts."""
        before = await open_journal(history=20)
        await store_many(before, 30)
        await close(before)

        after = await open_journal(history=5)

        assert ids(await after.since(0, 99)) == [26, 27, 28, 29, 30]
        assert (await after.snapshot()).id == 25

    async def test_nothing_comes_back_when_opened_with_a_longer_history(self, open_journal):
        """`oldest` promises no event that was trimmed away."""
        before = await open_journal(history=5)
        await store_many(before, 30)
        await close(before)

        after = await open_journal(history=20)

        assert ids(await after.since(0, 99)) == list(range(after.oldest, 31))
        assert (await after.snapshot()).id == after.oldest - 1


class SharedJournalContract(DurableJournalContract):
    """What a journal promises besides that several servers may have open at once."""

    async def test_all_hear_one_order_when_several_append_at_once(self, open_journal):
        """The journal decides the order, and it is the same for everybody."""
        east, west = await open_journal(), await open_journal()

        stored = await asyncio.gather(store_many(east, 100), store_many(west, 100))

        heard_in_east, heard_in_west = await hear(east, until=200), await hear(west, until=200)
        assert heard_in_east == heard_in_west
        assert sorted(ids(stored[0] + stored[1])) == list(range(1, 201))

    async def test_a_new_journal_has_one_identity_when_several_open_it_at_once(self, open_journal):
        """Whoever makes it, all find the same one."""
        east, west = await asyncio.gather(open_journal(), open_journal())

        assert east.identity == west.identity
