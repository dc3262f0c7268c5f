"""What members hear of each other, and what comes back for a frame that cannot be obeyed."""

import pytest

from chat.messages import GetHistory
from chat.protocol import create_message


async def test_everyone_hears_a_message(chat):
    """A message goes to all, and to its sender too: that is the acknowledgement."""
    ada, bob, eve = await chat.room_of("ada", "bob", "eve")

    ada.says("hello")

    assert [await member.hears() for member in (ada, bob, eve)] == ["ada: hello"] * 3


async def test_a_message_bears_its_id_and_time_and_ref(chat):
    """The sender knows its own message by the reference, and everyone the place in the order."""
    [ada] = await chat.room_of("ada")
    chat.clock.advance(1763790000.5)

    ada.says("hello", ref=7)

    heard = await ada.receives()
    assert (heard["id"], heard["time"], heard["ref"]) == (2, 1763790000.5, 7)


async def test_messages_keep_their_order_for_everybody(chat):
    """All hear the same, in the same order, whoever spoke."""
    ada, bob = await chat.room_of("ada", "bob")

    for text in ("1", "2", "3"):
        ada.says(text)
        bob.says(text)

    heard_by_ada = [await ada.hears() for _ in range(6)]
    assert heard_by_ada == [await bob.hears() for _ in range(6)]
    assert [line for line in heard_by_ada if "ada" in line] == ["ada: 1", "ada: 2", "ada: 3"]


async def test_only_members_hear_a_message(chat):
    """Who has not joined hears nothing of the chat."""
    [ada] = await chat.room_of("ada")
    stranger = chat.gate.lets_in()
    ada.says("hello")
    await ada.hears()

    stranger.says("marker")

    assert await stranger.hears() == "error join-first"


async def test_everyone_sees_an_action(chat):
    """What a member does is seen as something done, not said."""
    ada, bob = await chat.room_of("ada", "bob")

    ada.says("/me waves")

    assert [await ada.hears(), await bob.hears()] == ["* ada waves"] * 2


async def test_who_is_here_is_told_when_a_member_asks(chat):
    """The answer names all members, in alphabetical order."""
    bob, _ = await chat.room_of("bob", "ada")

    bob.says("/who")

    assert await bob.receives() == {"type": "members", "members": ["ada", "bob"]}


async def test_nobody_else_hears_the_answer_to_a_question(chat):
    """Answers go to who asked: the list of members, advice, a page of history, errors."""
    ada, bob = await chat.room_of("ada", "bob")

    for line in ("/who", "/help", ""):
        ada.says(line)
    ada.sends(create_message(GetHistory(after=0)))
    ada.says("marker")

    assert await bob.hears() == "ada: marker"


# What cannot be obeyed


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        pytest.param("hello", "bad-message", id="no-json"),
        pytest.param(b'{"type":"message","text":"hi"}', "bad-message", id="binary"),
        pytest.param('{"type":"shout","text":"hi"}', "bad-message", id="unknown-type"),
        pytest.param('{"type":"message"}', "bad-message", id="missing-field"),
        pytest.param(create_message(GetHistory(after=-1)), "bad-message", id="wrong-field"),
        pytest.param('{"type":"message","text":"%s"}' % ("x" * 513), "too-long", id="too-long"),
        pytest.param('{"type":"join","name":"bob"}', "already-joined", id="second-join"),
    ],
)
async def test_an_error_comes_back_when_a_frame_cannot_be_obeyed(chat, frame, code):
    """Whoever sent it is told what was wrong, and may go on."""
    [ada] = await chat.room_of("ada")

    ada.sends(frame)
    ada.says("marker")

    assert [await ada.hears(), await ada.hears()] == [f"error {code}", "ada: marker"]


@pytest.mark.parametrize("text", ["", "hi"], ids=["wrong-field", "join-first"])
async def test_an_error_bears_the_ref_of_the_message_that_it_answers(chat, text):
    """So a client knows which of its messages was refused."""
    await chat.start()
    stranger = chat.gate.lets_in()

    stranger.says(text, ref=7)

    assert (await stranger.receives())["ref"] == 7


async def test_nothing_but_a_join_is_obeyed_first(chat):
    """A question of a stranger's is refused like any message."""
    await chat.start()
    stranger = chat.gate.lets_in()

    stranger.sends(create_message(GetHistory(after=0)))

    assert await stranger.hears() == "error join-first"


# Pages of the past


@pytest.fixture
async def page_of(chat):
    """Return `page_of(**request)`: a page, as ids and texts. Ada joined and said a, b and c."""
    [ada] = await chat.room_of("ada")
    for text in ("a", "b", "c"):
        ada.says(text)
        await ada.receives()

    async def page_of(**request):
        ada.sends(create_message(GetHistory(**request)))
        events = (await ada.receives())["events"]
        return [(event["id"], event.get("text")) for event in events]

    return page_of


async def test_a_page_holds_the_first_events_after_an_id(page_of):
    """As many as were asked for, the oldest first."""
    assert await page_of(after=1, limit=2) == [(2, "a"), (3, "b")]


async def test_a_page_is_short_when_there_is_no_more(page_of):
    """Less than a whole page is the end."""
    assert await page_of(after=3) == [(4, "c")]


async def test_a_page_is_empty_when_nothing_is_newer(page_of):
    """An empty page is an answer too."""
    assert await page_of(after=4) == []
