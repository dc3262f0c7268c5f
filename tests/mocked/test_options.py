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
    pytest.param("--history", "1", "history", 1, id="shortest-history"),
    pytest.param("--synchronous", "full", "synchronous", "full", id="synchronous"),
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
        pytest.param(["--history", "0"], "take 1 or more", id="no-history"),
        pytest.param(["--history", "all"], "take 1 or more", id="history-in-letters"),
        pytest.param(["--synchronous", "off"], "neither normal nor full", id="synchronous-off"),
        pytest.param(["--rate-limit", "-1"], "0 for no limit", id="rate-too-low"),
        pytest.param(["--rate-limit", "inf"], "0 for no limit", id="rate-without-end"),
        pytest.param(["--rate-limit", "nan"], "0 for no limit", id="rate-that-is-none"),
        pytest.param(["--rate-limit", "fast"], "0 for no limit", id="rate-in-letters"),
        pytest.param(["--journal", ""], "give a file, memory, or redis", id="no-journal"),
        pytest.param(["--token", " "], "must not be empty", id="blank-token"),
        pytest.param(["--origin", "a.example"], "like https://", id="origin-without-scheme"),
        pytest.param(["client", "--url", "ftp://x"], "'ftp://x' is no address", id="no-chat"),
        pytest.param(["client", "--url", "ws://:80"], "like ws://localhost", id="no-host"),
        pytest.param(["client", "--url", "x:http"], "like ws://localhost", id="odd-port"),
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

    with pytest.raises(UsageError, match=r"^CHAT_PORT: 'x' is no port"):
        parse_options([])


@pytest.mark.parametrize("variable", ["CHAT_HOST", "CHAT_PORT", "CHAT_JOURNAL", "CHAT_TLS_KEY"])
def test_an_empty_variable_counts_as_none(environment, variable):
    """A line left blank in a file of variables asks for nothing."""
    defaults = parse_options([])

    environment.setenv(variable, "")

    assert parse_options([]) == defaults


def test_an_empty_token_is_a_mistake_wherever_it_stands(environment):
    """A secret that got lost on its way must not open the chat to everybody."""
    environment.setenv("CHAT_TOKEN", "")

    with pytest.raises(UsageError, match="CHAT_TOKEN: a token must not be empty"):
        parse_options([])


# The window


def test_an_option_of_the_window_may_stand_before_its_command():
    """The order of the words does not matter."""
    options = parse_options(["--token", "secret", "--name=ada", "client"])

    assert (options.command, options.token, options.name) == ("client", "secret", "ada")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["--name", "ada"], "python -m chat client --name", id="window-for-server"),
        pytest.param(["--port", "1", "client"], "--port .* with --url", id="server-for-window"),
        pytest.param(["client", "--host", "x"], "--host .* with --url", id="after-the-command"),
    ],
)
def test_the_words_say_where_an_option_belongs_when_it_is_given_to_the_other(arguments, words):
    """Nothing that is typed is silently lost."""
    with pytest.raises(UsageError, match=words):
        parse_options(arguments)


@pytest.mark.parametrize("url", ["wss://a.example/chat", "http://localhost:8765", "10.0.0.1:80"])
def test_a_window_takes_the_address_of_a_page_and_of_a_machine_too(url):
    """People type what they have at hand; the window knows what to make of it."""
    assert parse_options(["client", "--url", url]).url == url


def test_a_variable_of_the_server_does_not_keep_a_window_away(environment):
    """Both may be started from one terminal."""
    environment.setenv("CHAT_PORT", "x")

    assert parse_options(["client"]).url == "ws://localhost:8765"
