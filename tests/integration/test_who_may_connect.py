"""Tokens, origins and the limit of connections: what is checked before a WebSocket opens."""

import asyncio
import logging
from urllib.parse import urlsplit

import aiohttp
import pytest
from websockets.exceptions import InvalidStatus

from tests.conftest import WAIT
from tests.integration.plain_http import status_of


async def refusal(connecting):
    """Return the HTTP status with which a handshake is refused."""
    with pytest.raises(InvalidStatus) as refused:
        await connecting
    return refused.value.response.status_code


def bearer(token):
    """The header that bears a token (RFC 6750, section 2.1)."""
    return {"Authorization": f"Bearer {token}"}


# Tokens


@pytest.mark.parametrize(
    ("path", "header"),
    [
        pytest.param("", bearer("sesame"), id="header"),
        pytest.param("", {"Authorization": "bearer  sesame "}, id="header-in-another-spelling"),
        pytest.param("/?token=sesame", {}, id="query"),
        pytest.param("/?token=wrong&token=sesame", bearer("wrong"), id="among-wrong-ones"),
    ],
)
async def test_who_has_the_token_gets_in(serve, connect, path, header):
    """A token travels in a header, or from a browser in the query."""
    server = await serve(token="sesame")

    stranger = await connect(server, path, additional_headers=header)

    await stranger.joins("ada")


@pytest.mark.parametrize(
    ("path", "header"),
    [
        pytest.param("", {}, id="none"),
        pytest.param("", bearer("wrong"), id="wrong-header"),
        pytest.param("", bearer("sesame2"), id="longer"),
        pytest.param("", bearer("\u00e9"), id="not-ascii"),
        pytest.param("", {"Authorization": "Basic sesame"}, id="other-scheme"),
        pytest.param("/?token=wrong", {}, id="wrong-query"),
        pytest.param("/?token=%ff", {}, id="query-that-is-not-utf-8"),
        pytest.param("/?token=", {}, id="empty-query"),
    ],
)
async def test_who_lacks_the_token_is_refused(serve, connect, path, header):
    """A missing or wrong token is answered with 401, before anything is said."""
    server = await serve(token="sesame")

    assert await refusal(connect(server, path, additional_headers=header)) == 401


@pytest.mark.parametrize(
    ("path", "header"),
    [
        pytest.param("/?token=s%C3%A9same", {}, id="query"),
        pytest.param("", bearer("s\u00e9same"), id="header-in-latin-1"),
        pytest.param("", bearer("s\u00e9same".encode().decode("latin-1")), id="header-in-utf-8"),
    ],
)
async def test_a_token_may_have_any_characters(serve, connect, path, header):
    """A token is compared as bytes, so it need not be ASCII."""
    server = await serve(token="s\u00e9same")

    stranger = await connect(server, path, additional_headers=header)

    await stranger.joins("ada")


async def test_a_token_does_not_matter_when_none_is_set(live_server, connect):
    """An open chat takes in whoever comes, with a token or without."""
    await (await connect(live_server, "/?token=anything")).joins("ada")


async def test_no_token_is_ever_logged(serve, caplog):
    """Neither the right token nor a wrong one stands in any log, at the most talkative level."""
    caplog.set_level(logging.DEBUG)
    server = await serve(token="sesame")
    url = server.url.replace("ws", "http", 1)

    async with aiohttp.ClientSession() as session:  # of those who log what they send, none is here
        await session.ws_connect(f"{url}/?token=sesame", timeout=aiohttp.ClientWSTimeout(WAIT))
        for options in {"headers": bearer("an-old-one")}, {"params": {"token": "an-old-one"}}:
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(url, **options)

    assert "sesame" not in caplog.text
    assert "an-old-one" not in caplog.text


# Origins. A browser names the page that connects; whoever is no browser names none.

HANDSHAKE = [
    "GET / HTTP/1.1",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
]


async def shake_hands(server, *headers):
    """Return the status of a handshake with these headers; PORT stands for the server's."""
    port = server.url.rpartition(":")[2]
    return await status_of(server, *HANDSHAKE, *(line.replace("PORT", port) for line in headers))


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        pytest.param("127.0.0.1:PORT", "http://127.0.0.1:PORT", id="ipv4"),
        pytest.param("[::1]:PORT", "http://[::1]:PORT", id="ipv6"),
        pytest.param("localhost:PORT", "http://localhost:PORT", id="localhost"),
        pytest.param("LocalHost:PORT", "HTTP://localHOST:PORT", id="whatever-the-case"),
        pytest.param("192.0.2.7", "https://192.0.2.7", id="behind-a-proxy-with-tls"),
        pytest.param("192.0.2.7:80", "http://192.0.2.7", id="the-port-left-out"),
    ],
)
async def test_our_own_page_may_connect(live_server, host, origin):
    """A page is ours when it came from where it connects to, by address or as localhost."""
    assert await shake_hands(live_server, f"Host: {host}", f"Origin: {origin}") == 101


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        pytest.param("127.0.0.1:PORT", "https://evil.example", id="another-site"),
        pytest.param("127.0.0.1:PORT", "http://127.0.0.1:1", id="another-port"),
        pytest.param("127.0.0.1:PORT", "http://127.0.0.1", id="no-port"),
        pytest.param("127.0.0.1:PORT", "http://localhost:PORT", id="another-name"),
        pytest.param("evil.example:PORT", "http://evil.example:PORT", id="dns-rebinding"),
        pytest.param("localhost.evil.example", "http://localhost.evil.example", id="in-a-name"),
        pytest.param("127.0.0.1:PORT", "null", id="a-page-without-a-place"),
        pytest.param("127.0.0.1:PORT", "ftp://127.0.0.1:PORT", id="no-page"),
        pytest.param("127.0.0.1:PORT", "http://[", id="no-url"),
        pytest.param("127.0.0.1:PORT", "http://127.0.0.1:PORTX", id="no-number"),
        pytest.param("[", "http://127.0.0.1:PORT", id="a-host-that-is-none"),
        pytest.param("", "", id="nothing-at-all"),
    ],
)
async def test_a_foreign_page_is_refused(live_server, host, origin):
    """No page from elsewhere connects, even where a name was made to point here: 403."""
    assert await shake_hands(live_server, f"Host: {host}", f"Origin: {origin}") == 403


async def test_a_foreign_page_is_refused_when_it_names_our_origin_too(live_server):
    """Of two origins, both must be ours."""
    headers = "Host: localhost:PORT", "Origin: http://localhost:PORT", "Origin: http://evil.example"

    assert await shake_hands(live_server, *headers) == 403


async def test_a_page_may_connect_when_the_operator_named_its_origin(serve):
    """Behind a name of its own, a chat says which pages are its own."""
    server = await serve(origins=("https://chat.example.org",))

    assert await shake_hands(server, "Host: chat", "Origin: https://chat.example.org") == 101
    assert await shake_hands(server, "Host: chat", "Origin: https://chat.example.com") == 403


async def test_who_names_no_origin_may_connect(live_server):
    """A client that is no browser is nobody's page, whatever it calls the server."""
    assert await shake_hands(live_server, "Host: chat.example.org") == 101


# The limit, and what no client should send.


async def test_who_comes_too_many_is_refused_until_somebody_leaves(serve, connect, join):
    """A full chat says so with 503, and has room again when somebody has left."""
    server = await serve(max_connections=2)
    ada = await join(server, "ada")
    bob = await join(server, "bob")
    assert await refusal(connect(server)) == 503

    await bob.socket.close()
    await ada.receives("leave")

    await join(server, "cid")


@pytest.mark.parametrize("encrypts", [False, True], ids=["plain", "tls"])
async def test_a_connection_goes_at_once_when_too_many_wait_for_their_handshake(
    serve, join, tls, encrypts
):
    """Who opens sockets and says nothing cannot use up the files that a process may open."""
    own, theirs = (tls.server, tls.client) if encrypts else (None, None)
    server = await serve(max_connections=1, max_handshakes=1, tls=own)
    port = urlsplit(server.url).port
    await join(server, "ada", ssl=theirs)
    _, waiting = await asyncio.open_connection("127.0.0.1", port)

    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async with asyncio.timeout(WAIT):
        assert await nothing_more(reader)
    for silent in waiting, writer:
        silent.close()


async def nothing_more(reader):
    """Return whether the other side has ended the connection, one way or the other."""
    try:
        return await reader.read() == b""
    except ConnectionError:
        return True


async def test_who_was_refused_takes_no_place(serve, connect):
    """Neither a wrong token nor half a handshake fills the chat."""
    server = await serve(max_connections=1, token="sesame")

    assert await refusal(connect(server)) == 401
    assert await status_of(server, *HANDSHAKE[:-1], "Authorization: Bearer sesame") == 400

    await (await connect(server, "/?token=sesame")).joins("ada")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param(HANDSHAKE[:-1], 400, id="no-key"),
        pytest.param([*HANDSHAKE, "Upgrade: websocket"], 426, id="two-upgrades"),
        pytest.param([*HANDSHAKE, "Host: a", "Host: b", "Origin: http://a"], 403, id="two-hosts"),
        pytest.param(["GET / HTTP/1.0", *HANDSHAKE[1:]], 505, id="another-http"),
        pytest.param(["GET /?" + "x" * 9000 + " HTTP/1.1"], 414, id="a-path-without-end"),
    ],
)
async def test_a_handshake_that_makes_no_sense_is_refused(live_server, headers, status):
    """What is wrong with a handshake is answered, and is no error of the server's."""
    assert await status_of(live_server, *headers) == status
