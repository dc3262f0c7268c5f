"""A real Redis of the tests' own: in its own folder, on a free port, gone at the end."""

import shutil
import socket
import subprocess
import time
from contextlib import contextmanager

import pytest

from tests.conftest import WAIT


class RedisServer:
    """One redis-server that can be stopped and started again with what it had."""

    def __init__(self, program, folder):
        self.program = program
        self.folder = folder
        self.port = free_port()
        self.process = None

    def url(self, database=0):
        return f"redis://127.0.0.1:{self.port}/{database}"

    def start(self):
        """Start, and return when it answers."""
        options = f"--port {self.port} --bind 127.0.0.1 --save --appendonly yes --loglevel warning"
        command = [self.program, *options.split()]
        self.process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + WAIT
        while not self.answers():
            assert time.monotonic() < deadline, "Redis does not start"
            assert self.process.poll() is None, "Redis ended at once"

    def answers(self):
        with redis_client(self) as client:
            import redis  # noqa: PLC0415  # where it is missing the fixture has skipped

            try:
                return client.ping()
            except redis.RedisError:
                return False

    def stop(self):
        """End at once; what it acknowledged is in its file all the same."""
        self.process.kill()
        self.process.wait()


@contextmanager
def redis_client(server, database=0):
    """A client that asks once and does not try again."""
    import redis  # noqa: PLC0415  # where it is missing the fixture has skipped

    # Without the information it does not read its own version from a file each time.
    options = {"retry": None, "decode_responses": True, "driver_info": None}
    with redis.Redis.from_url(server.url(database), **options) as client:
        yield client


def free_port():
    """Return a port that was free a moment ago; only Redis needs to know it before it starts."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="session")
def redis_program():
    """The program, or a skip that says how to get it."""
    pytest.importorskip("redis", reason="install it with: pip install 'redis'")
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is missing: sudo apt install redis-server")
    return program


@pytest.fixture(scope="session")
def shared_redis(redis_program, tmp_path_factory):
    """A Redis for all tests that do not stop it."""
    server = RedisServer(redis_program, tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_server(shared_redis):
    """A Redis without anything in it."""
    with redis_client(shared_redis) as client:
        client.flushall()
    return shared_redis


@pytest.fixture
def own_redis(redis_program, tmp_path):
    """A Redis that the test may stop and start."""
    server = RedisServer(redis_program, tmp_path)
    server.start()
    yield server
    server.stop()
