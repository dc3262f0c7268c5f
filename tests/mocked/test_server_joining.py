"""How a connection becomes a member, and how it ends to be one."""

from unittest.mock import ANY

import pytest

from chat.events import Event
from chat.journal.memory import MemoryJournal
from tests.staging import Chat


async def test_everyone_hears_it_when_somebody_joins(chat):
    """A new member is announced to those who are here."""
    [ada] = await chat.room_of("ada")

    await chat.room_of("bob")

    assert await ada.hears() == "bob joined"


async def test_a_newcomer_is_welcomed_first(chat):
    """The welcome says who is here and where the newcomer stands."""
    await chat.room_of("ada")

    bob = await chat.join("bob")

    journal = {"id": 2, "oldest": 1, "journal": chat.journal.identity}
    room = {"name": "bob", "members": ["ada", "bob"]}
    assert bob.welcome == {"type": "welcome", **room, **journal, "session": ANY}


async def test_a_newcomer_sees_the_newest_events_after_the_welcome(chat):
    """Of the past a newcomer hears the newest, its own join the last of them."""
    [ada] = await chat.room_of("ada", replay=2)
    ada.says("one")
    ada.says("two")

    bob = await chat.join("bob")

    assert bob.heard == ["ada: two", "bob joined"]


async def test_who_has_seen_what_is_yet_to_happen_is_shown_the_newest(chat):
    """The history went back to an older copy: what somebody saw of the newer one is gone."""
    [bob] = await chat.room_of("bob")
    bob.says("hello")
    await bob.hears()

    ada = await chat.join("ada", after=9, journal=chat.journal.identity)

    assert ada.heard == ["bob joined", "bob: hello", "ada joined"]


async def test_nothing_is_shown_to_who_comes_back_of_what_the_journal_no_longer_keeps():
    """It is told how far back the history goes, and that is so."""
    async with Chat(MemoryJournal(history=3)) as chat:
        [bob] = await chat.room_of("bob")
        bob.says("gone")
        bob.says("kept")
        bob.says("kept too")

        ada = await chat.join("ada", after=1, journal=chat.journal.identity)

        assert ada.welcome["oldest"] == 3
        assert ada.heard == ["bob: kept", "bob: kept too", "ada joined"]


async def test_who_has_seen_what_this_server_is_yet_to_hear_of_misses_nothing(held_chat):
    """On another server one may have seen an event first: the order of the journal counts."""
    chat = held_chat
    [bob] = await chat.room_of("bob")
    chat.journal.hold()
    bob.says("seen elsewhere already")
    await chat.journal.holds(1)

    ada = chat.gate.lets_in()
    ada.joins("ada", after=2, journal=chat.journal.identity)
    await chat.journal.holds(2)
    chat.journal.release()

    assert [await ada.hears(), await ada.hears()] == ["welcome ada", "ada joined"]


async def test_sessions_differ_between_members(chat):
    """A session is a secret of one member's."""
    ada, bob = await chat.room_of("ada", "bob")

    assert ada.welcome["session"] != bob.welcome["session"]


async def test_a_session_is_not_kept_in_the_journal(chat):
    """Whoever reads the file cannot bear the sessions in it: they are hashed."""
    [ada] = await chat.room_of("ada")

    [join] = await chat.journal.since(0, 100)

    assert ada.welcome["session"] not in join.dump()


@pytest.mark.parametrize("name", ["ada", "ADA"])
async def test_a_join_is_refused_when_the_name_is_taken(chat, name):
    """A name belongs to the first who joins, however it is spelt."""
    await chat.room_of("ada")
    thief = chat.gate.lets_in()

    thief.joins(name)

    assert await thief.hears() == "error name-taken"


async def test_a_join_is_not_stored_when_the_name_is_known_to_be_taken(chat):
    """Whoever tries names in vain does not fill the journal."""
    await chat.room_of("ada")
    thief = chat.gate.lets_in()

    thief.joins("ada")
    await thief.receives()

    assert chat.journal.newest == 1


async def test_nobody_hears_of_a_refused_join(chat):
    """What was refused did not happen."""
    [ada] = await chat.room_of("ada")
    thief = chat.gate.lets_in()
    thief.joins("ada")
    await thief.receives()

    ada.says("marker")

    assert await ada.hears() == "ada: marker"


async def test_the_first_join_in_the_journal_wins_when_two_are_under_way(held_chat):
    """The order of the journal decides who holds a name, and nothing else."""
    chat = held_chat
    await chat.start()
    chat.journal.hold()
    first, second = chat.gate.lets_in(), chat.gate.lets_in()
    for connection in (first, second):
        connection.joins("ada")
    await chat.journal.holds(2)

    chat.journal.release()

    assert [await first.hears(), await second.hears()] == ["welcome ada", "error name-taken"]


@pytest.mark.parametrize("name", ["ada", "two words"], ids=["taken", "not-allowed"])
async def test_a_refused_newcomer_may_try_again(chat, name):
    """A refusal closes nothing."""
    await chat.room_of("ada")
    bob = chat.gate.lets_in()
    bob.joins(name)
    await bob.receives()

    bob.joins("bob")

    assert await bob.hears() == "welcome bob"


async def test_a_name_is_free_again_when_its_member_has_left(chat):
    """Leaving gives the name back, and everyone hears of it."""
    ada, bob = await chat.room_of("ada", "bob")

    ada.leaves()

    assert await bob.hears() == "ada left"
    again = await chat.join("ada")
    assert again.welcome["members"] == ["ada", "bob"]


async def test_nobody_hears_it_when_a_newcomer_leaves_before_it_joined(chat):
    """Who was never here does not leave."""
    [ada] = await chat.room_of("ada")
    stranger = chat.gate.lets_in()

    stranger.leaves()
    ada.says("marker")

    assert await ada.hears() == "ada: marker"


async def test_the_name_becomes_free_when_a_connection_ends_during_its_join(held_chat):
    """No ghost stays: a join that was under way is followed by a leave."""
    chat = held_chat
    [ada] = await chat.room_of("ada")
    chat.journal.hold()
    bob = chat.gate.lets_in()
    bob.joins("bob")
    await chat.journal.holds(1)

    bob.leaves()
    chat.journal.release()

    assert [await ada.hears(), await ada.hears()] == ["bob joined", "bob left"]


async def test_no_ghost_stays_when_who_was_refused_had_asked_for_another_name(held_chat):
    """A connection that ended is not forgotten while a join of its own is on its way."""
    [bob] = await held_chat.room_of("bob")
    held_chat.journal.hold()
    first, second = held_chat.gate.lets_in(), held_chat.gate.lets_in()
    first.joins("ada")
    second.joins("ada")
    second.joins("ghost")
    await held_chat.journal.holds(2)

    second.leaves()
    held_chat.journal.release()

    assert [await bob.hears() for _ in range(3)] == ["ada joined", "ghost joined", "ghost left"]


# A join that is not stored yet


@pytest.fixture
async def waiting(held_chat):
    """Return a connection whose join is under way, and which was told to wait."""
    await held_chat.room_of("ada", store_timeout=0, join_deadline=10)
    held_chat.journal.hold()
    newcomer = held_chat.gate.lets_in()
    newcomer.joins("bob")
    assert "please wait" in (await newcomer.receives())["detail"]
    return newcomer


@pytest.mark.parametrize("is_reachable", [True, False], ids=["slow", "outage"])
async def test_a_second_join_is_refused_while_the_first_is_under_way(
    held_chat, waiting, is_reachable
):
    """The first may be stored yet, and nobody gets two names."""
    held_chat.journal.is_reachable = is_reachable

    waiting.joins("eve")

    assert (await waiting.receives())["detail"] == "your join as bob is still under way"
    assert len(held_chat.journal.held) == 1


async def test_no_join_is_begun_while_the_journal_is_out_of_reach(chat):
    """It would wait for ever: the newcomer is told, and may try again."""
    await chat.start()
    chat.journal.is_reachable = False
    ada = chat.gate.lets_in()
    ada.joins("ada")
    assert "out of reach" in (await ada.receives())["detail"]

    chat.journal.is_reachable = True
    ada.joins("ada")

    assert await ada.hears() == "welcome ada"


async def test_a_late_welcome_counts_as_any_other(held_chat, waiting, pass_time):
    """Who is welcomed before the deadline is a member, and stays when it has passed."""
    held_chat.journal.release()
    assert await waiting.hears() == "welcome bob"
    waiting.forgets()

    await pass_time(10)
    waiting.says("still here")

    assert await waiting.hears() == "bob: still here"


# Too late


async def test_a_connection_is_closed_when_it_does_not_join_in_time(chat):
    """Whoever only holds a connection open must go."""
    await chat.start(join_deadline=0)

    silent = chat.gate.lets_in()

    assert await silent.ends() == (1008, "no join within 0 seconds")
    assert silent.heard == ["error join-first"]


async def test_no_ghost_stays_when_the_deadline_passes_during_a_join(held_chat, pass_time):
    """A join that is stored after all, but too late, is followed by a leave."""
    chat = held_chat
    [ada] = await chat.room_of("ada", join_deadline=10)
    chat.journal.hold()
    late = chat.gate.lets_in()
    late.joins("late")
    await chat.journal.holds(1)

    await pass_time(10)
    await late.ends()
    chat.journal.release()

    assert [await ada.hears(), await ada.hears()] == ["late joined", "late left"]


async def test_the_room_goes_on_when_a_join_is_stored_during_the_goodbye(
    held_chat, waiting, pass_time, hangs
):
    """Who is sent away for coming too late may yet be admitted, until the connection is closed."""
    hangs(waiting)
    await pass_time(10)
    assert await waiting.hears() == "error join-first"

    held_chat.journal.release()

    assert await waiting.hears() == "welcome bob"


async def test_refused_joins_do_not_put_the_deadline_off(chat, pass_time):
    """Only a welcome counts."""
    await chat.room_of("ada", join_deadline=10)
    late = chat.gate.lets_in()
    late.joins("ada")
    await late.receives()

    await pass_time(10)

    assert await late.ends() == (1008, "no join within 10 seconds")


async def test_a_member_stays_when_the_deadline_has_passed(chat, pass_time):
    """The deadline is for joining alone."""
    [ada] = await chat.room_of("ada", join_deadline=10)

    await pass_time(10)
    ada.says("still here")

    assert await ada.hears() == "ada: still here"


# The same session again


@pytest.fixture
async def taken_over(chat):
    """Return ada's old connection, her new one, which brought her session, and bob's."""
    old, bob = await chat.room_of("ada", "bob")
    new = await chat.join("ada", session=old.welcome["session"])
    new.forgets()
    return old, new, bob


async def test_the_old_connection_is_closed_when_its_session_comes_again(taken_over):
    """A member is in one place at a time."""
    old, _, _ = taken_over

    assert await old.ends() == (1008, "you joined again from elsewhere")


async def test_the_others_hear_nothing_when_a_session_comes_again(taken_over):
    """For the others the member never left, not even when the old connection is gone."""
    old, new, bob = taken_over
    await old.ends()

    new.says("marker")

    assert await bob.hears() == "ada: marker"


async def test_the_old_connection_hears_nothing_more_while_it_still_hangs(chat, hangs):
    """What is said after the takeover is for the new connection alone."""
    old, bob = await chat.room_of("ada", "bob")
    hangs(old)
    new = await chat.join("ada", session=old.welcome["session"])
    new.forgets()

    bob.says("hello")

    assert await new.hears() == "bob: hello"
    assert old.heard == []


async def test_nothing_is_taken_from_the_old_connection_while_it_still_hangs(chat, hangs):
    """Who was sent away does not come in again by another name."""
    old, bob = await chat.room_of("ada", "bob")
    hangs(old)
    await chat.join("ada", session=old.welcome["session"])

    old.joins("eve")
    bob.says("marker")

    assert await bob.hears() == "bob: marker"


async def test_the_others_are_heard_when_a_session_has_come_again(taken_over):
    """The new connection is a member in full."""
    _, new, bob = taken_over

    bob.says("hello")

    assert await new.hears() == "bob: hello"


async def test_a_join_is_refused_when_it_brings_another_session(chat):
    """Nobody takes a name over without its holder's secret."""
    await chat.room_of("ada")
    thief = chat.gate.lets_in()

    thief.joins("ada", session="guessed")

    assert await thief.hears() == "error name-taken"


# Members of a server that is no more


async def test_names_of_a_dead_server_are_free_when_a_new_one_has_started(chat):
    """A server buries what another left behind in the journal."""
    await chat.journal.append(Event("join", 0.0, "dead", 1, "ada"))
    await chat.start()

    ada = await chat.join("ada")

    assert ada.welcome["members"] == ["ada"]


async def test_a_newcomer_reads_that_the_members_of_a_dead_server_left(chat):
    """Who was here when the other server died has left, for whoever reads on."""
    await chat.journal.append(Event("join", 0.0, "dead", 1, "ada"))
    await chat.start()

    bob = await chat.join("bob")

    assert bob.heard == ["ada joined", "ada left", "bob joined"]
