"""What the command line and the environment ask for. The environment is the test's."""

import os

import pytest

from chat.options import UsageError, parse_options


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """Return a place for variables; whoever runs the tests may have some set for real."""
    for name in [name for name in os.environ if name.startswith("CHAT_")]:
        monkeypatch.delenv(name)
    return monkeypatch


OPTIONS = [
    pytest.param("--host", "0.0.0.0", "host", "0.0.0.0", id="host"),
    pytest.param("--port", "0", "port", 0, id="port"),
    pytest.param("--port", "65535", "port", 65535, id="last-port"),
    pytest.param("--journal", "memory", "journal", "memory", id="journal"),
    pytest.param("--token", "secret", "token", "secret", id="token"),
    pytest.param("--rate-limit", "2.5", "rate_limit", 2.5, id="rate-limit"),
    pytest.param("--rate-limit", "0", "rate_limit", 0, id="no-rate-limit"),
    pytest.param(
        "--origin",
        "https://A.example/, http://b.example:8080",
        "origin",
        ("https://a.example", "http://b.example:8080"),
        id="origins",
    ),
]


@pytest.mark.parametrize(("flag", "text", "name", "value"), OPTIONS)
def test_an_option_is_taken_from_the_command_line(flag, text, name, value):
    """What is typed is what is meant."""
    assert getattr(parse_options([flag, text]), name) == value


@pytest.mark.parametrize(("flag", "text", "name", "value"), OPTIONS)
def test_an_option_is_taken_from_the_environment_when_it_is_not_typed(
    environment, flag, text, name, value
):
    """Each option has a variable, read by the same rules."""
    environment.setenv("CHAT_" + flag[2:].replace("-", "_").upper(), text)

    assert getattr(parse_options([]), name) == value


def test_the_command_line_wins_when_both_are_there(environment):
    """What is typed now counts more than what was set before."""
    environment.setenv("CHAT_PORT", "1")

    assert parse_options(["--port", "2"]).port == 2


def test_the_defaults_are_for_one_machine():
    """Without a word: the loopback, a file in this folder, and no token."""
    options = parse_options([])

    assert (options.command, options.host, options.port) == ("server", "localhost", 8765)
    assert (options.journal, options.token, options.origin) == ("chat.db", None, ())


def test_a_window_is_asked_for_by_its_own_command():
    """`client` opens a window, with a name and a place of its own."""
    options = parse_options(["client", "--name", "ada", "--url", "ws://127.0.0.1:1"])

    assert (options.command, options.name, options.url) == ("client", "ada", "ws://127.0.0.1:1")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["--port", "x"], "a number from 0 to 65535", id="port-in-letters"),
        pytest.param(["--port", "65536"], "a number from 0 to 65535", id="port-too-high"),
        pytest.param(["--port", "-1"], "a number from 0 to 65535", id="port-too-low"),
        pytest.param(["--port", "\u0664"], "a number from 0 to 65535", id="port-in-other-digits"),
        pytest.param(["--rate-limit", "-1"], "0 for no limit", id="rate-too-low"),
        pytest.param(["--rate-limit", "inf"], "0 for no limit", id="rate-without-end"),
        pytest.param(["--rate-limit", "nan"], "0 for no limit", id="rate-that-is-none"),
        pytest.param(["--rate-limit", "fast"], "0 for no limit", id="rate-in-letters"),
        pytest.param(["--token", " "], "must not be empty", id="blank-token"),
        pytest.param(["--origin", "a.example"], "like https://", id="origin-without-scheme"),
        pytest.param(["--colour"], "--colour", id="unknown-option"),
        pytest.param(["serve"], "serve", id="unknown-command"),
    ],
)
def test_the_words_say_what_to_do_when_an_option_is_wrong(arguments, words):
    """A mistake is answered with the way out, and not with a usage text."""
    with pytest.raises(UsageError, match=words):
        parse_options(arguments)


def test_a_wrong_variable_is_a_mistake_too(environment):
    """The environment is checked as the command line is."""
    environment.setenv("CHAT_PORT", "x")

    with pytest.raises(UsageError, match="--port"):
        parse_options([])
