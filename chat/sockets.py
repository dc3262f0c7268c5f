"""Addresses and the sockets that listen on them."""

import errno
import os
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from ipaddress import ip_address
from typing import Any

_ATTEMPTS = 20  # to find one port that is free on every address


def bind(host: str, port: int) -> list[socket.socket]:
    """Return sockets bound to every address of `host`, all on one port.

    With port 0 that is a port which is free on all of them. An address family that this machine
    does not have is left out. Raises OSError when an address cannot be bound.
    """
    addresses = socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    addresses = list(dict.fromkeys(addresses))  # a hosts file may list one twice
    attempts = _ATTEMPTS if port == 0 else 1
    while True:
        attempts -= 1
        try:
            return _bind_all(addresses, port)
        except OSError as error:
            # Free for one family, taken for the other: another free port may do better.
            if error.errno != errno.EADDRINUSE or not attempts:
                raise


def _bind_all(addresses: Sequence[Any], port: int) -> list[socket.socket]:
    with ExitStack() as stack:
        bound: list[socket.socket] = []
        for family, kind, protocol, _, address in addresses:
            try:
                listener = socket.socket(family, kind, protocol)
            except OSError:
                continue  # no such family here
            try:
                _bind_one(listener, (address[0], port, *address[2:]))
            except OSError as error:
                listener.close()
                if error.errno != errno.EADDRNOTAVAIL or len(addresses) == 1:
                    raise
                continue  # localhost may resolve to an address that no interface has
            stack.callback(listener.close)
            port = listener.getsockname()[1]
            bound.append(listener)
        if not bound:
            raise OSError(errno.EADDRNOTAVAIL, "no address of this host can be bound")
        stack.pop_all()
        return bound


def _bind_one(listener: socket.socket, address: tuple[Any, ...]) -> None:
    if os.name == "posix":  # elsewhere it would let two servers share the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if listener.family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind(address)


def is_loopback(host: str) -> bool:
    """Return whether `host` is this very machine: `localhost`, or a loopback address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
