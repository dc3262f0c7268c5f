"""Where a server is found: ports, both kinds of addresses, TLS, and clients that are not ours."""

import asyncio
import errno
import os
import socket
from urllib.parse import urlsplit

import aiohttp
import pytest
from websockets.frames import CloseCode

from chat.journal.memory import MemoryJournal
from tests.conftest import WAIT


def has_ipv6():
    """Whether this machine can be reached by IPv6 from itself."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="IPv6 is off: sysctl net.ipv6.conf.lo")


async def test_two_servers_take_two_ports_when_any_will_do(serve):
    """Port 0 is a free port, and the server tells which."""
    servers = [await serve(journal=MemoryJournal()) for _ in range(2)]

    assert len({urlsplit(server.url).port for server in servers}) == 2


async def test_a_server_does_not_start_when_its_port_is_in_use(live_server, serve):
    """Two servers never share a port."""
    port = urlsplit(live_server.url).port

    with pytest.raises(OSError, match=os.strerror(errno.EADDRINUSE)):
        await serve(journal=MemoryJournal(), port=port)


async def test_a_port_can_be_taken_again_at_once(serve, join):
    """A restart on the same port does not wait for what the system remembers of the old one."""
    first = await serve(journal=MemoryJournal())
    await join(first, "ada")
    await first.stop()

    second = await serve(journal=MemoryJournal(), port=urlsplit(first.url).port)

    assert second.url == first.url


@needs_ipv6
async def test_members_meet_whatever_the_kind_of_their_addresses(serve, join):
    """One port serves IPv4 and IPv6, and the members of both are in one chat."""
    server = await serve(host="")
    port = urlsplit(server.url).port

    await join(server, "ada", host="127.0.0.1", port=port)
    bob = await join(server, "bob", host="::1", port=port)

    assert bob.welcome["members"] == ["ada", "bob"]


@pytest.mark.parametrize(
    ("host", "url"),
    [
        pytest.param("127.0.0.1", "ws://127.0.0.1:", id="ipv4"),
        pytest.param("::1", "ws://[::1]:", id="ipv6", marks=needs_ipv6),
        pytest.param("localhost", "ws://localhost:", id="name"),
        pytest.param("", "ws://localhost:", id="every-address"),
        pytest.param("0.0.0.0", "ws://127.0.0.1:", id="every-ipv4"),
        pytest.param("::", "ws://[::1]:", id="every-ipv6", marks=needs_ipv6),
    ],
)
async def test_the_url_is_one_to_connect_to(serve, join, host, url):
    """What a server calls its address, a client can use as it stands."""
    server = await serve(host=host)

    await join(server, "ada")

    assert server.url.startswith(url)


async def test_members_talk_through_tls(serve, join, tls):
    """With a certificate all is encrypted, and nothing else changes."""
    server = await serve(tls=tls.server)
    ada = await join(server, "ada", ssl=tls.client)
    bob = await join(server, "bob", ssl=tls.client)

    await ada.says("hello")

    assert server.url.startswith("wss://")
    assert await bob.hears() == "hello"


async def test_all_that_is_said_at_once_through_tls_is_heard(serve, join, tls):
    """What was encrypted in several pieces may be read in one go: no piece is lost."""
    server = await serve(tls=tls.server)
    ada = await join(server, "ada", ssl=tls.client)

    await ada.says("one", "two", "three")

    assert await ada.hears_all(3) == ["one", "two", "three"]


async def test_who_does_not_encrypt_is_let_go(serve, join, tls):
    """Plain words to an encrypted port end the connection, and nothing else."""
    server = await serve(tls=tls.server)

    assert await answer_to(server, b"GET / HTTP/1.1\r\n\r\n") == b""

    await join(server, "ada", ssl=tls.client)


async def test_who_speaks_no_http_is_let_go(live_server, join):
    """Nonsense ends the connection, and nothing else."""
    assert await answer_to(live_server, b"\x16\x03\x01 hello\r\n\r\n") == b""

    await join(live_server, "ada")


async def test_who_says_nothing_is_let_go(serve):
    """Who connects and never asks for anything does not stay for ever."""
    server = await serve(open_timeout=0.05)

    assert await answer_to(server, b"") == b""


async def answer_to(server, data):
    """Send bytes as they are. Return all that comes back."""
    url = urlsplit(server.url)
    async with asyncio.timeout(WAIT):
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        writer.write(data)
        answer = await reader.read()
        writer.close()
    return answer


async def test_a_client_of_another_library_is_a_member_as_any_other(live_server, join):
    """What goes over the wire is RFC 6455: code that shares nothing with ours agrees."""
    ada = await join(live_server, "ada")
    async with aiohttp.ClientSession() as session, session.ws_connect(live_server.url) as bob:
        await bob.send_json({"type": "join", "name": "bob"})
        assert (await bob.receive_json(timeout=WAIT))["members"] == ["ada", "bob"]

        await bob.send_json({"type": "message", "text": "hello"})
        assert await ada.hears() == "hello"

        assert await bob.close()
        assert bob.close_code == CloseCode.NORMAL_CLOSURE
    assert (await ada.receives("leave"))["name"] == "bob"
