"""What a test leaves behind: listeners, asyncio tasks and child processes. And fixed ports."""

import asyncio
import functools
import os
import socket
import weakref
from asyncio import runners
from typing import Any

from exercises.checker import confine
from exercises.checker.record import Frames, Record, put
from exercises.checker.stages import LEFT, TASK

_GRACE = 0.1  # seconds in which a task may still end by itself


class Leaks:
    """Sees sockets come, and what is there when a test has ended."""

    def __init__(self, record: Record, frames: Frames) -> None:
        self._record = record
        self._frames = frames
        self._given = set[int]()  # ports that the system gave
        self._sockets = list[weakref.ref[socket.socket]]()
        self._known = set[int]()  # children that were told of
        self._told = weakref.WeakSet[socket.socket]()  # listeners that were told of

    def install(self) -> None:
        """See ports and tasks from now on."""
        self._learn_ports()
        self._see_tasks()

    def bound(self, sock: Any, address: Any) -> None:
        """A socket is being bound (an audit event)."""
        if self._frames.is_pair():
            return
        self._used(sock)
        port = address[1] if isinstance(address, tuple) else 0
        if port and port not in self._given:
            self._record.offend(f"It binds the fixed port {port}: port 0 is always free")

    def connected(self, sock: Any, address: Any) -> None:
        """A socket is being connected (an audit event)."""
        if not self._frames.is_pair():
            self._used(sock)

    def any_open(self) -> bool:
        """Tell whether a socket is open that a fixture has bound or connected."""
        return bool(self._open_sockets())

    def look(self) -> None:
        """A test has ended: note what it has left."""
        for sock in self._open_sockets():
            if sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                self._told.add(sock)
                self._record.offend(f"{LEFT} a listener: a server lives for one test")
        for child in confine.children_of(os.getpid()):
            if child not in self._known and confine.is_alive(child):
                name = confine.name_of(child)
                if "multiprocessing.resource_tracker" not in name:
                    self._known.add(child)
                    self._record.offend(f"{LEFT} a process running: {name[:200]}")

    def _used(self, sock: socket.socket) -> None:
        self._record.used_socket = True
        self._sockets = [ref for ref in self._sockets if (s := ref()) and s.fileno() != -1]
        self._sockets.append(weakref.ref(sock))

    def _open_sockets(self) -> list[socket.socket]:
        sockets = [sock for ref in self._sockets if (sock := ref()) and sock.fileno() != -1]
        return [sock for sock in sockets if sock not in self._told]

    def _learn_ports(self) -> None:
        getsockname, given = socket.socket.getsockname, self._given

        @functools.wraps(getsockname)
        def watched(sock: socket.socket) -> Any:
            name = getsockname(sock)
            if isinstance(name, tuple):
                given.add(name[1])
            return name

        put(socket.socket, "getsockname", watched)

    def _see_tasks(self) -> None:
        cancel_all, record = runners._cancel_all_tasks, self._record  # type: ignore[attr-defined]

        @functools.wraps(cancel_all)
        def watched(loop: asyncio.AbstractEventLoop) -> None:
            if tasks := asyncio.all_tasks(loop):
                loop.run_until_complete(asyncio.wait(tasks, timeout=_GRACE))
            left = asyncio.all_tasks(loop)
            names = {getattr(task.get_coro(), "__qualname__", task.get_name()) for task in left}
            for name in sorted(names):  # a set of tasks has another order each time
                record.offend(f"{TASK} running: {name}")
            cancel_all(loop)

        put(runners, "_cancel_all_tasks", watched)
