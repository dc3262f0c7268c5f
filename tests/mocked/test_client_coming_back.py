"""What a client does when its connection breaks: it waits, comes back, and misses nothing."""

import asyncio
from contextlib import asynccontextmanager
from unittest.mock import call, create_autospec

import pytest

from chat.config import PAGE_DELAY, PAGE_RETRY
from chat.link import open_link
from chat.messages import Error, HistoryPage, Notice
from chat.outcomes import Connected, Disconnected, NotConnected, Refused
from tests.fakes import FakeClock
from tests.links import FakeLink, client_of, heard, ids_heard, next_of, soon, welcome


def broken(*messages):
    """A connection that brings some messages and then is lost."""
    link = FakeLink(*messages)
    link.vanishes()
    return link


@asynccontextmanager
async def back_on(link, *seen, **options):
    """A client that has seen some events, and comes back over `link`, up to its request."""
    async with client_of(broken(welcome(), *seen), link, **options) as ada:
        await next_of(Disconnected, ada)
        await link.hears("history")
        yield ada


def fails(times):
    """So many attempts to connect at which no server answers."""
    return [NotConnected("no server answers")] * times


# --- When it breaks ---


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (1000, "the connection was closed"),
        (1001, "the server stopped"),
        (1011, "the server had an error"),
        (1012, "the server starts again"),
        (1013, "the messages came faster than they were read"),
    ],
)
async def test_a_client_tells_why_and_comes_back_when_the_server_says_goodbye(code, words):
    """None of these goodbyes is for good."""
    link = FakeLink(welcome())
    link.closes(code)

    async with client_of(link, FakeLink(welcome())) as ada:
        assert (await next_of(Disconnected, ada)).reason == words
        assert await next_of(Connected, ada) == Connected(welcome(), fresh=False)


async def test_a_client_comes_back_when_the_connection_is_lost():
    """Networks fail without a word."""
    async with client_of(broken(welcome()), FakeLink(welcome())) as ada:
        assert (await next_of(Disconnected, ada)).reason == "the connection was lost"
        assert await next_of(Connected, ada)


async def test_a_client_comes_back_to_the_same_address_with_its_token():
    """Each attempt brings what the first one brought, or a chat with a token would be lost."""
    last = FakeLink(welcome())
    connect = create_autospec(open_link, side_effect=[broken(welcome()), *fails(1), last])

    async with client_of(connect=connect, token="secret"):
        await last.hears("join")

    assert connect.await_args_list == [call("ws://chat.example", "secret")] * 3


@pytest.mark.parametrize("reason", ["you joined again from elsewhere", ""])
async def test_a_client_does_not_come_back_when_the_server_does_not_want_it(reason):
    """1008 is a judgement (RFC 6455, section 7.4.1): the iteration ends with its words."""
    link = FakeLink(welcome())
    link.closes(1008, reason)

    async with client_of(link, FakeLink(welcome())) as ada:
        with pytest.raises(NotConnected, match=reason or "the server refuses to go on"):
            await next_of(Disconnected, ada)


async def test_a_client_does_not_come_back_when_the_server_talks_nonsense():
    """What one does not understand, one would not understand the next time either."""
    link = FakeLink(welcome(), "nonsense")

    async with client_of(link, FakeLink(welcome())) as ada:
        with pytest.raises(NotConnected, match=r"^the server said what this client does not"):
            await next_of(Disconnected, ada)

    assert link.is_closed


@pytest.mark.parametrize("request_of", ["say", "send", "history"])
async def test_nothing_can_be_asked_for_while_there_is_no_connection(request_of):
    """Nothing is queued: whoever speaks now would be heard at a time nobody knows."""
    async with client_of(broken(welcome())) as ada:
        await next_of(Disconnected, ada)

        with pytest.raises(NotConnected, match=r"^there is no connection to the server now$"):
            await getattr(ada, request_of)(1 if request_of == "history" else "hello")


# --- How long it waits ---


async def test_the_wait_doubles_up_to_the_longest():
    """A server that is down for long is not asked too often."""
    clock = FakeClock()

    async with client_of(broken(welcome()), *fails(8), sleep=clock.sleep):
        waits = [await clock.next_sleep() for _ in range(9)]

    assert waits == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


async def test_each_wait_is_shorter_by_up_to_a_half():
    """Chance keeps all clients from coming back at once."""
    clock, chances = FakeClock(), iter([0, 0, 0.5, 1])  # the first is not for a wait

    async with client_of(broken(welcome()), *fails(2), sleep=clock.sleep, rng=chances.__next__):
        waits = [await clock.next_sleep() for _ in range(3)]

    assert waits == [0.5 / 2, 1 * 3 / 4, 2]


async def test_a_client_tells_how_long_it_waits():
    """A window may count the seconds."""
    async with client_of(broken(welcome()), *fails(1)) as ada:
        waits = [(await next_of(Disconnected, ada)).retry_in for _ in range(2)]

    assert waits == [0.5, 1]


async def test_the_wait_starts_anew_after_a_success():
    """What was bad yesterday says nothing about today."""
    clock = FakeClock()
    script = broken(welcome()), *fails(1), broken(welcome())

    async with client_of(*script, sleep=clock.sleep):
        waits = [await clock.next_sleep() for _ in range(3)]

    assert waits == [0.5, 1, 0.5]


async def test_a_client_never_tires():
    """A server may be down for a night."""
    async with client_of(broken(welcome()), *fails(1100), FakeLink(welcome())) as ada:
        await next_of(Disconnected, ada)
        assert await next_of(Connected, ada)


# --- What keeps it from coming back ---


async def test_a_client_tells_why_it_is_not_back_yet():
    """The reason is that of the latest attempt."""
    script = broken(welcome()), NotConnected("the chat is full"), FakeLink(welcome())

    async with client_of(*script) as ada:
        reasons = [(await next_of(Disconnected, ada)).reason for _ in range(2)]

    assert reasons == ["the connection was lost", "the chat is full"]


@pytest.mark.parametrize("code", ["not-saved", "join-first"])
async def test_a_client_tries_again_when_a_refusal_may_pass(code):
    """A journal that fails, or is slow, may work again."""
    script = broken(welcome()), FakeLink(Error(code, "not now")), FakeLink(welcome())

    async with client_of(*script) as ada:
        await next_of(Disconnected, ada)
        assert (await next_of(Disconnected, ada)).reason == "not now"
        assert await next_of(Connected, ada)


async def test_the_iteration_raises_when_somebody_else_has_the_name():
    """Trying again would not help: the user must choose another."""
    link = FakeLink(Error("name-taken", "the name ada is taken"))

    async with client_of(broken(welcome()), link) as ada:
        await next_of(Disconnected, ada)
        with pytest.raises(Refused, match=r"^the name ada is taken$"):
            await next_of(Disconnected, ada)


async def test_the_iteration_raises_when_the_server_is_in_vain():
    """So it is with a token that is not valid any more."""
    wrong_token = NotConnected("this chat needs a token", is_final=True)

    async with client_of(broken(welcome()), wrong_token, FakeLink(welcome())) as ada:
        await next_of(Disconnected, ada)
        with pytest.raises(NotConnected, match=r"^this chat needs a token$"):
            await next_of(Disconnected, ada)


# --- What it missed ---


async def test_a_client_resumes_with_what_the_last_welcome_gave_it():
    """The session proves who it is, the journal which history it knows."""
    last = FakeLink(welcome())
    second = broken(welcome(session="second"))

    async with client_of(broken(welcome(session="first")), second, last):
        join = await last.hears()

    assert (join["name"], join["journal"], join["session"]) == ("ada", "journal", "second")


async def test_a_client_resumes_after_the_last_event_but_one():
    """One id may bear several events: of the last one, some may be missing."""
    link = FakeLink(welcome())

    async with client_of(broken(welcome(), heard(6), heard(7)), link):
        assert (await link.hears())["after"] == 6
        assert await link.hears() == {"type": "history", "after": 6, "limit": 100}


async def test_what_was_missed_is_seen_once_and_in_order():
    """The page fills the gap between what was seen and what the server has in memory."""
    link = FakeLink(welcome(), heard(4), heard(5))

    async with back_on(link, heard(1), heard(2)) as ada:
        assert (await next_of(Connected, ada)).fresh is False
        link.says(HistoryPage((heard(2), heard(3), heard(4))), heard(6))
        assert await ids_heard(ada, 4) == [3, 4, 5, 6]


async def test_pages_are_asked_for_until_the_gap_is_filled():
    """Each begins where the last one ended, and there is a pause before it."""
    link, clock = FakeLink(welcome(), heard(9)), FakeClock()

    async with client_of(broken(welcome(), heard(1)), link, sleep=clock.sleep):
        await clock.next_sleep()
        link.says(HistoryPage((heard(1), heard(2))))
        assert await clock.next_sleep() == PAGE_DELAY
        assert [(await link.hears("history"))["after"] for _ in range(2)] == [0, 2]


async def test_a_page_is_asked_for_again_after_a_while_when_it_was_refused():
    """The rate limit counts requests for pages too."""
    link, clock = FakeLink(welcome()), FakeClock()

    async with client_of(broken(welcome(), heard(7)), link, sleep=clock.sleep):
        await clock.next_sleep()
        refused = await link.hears("history")
        link.says(Error("rate-limited", ""))
        assert await clock.next_sleep() == PAGE_RETRY
        assert await link.hears() == refused


async def test_what_was_missed_comes_at_last_when_connections_keep_breaking():
    """A resume that was cut short begins again where it got to."""
    link = FakeLink(welcome(), heard(4))
    cut_short = broken(welcome(), HistoryPage((heard(1), heard(2))), heard(4))

    async with client_of(broken(welcome(), heard(1)), cut_short, link) as ada:
        link.says(HistoryPage((heard(2), heard(3), heard(4))))
        assert await ids_heard(ada, 4) == [1, 2, 3, 4]


async def test_a_client_says_so_when_what_it_missed_is_gone():
    """A journal keeps its newest events: a gap is told, not hidden."""
    link = FakeLink(welcome(oldest=9))

    async with back_on(link, heard(7)) as ada:
        assert await next_of(Notice, ada) == Notice("the history before event 9 is gone")


async def test_a_client_says_nothing_when_nothing_that_it_missed_is_gone():
    """The oldest event that is kept is the very next one."""
    link = FakeLink(welcome(oldest=8), HistoryPage(()), Notice("marker"))

    async with back_on(link, heard(7)) as ada:
        assert await next_of(Notice, ada) == Notice("marker")


async def test_a_client_starts_afresh_when_the_history_is_another():
    """Ids of another journal mean other events, however small they are."""
    link = FakeLink(welcome(journal="another"), heard(1), heard(2))

    async with client_of(broken(welcome(), heard(7)), link) as ada:
        await next_of(Disconnected, ada)
        assert await next_of(Connected, ada) == Connected(welcome(journal="another"), fresh=True)
        assert await ids_heard(ada, 2) == [1, 2]


async def test_a_client_starts_afresh_when_the_history_went_back():
    """Where an older copy was put in its place, the same ids are other events."""
    newest = welcome(id=7)
    link = FakeLink(newest, heard(6), heard(7))

    async with client_of(broken(welcome(), heard(7)), link) as ada:
        await next_of(Disconnected, ada)
        assert await next_of(Connected, ada) == Connected(newest, fresh=True)
        assert await ids_heard(ada, 2) == [6, 7]


async def test_pages_go_to_whom_they_are_for_when_user_and_resume_ask():
    """Answers come in the order of the requests: the user sees what was missed only once."""
    link = FakeLink(welcome(), heard(2))

    async with back_on(link, heard(1)) as ada:
        asking = asyncio.create_task(ada.history(0))
        await link.hears("history")
        link.says(HistoryPage((heard(1), heard(2))), HistoryPage((heard(1),)))
        assert await soon(asking) == (heard(1),)
        assert await ids_heard(ada, 1) == [2]


async def test_a_page_that_was_lost_with_its_connection_is_not_waited_for():
    """What comes over the next connection answers what was asked there."""
    link = FakeLink(welcome(), HistoryPage(()))

    async with client_of(broken(welcome()), broken(welcome()), link) as ada:
        await link.hears("history")
        asking = asyncio.create_task(ada.history(0))
        await link.hears("history")
        link.says(HistoryPage((heard(1),)))
        assert await soon(asking) == (heard(1),)
