"""Which addresses a server listens on, on machines that this one is not: the system is a fake."""

import errno
import socket
from types import SimpleNamespace

import pytest

from chat.sockets import bind

IPV4, IPV6 = ("127.0.0.1", 0), ("::1", 0, 0, 0)


class System:
    """Gives out sockets with the ports 1, 2, 3, ...; refuses what the test tells it to."""

    def __init__(self):
        self.sockets = []
        self.refusals = {}  # errors by family, or by address

    def socket(self, family, *_):
        self._refuse(family)
        self.sockets.append(FakeSocket(self, family))
        return self.sockets[-1]

    def take(self, address):
        """Return the address that is bound; port 0 is the next that is free."""
        self._refuse(address)
        return (address[0], address[1] or len(self.sockets), *address[2:])

    def _refuse(self, what):
        if what in self.refusals:
            raise OSError(self.refusals[what], "refused")


class FakeSocket:
    """What `bind` uses of a socket."""

    def __init__(self, system, family):
        self.system = system
        self.family = family
        self.options = {}
        self.is_closed = False

    def setsockopt(self, _, option, value):
        self.options[option] = value

    def bind(self, address):
        self.address = self.system.take(address)

    def getsockname(self):
        return self.address

    def close(self):
        self.is_closed = True


@pytest.fixture
def system(monkeypatch):
    """A machine whose `localhost` is an IPv4 and an IPv6 address."""
    system = System()
    addresses = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", IPV4),
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", IPV6),
    ]
    monkeypatch.setattr("chat.sockets.socket.getaddrinfo", lambda *_, **__: addresses)
    monkeypatch.setattr("chat.sockets.socket.socket", system.socket)
    return system


def test_all_addresses_of_a_host_share_one_port(system):
    """Who connects by IPv6 finds the same chat as who connects by IPv4."""
    assert [listener.address for listener in bind("localhost", 0)] == [
        ("127.0.0.1", 1),
        ("::1", 1, 0, 0),
    ]


def test_another_port_is_tried_when_one_is_free_for_one_family_alone(system):
    """Any free port will do, so that a port in use is no reason to give up."""
    system.refusals["::1", 1, 0, 0] = errno.EADDRINUSE

    assert [listener.address[1] for listener in bind("localhost", 0)] == [3, 3]
    assert [listener.is_closed for listener in system.sockets] == [True, True, False, False]


def test_nothing_is_left_open_when_no_port_is_free_for_all(system):
    """In the end it says what is wrong, and keeps no port for nobody."""
    system.refusals |= {("::1", port, 0, 0): errno.EADDRINUSE for port in range(1, 100)}

    with pytest.raises(OSError, match="refused"):
        bind("localhost", 0)

    assert all(listener.is_closed for listener in system.sockets)


def test_no_other_port_is_tried_when_one_was_named(system):
    """Who names a port means that one."""
    system.refusals["::1", 80, 0, 0] = errno.EADDRINUSE

    with pytest.raises(OSError, match="refused"):
        bind("localhost", 80)

    assert len(system.sockets) == 2


@pytest.mark.parametrize(
    ("missing", "error"),
    [
        pytest.param(socket.AF_INET6, errno.EAFNOSUPPORT, id="no-such-family"),
        pytest.param(("::1", 1, 0, 0), errno.EADDRNOTAVAIL, id="no-such-address"),
    ],
)
def test_an_address_is_left_out_when_the_machine_does_not_have_it(system, missing, error):
    """`localhost` may name IPv6 where IPv6 is off: the chat starts all the same."""
    system.refusals[missing] = error

    assert [listener.address for listener in bind("localhost", 0)] == [("127.0.0.1", 1)]


def test_the_words_say_so_when_the_machine_has_no_address_of_the_host(system):
    """A server that nobody can reach does not start."""
    system.refusals |= {IPV4: errno.EADDRNOTAVAIL, IPV6: errno.EADDRNOTAVAIL}

    with pytest.raises(OSError, match="no address of this host can be bound"):
        bind("localhost", 0)


@pytest.mark.parametrize(("name", "may_share"), [("posix", True), ("nt", False)])
def test_a_port_is_taken_over_only_where_two_servers_cannot_share_it(
    system, monkeypatch, name, may_share
):
    """SO_REUSEADDR means a quick restart on POSIX, and two servers on one port on Windows."""
    monkeypatch.setattr("chat.sockets.os", SimpleNamespace(name=name))

    for listener in bind("localhost", 0):
        assert (socket.SO_REUSEADDR in listener.options) is may_share
