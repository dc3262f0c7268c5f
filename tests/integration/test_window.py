"""The desktop window on a real display, with a real server behind it, driven by real keys."""

import asyncio
import os
import signal
import socket
import sys
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
import websockets
from websockets.frames import CloseCode

from chat.journal.memory import MemoryJournal
from chat.protocol import create_message
from tests.integration.desktop import (
    STARTING,
    Display,
    ended,
    environment_at,
    forked_at,
    needs_tkinter,
    process,
    sitting_at,
    warm_program,
)
from tests.links import heard, soon, welcome

pytestmark = pytest.mark.timeout(6 * STARTING)  # what never comes is to be told first

OLDER, FIRST_OF_REPLAY = "text 70.", "text 71."
BROKEN = """
from chat.__main__ import main
from chat.gui.presenter import Presenter
divisors = [1, 0]  # it begins well
Presenter.tick = lambda self: 1 / divisors.pop(0)
main(["client"])
"""
MEASURED = """
import tkinter
from chat.gui.looks import Looks
print(Looks(tkinter.Tk()).px(100))
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def warm(tmp_path_factory):
    """A program that has all its imports behind it, and the socket at which it opens windows."""
    path = str(tmp_path_factory.mktemp("window") / "socket")
    async with warm_program(path):
        yield path


@pytest.fixture(scope="module")
def spare():
    """The display of the next test, which starts while another one has its own."""
    spare = [Display()]
    yield spare
    spare.pop().end()


@pytest.fixture
def screen(spare):
    """A display that nobody else has."""
    display = spare.pop()
    spare.append(Display())
    yield display.name
    display.end()


@pytest.fixture
async def open_window(screen, warm):
    """Open a window: `ada = await open_window("--name", "ada")`."""
    async with AsyncExitStack() as stack:

        async def start(*options):
            return await stack.enter_async_context(forked_at(screen, warm, *options))

        yield start


@pytest.fixture
async def start_client(screen):
    """Start a program of its own, as a user does, to see how it ends."""
    async with AsyncExitStack() as stack:

        async def start(*options):
            return await stack.enter_async_context(sitting_at(screen, *options))

        yield start


@pytest.fixture
async def bob(live_server, join):
    """Somebody else in the chat, at no window."""
    return await join(live_server, "bob")


@pytest.fixture
async def ada(live_server, bob, open_window):
    """Somebody at a window who has joined."""
    ada = await open_window("--name", "ada", "--url", live_server.url)
    await ada.sees("Connected as ada")
    return ada


@pytest.fixture
async def long_chat(serve, join, open_window):
    """Ada at a window, and bob, who has said much before she came: she has the newest 50 events."""
    server = await serve(rate_limit=0)
    bob = await join(server, "bob")
    await bob.says(*(f"text {number}." for number in range(120)))
    await bob.hears_all(120)
    ada = await open_window("--name", "ada", "--url", server.url)
    await ada.reads("ada joined")
    return ada, bob


class OtherServer:
    """A server that is none of ours: it welcomes ada, says `text`, and may send her away.

    It does so after as many messages of hers as it has `patience` for, and confirms none of them.
    """

    def __init__(self):
        self.text = "hello"
        self.patience = None
        self.goodbyes = asyncio.Queue()  # the close codes that it got

    async def take(self, connection):
        await connection.recv()
        for message in (welcome(id=1), heard(1, text=self.text)):
            await connection.send(create_message(message))
        if self.patience is not None:
            for _ in range(self.patience):
                await connection.recv()
            await connection.close(CloseCode.POLICY_VIOLATION, "enough of you")
        await connection.wait_closed()
        self.goodbyes.put_nowait(connection.close_code)


@pytest.fixture
async def other_server():
    """A server that does as it is told, at its `url`."""
    other = OtherServer()
    async with websockets.serve(other.take, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        other.url = f"ws://127.0.0.1:{port}"
        yield other


@pytest.fixture
def deaf_port():
    """The number of a port at which somebody listens, and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("caf\u00e9 \u05e9\u05dc\u05d5\u05dd \U0001f600", id="any-script"),
        pytest.param("www." + "example" * 20, id="long-word"),
    ],
)
async def test_what_others_say_is_read(ada, bob, text):
    """Outside the BMP too, which Tk 8.6 finds hard, and where a line ends in a word."""
    await bob.says(text)

    await ada.reads(text)


async def test_members_stand_beside_the_messages(ada, bob, join, live_server):
    """Whoever comes is listed at once."""
    await join(live_server, "eve")

    await ada.sees("eve")
    assert ada.seen["members"] == ["ada (you)", "bob", "eve"]


async def test_one_joins_and_talks_by_keyboard_alone(live_server, bob, open_window):
    """No click from the start of the program to the first message."""
    ada = await open_window("--url", live_server.url)

    await ada.enters("ada")
    await ada.sees("Connected as ada")
    await ada.enters("no mouse")

    assert await bob.hears() == "no mouse"
    await ada.reads("no mouse")


async def test_another_name_is_typed_over_one_that_is_taken(live_server, bob, open_window):
    """The form says what is wrong, beside the field, and has it selected."""
    ada = await open_window("--name", "bob", "--url", live_server.url)
    await ada.sees("The name bob is taken")

    await ada.enters("ada")

    await ada.sees("Connected as ada")


async def test_a_token_is_asked_for_where_the_chat_needs_one(serve, open_window):
    """The field for it is not there before."""
    server = await serve(token="secret")
    ada = await open_window("--name", "ada", "--url", server.url)
    await ada.sees("needs a token")

    await ada.enters("secret")

    await ada.sees("Connected as ada")


async def test_older_messages_come_when_the_reader_is_at_the_top(long_chat):
    """What is read stays in view, below them."""
    ada, _ = long_chat
    await ada.may_type()

    await ada.presses("ctrl+Home")
    await ada.reads(OLDER)

    assert any(FIRST_OF_REPLAY in line for line in ada.seen["log"])


async def test_what_is_read_stays_in_view_when_something_new_comes(long_chat):
    """It is hinted at, until the reader goes to the end."""
    ada, bob = long_chat
    await ada.may_type()
    await ada.presses("Prior")
    await ada.sees_a_change()
    reading = ada.seen["log"]

    await bob.says("new")
    await ada.sees("New messages")
    assert ada.seen["log"] == reading

    await ada.presses("ctrl+End")
    await ada.reads("new")
    await ada.sees_no("New messages")


async def test_the_log_is_read_by_its_scrollbar(long_chat):
    """Dragged up to the top, it brings what is older."""
    ada, _ = long_chat

    await ada.drags_up()

    await ada.reads(OLDER)


async def test_what_is_read_stays_in_view_when_the_window_has_another_size(long_chat):
    """Only who is at the end stays there."""
    ada, _ = long_chat
    await ada.may_type()
    await ada.presses("Prior")
    await ada.sees_a_change()
    first, *_, last = ada.seen["log"]

    await ada.resizes(700, 400)
    await ada.reads_no(last)

    assert ada.seen["log"][0] == first


async def test_members_make_room_when_the_window_is_narrow(ada):
    """The messages need all of it; when it is wide again, the members are back."""
    await ada.sees("Members (2)")
    await ada.resizes(400, 400)
    await ada.sees_no("Members (2)")

    await ada.resizes(700, 400)

    await ada.sees("Members (2)")


async def test_older_messages_come_by_themselves_when_there_is_room(serve, join, open_window):
    """The window is filled, and what is newest stays in view."""
    server = await serve(replay=2, rate_limit=0)
    bob = await join(server, "bob")
    await bob.says(*(f"text {number}." for number in range(60)))
    await bob.hears_all(60)

    ada = await open_window("--name", "ada", "--url", server.url)

    await ada.reads("text 50.")
    assert any("ada joined" in line for line in ada.seen["log"])


async def test_the_end_stays_in_view_when_something_new_comes(ada, bob):
    """As long as the reader is there."""
    await bob.says(*["text"] * 10, *["a long text " * 40] * 5)  # two pages and more
    await bob.says("the end")

    await ada.reads("the end")


async def test_the_log_is_read_by_keyboard_alone(long_chat):
    """From the line being typed back to the log, up to its top, and by the hint to its end."""
    ada, bob = long_chat
    await ada.may_type()
    await ada.presses("shift+Tab", "shift+Tab", "Home")
    await ada.reads(OLDER)
    await bob.says("new")
    await ada.sees("New messages")

    await ada.presses("Tab", "space")

    await ada.reads("new")


async def test_what_is_typed_is_whispered_to_who_is_chosen(ada, bob):
    """By keyboard alone: the list, the name, and back to the line where it was left."""
    await ada.types("psst")
    await ada.presses("Home", "shift+Tab", "Down", "Return")
    await ada.waits_until_typed("/msg bob psst")

    await ada.enters("bob, ")

    assert (await bob.receives("whisper"))["text"] == "bob, psst"


async def test_a_line_that_was_refused_can_be_mended(ada):
    """It is there again, and what is wrong with it stands above."""
    await ada.enters("/msg eve hi")

    await ada.sees("Not sent: ")

    assert ada.seen["typed"] == ["/msg eve hi"]


async def test_the_window_closes_while_it_tries_to_come_back(serve, start_client):
    """At once, with nothing left behind and nothing to complain of."""
    server = await serve()
    ada = await start_client("--name", "ada", "--url", server.url)
    await ada.sees("Connected as ada")
    await server.stop()
    await ada.sees("The server stopped. Trying again")

    await ada.presses("ctrl+w")

    assert await ada.has_left() == (0, "")


async def test_the_window_closes_while_a_server_does_not_answer(start_client, deaf_port):
    """Nobody waits for a network to close a window."""
    ada = await start_client("--name", "ada", "--url", f"ws://127.0.0.1:{deaf_port}")
    await ada.sees("Connecting")

    await ada.presses("ctrl+w")

    assert await ada.has_left() == (0, "")


async def test_closing_the_window_says_goodbye(other_server, open_window):
    """As RFC 6455 wants it (section 7.1.1): a server need not guess what became of a client."""
    ada = await open_window("--name", "ada", "--url", other_server.url)
    await ada.reads("hello")

    await ada.presses("ctrl+w")

    assert await soon(other_server.goodbyes.get()) == CloseCode.NORMAL_CLOSURE


async def test_a_line_that_nobody_confirmed_stays_until_it_is_discarded(other_server, open_window):
    """It is shown with a way to send it again, all within reach of the keyboard."""
    other_server.patience = 1
    ada = await open_window("--name", "ada", "--url", other_server.url)
    await ada.reads("hello")

    await ada.enters("lost words")
    await ada.sees("Not confirmed: lost words")
    await ada.sees("Send again")

    await ada.presses("shift+Tab", "space")  # Discard is next to the line being typed
    await ada.sees_no("Not confirmed")


async def test_only_a_few_lines_that_nobody_confirmed_are_listed(other_server, open_window):
    """The rest is counted: the chat needs its room."""
    other_server.patience = 4
    ada = await open_window("--name", "ada", "--url", other_server.url)
    await ada.reads("hello")

    for line in ("one", "two", "three", "four"):
        await ada.enters(line)

    await ada.sees("and 1 more")
    assert [word for word in ada.seen["words"] if word.startswith("Not confirmed")] == [
        "Not confirmed: one",
        "Not confirmed: two",
        "Not confirmed: three",
    ]


async def test_the_window_goes_on_when_it_has_come_back(serve, join, open_window):
    """What is being typed stays as it is, and the keyboard is where it was."""
    server = await serve(journal=MemoryJournal())
    ada = await open_window("--name", "ada", "--url", server.url)
    await ada.sees("Connected as ada")
    await ada.types("psst")
    await ada.presses("shift+Tab")  # to the list of members
    await server.stop()
    await ada.sees("Trying again")

    again = await serve(journal=MemoryJournal(), port=urlsplit(server.url).port)
    await ada.sees("Connected as ada")
    await join(again, "bob")
    await ada.sees("bob")

    await ada.presses("Down", "Return")
    await ada.waits_until_typed("/msg bob psst")


async def test_one_who_was_sent_away_may_join_again(other_server, open_window):
    """By keyboard alone; the new chat takes the place of the old one."""
    other_server.patience = 0
    ada = await open_window("--name", "ada", "--url", other_server.url)
    await ada.sees("Not connected: enough of you.")
    await ada.may_type()

    other_server.patience, other_server.text = None, "welcome back"
    await ada.presses("Tab", "Tab", "space")
    await ada.sees("Enough of you.")
    await ada.may_type()
    await ada.presses("Return")

    await ada.reads("welcome back")
    assert not any("hello" in line for line in ada.seen["log"])


async def test_ctrl_c_in_the_terminal_closes_the_window(live_server, bob, start_client):
    """It is a goodbye, and no error."""
    ada = await start_client("--name", "ada", "--url", live_server.url)
    await ada.sees("Connected as ada")

    ada.process.send_signal(signal.SIGINT)

    assert (await bob.receives("leave"))["name"] == "ada"
    assert await ada.has_left() == (0, "")


async def test_a_bug_ends_the_window_and_is_told(screen):
    """Tk would go on with half a window, and tell nobody who looks."""
    async with process(sys.executable, "-c", BROKEN, env=environment_at(screen)) as client:
        _, errors = await ended(client)

    assert client.returncode == 1
    assert b"ZeroDivisionError" in errors


async def test_all_is_as_large_as_the_user_wants_it(screen, tmp_path):
    """Desktops write into the resource Xft.dpi how large; here a file takes their place."""
    (tmp_path / ".Xdefaults").write_text("Xft.dpi: 192\n")
    environment = environment_at(screen) | {"HOME": str(tmp_path)}

    async with process(sys.executable, "-c", MEASURED, env=environment) as client:
        assert await ended(client) == (b"200\n", b"")


async def test_one_line_says_what_to_do_where_there_is_no_display():
    """Exit status 2, and no traceback."""
    needs_tkinter()
    command = (sys.executable, "-W", "error", "-m", "chat", "client")

    async with process(*command, env={**os.environ, "DISPLAY": ""}) as client:
        _, errors = await ended(client)

    assert client.returncode == 2
    assert b"no display" in errors
    assert errors.count(b"\n") == 1
