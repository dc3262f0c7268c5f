"""A real nginx of the tests' own, on free ports, with the file that docs/deploy.md quotes."""

import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import WAIT
from tests.integration.redis_server import free_port

CONFIGURATION = Path(__file__).parents[2] / "docs" / "deploy" / "nginx.conf"

# What stands around it, as a distribution's own nginx.conf does: one process that the test ends.
_MAIN = """
daemon off;
master_process off;
pid nginx.pid;
error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
{chat}
}}
"""


class Nginx:
    """One nginx in front of chat servers; it can be stopped and started again."""

    def __init__(self, program, folder, pem, servers):
        self.folder = folder
        self.port, self.plain_port = free_port(), free_port()
        self.url = f"wss://127.0.0.1:{self.port}"
        self._command = [program, "-p", f"{folder}/", "-c", "main.conf", "-e", "stderr"]
        (folder / "both.pem").write_bytes(pem)
        (folder / "main.conf").write_text(_MAIN.format(chat=self._configuration(servers)))

    def start(self):
        """Start, and return when it listens."""
        self._process = subprocess.Popen(self._command)
        deadline = time.monotonic() + WAIT
        while not self._listens():
            assert time.monotonic() < deadline, "nginx does not start"
            assert self._process.poll() is None, "nginx ended at once"

    def stop(self):
        """End at once, and with it all connections."""
        self._process.kill()
        self._process.wait()

    @property
    def logged(self):
        """All that stands in its logs."""
        return "".join(log.read_text() for log in self.folder.glob("*.log"))

    def _configuration(self, servers):
        """Return the file, with ports, addresses and paths of this machine in place of its own."""
        text = CONFIGURATION.read_text()
        ports = [server.url.rpartition(":")[2] for server in servers]
        for there, here in {
            "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            "listen [::]:80;": "",
            "listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl",
            "listen [::]:443 ssl backlog=2048;": "",
            "server 127.0.0.1:8765;": "".join(f"server 127.0.0.1:{port};" for port in ports),
            "/etc/letsencrypt/live/chat.example.org/fullchain.pem": "both.pem",
            "/etc/letsencrypt/live/chat.example.org/privkey.pem": "both.pem",
            "/var/log/nginx/": "",
        }.items():
            assert there in text, f"{CONFIGURATION.name} has no {there}"
            text = text.replace(there, here)
        return text

    def _listens(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), WAIT).close()
        except OSError:
            return False
        return True


@pytest.fixture(scope="session")
def nginx_program():
    """The program, or a skip that says how to get it."""
    # Debian has it where only root's own path leads.
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("nginx is missing: sudo apt install nginx")
    return program


@pytest.fixture
def nginx(nginx_program, tmp_path, tls):
    """Start nginx in front of servers: `front = nginx(server)`."""
    started = []

    def start(*servers):
        front = Nginx(nginx_program, tmp_path, tls.pem, servers)
        front.start()
        started.append(front)
        return front

    yield start
    for front in started:
        front.stop()
