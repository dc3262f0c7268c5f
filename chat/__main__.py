"""The command line, and the one place where the parts are put together."""

import argparse
import asyncio
import contextlib
import errno
import logging
import os
import signal
import socket
import ssl
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from chat.config import DEFAULT_HOST, DEFAULT_PORT, Settings
from chat.gate import Gate
from chat.journal import Journal, JournalError
from chat.journal.memory import MemoryJournal
from chat.journal.sqlite import SqliteJournal
from chat.journal.stream import without_password
from chat.options import UsageError, parse_options
from chat.server import ChatServer
from chat.sockets import bind, is_loopback

_BAD_USE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    try:
        options = parse_options(arguments)
        run = _open_window if options.command == "client" else _serve
        run(options)
    except (UsageError, JournalError) as error:
        print(f"chat: {error}", file=sys.stderr)
        return _BAD_USE
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


# --- The server ---


def _serve(options: argparse.Namespace) -> None:
    settings = Settings(
        host=options.host,
        port=options.port,
        token=options.token,
        origins=options.origin,
        rate_limit=options.rate_limit,
        history=options.history,
        synchronous=options.synchronous,
    )
    logging.basicConfig(format="chat: %(message)s", level=logging.WARNING)
    gate = Gate(settings, _tls(options.tls_cert, options.tls_key))
    _allow_many_files(settings.max_connections)
    asyncio.run(_run_server(options.journal, settings, gate))


async def _run_server(journal_option: str, settings: Settings, gate: Gate) -> None:
    with _binding(settings):
        # A trial, before a journal is made: who cannot listen leaves no empty file behind.
        for trial in bind(settings.host, settings.port):
            trial.close()
    journal = await _open_journal(journal_option, settings)
    try:
        server = ChatServer(journal, settings, gate)
        with _binding(settings):
            await server.start()
        _stop_on_signals(server)
        _announce(server, journal_option, settings)
        await server.wait_closed()
    finally:
        await journal.close()


async def _open_journal(option: str, settings: Settings) -> Journal:
    if option == "memory":
        return MemoryJournal(settings.history)
    if option.startswith(("redis://", "rediss://", "unix://")):
        return await _open_redis(option, settings)
    if "://" in option:
        raise UsageError(f"there is no journal like {option}: give a file, memory, or redis://...")
    return await SqliteJournal.open(option, settings.history, settings.synchronous)


async def _open_redis(url: str, settings: Settings) -> Journal:
    try:
        from chat.journal.redis import RedisJournal  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise UsageError("redis is missing: install it with pip install '.[redis]'") from error
    return await RedisJournal.open(url, settings.history, settings.lifetime)


def _tls(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise UsageError("--tls-cert and --tls-key go together: give both")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except ssl.SSLError as error:
        why = "no PEM files, or the key is another certificate's"
        raise UsageError(f"{certificate} and {key} cannot be used: {why}") from error
    except OSError as error:
        raise UsageError(f"{certificate} and {key} cannot be used: {error.strerror}") from error
    return context


def _allow_many_files(connections: int) -> None:
    # Many systems allow 1,024 open files at first, and more to whoever asks.
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415  # POSIX alone has it

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = (
            connections + 512 if hard == resource.RLIM_INFINITY else min(hard, connections + 512)
        )
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@contextlib.contextmanager
def _binding(settings: Settings) -> Iterator[None]:
    try:
        yield
    except (OSError, UnicodeError) as error:
        raise UsageError(_why_not_bound(error, settings)) from error


def _why_not_bound(error: OSError | UnicodeError, settings: Settings) -> str:
    if not isinstance(error, OSError) or isinstance(error, socket.gaierror):
        return f"there is no host {settings.host}: choose another with --host"
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {settings.port} is in use: stop the other program, "
            "or choose another port with --port (0 takes a free one)"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"you may not listen on port {settings.port}: choose one above 1023 with --port"
    return f"cannot listen on {settings.host}, port {settings.port}: {error.strerror or error}"


def _announce(server: ChatServer, journal_option: str, settings: Settings) -> None:
    if "://" in journal_option:
        history = f"The history is kept in {without_password(journal_option)}"
    elif journal_option == "memory":
        history = "The history is kept in memory and ends with the server"
    else:
        history = f"The history is kept in {journal_option}"
    page = server.url.replace("ws", "http", 1) + ("/?token=TOKEN" if settings.token else "")
    client = "python -m chat client" + (" --token TOKEN" if settings.token else "")
    if server.url != f"ws://{DEFAULT_HOST}:{DEFAULT_PORT}":
        client += f" --url {server.url}"
    print(
        f"Server started on {server.url}",
        history,
        f"Join in a browser: {page}",
        f"Join in a window:  {client}",
        "Stop with Ctrl-C",
        sep="\n",
        flush=True,
    )
    if settings.token is None and not is_loopback(settings.host):
        print(
            f"WARNING: everybody who can reach {settings.host or 'this machine'} "
            "may read and write here. "
            "Set --token, or listen on localhost.",
            file=sys.stderr,
            flush=True,
        )


def _stop_on_signals(server: ChatServer) -> None:
    loop = asyncio.get_running_loop()

    def stop(number: int, _: object) -> None:
        # The first asks, the second insists.
        signal.signal(number, lambda again, _: os._exit(128 + again))
        loop.call_soon_threadsafe(server.begin_stop)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


# --- The window ---


def _open_window(options: argparse.Namespace) -> None:
    try:
        from chat.gui import window  # noqa: PLC0415  # a server needs no tkinter
    except ImportError as error:
        raise UsageError(
            "this Python has no tkinter: install it (Debian and Ubuntu: apt install python3-tk) "
            "or join in a browser"
        ) from error
    window.run(options.url, options.name, options.token)


if __name__ == "__main__":
    sys.exit(main())
