"""Everybody hears everything, in one order, however many they are."""

import asyncio

from chat.journal.memory import MemoryJournal


async def test_everyone_hears_a_message_the_sender_too(live_server, join):
    """A message goes to all members, and to its sender as the acknowledgement."""
    ada = await join(live_server, "ada")
    bob = await join(live_server, "bob")

    await ada.says("hello", ref=7)

    for member in ada, bob:
        heard = await member.receives("message")
        assert (heard["name"], heard["text"], heard["ref"]) == ("ada", "hello", 7)


async def test_members_hear_who_comes_and_who_goes(live_server, join):
    """A join and a leave are told to those who are there."""
    ada = await join(live_server, "ada")
    bob = await join(live_server, "bob")
    assert (await ada.receives("join"))["name"] == "ada"

    await bob.socket.close()

    assert (await ada.receives("join"))["name"] == "bob"
    assert (await ada.receives("leave"))["name"] == "bob"


async def test_a_welcome_names_all_members(live_server, join):
    """Who comes in learns who is there, in alphabetical order."""
    for name in ("cid", "ada"):
        await join(live_server, name)

    bob = await join(live_server, "bob")

    assert bob.welcome["members"] == ["ada", "bob", "cid"]


async def test_nobody_hears_anything_before_joining(live_server, connect, join):
    """A stranger gets the welcome first, however much is said before."""
    stranger = await connect(live_server)
    ada = await join(live_server, "ada")
    await ada.says("only for members")
    await ada.hears()

    await stranger.sends(type="join", name="bob")

    assert (await stranger.receives())["type"] == "welcome"


async def test_all_hear_one_order_under_load(serve, join):
    """1,000 messages from 20 members at once: one order for all, and each sender's own is kept."""
    server = await serve(rate_limit=0)
    members = [await join(server, f"member-{number}") for number in range(20)]
    spoken = {member: [f"{id(member)} {number}" for number in range(50)] for member in members}

    await asyncio.gather(*(member.says(*texts) for member, texts in spoken.items()))

    heard, *others = await asyncio.gather(*(member.hears_all(1000) for member in members))
    assert all(other == heard for other in others)
    for texts in spoken.values():
        assert [text for text in heard if text in set(texts)] == texts


async def test_all_get_in_when_two_hundred_come_at_once(serve, join):
    """Many connections in one moment: none is refused, and everyone is told of everyone."""
    server = await serve(journal=MemoryJournal())
    names = [f"member-{number:03}" for number in range(200)]

    await asyncio.gather(*(join(server, name) for name in names))

    assert (await join(server, "zoe")).welcome["members"] == [*names, "zoe"]


async def test_a_newcomer_sees_the_newest_50_events(serve, join):
    """Who comes late reads the last part of the talk, up to the own join, and then what is new."""
    server = await serve(rate_limit=0)
    ada = await join(server, "ada")
    await ada.says(*map(str, range(60)))
    await ada.hears_all(60)

    bob = await join(server, "bob")

    replay = [await bob.receives() for _ in range(50)]
    assert [event["text"] for event in replay[:-1]] == [str(number) for number in range(11, 60)]
    assert (replay[-1]["type"], replay[-1]["name"]) == ("join", "bob")


async def test_pages_go_back_further_than_memory(serve, join):
    """What no longer fits into memory is read from the journal, page by page, without a hole."""
    server = await serve(rate_limit=0, recent_events=5)
    ada = await join(server, "ada")
    await ada.says(*map(str, range(30)))
    await ada.hears_all(30)

    events = [event async for event in ada.pages(limit=7)]

    assert [event["id"] for event in events] == list(range(1, 32))
    assert [event["text"] for event in events[1:]] == [str(number) for number in range(30)]
