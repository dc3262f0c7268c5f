"""The lines that the command line prints, and its exit status. What it would open is replaced."""

import errno
import socket
import sys
from types import SimpleNamespace
from unittest.mock import create_autospec

import pytest

import chat
from chat.__main__ import _allow_many_files, _announce, _open_journal, main
from chat.config import Settings
from chat.journal import JournalError
from chat.journal.redis import RedisJournal
from chat.journal.sqlite import SqliteJournal
from chat.sockets import bind


@pytest.fixture
def chat_says(capsys):
    """Return `chat_says(*arguments)`: the exit status, and what went to stderr."""

    def chat_says(*arguments):
        status = main(["--journal", "memory", *arguments])
        return status, capsys.readouterr().err

    return chat_says


def test_one_line_says_what_is_wrong_when_an_option_is(chat_says):
    """A mistake costs the user one line, and the exit status says that it was one."""
    status, told = chat_says("--port", "x")

    assert status == 2
    assert told.startswith("chat: argument --port: 'x' is no port")
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        pytest.param(OSError(errno.EADDRINUSE, "in use"), "port 1 is in use", id="in-use"),
        pytest.param(OSError(errno.EACCES, "denied"), "above 1023", id="not-allowed"),
        pytest.param(socket.gaierror(socket.EAI_NONAME, "?"), "no host a.example", id="no-host"),
        pytest.param(OSError(errno.EADDRNOTAVAIL, "not mine"), "not mine", id="anything-else"),
    ],
)
def test_one_line_says_why_when_the_address_cannot_be_bound(chat_says, monkeypatch, error, words):
    """Whatever the system says, the user learns what to do about it."""
    monkeypatch.setattr("chat.__main__.bind", create_autospec(bind, side_effect=error))

    status, told = chat_says("--host", "a.example", "--port", "1")

    assert status == 2
    assert words in told
    assert told.count("\n") == 1


def test_one_line_says_why_when_the_port_is_taken_in_the_last_moment(chat_says, monkeypatch):
    """It was free when the start began, and the journal is open already."""
    in_use = OSError(errno.EADDRINUSE, "in use")
    monkeypatch.setattr("chat.__main__.bind", create_autospec(bind, return_value=[]))
    monkeypatch.setattr("chat.gate.bind", create_autospec(bind, side_effect=in_use))

    status, told = chat_says("--port", "1")

    assert status == 2
    assert told.startswith("chat: port 1 is in use")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["--journal", "tape://x"], "no journal like tape://x", id="journal"),
        pytest.param(["--tls-cert", "a.pem"], "give both", id="certificate-alone"),
        pytest.param(["--tls-key", "a.pem"], "give both", id="key-alone"),
        pytest.param(["--tls-cert", "no", "--tls-key", "no"], "cannot be used", id="no-such-file"),
        pytest.param(
            ["--tls-cert", __file__, "--tls-key", __file__], "no PEM files", id="no-certificate"
        ),
    ],
)
def test_one_line_says_why_when_something_cannot_be_used(chat_says, arguments, words):
    """No traceback for what a user can put right."""
    status, told = chat_says(*arguments)

    assert status == 2
    assert words in told
    assert told.count("\n") == 1


def test_one_line_says_what_to_install_when_there_is_no_redis_library(monkeypatch, chat_says):
    """Only a chat of many servers needs it, so that it may well be missing."""
    monkeypatch.setitem(sys.modules, "chat.journal.redis", None)

    status, told = chat_says("--port", "0", "--journal", "redis://chat.example")

    assert status == 2
    assert told == "chat: redis is missing: install it with pip install '.[redis]'\n"


def test_ctrl_c_ends_in_silence_when_the_server_is_not_there_yet(chat_says, monkeypatch):
    """Who changes their mind sees no traceback, and a script sees the usual status: 130."""
    monkeypatch.setattr("chat.__main__.bind", create_autospec(bind, side_effect=KeyboardInterrupt))

    assert chat_says() == (130, "")


@pytest.mark.parametrize(
    ("limits", "asked"),
    [
        pytest.param((1024, -1), [(1512, -1)], id="no-end"),
        pytest.param((1024, 4096), [(1512, 4096)], id="enough"),
        pytest.param((1024, 1200), [(1200, 1200)], id="all-there-are"),
        pytest.param((2000, 4096), [], id="allowed-already"),
        pytest.param((-1, -1), [], id="no-limit"),
    ],
)
def test_as_many_files_as_members_are_asked_for(monkeypatch, limits, asked):
    """A chat for 1,000 needs more open files than many systems allow at first."""
    wanted = []
    system = SimpleNamespace(RLIMIT_NOFILE=7, RLIM_INFINITY=-1, getrlimit=lambda _: limits)
    system.setrlimit = lambda _, changed: wanted.append(changed)
    monkeypatch.setitem(sys.modules, "resource", system)

    _allow_many_files(1000)

    assert wanted == asked


def test_one_line_says_what_to_install_when_there_is_no_tkinter(monkeypatch, capsys):
    """Whoever has no tkinter learns how to get it, or how to do without."""
    monkeypatch.delattr(chat, "gui", raising=False)
    monkeypatch.setitem(sys.modules, "chat.gui", None)

    assert main(["client"]) == 2
    assert "python3-tk" in capsys.readouterr().err


def test_a_file_is_opened_as_the_options_say(monkeypatch, chat_says):
    """How much is kept, and whether it survives a power failure, is for who starts the server."""
    opening = create_autospec(SqliteJournal.open, side_effect=JournalError("seen enough"))
    monkeypatch.setattr(SqliteJournal, "open", opening)

    chat_says("--port", "0", "--journal", "a.db", "--history", "5", "--synchronous", "full")

    opening.assert_awaited_once_with("a.db", 5, "full")


async def test_a_shared_journal_is_told_all_that_the_settings_say_of_it(monkeypatch):
    """How much is kept, and how long a server may be silent, stand in one place."""
    opening = create_autospec(RedisJournal.open)
    monkeypatch.setattr(RedisJournal, "open", opening)

    await _open_journal("redis://chat.example", Settings(history=5, lifetime=2))

    opening.assert_awaited_once_with("redis://chat.example", 5, 2)


# What a server says at its start


@pytest.fixture
def announced(capsys):
    """Return `announced(url, journal, **settings)`: what went to stdout, and to stderr."""

    def announced(url="ws://localhost:8765", journal="chat.db", **settings):
        _announce(SimpleNamespace(url=url), journal, Settings(**settings))
        return capsys.readouterr()

    return announced


def test_the_announcement_says_how_to_join(announced):
    """One address for programs, one for a browser, one command for the window."""
    assert announced().out.splitlines() == [
        "Server started on ws://localhost:8765",
        "The history is kept in chat.db",
        "Join in a browser: http://localhost:8765",
        "Join in a window:  python -m chat client",
        "Stop with Ctrl-C",
    ]


def test_the_announcement_tells_the_port_that_was_free(announced):
    """A port that the system chose is the one to join at."""
    out = announced("ws://localhost:50123").out

    assert "http://localhost:50123" in out
    assert "python -m chat client --url ws://localhost:50123" in out


def test_the_announcement_says_that_memory_ends_with_the_server(announced):
    """Nobody should count on what is not kept."""
    assert "in memory and ends with the server" in announced(journal="memory").out


def test_the_announcement_names_the_redis_without_its_password(announced):
    """Who may see the terminal may know where the history is, not how to change it."""
    out = announced(journal="redis://:s3cret@chat.example/0").out

    assert "The history is kept in redis://chat.example/0" in out
    assert "s3cret" not in out


def test_the_announcement_asks_for_the_token_and_does_not_tell_it(announced):
    """Who may see the terminal need not see the secret."""
    out = announced(token="s3cret").out

    assert "?token=TOKEN" in out
    assert "--token TOKEN" in out
    assert "s3cret" not in out


@pytest.mark.parametrize("host", ["0.0.0.0", "", "chat.example"])
def test_a_warning_is_given_when_everybody_may_come_in(announced, host):
    """Beyond the loopback a chat without a token is open to all."""
    assert "Set --token" in announced(host=host).err


def test_the_warning_names_this_machine_when_every_address_is_meant(announced):
    """Nobody is told of a host without a name."""
    assert "everybody who can reach this machine may" in announced(host="").err


@pytest.mark.parametrize(
    "settings",
    [{"host": "localhost"}, {"host": "127.0.0.1"}, {"host": "::1"}, {"host": "", "token": "t"}],
    ids=["name", "version-4", "version-6", "with-a-token"],
)
def test_no_warning_is_given_when_nobody_can_come_in_unasked(announced, settings):
    """A warning that is always there is none."""
    assert announced(**settings).err == ""
