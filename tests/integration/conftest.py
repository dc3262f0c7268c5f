"""What is real here: servers on free ports, their history in files, members with sockets."""

import asyncio
import logging
import ssl
import time
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import NamedTuple

import pytest

from chat.config import Settings
from chat.gate import Gate
from chat.journal.sqlite import SqliteJournal
from chat.server import ChatServer
from tests.integration.member import connected


@pytest.fixture
async def live_server(serve):
    """A running server that fails the test when anything goes wrong in its background."""
    return await serve()


@pytest.fixture
async def serve(tmp_path):
    """Start a server with other settings: `await serve(token="...")`.

    It listens on 127.0.0.1 unless told otherwise, and keeps its history in the test's folder.
    """
    async with AsyncExitStack() as stack:

        async def start(*, journal=None, tls=None, monotonic=time.monotonic, **changes):
            settings = Settings(**{"host": "127.0.0.1", "port": 0} | changes)
            if journal is None:
                journal = await SqliteJournal.open(tmp_path / "chat.db", settings.history)
                stack.push_async_callback(journal.close)
            server = running(journal, Gate(settings, tls), monotonic)
            return await stack.enter_async_context(server)

        yield start


@asynccontextmanager
async def running(journal, gate, monotonic):
    """Run a server that ends as it began: no error, and no task or listener is left."""
    tasks = asyncio.all_tasks()
    with no_errors_logged():
        # A failure in the background is raised when this ends, if nothing has raised it before.
        async with ChatServer(journal, gate.settings, gate, monotonic=monotonic) as server:
            yield server
    left = asyncio.all_tasks() - tasks - {asyncio.current_task()}
    assert not left, f"still running: {left}"
    assert not gate.transports, "somebody is still connected"
    assert not any(listener.sockets for listener in gate._servers), "somebody still listens"


@contextmanager
def no_errors_logged():
    """Fail where anybody logs an error, in whatever task or phase of the test."""
    errors = Errors(logging.ERROR)
    logging.getLogger().addHandler(errors)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(errors)
    assert not errors.seen, "errors were logged:\n" + "\n".join(errors.seen)


class Errors(logging.Handler):
    """Keeps what is logged, with its traceback."""

    def __init__(self, level):
        super().__init__(level)
        self.seen = []

    def emit(self, record):
        self.seen.append(self.format(record))


@pytest.fixture
async def connect(serve):
    """Connect to a server without joining: `stranger = await connect(server)`.

    Whoever is still there when the test ends leaves before the server stops.
    """
    async with AsyncExitStack() as stack:

        async def enter(server, path="", **options):
            return await stack.enter_async_context(connected(server.url + path, **options))

        yield enter


@pytest.fixture
def join(connect):
    """Connect to a server and join: `ada = await join(server, "ada")`."""

    async def enter(server, name, **options):
        member = await connect(server, **options)
        await member.joins(name)
        return member

    return enter


class Tls(NamedTuple):
    """One context for each side, and what the server's is made from."""

    server: ssl.SSLContext
    client: ssl.SSLContext
    pem: bytes
    authority: bytes  # who vouches for it, in PEM


@pytest.fixture(scope="session")
def tls():
    """What a server on this machine needs to encrypt, and clients to trust it."""
    import trustme  # noqa: PLC0415  # no other fixture needs it

    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "localhost")
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    issued.configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    pem = issued.private_key_and_cert_chain_pem.bytes()
    return Tls(server, client, pem, authority.cert_pem.bytes())
