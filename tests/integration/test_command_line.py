"""`python -m chat` as a user starts and stops it, in a process of its own."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.frames import CloseCode

import chat
from tests.conftest import WAIT

STARTING = 4 * WAIT  # a whole Python has to start, and this is not about how fast
pytestmark = pytest.mark.timeout(6 * STARTING)  # what never comes is to be told first


class Chat:
    """A server that was started from the command line."""

    def __init__(self, process):
        self._process = process
        self.lines = []
        self.url = ""

    async def has_started(self):
        """Read all that it announces."""
        async with asyncio.timeout(STARTING):
            while "Ctrl-C" not in "".join(self.lines):
                line = await self._process.stdout.readline()
                assert line, (await self._process.stderr.read()).decode()
                self.lines.append(line.decode().strip())
        self.url = self.lines[0].removeprefix("Server started on ")

    def gets(self, number):
        """Send it a signal."""
        self._process.send_signal(number)

    def may_write_files_up_to(self, size):
        """Let every file of the process have so many bytes at most (setrlimit(2), RLIMIT_FSIZE)."""
        import resource  # noqa: PLC0415  # POSIX alone has it

        _, hard = resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE)
        most = hard if size is None else size
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (most, hard))

    async def has_ended(self):
        """Return the exit status, and what went to stderr."""
        async with asyncio.timeout(STARTING):
            _, errors = await self._process.communicate()
        return self._process.returncode, errors.decode()


@pytest.fixture
async def run(tmp_path):
    """Start `python -m chat` with arguments and variables, in the test's folder."""
    processes = []

    async def start(*arguments, **variables):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "error", "-m", "chat", *arguments),
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path(chat.__file__).parents[1]), **variables},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        processes.append(process)
        return Chat(process)

    yield start
    for process in processes:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.fixture
def serve_chat(run):
    """Start a server on a free port and wait until one can join it."""

    async def start(*arguments, **variables):
        server = await run("--port", "0", *arguments, **variables)
        await server.has_started()
        return server

    return start


# Start and stop


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminate"])
async def test_a_chat_ends_politely_when_it_is_asked_to(serve_chat, join, tmp_path, stop):
    """Who is there is told, nothing is said to be wrong, and one file holds the history."""
    server = await serve_chat()
    ada = await join(server, "ada")
    await ada.says("hello")
    await ada.hears()

    server.gets(stop)

    assert await ada.is_closed() == CloseCode.GOING_AWAY
    assert await server.has_ended() == (0, "")
    assert [file.name for file in tmp_path.iterdir()] == ["chat.db"]


async def test_a_second_ctrl_c_ends_at_once_when_a_reader_is_stuck(serve_chat, join):
    """Who insists need not wait for a peer that answers no goodbye."""
    server = await serve_chat("--journal", "memory")
    ada = await join(server, "ada")
    (await join(server, "stuck")).stops_reading()

    server.gets(signal.SIGINT)
    await ada.is_closed()
    server.gets(signal.SIGINT)

    assert await server.has_ended() == (128 + signal.SIGINT, "")


async def test_a_chat_says_where_to_join_and_where_the_history_is(serve_chat):
    """A user learns the real address, the file, and the two ways in."""
    server = await serve_chat()

    assert server.lines == [
        f"Server started on {server.url}",
        "The history is kept in chat.db",
        f"Join in a browser: {server.url.replace('ws', 'http')}",
        f"Join in a window:  python -m chat client --url {server.url}",
        "Stop with Ctrl-C",
    ]


async def test_options_may_come_from_the_environment(serve_chat, join):
    """What stands in a variable need not be typed, nor be seen by others: a token, say."""
    server = await serve_chat(CHAT_TOKEN="sesame", CHAT_JOURNAL="memory")

    with pytest.raises(InvalidStatus, match="401"):
        await join(server, "ada")
    await join(server, "ada", path="/?token=sesame")


async def test_a_chat_warns_when_everybody_may_come_in(serve_chat):
    """Who listens beyond this machine without a token is told what that means."""
    server = await serve_chat("--host", "0.0.0.0", "--journal", "memory")
    server.gets(signal.SIGTERM)

    status, errors = await server.has_ended()

    assert status == 0
    assert errors.startswith("WARNING: everybody who can reach 0.0.0.0 may read and write here.")


async def test_a_chat_encrypts_when_it_has_a_certificate(serve_chat, join, tls, tmp_path):
    """Two files are all it takes, and the goodbye is encrypted too."""
    (tmp_path / "both.pem").write_bytes(tls.pem)

    server = await serve_chat("--tls-cert", "both.pem", "--tls-key", "both.pem")
    ada = await join(server, "ada", ssl=tls.client)
    server.gets(signal.SIGTERM)

    assert server.url.startswith("wss://")
    assert await ada.is_closed() == CloseCode.GOING_AWAY
    assert await server.has_ended() == (0, "")


# What cannot be: one line that says what to do, and the exit status 2.


async def test_one_line_says_so_when_the_port_is_in_use(run, tmp_path):
    """The user learns the way out, sees no traceback, and finds no empty journal later."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        status, errors = await (await run("--host", "127.0.0.1", "--port", port)).has_ended()

    assert (status, errors.count("\n")) == (2, 1)
    assert errors.startswith(f"chat: port {port} is in use: ")
    assert list(tmp_path.iterdir()) == []


async def test_one_line_says_so_when_another_process_has_the_journal(live_server, run):
    """Two servers never write to one file."""
    ended = await (await run("--port", "0", "--journal", "chat.db")).has_ended()

    assert ended == (
        2,
        "chat: chat.db is in use by another process: stop that one, or choose another file\n",
    )


# What is stored stays stored.


async def test_the_history_is_there_after_a_restart(serve_chat, join):
    """Who comes tomorrow reads what was said today."""
    server = await serve_chat()
    ada = await join(server, "ada")
    await ada.says("see you tomorrow")
    await ada.hears()

    server.gets(signal.SIGTERM)
    await server.has_ended()

    bob = await join(await serve_chat(), "bob")

    assert await bob.hears() == "see you tomorrow"


async def test_nothing_acknowledged_is_lost_when_the_process_is_killed(serve_chat, serve, join):
    """What its sender heard is in the journal, whatever became of the server (kill -9)."""
    server = await serve_chat("--rate-limit", "0")
    ada = await join(server, "ada")
    await ada.says(*map(str, range(500)))
    heard = await ada.hears_all(50)

    server.gets(signal.SIGKILL)
    heard += [message["text"] for message in await ada.rest()]
    bob = await join(await serve(rate_limit=0), "bob")

    stored = [event["text"] async for event in bob.pages() if event["type"] == "message"]
    assert stored[: len(heard)] == heard == [str(number) for number in range(len(heard))]


async def test_members_have_left_when_their_process_was_killed(serve_chat, serve, join):
    """Nobody haunts the chat: the history says that they left, and their names are free."""
    server = await serve_chat()
    await join(server, "ada")
    await join(server, "bob")
    server.gets(signal.SIGKILL)
    await server.has_ended()

    ada = await join(await serve(), "ada")

    assert ada.welcome["members"] == ["ada"]
    replay = [await ada.receives() for _ in range(5)]
    assert [(event["type"], event["name"]) for event in replay] == [
        ("join", "ada"),
        ("join", "bob"),
        ("leave", "ada"),
        ("leave", "bob"),
        ("join", "ada"),
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux fills the disk of one process")
async def test_a_sender_is_told_when_the_disk_is_full(serve_chat, join):
    """What cannot be stored is not said; when there is room again, all goes on."""
    server = await serve_chat()
    ada = await join(server, "ada")

    server.may_write_files_up_to(0)
    await ada.says("lost", ref=7)
    error = await ada.receives("error")
    server.may_write_files_up_to(None)
    await ada.says("kept")

    assert (error["code"], error["ref"]) == ("not-saved", 7)
    assert await ada.hears() == "kept"
