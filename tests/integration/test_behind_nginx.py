"""The chat behind nginx, with the very file that docs/deploy.md tells people to use."""

import asyncio
import re
from contextlib import AsyncExitStack

import pytest
from websockets.exceptions import InvalidStatus

from chat.client import ChatClient
from chat.config import Settings
from chat.outcomes import Connected
from chat.server import ChatServer
from tests.conftest import WAIT
from tests.integration.nginx import CONFIGURATION, nginx, nginx_program
from tests.integration.plain_http import get
from tests.integration.redis_server import redis_program, redis_server, shared_redis

__all__ = ["nginx", "nginx_program", "redis_program", "redis_server", "shared_redis"]  # fixtures

PAGE = "https://chat.example.org"


@pytest.fixture
async def server(serve):
    """A server that knows its page by name and asks for a token."""
    return await serve(origins=(PAGE,), token="sesame", join_deadline=60)


@pytest.fixture
async def front(server, nginx):
    """The nginx in front of it."""
    return nginx(server)


@pytest.fixture
def visit(connect, tls):
    """Connect as a browser does: `stranger = await visit(front)`."""

    async def enter(front, origin=PAGE):
        return await connect(front, "/?token=sesame", origin=origin, ssl=tls.client)

    return enter


@pytest.fixture
def ask(tls):
    """Ask as a browser does: `answer = await ask(front, "/healthz")`."""

    async def send(front, path, host="chat.example.org"):
        return await get(front, path, ssl=tls.client, headers={"Host": host})

    return send


@pytest.fixture
def trusted(tls, tmp_path, monkeypatch):
    """Have clients trust the certificate as they trust those of the web."""
    file = tmp_path / "authority.pem"
    file.write_bytes(tls.authority)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


async def test_members_hear_each_other_through_a_proxy(front, visit):
    """A WebSocket goes through, encrypted."""
    ada, bob = await visit(front), await visit(front)
    await ada.joins("ada")
    await bob.joins("bob")

    await ada.says("hello")

    assert await bob.hears() == "hello"


async def test_a_client_has_missed_nothing_when_the_proxy_was_restarted(
    server, front, connect, trusted
):
    """A connection may break at any hop; the client resumes where it was."""
    is_back = asyncio.Event()
    bob = await connect(server, "/?token=sesame")
    await bob.joins("bob")
    async with ChatClient(front.url, "ada", "sesame", sleep=lambda _: is_back.wait()) as ada:
        front.stop()
        await bob.says("while you were away")
        front.start()
        is_back.set()

        assert await hears(ada) == "while you were away"


async def hears(client):
    """Return the text that a client hears next."""
    return (await sees(client, lambda event: getattr(event, "text", None))).text


async def sees(client, is_it):
    """Return the next event of a client that is the one."""
    async with asyncio.timeout(WAIT):
        return await anext(event async for event in client if is_it(event))


async def test_the_page_comes_through_a_proxy(front, ask):
    """So do its parts, the health check, and what the chat forbids a browser to do."""
    answers = [await ask(front, path) for path in ("/", "/chat.js", "/chat.css", "/healthz")]

    assert [answer.status for answer in answers] == [200] * 4
    assert "default-src 'none'" in answers[0].headers["Content-Security-Policy"]
    assert await answers[-1].text() == "ok\n"


async def test_a_foreign_page_is_refused_behind_a_proxy(front, visit):
    """Where the page came from reaches the chat."""
    with pytest.raises(InvalidStatus, match="403"):
        await visit(front, origin="https://evil.example")


async def test_the_chat_learns_what_the_browser_calls_it(front, ask):
    """The Host is the browser's and not the proxy's own word for the chat."""
    assert (await ask(front, "/healthz?token=sesame", "chat.example.org")).status == 200
    assert (await ask(front, "/healthz?token=sesame", "evil.example")).status == 403


async def test_who_comes_unencrypted_is_sent_on(front):
    """A link without the s leads to the page all the same."""
    front.url = f"ws://127.0.0.1:{front.plain_port}"

    answer = await get(front, "/", headers={"Host": "chat.example.org"}, allow_redirects=False)

    assert (answer.status, answer.headers["Location"]) == (301, f"{PAGE}/")


async def test_no_token_is_logged_by_a_proxy(server, front, ask, visit):
    """Neither of who gets in, nor of who does not, nor while the chat is away."""
    with pytest.raises(InvalidStatus):
        await visit(front, origin="https://evil.example")
    await server.stop()
    for _ in range(2):  # with the second answer, the first is in the log for sure
        assert (await ask(front, "/?token=sesame")).status == 502

    assert '"GET /" 403' in front.logged
    assert '"GET /" 502' in front.logged
    assert "sesame" not in front.logged


async def test_one_address_cannot_take_all_places(front, visit):
    """Each may hold a hundred connections."""
    members = [await visit(front) for _ in range(100)]

    with pytest.raises(InvalidStatus, match="503"):
        await visit(front)

    await members[0].joins("ada")


def test_a_proxy_waits_longer_than_a_connection_is_ever_silent():
    """An idle member is pinged often enough for the proxy to keep the connection."""
    [seconds] = re.findall(r"proxy_read_timeout (\d+)s;", CONFIGURATION.read_text())

    assert int(seconds) > 2 * Settings.ping_interval


# Several servers


@pytest.fixture
async def east_and_west(redis_server):
    """Two servers that are one chat."""
    from chat.journal.redis import RedisJournal  # noqa: PLC0415  # needs the extra `redis`

    async with AsyncExitStack() as stack:
        servers = []
        for _ in range(2):
            journal = await RedisJournal.open(redis_server.url())
            stack.push_async_callback(journal.close)
            server = ChatServer(journal, Settings(host="127.0.0.1", port=0))
            servers.append(await stack.enter_async_context(server))
        yield servers


async def test_a_client_goes_on_at_another_server_when_its_own_stops(east_and_west, nginx, trusted):
    """A proxy need not send a member back to where it was: any server will do."""
    east, west = east_and_west
    url = nginx(east, west).url
    async with ChatClient(url, "ada", sleep=at_once) as ada, ChatClient(url, "bob") as bob:
        await east.stop()
        await sees(ada, lambda event: isinstance(event, Connected) and not event.fresh)

        await bob.say("still here?")

        assert await hears(ada) == "still here?"


async def at_once(_):
    """Take the place of a client's sleep, where nothing is to be gained by waiting."""
    await asyncio.sleep(0)
