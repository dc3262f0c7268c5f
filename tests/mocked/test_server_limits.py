"""How much of one peer a server bears. The clock is the test's: no limit here takes its time."""

import pytest


async def hears_many(member, count):
    """Return the next so many lines."""
    return [await member.hears() for _ in range(count)]


async def test_a_message_is_refused_when_it_comes_too_soon(chat):
    """Past the burst there is an error in place of the delivery."""
    [ada] = await chat.room_of("ada", rate_limit=1, burst=2)

    ada.says("in time")
    ada.says("too soon")

    assert {await ada.hears(), await ada.hears()} == {"ada: in time", "error rate-limited"}


async def test_the_refusal_of_a_message_that_came_too_soon_bears_its_ref(chat):
    """The sender knows which message was not delivered."""
    [ada] = await chat.room_of("ada", rate_limit=1, burst=1)

    ada.says("too soon", ref=7)

    assert (await ada.receives())["ref"] == 7


async def test_nobody_hears_a_message_that_came_too_soon(chat):
    """What was refused is not delivered later either."""
    ada, bob = await chat.room_of("ada", "bob", rate_limit=1, burst=1)
    ada.says("too soon")
    await ada.receives()

    chat.clock.advance(1)
    ada.says("marker")

    assert await bob.hears() == "ada: marker"


async def test_a_wrong_frame_counts_too(chat):
    """Nonsense costs as much as a message."""
    [ada] = await chat.room_of("ada", rate_limit=1, burst=2)

    ada.sends("nonsense")
    ada.says("too soon")

    assert await hears_many(ada, 2) == ["error bad-message", "error rate-limited"]


async def test_one_member_is_not_slowed_down_by_another(chat):
    """Each connection has a limit of its own."""
    ada, bob = await chat.room_of("ada", "bob", rate_limit=1, burst=2)
    for _ in range(5):
        ada.sends("nonsense")

    bob.says("hello")

    assert await bob.hears() == "bob: hello"


async def test_nothing_is_refused_when_there_is_no_limit(chat):
    """A rate of 0 means no limit."""
    [ada] = await chat.room_of("ada", rate_limit=0)

    for _ in range(30):  # more than a burst
        ada.says("hello")

    assert await hears_many(ada, 30) == ["ada: hello"] * 30


async def test_a_flooding_connection_is_closed_after_so_many_refusals_in_a_row(chat):
    """Whoever does not heed the errors must go."""
    [ada] = await chat.room_of("ada", rate_limit=1, burst=1, max_strikes=50)

    for _ in range(50):
        ada.says("flood")

    assert await ada.ends() == (1008, "at most 1 messages a second")
    assert ada.heard == ["error rate-limited"] * 50


async def test_nothing_is_taken_from_a_flooding_connection_once_it_is_sent_away(chat, hangs):
    """However long its goodbye takes, and however slowly it goes on."""
    ada, bob = await chat.room_of("ada", "bob", rate_limit=1, burst=2, max_strikes=3)
    hangs(ada)
    for _ in range(4):
        ada.sends("flood")
    await hears_many(ada, 4)

    chat.clock.advance(10)
    ada.says("too late")
    bob.says("marker")

    assert await bob.hears() == "bob: marker"


async def test_a_connection_stays_when_it_heeds_one_of_the_refusals(chat):
    """Only refusals in a row count."""
    [ada] = await chat.room_of("ada", rate_limit=1, burst=1, max_strikes=3)

    for text in ("flood", "flood", "in time", "flood", "flood"):
        if text == "in time":
            chat.clock.advance(1)
        ada.says(text)
        await ada.receives()
    chat.clock.advance(1)
    ada.says("marker")

    assert await ada.hears() == "ada: marker"


# Appends under way


@pytest.fixture
async def flooded(held_chat):
    """Return ada and bob, after she said 6 things, of which 4 may wait to be stored."""
    ada, bob = await held_chat.room_of("ada", "bob", max_under_way=4)
    held_chat.journal.hold()
    for number in range(6):
        ada.says(str(number))
    await held_chat.journal.holds(4)
    return ada, bob


async def test_no_more_messages_of_a_member_are_under_way_than_may_be(held_chat, flooded):
    """The rest waits in the connection, and not in the journal's queue."""
    _, bob = flooded

    bob.says("/who")  # once this is answered, whatever came before it was taken
    await bob.receives()

    assert len(held_chat.journal.held) == 4


async def test_64_messages_of_a_member_may_be_under_way_unless_told_otherwise(held_chat):
    """The limit that is promised to whoever writes a client."""
    ada, bob = await held_chat.room_of("ada", "bob", rate_limit=0)
    held_chat.journal.hold()
    for number in range(65):
        ada.says(str(number))
    await held_chat.journal.holds(64)

    bob.says("/who")  # once this is answered, whatever came before it was taken
    await bob.receives()

    assert len(held_chat.journal.held) == 64


async def test_the_next_message_is_taken_when_one_is_stored(held_chat, flooded):
    """Nobody waits longer than needed."""
    held_chat.journal.store()

    await held_chat.journal.holds(4)

    assert held_chat.journal.held[-1][0].text == "4"


async def test_every_message_arrives_when_more_came_than_may_be_under_way(held_chat, flooded):
    """To wait is not to lose."""
    _, bob = flooded

    held_chat.journal.release()

    assert await hears_many(bob, 6) == [f"ada: {number}" for number in range(6)]


async def test_the_others_are_taken_in_when_one_has_too_much_under_way(held_chat, flooded):
    """The limit is one member's, not the room's."""
    _, bob = flooded

    bob.says("hello")

    await held_chat.journal.holds(5)
