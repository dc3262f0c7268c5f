"""Frames that nobody should send, from a seed: texts for the parser, and bytes for the socket."""

import json
import random
import struct

from chat.config import MAX_FRAME

SEEDS = [
    {"type": "join", "name": "ada"},
    {"type": "join", "name": "ada", "after": 41, "journal": "0f0f", "session": "x" * 22},
    {"type": "message", "text": "hello", "ref": 7},
    {"type": "message", "text": "/msg ada hi"},
    {"type": "history", "after": 41, "limit": 100},
]
_VALUES = [
    *("null", "true", "-0", "1e400", "-1e-400", "NaN", "-Infinity", "9" * 400, "1.0", "2" * 5000),
    *('""', '"\\ud800"', '"\\u0000"', '"\\u202e"', '"e\\u0301"', '"' + "x" * 513 + '"', '"/"'),
    *("[]", "{}", "[" * 2000, '{"a":' * 2000, "[[[1]]]", '{"a":1,"a":2}', '"message"', '"join"'),
]
_BITS = [
    '"',
    "\\",
    "{",
    "}",
    "[",
    ",",
    ":",
    "\x00",
    "\ud800",
    "\u2028",
    "\ufeff",
    "\U0001f600",
    "/",
]


def hostile_text(rng: random.Random) -> str | bytes:
    """Return one frame for `parse_message`: often nearly right, seldom right."""
    values = dict(rng.choice(SEEDS))
    text = json.dumps(values)
    match rng.randrange(8):
        case 0:  # a field of another kind
            key = rng.choice(list(values))
            text = text.replace(json.dumps(values[key]), rng.choice(_VALUES), 1)
        case 1:  # a field more, perhaps twice
            key = rng.choice([*values, "type", "ref", "text", "x"])
            text = f"{text[:-1]}, {json.dumps(key)}: {rng.choice(_VALUES)}}}"
        case 2:  # a field less
            del values[rng.choice(list(values))]
            text = json.dumps(values)
        case 3:  # cut short
            text = text[: rng.randrange(len(text))]
        case 4:  # no text frame
            return text.encode() if rng.random() < 0.5 else rng.randbytes(rng.randrange(64))
        case 5:  # no object
            return rng.choice(_VALUES)
        case 6:  # anything at all
            return "".join(chr(rng.randrange(0x110000)) for _ in range(rng.randrange(40)))
        case 7:
            pass
    for _ in range(rng.randrange(4)):
        text = _mutated(text, rng)
    return text


def _mutated(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) + 1)
    until = min(len(text), at + rng.randrange(4))
    inserted = rng.choice([*_BITS, "", chr(rng.randrange(0x110000)), text[at : at + 8] * 2])
    return text[:at] + inserted + text[until:]


def hostile_frame(rng: random.Random) -> tuple[bytes, bool]:
    """Return bytes for a socket, and whether the server must close (RFC 6455, or too large)."""
    text = hostile_text(rng)
    payload = text.encode(errors="surrogatepass") if isinstance(text, str) else text
    if rng.random() < 0.7:
        return rng.choice(_breakers(payload, rng)), True
    is_text = isinstance(text, str)
    is_broken = len(payload) > MAX_FRAME or (is_text and not _is_utf8(payload))
    return frame(payload, opcode=1 if is_text else 2), is_broken


def _breakers(payload: bytes, rng: random.Random) -> list[bytes]:
    return [
        frame(payload, opcode=rng.choice([3, 7, 11, 15])),  # reserved
        frame(payload, bits=rng.choice([0x40, 0x20, 0x10])),  # reserved, too
        frame(payload, mask=False),
        frame(rng.choice([b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5"]) + payload),  # no UTF-8
        frame(b"x" * rng.choice([MAX_FRAME + 1, 9000, 65536])),  # too large
        frame(b"x" * 126, opcode=9),  # a control frame that is too long
        frame(b"", opcode=8, fin=False),  # or in pieces
        frame(payload, opcode=0),  # a continuation of nothing
        frame(
            rng.choice([b"\x03", b"\0\0", b"\x03\xed", b"\x03\xe8\xff"]), opcode=8
        ),  # a bad close
    ]


def frame(
    payload: bytes, opcode: int = 1, bits: int = 0, fin: bool = True, mask: bool = True
) -> bytes:
    """Return one frame (RFC 6455, section 5.2), masked with zeros."""
    size, masked = len(payload), 0x80 if mask else 0
    head = bytes([(0x80 if fin else 0) | bits | opcode])
    if size < 126:
        head += bytes([masked | size])
    elif size < 2**16:
        head += struct.pack("!BH", masked | 126, size)
    else:
        head += struct.pack("!BQ", masked | 127, size)
    return head + (b"\0\0\0\0" if mask else b"") + payload


def _is_utf8(payload: bytes) -> bool:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True
