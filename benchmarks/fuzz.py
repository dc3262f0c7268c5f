"""Hostile frames: only `ProtocolError` from the parser, only documented answers from a server."""

import asyncio
import json
import random
import time
from collections import Counter

from benchmarks.frames import frame, hostile_frame, hostile_text
from benchmarks.member import UPGRADE
from benchmarks.options import Options
from benchmarks.processes import Served, chat, serving
from benchmarks.results import Result, Table, Target
from chat.messages import Code, ProtocolError
from chat.protocol import create_message, parse_message

WAIT = 10.0
WORKERS = 20
CODES = {1000, 1002, 1007, 1008, 1009}  # what a server may close with for what a peer sent
REF = 987654321
# Answers come in order, and this has one: the members, or an error that bears its number.
MARKER = frame(b'{"type":"message","text":"/who","ref":%d}' % REF)


async def measure(options: Options) -> Result:
    """Fuzz the parser, then a server."""
    result = Result("fuzz")
    _fuzz_parser(options, result)
    await _fuzz_server(options, result)
    result.data["seed"] = options.seed
    return result


def _fuzz_parser(options: Options, result: Result) -> None:
    count = options.frames or (1_000_000 if options.full else 100_000)
    rng = random.Random(options.seed)
    outcomes: Counter[str] = Counter()
    begin = time.perf_counter()
    for _ in range(count):
        outcomes[_parsed(hostile_text(rng))] += 1
    table = Table(
        f"{count:,} frames through parse_message, {time.perf_counter() - begin:.0f} s",
        ("outcome", "frames"),
        [(outcome, f"{seen:,}") for outcome, seen in outcomes.most_common()],
    )
    expected = {"a message", *Code}
    others = sum(seen for outcome, seen in outcomes.items() if outcome not in expected)
    result.tables.append(table)
    result.data["parser"] = dict(outcomes)
    words = "fuzz: neither a message nor a ProtocolError"
    result.targets.append(Target(words, "0", str(others), others == 0))


def _parsed(text: str | bytes) -> str:
    try:
        message = parse_message(text)
    except ProtocolError as error:
        return str(error.code)
    except Exception as error:  # noqa: BLE001  # any other is what is searched for
        return f"{type(error).__name__} for {text[:80]!r}"
    again = parse_message(create_message(message))
    return "a message" if again == message else f"not its own inverse: {text[:80]!r}"


# --- Over a connection ---


async def _fuzz_server(options: Options, result: Result) -> None:
    count = 100_000 if options.full else 5_000
    outcomes: Counter[str] = Counter()
    errors = options.folder / "fuzz.err"
    begin = time.perf_counter()
    async with serving(chat("memory"), errors) as server:
        await asyncio.gather(
            *[
                _fuzz(server, random.Random(options.seed + number), count // WORKERS, outcomes)
                for number in range(WORKERS)
            ]
        )
        is_alive = server.process.returncode is None and await _answers(server)
    table = Table(
        f"{count:,} frames to a server, {time.perf_counter() - begin:.0f} s",
        ("outcome", "frames"),
        [(outcome, f"{seen:,}") for outcome, seen in outcomes.most_common()],
    )
    wrong = sum(seen for outcome, seen in outcomes.items() if outcome.startswith("WRONG"))
    said = errors.read_text()
    result.tables.append(table)
    result.data["server"] = dict(outcomes)
    result.targets += [
        Target("fuzz: answers that are not documented", "0", str(wrong), wrong == 0),
        Target("fuzz: the server still answers", "yes", "yes" if is_alive else "no", is_alive),
        Target("fuzz: lines in the server's log", "0", str(said.count("\n")), not said),
    ]
    result.notes += said.splitlines()[-10:]


async def _fuzz(server: Served, rng: random.Random, count: int, outcomes: Counter[str]) -> None:
    peer = None
    for number in range(count):
        if peer is None:
            peer = await _Peer.open(server)
            if rng.random() < 0.8:
                peer.send(frame(json.dumps({"type": "join", "name": f"p{rng.random()}"}).encode()))
        sent, is_broken = hostile_frame(rng)
        outcome, is_open = await peer.answer(sent)
        if is_broken == is_open:
            outcome = f"WRONG {outcome}: {sent[:60]!r}"
        outcomes[outcome] += 1
        if not is_open or number % 50 == 49:
            peer.close()
            peer = None
    if peer is not None:
        peer.close()


async def _answers(server: Served) -> bool:
    peer = await _Peer.open(server)
    _, is_open = await peer.answer(b"")
    peer.close()
    return is_open


class _Peer:
    """One connection, and what came back over it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, server: Served) -> "_Peer":
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(UPGRADE)
        async with asyncio.timeout(WAIT):
            await reader.readuntil(b"\r\n\r\n")
        return cls(reader, writer)

    def send(self, sent: bytes) -> None:
        """Send bytes as they are."""
        self._writer.write(sent)

    def close(self) -> None:
        """Leave without a word."""
        self._writer.transport.abort()

    async def answer(self, sent: bytes) -> tuple[str, bool]:
        """Send bytes and a marker; return what came between, and whether the marker got through."""
        self.send(sent + MARKER)
        outcome = "no error"
        try:
            async with asyncio.timeout(WAIT):
                while True:
                    opcode, payload = await self._frame()
                    if opcode == 8:
                        return _closed(int.from_bytes(payload[:2])), False
                    message = json.loads(payload) if opcode == 1 else {"type": ""}
                    if message["type"] == "members" or message.get("ref") == REF:
                        return outcome, True
                    if message["type"] == "error":
                        outcome = _named(message["code"])
        except (asyncio.IncompleteReadError, ConnectionError):
            return "WRONG: closed without a code", False
        except TimeoutError:
            return "WRONG: no answer", False

    async def _frame(self) -> tuple[int, bytes]:
        first, size = await self._reader.readexactly(2)
        if size == 126:
            size = int.from_bytes(await self._reader.readexactly(2))
        elif size == 127:
            size = int.from_bytes(await self._reader.readexactly(8))
        return first & 15, await self._reader.readexactly(size)


def _closed(code: int) -> str:
    return f"closed with {code}" if code in CODES else f"WRONG: closed with {code}"


def _named(code: str) -> str:
    return code if code in set(Code) else f"WRONG error {code}"
