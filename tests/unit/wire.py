"""What the tests of the wire share: a frame for every message, and what comes of a bad one."""

import json
import re

import pytest

from chat.messages import (
    Error,
    GetHistory,
    Heard,
    HistoryPage,
    Join,
    Members,
    Notice,
    ProtocolError,
    Say,
    Welcome,
)
from chat.protocol import parse_message, parse_reply

# Each message with no field that could be missing ...
SHORTEST = {
    "join": ('{"type":"join","name":"ada"}', Join("ada")),
    "say": ('{"type":"message","text":"hi"}', Say("hi")),
    "get-history": ('{"type":"history","after":41}', GetHistory(41, limit=100)),
    "joined": ('{"type":"join","id":58,"time":1.5,"name":"bob"}', Heard("join", 58, 1.5, "bob")),
    "left": ('{"type":"leave","id":59,"time":1.5,"name":"bob"}', Heard("leave", 59, 1.5, "bob")),
    "said": (
        '{"type":"message","id":60,"time":1.5,"name":"bob","text":"hi"}',
        Heard("message", 60, 1.5, "bob", text="hi"),
    ),
    "done": (
        '{"type":"action","id":61,"time":1.5,"name":"bob","text":"waves"}',
        Heard("action", 61, 1.5, "bob", text="waves"),
    ),
    "whispered": (
        '{"type":"whisper","id":62,"time":1.5,"name":"bob","to":"ada","text":"psst"}',
        Heard("whisper", 62, 1.5, "bob", to="ada", text="psst"),
    ),
    "welcome": (
        (
            '{"type":"welcome","name":"ada","members":["ada","bob"],"id":57,"oldest":8,'
            '"journal":"j1","session":"s1"}'
        ),
        Welcome("ada", ("ada", "bob"), 57, 8, "j1", "s1"),
    ),
    "members": ('{"type":"members","members":["ada","bob"]}', Members(("ada", "bob"))),
    "notice": ('{"type":"notice","text":"good to know"}', Notice("good to know")),
    "page": (
        '{"type":"history","events":[{"type":"leave","id":7,"time":1.5,"name":"bob"}]}',
        HistoryPage((Heard("leave", 7, 1.5, "bob"),)),
    ),
    "error": (
        '{"type":"error","code":"too-long","detail":"text is too long"}',
        Error("too-long", "text is too long"),
    ),
}
# ... and with all the fields there are, where that is more.
LONGEST = SHORTEST | {
    "join": (
        '{"type":"join","name":"ada","after":41,"journal":"j1","session":"s1"}',
        Join("ada", 41, "j1", "s1"),
    ),
    "say": ('{"type":"message","text":"hi","ref":7}', Say("hi", 7)),
    "get-history": ('{"type":"history","after":41,"limit":5}', GetHistory(41, 5)),
    "said": (
        '{"type":"message","id":60,"time":1.5,"name":"bob","text":"hi","ref":7}',
        Heard("message", 60, 1.5, "bob", text="hi", ref=7),
    ),
    "error": (
        '{"type":"error","code":"too-long","detail":"text is too long","ref":7}',
        Error("too-long", "text is too long", 7),
    ),
}
FROM_CLIENT = {"join", "say", "get-history"}


def parser_of(example):
    """The function that reads this example: the server's or the client's."""
    return parse_message if example in FROM_CLIENT else parse_reply


def fields_of(example, examples=LONGEST):
    """The fields of an example's frame, to be changed at will."""
    return json.loads(examples[example][0])


def refusal(parse, frame):
    """The error that a frame gets; fields stand for their JSON."""
    raw = json.dumps(frame) if isinstance(frame, dict) else frame
    with pytest.raises(ProtocolError) as caught:
        parse(raw)
    return caught.value


def outcome(parse, raw):
    """The message that a frame says, or the error that it gets."""
    try:
        return parse(raw)
    except ProtocolError as error:
        return error


def named_in(error):
    """The words of an error's detail: the field at fault is one of them."""
    return set(re.findall(r"\w+", error.detail))
