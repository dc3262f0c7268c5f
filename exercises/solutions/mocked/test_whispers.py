"""A whisper is for two: a model answer, one test for each promise of `chat.messages.Heard`."""

import pytest

from chat.messages import GetHistory
from chat.protocol import create_message
from tests.fakes import HeldJournal
from tests.staging import Chat

WHISPER = "ada to bob: psst"


@pytest.fixture
async def chat():
    """A ChatServer among fakes."""
    async with Chat() as chat:
        yield chat


async def hears_before_the_marker(member):
    """Return what a member hears until somebody says "marker" aloud."""
    lines = []
    while not (line := await member.hears()).endswith(": marker"):
        lines.append(line)
    return lines


# Step 1: A whisper is for two


@pytest.mark.parametrize("end", ["ada", "bob"], ids=["sender", "reader"])
async def test_both_ends_hear_a_whisper(chat, end):
    """The reader hears it and the sender too: that is the acknowledgement."""
    members = await chat.room_of("ada", "bob")

    members[0].says("/msg bob psst")
    members[0].says("marker")

    assert await hears_before_the_marker(members[["ada", "bob"].index(end)]) == [WHISPER]


async def test_nobody_else_hears_a_whisper(chat):
    """What the third one hears next is the next thing said aloud."""
    ada, _, eve = await chat.room_of("ada", "bob", "eve")

    ada.says("/msg bob psst")
    ada.says("marker")

    assert await eve.hears() == "ada: marker"


async def test_a_whisper_to_oneself_is_heard_once(chat):
    """A note to oneself is one message, though it has two ends."""
    [ada] = await chat.room_of("ada")

    ada.says("/msg ada note")
    ada.says("marker")

    assert await hears_before_the_marker(ada) == ["ada to ada: note"]


@pytest.mark.parametrize("typed", ["BOB", "bOb"])
async def test_a_whisper_finds_its_reader_when_the_name_is_typed_in_another_case(chat, typed):
    """Names are the same in any case, and are told as their member spells them."""
    ada, bob = await chat.room_of("ada", "Bob")

    ada.says(f"/msg {typed} psst")
    ada.says("marker")

    assert await bob.hears() == "ada to Bob: psst"


async def test_a_whisper_bears_the_ref_of_its_sender(chat):
    """So that the sender knows which of its messages this is."""
    ada, _ = await chat.room_of("ada", "bob")

    ada.says("/msg bob psst", ref=7)
    ada.says("marker", ref=8)

    assert (await ada.receives())["ref"] == 7


# Step 2: A whisper to nobody


async def test_a_whisper_is_refused_when_there_is_no_such_member(chat):
    """The sender learns that nobody heard it, and of which message that is true."""
    [ada] = await chat.room_of("ada")

    ada.says("/msg nobody psst", ref=7)

    answer = await ada.receives()
    assert (answer.get("code"), answer.get("ref")) == ("no-such-member", 7)


async def test_a_sender_stays_when_its_whisper_was_refused(chat):
    """A mistyped name costs nothing."""
    ada, bob = await chat.room_of("ada", "bob")
    ada.says("/msg nobody psst")
    await ada.receives()

    ada.says("/msg bob psst")

    assert await bob.hears() == WHISPER


async def test_nobody_hears_a_whisper_that_was_refused(chat):
    """What was meant for one is not told to all."""
    ada, bob = await chat.room_of("ada", "bob")

    ada.says("/msg nobody psst")
    ada.says("marker")

    assert await bob.hears() == "ada: marker"


async def test_a_whisper_is_refused_when_its_reader_left_while_it_was_under_way():
    """Who is here when it comes to be heard decides, not who was when it was sent."""
    async with Chat(HeldJournal()) as chat:
        ada, bob = await chat.room_of("ada", "bob")
        chat.journal.hold()
        bob.leaves()
        await chat.journal.holds(1)
        ada.says("/msg bob psst")
        ada.says("marker")
        await chat.journal.holds(3)

        chat.journal.release()

        assert await hears_before_the_marker(ada) == ["bob left", "error no-such-member"]


# Step 3: A whisper in the past


@pytest.fixture
async def whispered(chat):
    """Return ada and bob, who were in the room when ada whispered to bob."""
    ada, bob = await chat.room_of("ada", "bob")
    ada.says("/msg bob psst")
    await bob.receives()
    return ada, bob


async def leaves(member, witness):
    """Leave, and wait until the other one knows."""
    member.leaves()
    while await witness.hears() != "bob left":
        pass


@pytest.mark.parametrize("name", ["bob", "robert"], ids=["same-name", "new-name"])
async def test_the_reader_finds_the_whisper_when_it_comes_back(chat, whispered, name):
    """Whispers belong to a session, whatever name it bears now."""
    ada, bob = whispered
    await leaves(bob, witness=ada)

    again = await chat.join(name, session=bob.welcome["session"])
    again.says("marker")

    assert WHISPER in await hears_before_the_marker(again)


async def test_the_sender_finds_the_whisper_when_it_comes_back(chat, whispered):
    """Both ends keep it."""
    ada, _ = whispered

    again = await chat.join("ada", session=ada.welcome["session"])
    again.says("marker")

    assert WHISPER in await hears_before_the_marker(again)


async def test_the_whisper_stays_hidden_when_somebody_else_bears_the_name(chat, whispered):
    """A name is nobody's secret: whoever takes it over inherits nothing."""
    ada, bob = whispered
    await leaves(bob, witness=ada)

    heir = await chat.join("bob")
    heir.says("marker")

    assert WHISPER not in await hears_before_the_marker(heir)


async def test_a_third_one_does_not_find_the_whisper_in_a_page(chat, whispered):
    """A page of history is no way around."""
    eve = await chat.join("eve")
    eve.forgets()

    eve.sends(create_message(GetHistory(after=0)))

    page = await eve.receives()
    assert [event["type"] for event in page["events"]] == ["join", "join", "join"]


async def test_the_reader_finds_the_whisper_in_a_page(chat, whispered):
    """Those whom it was for may read it as long as it is kept."""
    _, bob = whispered

    bob.sends(create_message(GetHistory(after=2)))

    [event] = (await bob.receives())["events"]
    assert (event["type"], event["text"]) == ("whisper", "psst")
