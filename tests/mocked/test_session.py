"""What the window wants of the network, done by a ChatClient whose server is the test."""

import asyncio

import pytest

from chat.gui.background import Ended, NoOlderPage, NotSaid, OlderPage, Session
from chat.messages import Code, Error, Heard, HistoryPage, Notice
from chat.outcomes import Connected, Disconnected, NotConfirmed, NotConnected, Refused
from tests.links import FakeLink, client_of, heard, soon, welcome


class Window:
    """Asks a session for things, and gets the news."""

    def __init__(self):
        self.clients = []  # to come
        self.news = asyncio.Queue()
        self.session = Session(self.news.put_nowait, lambda *_: self.clients.pop(0))
        self._tasks = []

    def asks(self, work):
        """Ask for something, and go on at once."""
        self._tasks.append(asyncio.create_task(work))

    def joins(self, *items):
        """Join with a client that `items` connects."""
        self.clients.append(client_of(*items))
        self.asks(self.session.join("ws://chat.example", "ada", None))

    async def gets(self, kind):
        """Return the next news of a kind."""
        while True:
            news = await soon(self.news.get())
            if isinstance(news, kind):
                return news

    async def close(self):
        await soon(self.session.leave())
        await soon(asyncio.gather(*self._tasks))


@pytest.fixture
async def window():
    """A window that has asked for nothing yet."""
    window = Window()
    yield window
    await window.close()


@pytest.fixture
async def link(window):
    """The connection over which ada has joined."""
    link = FakeLink(welcome(id=500))
    window.joins(link)
    await link.hears("join")
    await window.gets(Connected)
    return link


async def test_what_the_client_hears_is_news(window, link):
    """In order, and nothing else."""
    link.says(heard(501, text="one"), heard(502, text="two"))

    assert [(await window.gets(Heard)).text for _ in "12"] == ["one", "two"]


async def test_a_chat_that_does_not_begin_is_news(window):
    """With the error, whose words are for the user."""
    error = NotConnected("no server answers")

    window.joins(error)

    assert await window.gets(Ended) == Ended(error)


async def test_a_chat_that_is_over_for_good_is_news(window, link):
    """A server that does not want ada any more is not asked again."""
    link.closes(1008, "go away")

    assert str((await window.gets(Ended)).error) == "go away"


async def test_a_break_is_news(window, link):
    """The client comes back by itself; the user wants to know."""
    link.vanishes()

    await window.gets(Disconnected)


async def test_joining_again_leaves_the_chat_before(window, link):
    """Nobody sits in two chats with one window."""
    second = FakeLink(welcome())

    window.joins(second)
    await second.hears("join")

    assert link.is_closed


async def test_joining_twice_at_once_leaves_one_chat(window, link):
    """A user may be faster than a goodbye."""
    second, third = FakeLink(welcome()), FakeLink(welcome())

    window.joins(second)
    window.joins(third)
    await third.hears("join")

    assert second.is_closed
    assert not third.is_closed


async def test_leaving_says_goodbye(window, link):
    """The name is free at once."""
    await soon(window.session.leave())

    assert link.is_closed


@pytest.mark.parametrize("line", ["hello", "/who"])
async def test_a_line_is_sent_as_typed(window, link, line):
    """What a command means, the server decides."""
    window.asks(window.session.say(line))

    assert (await link.hears("message"))["text"] == line


async def test_a_line_that_is_heard_is_no_news_but_the_event(window, link):
    """The echo is the confirmation."""
    window.asks(window.session.say("hello"))
    link.echoes(await link.hears("message"), 501)
    link.says(Notice("marker"))

    assert [type(await soon(window.news.get())) for _ in "12"] == [Heard, Notice]


async def test_a_refused_line_is_news(window, link):
    """With its text: the user need not type it again."""
    window.asks(window.session.say("hello"))
    ref = (await link.hears("message"))["ref"]
    link.says(Error(Code.RATE_LIMITED, "too fast", ref))

    news = await window.gets(NotSaid)

    assert (news.line, type(news.error), str(news.error)) == ("hello", Refused, "too fast")


async def test_a_line_that_nobody_confirmed_is_news(window, link):
    """The connection broke, and what came after it does not tell."""
    window.asks(window.session.say("hello"))
    await link.hears("message")
    link.closes(1008)

    news = await window.gets(NotSaid)

    assert (news.line, type(news.error)) == ("hello", NotConfirmed)


async def test_a_line_is_not_said_where_there_is_no_chat(window):
    """That is news too, and no error in the background."""
    window.asks(window.session.say("hello"))

    assert isinstance((await window.gets(NotSaid)).error, NotConnected)


async def answer(link, *events):
    """Wait for a request for history, answer it and return where it began."""
    request = await link.hears("history")
    link.says(HistoryPage(events))
    return request["after"]


async def test_older_events_are_those_just_before(window, link):
    """One page, which ends where the others begin."""
    window.asks(window.session.older(450, 1))

    assert await answer(link, heard(350), heard(449), heard(450)) == 349
    assert await window.gets(OlderPage) == OlderPage(350, (heard(350), heard(449)))


async def test_nothing_before_the_oldest_is_asked_for(window, link):
    """The server keeps no more."""
    window.asks(window.session.older(450, 420))

    assert await answer(link, heard(420), heard(450)) == 419
    assert (await window.gets(OlderPage)).first == 420


async def test_older_events_are_asked_for_until_there_is_no_gap(window, link):
    """Where one event is the leaving of many, one page is not enough."""
    window.asks(window.session.older(450, 1))

    assert await answer(link, heard(350), heard(360)) == 349
    assert await answer(link, heard(370), heard(460)) == 360
    assert (await window.gets(OlderPage)).events == (heard(350), heard(360), heard(370))


async def test_a_page_with_nothing_in_it_is_told(window, link):
    """There may be more before it."""
    window.asks(window.session.older(450, 1))
    await answer(link)

    assert await window.gets(OlderPage) == OlderPage(350, ())


async def test_a_page_that_does_not_come_is_news(window, link):
    """The connection broke."""
    window.asks(window.session.older(450, 1))
    await link.hears("history")
    link.vanishes()

    assert isinstance((await window.gets(NoOlderPage)).error, NotConnected)
