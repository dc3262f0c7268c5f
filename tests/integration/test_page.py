"""The page in a real browser, with a real server behind it.

One browser serves all of these tests, since it takes long to start. It lives in one event loop, so
they all run in that loop, with the servers and members that they need. Each opens a tab of its own
at a port of its own: the page keeps what it remembers in the tab, so nothing is left for the next.
"""

import re
import time
from contextlib import AsyncExitStack
from functools import partial
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from websockets.exceptions import ConnectionClosedError
from websockets.frames import Close

from chat.config import Settings
from chat.events import Event
from chat.gate import Gate
from chat.journal.memory import MemoryJournal
from chat.words import not_connected
from tests.integration.browser import PATIENCE, Visitor, launched
from tests.integration.conftest import running
from tests.integration.member import connected

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.browser,
    pytest.mark.timeout(6 * PATIENCE),
]
# What is asked for here must live in the loop of the browser: conftest.py has others like it.
fixture = partial(pytest_asyncio.fixture, loop_scope="session")


HALF_PAST_NOON = 12.5 * 60 * 60  # on the first day of 1970, in UTC
TEXTS = [f"text {number}" for number in range(120)]
INJECTION = """() => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "injected"';
    document.head.append(script);
}"""


@fixture(scope="session")
async def browser():
    """The one browser, with one profile."""
    async with launched() as profile:
        yield profile


@pytest.fixture
def expect(browser):
    """Playwright's assertions, which wait until they hold."""
    from playwright.async_api import expect  # noqa: PLC0415  # `browser` skips where it is missing

    expect.set_options(timeout=PATIENCE * 1000)
    return expect


@fixture
async def serve():
    """Start a server with other settings: `await serve(token="...")`."""
    async with AsyncExitStack() as stack:

        async def start(journal=None, **changes):
            settings = Settings(**{"host": "127.0.0.1", "port": 0} | changes)
            server = running(journal or MemoryJournal(), Gate(settings), time.monotonic)
            return await stack.enter_async_context(server)

        yield start


@fixture
async def live_server(serve):
    """A running server."""
    return await serve()


@fixture
async def join(serve):
    """Join without a browser: `bob = await join(server, "bob")`."""
    async with AsyncExitStack() as stack:

        async def enter(server, name):
            member = await stack.enter_async_context(connected(server.url))
            await member.joins(name)
            return member

        yield enter


@fixture
async def visit(browser, serve):
    """Open the page of a server: `ada = await visit(server, "ada")`; no name, no join."""
    async with AsyncExitStack() as stack:

        async def open_tab(server, name=None, query=""):
            visitor = Visitor(await stack.enter_async_context(await browser.new_page()))
            await visitor.page.goto(address(server) + query)
            if name:
                await visitor.joins(name)
            return visitor

        yield open_tab


@pytest.fixture
def audit(browser):
    """Ask axe-core what is wrong with a page: `await audit(ada)`."""
    module = "axe_playwright_python.async_playwright"
    axe = pytest.importorskip(module, reason="no axe-core: pip install axe-playwright-python").Axe()

    async def violations(visitor):
        options = {"resultTypes": ["violations"]}  # and not what is well, which takes as long
        found = (await axe.run(visitor.page, options=options)).response["violations"]
        return [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found]

    return violations


def address(server):
    """Return where the page of a server is."""
    return server.url.replace("ws", "http", 1) + "/"


# --- joining ---


async def test_the_keyboard_alone_suffices_to_join_and_talk(live_server, visit, expect):
    """The cursor stands where the next word goes, from the name to the first message."""
    ada = await visit(live_server)

    for words in "ada", "hello":
        await ada.page.keyboard.type(words)
        await ada.page.keyboard.press("Enter")
        await expect(ada.text).to_be_focused()

    await expect(ada.line("hello")).to_be_visible()


async def test_a_taken_name_is_told_at_its_field(live_server, join, visit, expect):
    """Who is refused reads why where it can be changed, with the cursor there."""
    await join(live_server, "ada")
    visitor = await visit(live_server)

    await visitor.asks_for("ada")

    await expect(visitor.name).to_have_accessible_description(re.compile("taken"))
    await expect(visitor.name).to_have_attribute("aria-invalid", "true")
    await expect(visitor.name).to_be_focused()


async def test_another_name_is_tried_on_the_same_connection(live_server, join, visit, expect):
    """A refused name costs no new handshake."""
    await join(live_server, "ada")
    visitor = await visit(live_server)
    await visitor.asks_for("ada")
    await expect(visitor.name).to_have_accessible_description(re.compile("taken"))

    await visitor.joins("eve")

    await expect(visitor.status).to_have_text("Connected as eve")
    assert visitor.sockets == [live_server.url + "/"]


async def test_a_token_is_asked_for_where_one_is_needed(serve, visit, expect):
    """Who comes without a token is told so, and gets in with it."""
    visitor = await visit(await serve(token="open sesame & co"))
    await visitor.asks_for("ada")
    await expect(visitor.token).to_have_accessible_description("This chat needs a token.")

    await visitor.token.fill("open sesame & co")
    await visitor.joins("ada")

    await expect(visitor.status).to_have_text("Connected as ada")


async def test_a_wrong_token_is_told_at_its_field(serve, visit, expect):
    """The browser cannot see why it was refused; the page finds out."""
    visitor = await visit(await serve(token="right"), query="?token=wrong")

    await visitor.asks_for("ada")

    await expect(visitor.token).to_have_accessible_description("This token is not the right one.")
    await expect(visitor.token).to_be_focused()


async def test_a_token_in_the_address_opens_the_chat(serve, visit, expect):
    """A link with the token is enough, and the token does not stay where others could read it."""
    server = await serve(token="open sesame & co")

    ada = await visit(server, "ada", query="?token=open+sesame+%26+co")

    await expect(ada.status).to_have_text("Connected as ada")
    await expect(ada.page).to_have_url(address(server))


async def test_a_refused_address_is_told(live_server, visit, expect):
    """Who opens the page under a name that the server does not know reads what would help."""
    visitor = await visit(live_server)
    await visitor.page.goto(address(live_server).replace("127.0.0.1", "chat.localhost"))

    await visitor.asks_for("ada")

    await expect(visitor.status).to_have_text(re.compile(r"allow it with --origin\.$"))


# --- talking ---


async def test_others_hear_what_is_typed(live_server, join, visit):
    """A line goes out as it was written."""
    ada = await visit(live_server, "ada")
    bob = await join(live_server, "bob")

    await ada.says("hello")

    assert await bob.hears() == "hello"


async def test_a_line_says_who_said_what_and_when(serve, visit, expect):
    """The time is that of the message, on the reader's clock."""
    journal = MemoryJournal()
    journal.append(Event("join", 0, "an earlier server", 1, "bob"))
    journal.append(Event("message", HALF_PAST_NOON, "an earlier server", 1, "bob", "hello"))

    ada = await visit(await serve(journal), "ada")

    await expect(ada.line("hello")).to_have_text("bob hello 12:30")


async def test_an_action_reads_as_a_sentence(live_server, join, visit, expect):
    """`/me waves` is something that bob does."""
    ada = await visit(live_server, "ada")
    bob = await join(live_server, "bob")

    await bob.says("/me waves")

    await expect(ada.line("waves")).to_have_text(re.compile(r"^\* bob waves \d"))


async def test_markup_is_shown_as_it_was_typed(live_server, join, visit, expect):
    """What others write is text, in names too, and never becomes a part of the page."""
    ada = await visit(live_server, "ada")
    bob = await join(live_server, "<b>bob</b>")
    text = "<script>alert()</script><img src=x onerror=alert()><b>hello</b>"

    await bob.says(text)

    await expect(ada.said).to_have_text(text)
    await expect(ada.lines.last).to_contain_text("<b>bob</b>")
    await expect(ada.members.first).to_have_text("<b>bob</b>")


async def test_own_messages_stand_apart(live_server, join, visit, expect):
    """One's own are on the other side."""
    ada = await visit(live_server, "ada")
    bob = await join(live_server, "bob")
    await ada.says("mine")
    await bob.hears()
    await bob.says("yours")
    await expect(ada.said).to_have_text(["mine", "yours"])

    mine, yours = [await words.bounding_box() for words in await ada.said.all()]

    assert mine["x"] > yours["x"] + yours["width"]


async def test_the_members_follow_who_comes_and_who_goes(live_server, join, visit, expect):
    """The list is who is here now."""
    ada = await visit(live_server, "ada")
    bob = await join(live_server, "bob")
    await expect(ada.members).to_have_text(["ada (you)", "bob"])

    await bob.socket.close()

    await expect(ada.members).to_have_text(["ada (you)"])


async def test_a_text_of_the_longest_length_is_sent(live_server, join, visit):
    """512 characters are as many as a reader would count, and not what they take in memory."""
    ada = await visit(live_server, "ada")
    bob = await join(live_server, "bob")

    await ada.says("🎉" * 512)

    assert await bob.hears() == "🎉" * 512


async def test_a_text_that_is_too_long_is_not_sent(live_server, join, visit, expect):
    """The page says how much too long it is, and keeps it to be shortened."""
    ada = await visit(live_server, "ada")
    bob = await join(live_server, "bob")

    await ada.says("🎉" * 513)

    await expect(ada.text).to_have_accessible_description(re.compile("Not sent: 1 character"))
    await expect(ada.text).to_have_value("🎉" * 513)
    await ada.says("shorter")
    assert await bob.hears() == "shorter"
    await expect(ada.said).to_have_text(["shorter"])


async def test_who_leaves_is_gone_for_the_others(live_server, join, visit, expect):
    """Leaving is told to all, and leads back to the door."""
    ada = await visit(live_server, "ada")
    bob = await join(live_server, "bob")

    await ada.button("Leave").click()

    assert (await bob.receives("leave"))["name"] == "ada"
    await expect(ada.name).to_be_focused()


# --- coming back ---


async def test_what_was_missed_is_shown_once_when_the_server_is_back(serve, join, visit, expect):
    """All that was said comes in order, even more than a server keeps at hand or newcomers see."""
    journal = MemoryJournal()
    server = await serve(journal)
    ada = await visit(server, "ada")
    await ada.says("before")
    await expect(ada.line("before")).to_be_visible()
    await ada.loses(server)
    await said_elsewhere(await serve(journal, rate_limit=0), *TEXTS)

    await serve(journal, port=urlsplit(server.url).port, recent_events=5, replay=5)
    await ada.comes_back()

    await expect(ada.said).to_have_text(["before", *TEXTS])


async def test_the_page_says_so_when_some_of_what_was_missed_is_gone(serve, visit, expect):
    """A journal keeps its newest events: a gap is told where it is, not hidden."""
    journal = MemoryJournal(history=10)
    server = await serve(journal)
    ada = await visit(server, "ada")
    await ada.loses(server)
    await said_elsewhere(await serve(journal, rate_limit=0), *TEXTS)

    server = await serve(journal, port=urlsplit(server.url).port)
    await ada.comes_back()

    gone = f"The history before event {journal.oldest} is gone"
    texts = [gone, *TEXTS[-8:], "left", "joined"]
    await expect(ada.lines.locator(".text")).to_have_text(["joined", *texts])


async def test_the_page_starts_afresh_when_the_history_went_back(serve, visit, expect):
    """Where an older copy was put in its place, what the page had shown is no longer true."""
    journal, copy = MemoryJournal(), MemoryJournal()
    copy.identity = journal.identity
    server = await serve(journal)
    ada = await visit(server, "ada")
    await ada.says("gone")
    await expect(ada.line("gone")).to_be_visible()
    await ada.loses(server)

    await serve(copy, port=urlsplit(server.url).port)
    await ada.comes_back()

    await expect(ada.lines.locator(".text")).to_have_text([re.compile("another history"), "joined"])


async def test_a_text_is_kept_while_there_is_no_connection(live_server, visit, expect):
    """What cannot be sent now is neither lost nor sent behind one's back later."""
    ada = await visit(live_server, "ada")
    await ada.loses(live_server)

    await ada.says("too late")

    await expect(ada.text).to_have_accessible_description(re.compile("nothing was sent"))
    await expect(ada.text).to_have_value("too late")


async def test_the_complaint_is_gone_when_the_connection_is_back(serve, visit, expect):
    """The text is still there, and now it can be sent."""
    server = await serve()
    ada = await visit(server, "ada")
    await ada.loses(server)
    await ada.says("too late")
    await expect(ada.problem).not_to_be_empty()

    await serve(server.journal, port=urlsplit(server.url).port)
    await ada.comes_back()

    await expect(ada.problem).to_be_empty()
    await expect(ada.text).to_have_value("too late")


async def test_the_page_says_why_a_connection_ended_as_the_window_does(live_server, visit):
    """Who uses both reads the same words for the same thing."""
    page = (await visit(live_server)).page

    for code in (1000, 1001, 1008, 1011, 1012, 1013):
        words = str(not_connected(ConnectionClosedError(Close(code, ""), None)))
        assert await page.evaluate("code => closeWords(code, '')", code) == words


async def test_a_message_that_never_arrived_can_be_sent_again(live_server, join, visit, expect):
    """The page comes back by itself; what got lost is offered to be sent once more."""
    ada = await visit(live_server, "ada")
    await says_into_a_cut_cable(ada, live_server, "hello")
    await expect(ada.unsent).to_contain_text("Not confirmed: hello")
    bob = await join(live_server, "bob")

    await ada.button("Send again").click()

    assert await bob.hears() == "hello"
    await expect(ada.unsent).to_have_count(0)


async def test_a_reload_comes_back_as_the_same_person(live_server, join, visit, expect):
    """What was whispered to one before is still there: others would not be shown it."""
    ada = await visit(live_server, "ada")
    bob = await join(live_server, "bob")
    await bob.says("/msg ada psst")
    await expect(ada.line("psst")).to_be_visible()

    await ada.page.reload()

    await expect(ada.status).to_have_text("Connected as ada")
    await expect(ada.line("psst")).to_be_visible()


async def said_elsewhere(server, *texts):
    """Say something on another server of the same history, which then stops too."""
    async with connected(server.url) as bob:
        await bob.joins("bob")
        await bob.says(*texts)
        while await bob.hears() != texts[-1]:
            pass
    await server.stop()


async def says_into_a_cut_cable(visitor, server, text):
    """Say something on the only connection of a server, which breaks before it arrives."""
    (cable,) = server._gate.transports
    cable.pause_reading()
    await visitor.says(text)
    await visitor.text.and_(visitor.page.locator(":placeholder-shown")).wait_for()
    cable.abort()
    await visitor.is_cut_off()


# --- reading ---


@fixture
async def busy_server(serve, join):
    """A server where more was said than a newcomer is shown."""
    server = await serve(rate_limit=0)
    bob = await join(server, "bob")
    await bob.says(*TEXTS)
    await bob.hears_all(len(TEXTS))
    return server


@fixture
async def ada_reads(busy_server, visit, expect):
    """Ada, who has before her what a newcomer is shown, and may ask for more."""
    ada = await visit(busy_server, "ada")
    await expect(ada.said).to_have_text(TEXTS[-49:])
    await expect(ada.button("Older messages")).to_be_visible()
    return ada


async def test_older_messages_come_when_the_reader_scrolls_up(ada_reads, expect):
    """All that was said is there, once and in order."""
    await ada_reads.log.press("Home")

    await expect(ada_reads.said).to_have_text(TEXTS)


async def test_older_messages_do_not_move_what_is_being_read(ada_reads, expect):
    """What comes in above leaves the line that was at the top where it is."""
    await ada_reads.log.press("Home")

    await expect(ada_reads.said).to_have_count(len(TEXTS))
    await expect(ada_reads.line(TEXTS[-49])).to_be_in_viewport()


async def test_the_newest_message_is_in_view_while_the_end_is(busy_server, ada_reads, join, expect):
    """Who reads along need not scroll."""
    eve = await join(busy_server, "eve")

    await eve.says(*TEXTS, "the last")

    await expect(ada_reads.line("the last")).to_be_in_viewport()


async def test_new_messages_do_not_move_what_is_being_read(busy_server, ada_reads, join, expect):
    """Who reads what was said before is told that there is more, and taken there on request."""
    await ada_reads.log.press("PageUp")
    await expect(ada_reads.line(TEXTS[-1])).not_to_be_in_viewport()

    eve = await join(busy_server, "eve")
    await eve.says("news")

    await expect(ada_reads.button("New messages")).to_be_visible()
    await expect(ada_reads.line("news")).not_to_be_in_viewport()
    await ada_reads.button("New messages").click()
    await expect(ada_reads.line("news")).to_be_in_viewport()


async def test_only_what_is_new_is_read_out(live_server, join, visit, expect):
    """A screen reader announces what is said now, politely, and not the replay."""
    bob = await join(live_server, "bob")
    await bob.says("before")
    await bob.hears()
    ada = await visit(live_server, "ada")
    await bob.says("now")
    await expect(ada.said).to_have_text(["before", "now"])

    silent = ada.log.locator("[aria-live=off]")

    await expect(ada.log).to_have_attribute("aria-live", "polite")
    await expect(silent.locator(".message .text")).to_have_text(["before"])


# --- looks ---


async def test_everything_is_in_view_on_a_narrow_screen(live_server, join, visit, expect):
    """On a phone of 360 pixels no word has to be scrolled to sideways, however long."""
    ada = await visit(live_server, "ada")
    await ada.page.set_viewport_size({"width": 360, "height": 640})
    bob = await join(live_server, "b" * 32)
    await bob.says("w" * 512)
    await ada.button("Members (2)").click()

    for shown in ada.said, ada.members.last, ada.button("Leave"), ada.button("Send"):
        await expect(shown).to_be_in_viewport()
        box = await shown.bounding_box()
        assert 0 <= box["x"] <= 360 - box["width"]
    assert (await ada.said.bounding_box())["width"] > 180
    assert await ada.page.evaluate("document.documentElement.scrollWidth") == 360


async def test_the_page_is_light_or_dark_as_the_reader_likes_it(live_server, visit):
    """The system's setting decides."""
    visitor = await visit(live_server)

    light, dark = [await visitor.brightness(scheme) for scheme in ("light", "dark")]

    assert dark < 0.2
    assert light > 0.8


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_breaks_no_rule_of_accessibility(live_server, join, visit, audit, scheme):
    """axe-core finds nothing, neither at the door nor in the chat."""
    ada = await visit(live_server)
    await ada.page.emulate_media(color_scheme=scheme)
    assert await audit(ada) == []
    await ada.joins("ada")
    bob = await join(live_server, "bob")

    await bob.says("hello", "/me waves", "/msg ada psst")
    await ada.says("/help")

    for words in "psst", "see what you can type":
        await ada.log.get_by_text(words).wait_for()
    assert await audit(ada) == []


# --- trust ---


async def test_a_visit_is_without_complaint_and_stays_at_home(live_server, visit, expect):
    """The console of the browser is empty, and nothing was asked of any other server."""
    ada = await visit(live_server, "ada")
    await ada.says("hello")
    await expect(ada.line("hello")).to_be_visible()

    assert ada.complaints == []
    assert {urlsplit(url).netloc for url in ada.requests} == {urlsplit(live_server.url).netloc}


async def test_a_script_that_got_into_the_page_does_not_run(live_server, visit, expect):
    """Should markup ever slip through, the browser is told to run only what the server sends."""
    visitor = await visit(live_server)

    await visitor.page.evaluate(INJECTION)

    await expect(visitor.page).to_have_title("TestingPy Chat")
