"""A real client: against a real server, over a wire that breaks, and against what is no chat."""

import asyncio
import socket
import ssl
from contextlib import AsyncExitStack

import pytest
import trustme

from chat import link
from chat.client import ChatClient
from chat.messages import Heard, Members
from chat.outcomes import Connected, Disconnected, NotConnected, Refused
from tests.conftest import WAIT
from tests.integration.relay import Relay
from tests.links import next_of


@pytest.fixture
async def enter():
    """Let clients in: `ada = await enter(url, "ada")`. They leave when the test ends."""
    async with AsyncExitStack() as stack:

        async def enter(url, name="ada", **options):
            async with asyncio.timeout(WAIT):
                return await stack.enter_async_context(ChatClient(url, name, **options))

        yield enter


async def texts(client, count):
    """Return the next `count` texts that a client hears."""
    heard = []
    while len(heard) < count:
        heard += filter(None, [(await next_of(Heard, client)).text])
    return heard


# --- Talking ---


async def test_a_client_hears_what_another_says(serve, enter):
    """And the one who says it hears it too, as the same event."""
    server = await serve()
    ada, bob = await enter(server.url, "ada"), await enter(server.url, "bob")

    said = await ada.say("hello")

    assert said.text == "hello"
    assert [await texts(client, 1) for client in (ada, bob)] == [["hello"], ["hello"]]


async def test_a_client_is_told_who_is_here(serve, enter):
    """The answer to a command comes with the events."""
    server = await serve()
    ada, _ = await enter(server.url, "ada"), await enter(server.url, "bob")

    await ada.send("/who")

    assert await next_of(Members, ada) == Members(("ada", "bob"))


async def test_a_client_reads_the_history_by_pages(serve, enter):
    """Each page begins after the last event of the one before."""
    server = await serve()
    ada = await enter(server.url)
    said = [await ada.say(text) for text in ("one", "two", "three")]

    pages = [await ada.history(said[0].id - 1, 2), await ada.history(said[1].id, 2)]

    assert pages == [(said[0], said[1]), (said[2],)]


async def test_a_client_is_refused_when_its_name_is_taken(serve, enter):
    """In the server's words."""
    server = await serve()
    await enter(server.url, "ada")

    with pytest.raises(Refused, match="the name ada is taken"):
        await enter(server.url, "ada")


async def test_a_client_is_told_when_the_server_stops(serve, enter):
    """It tries to come back: most servers start again."""
    server = await serve()
    ada = await enter(server.url)

    await server.stop()

    assert (await next_of(Disconnected, ada)).reason == "the server stopped"


# --- Coming back ---


@pytest.mark.parametrize("in_memory", [1000, 2])
async def test_nothing_is_missed_or_doubled_when_the_wire_was_cut(serve, enter, in_memory):
    """Whether the server still has it all in memory, or older events come by pages."""
    server = await serve(recent_events=in_memory)
    async with Relay(server.url) as wire, ChatClient(wire.url, "ada", sleep=wire.mended) as ada:
        bob = await enter(server.url, "bob")
        await bob.say("before")
        assert await texts(ada, 1) == ["before"]

        wire.cut()
        for text in ("while", "it", "was", "cut"):
            await bob.say(text)
        wire.mend()

        await bob.say("after")
        assert await texts(ada, 5) == ["while", "it", "was", "cut", "after"]


async def test_a_client_keeps_its_name_when_the_wire_was_cut(serve, enter):
    """It is the member that it was before."""
    server = await serve()
    async with Relay(server.url) as wire, ChatClient(wire.url, "ada", sleep=wire.mended) as ada:
        bob = await enter(server.url, "bob")

        wire.cut()
        wire.mend()
        await next_of(Disconnected, ada)
        await next_of(Connected, ada)

        await bob.send("/who")
        assert await next_of(Members, bob) == Members(("ada", "bob"))
        assert (await ada.say("I am back")).name == "ada"


# --- Who gets in ---


@pytest.mark.parametrize("token", ["secret", "пароль"])
async def test_a_client_gets_in_with_the_token(serve, enter, token):
    """In any language: the header carries it as UTF-8."""
    server = await serve(token=token)

    assert await enter(server.url, token=token)


@pytest.mark.parametrize("token", [None, "wrong"])
async def test_a_client_needs_the_right_token(serve, enter, token):
    """A program can tell, and ask for another."""
    server = await serve(token="secret")

    with pytest.raises(NotConnected, match="needs a token") as error:
        await enter(server.url, token=token)

    assert error.value.needs_token
    assert error.value.is_final


async def test_a_token_that_no_header_can_carry_is_wrong(enter, serve):
    """It never gets to the server, and least of all as a second header."""
    server = await serve(token="secret")

    with pytest.raises(NotConnected, match="no token may have") as error:
        await enter(server.url, token="secret\r\nX-Other: header")

    assert error.value.needs_token


@pytest.fixture
def use_proxy(monkeypatch):
    """Set a proxy for everything, as the environment of many a firm does."""

    def use(url):
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name)
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, url)

    return use


async def test_no_proxy_stands_between_a_client_and_its_own_machine(serve, enter, use_proxy):
    """No other machine could reach it there."""
    server = await serve()

    use_proxy("http://proxy.invalid:1")

    assert await enter(server.url)


@pytest.fixture
def tls():
    """A certificate for 127.0.0.1, and the authority that vouches for it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context, authority.cert_pem


async def test_a_client_gets_in_over_tls_when_the_certificate_is_trusted(
    serve, enter, tls, tmp_path, monkeypatch
):
    """The machine says whom it trusts."""
    context, authority = tls
    authority.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    server = await serve(tls=context)

    assert await enter(server.url)


async def test_a_client_stays_out_when_the_certificate_is_not_trusted(serve, enter, tls):
    """Somebody may be listening in: the user is told, and nothing is tried again."""
    server = await serve(tls=tls[0])

    with pytest.raises(NotConnected, match=r"^the certificate of .* is not trusted") as error:
        await enter(server.url)

    assert error.value.is_final


# --- What is no chat ---


async def test_a_client_says_so_when_no_server_is_there(enter):
    """It may be there the next time."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{nobody.getsockname()[1]}"

        with pytest.raises(NotConnected, match=f"^no server answers at {url}$") as error:
            await enter(url)

    assert not error.value.is_final


async def test_a_client_says_so_when_nobody_answers(enter, monkeypatch):
    """A server that hangs is as good as none."""
    monkeypatch.setattr(link, "OPEN_TIMEOUT", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"ws://127.0.0.1:{silent.getsockname()[1]}"

        with pytest.raises(NotConnected, match=f"^no server answers at {url}$") as error:
            await enter(url)

    assert not error.value.is_final


@pytest.mark.parametrize("url", ["localhost:8765", "http://localhost", "ws://[::1", "ws://a:99999"])
async def test_a_client_says_so_when_its_address_is_none(enter, url):
    """With one that is."""
    with pytest.raises(NotConnected, match="write it like ws://localhost:8765") as error:
        await enter(url)

    assert error.value.is_final


@pytest.fixture
async def answering():
    """Start a server that answers each request with the same bytes, and return its URL."""
    async with AsyncExitStack() as stack:

        async def start(answer):
            async def handle(reader, writer):
                await reader.readuntil(b"\r\n\r\n")
                writer.write(answer)
                writer.close()

            server = await asyncio.start_server(handle, "127.0.0.1", 0)
            await stack.enter_async_context(server)
            return f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"

        yield start


def status(line):
    """Return an HTTP response with this status and nothing else."""
    return f"HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", "answers, but is no chat$", id="ssh"),
        pytest.param(status("200 OK"), r"answers, but is no chat \(HTTP status 200\)$", id="page"),
        pytest.param(status("403 Forbidden"), "does not let pages from here in$", id="forbidden"),
    ],
)
async def test_a_client_says_so_when_what_is_there_is_no_chat(answering, enter, answer, words):
    """It will be none the next time."""
    url = await answering(answer)

    with pytest.raises(NotConnected, match=words) as error:
        await enter(url)

    assert error.value.is_final


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param(b"", "^no server answers at ws://", id="killed-meanwhile"),
        pytest.param(status("502 Bad Gateway"), "^the chat is not there at the", id="behind-proxy"),
        pytest.param(status("503 Service Unavailable"), "^the chat is full or about to", id="full"),
    ],
)
async def test_a_client_may_try_again_when_the_server_is_not_there_for_now(
    answering, enter, answer, words
):
    """A server that is about to stop, or to start, is no reason to give up."""
    url = await answering(answer)

    with pytest.raises(NotConnected, match=words) as error:
        await enter(url)

    assert not error.value.is_final


async def test_a_client_may_try_again_when_the_proxy_refuses(answering, enter, use_proxy):
    """What is behind it may be there the next time."""
    use_proxy((await answering(status("502 Bad Gateway"))).replace("ws:", "http:"))

    with pytest.raises(NotConnected, match="the proxy does not lead to ws://chat") as error:
        await enter("ws://chat.invalid")

    assert not error.value.is_final


async def test_a_client_says_so_when_the_proxy_is_none(enter, use_proxy):
    """The fault is neither its own nor the server's."""
    use_proxy("http://")

    with pytest.raises(NotConnected, match="the proxy that is set here cannot be used") as error:
        await enter("ws://chat.invalid")

    assert error.value.is_final
