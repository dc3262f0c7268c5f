"""What is no message: each gets an error that names the field at fault, whoever sent it."""

import json
import sys
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chat.messages import ProtocolError
from chat.protocol import create_message, parse_message, parse_reply
from tests.unit.wire import LONGEST, SHORTEST, fields_of, named_in, outcome, parser_of, refusal

LARGEST = 2**53 - 1  # of the integers that JavaScript keeps exact
DEEP = 100_000  # far past the depth of any parser


# Fields


@pytest.mark.parametrize("example", SHORTEST)
def test_a_frame_without_a_field_that_it_needs_is_refused(example):
    """The error says which field is missing."""
    frame = fields_of(example, SHORTEST)

    for field in frame:
        error = refusal(parser_of(example), {key: frame[key] for key in frame if key != field})

        assert error.code == "bad-message"
        assert field in named_in(error)


@pytest.mark.parametrize("example", LONGEST)
def test_a_field_of_the_wrong_kind_is_refused(example):
    """The error says which field is wrong. A boolean is no number, though Python thinks so."""
    frame = fields_of(example)

    for field, wrong in product(frame, [True, {}, [1.5]]):
        error = refusal(parser_of(example), frame | {field: wrong})

        assert error.code == "bad-message"
        assert field in named_in(error)


NUMBERS = [
    ("join", "after", 0, LARGEST),
    ("say", "ref", -LARGEST, LARGEST),
    ("get-history", "after", 0, LARGEST),
    ("get-history", "limit", 1, 100),
    ("said", "id", 0, LARGEST),
    ("said", "ref", -LARGEST, LARGEST),
    ("welcome", "id", 0, LARGEST),
    ("welcome", "oldest", 0, LARGEST),
    ("error", "ref", -LARGEST, LARGEST),
]
NUMBER_IDS = [f"{example}-{field}" for example, field, *_ in NUMBERS]


@pytest.mark.parametrize(("example", "field", "low", "high"), NUMBERS, ids=NUMBER_IDS)
def test_a_number_at_its_limit_is_allowed(example, field, low, high):
    """Integers go as far as JavaScript keeps them exact: 2**53 - 1."""
    for number in low, high:
        message = parser_of(example)(json.dumps(fields_of(example) | {field: number}))

        assert getattr(message, field) == number


@pytest.mark.parametrize(("example", "field", "low", "high"), NUMBERS, ids=NUMBER_IDS)
def test_a_number_past_its_limit_is_refused(example, field, low, high):
    """So is one that is not whole; the error says which, and from where to where it may go."""
    for number in low - 1, high + 1, 1.0:
        error = refusal(parser_of(example), fields_of(example) | {field: number})

        assert error.code == "bad-message"
        assert error.detail == f"{field} must be an integer from {low} to {high}"


SECRETS = [("join", "journal"), ("join", "session"), ("welcome", "journal"), ("welcome", "session")]


@pytest.mark.parametrize(("example", "field"), SECRETS)
def test_a_session_is_1_to_128_printable_ascii_characters(example, field):
    """Sessions and journal identities are opaque: whatever is printable may be in them."""
    for secret in "x", "x" * 128, " ~":
        message = parser_of(example)(json.dumps(fields_of(example) | {field: secret}))

        assert getattr(message, field) == secret


@pytest.mark.parametrize(("example", "field"), SECRETS)
def test_anything_else_is_no_session(example, field):
    """The error says which field it is, and what would be one."""
    for wrong in "", "x" * 129, "\u00e9", "a\0":
        error = refusal(parser_of(example), fields_of(example) | {field: wrong})

        assert error.code == "bad-message"
        assert error.detail == f"{field} must have 1 to 128 printable ASCII characters"


@pytest.mark.parametrize(
    ("example", "field", "value"),
    [
        pytest.param("members", "members", ["ada", 7], id="a-name-that-is-none"),
        pytest.param("members", "members", "ada", id="a-name-in-place-of-a-list"),
        pytest.param("page", "events", [{}, 7], id="an-event-that-is-none"),
        pytest.param("page", "events", "[]", id="a-text-in-place-of-a-list"),
    ],
)
def test_a_list_of_something_else_is_refused(example, field, value):
    """Every item is looked at."""
    error = refusal(parse_reply, fields_of(example) | {field: value})

    assert error.code == "bad-message"
    assert error.detail.startswith(f"{field} must be a list of ")


@pytest.mark.parametrize(
    ("parse", "type", "known"),
    [
        pytest.param(parse_message, "wave", "join, message, history", id="nobody's"),
        pytest.param(parse_message, "welcome", "join, message, history", id="a-server's"),
        pytest.param(parse_reply, "JOIN", "welcome, join, leave", id="in-capitals"),
    ],
)
def test_the_types_that_are_known_are_named_when_one_is_not(parse, type, known):
    """Each side takes its own types alone, and says which."""
    error = refusal(parse, {"type": type, "name": "ada", "text": "hi"})

    assert error.code == "bad-message"
    assert error.detail.startswith(f"type must be one of {known}")


@pytest.mark.parametrize("type", ["welcome", "wave", "history"])
def test_a_page_of_history_holds_nothing_but_what_was_heard(type):
    """An event of the past is checked as one of the present."""
    error = refusal(parse_reply, {"type": "history", "events": [{"type": type}]})

    assert error.detail == "type must be one of join, leave, message, action, whisper"


# What the error refers to


@pytest.mark.parametrize(
    "fault",
    [{"type": "wave"}, {"type": None}, {"text": ""}, {"text": "x" * 513}],
    ids=["unknown-type", "no-type", "bad-message", "too-long"],
)
def test_the_error_bears_the_ref_of_the_message_at_fault(fault):
    """So that a client knows which of its messages it was."""
    assert refusal(parse_message, fields_of("say") | {"ref": 7} | fault).ref == 7


@pytest.mark.parametrize("ref", [{}, {"ref": "7"}, {"ref": True}], ids=["none", "text", "true"])
def test_the_error_bears_no_ref_when_the_message_has_no_valid_one(ref):
    """A wrong reference is not sent back."""
    assert refusal(parse_message, {"type": "message", "text": ""} | ref).ref is None


# JSON


@pytest.mark.parametrize(
    "raw",
    ["", "hello", "{", "{'type':'message'}", '{"type":"message"}}', "\ufeff{}", "{\0}"],
    ids=["nothing", "words", "half", "single-quotes", "one-more", "byte-order-mark", "nul"],
)
def test_what_is_not_json_is_refused(raw):
    """The error says that it is the message as a whole."""
    error = refusal(parse_message, raw)

    assert (error.code, error.detail) == ("bad-message", "the message must be JSON")


@pytest.mark.parametrize("raw", ["[]", '"join"', "7", "null", "NaN", "1e999", "[NaN]"])
def test_json_that_is_no_object_is_refused(raw):
    """A message is one object."""
    error = refusal(parse_message, raw)

    assert (error.code, error.detail) == ("bad-message", "the message must be a JSON object")


@pytest.mark.parametrize("parse", [parse_message, parse_reply])
def test_a_binary_frame_is_refused(parse):
    """Whatever is in it."""
    error = refusal(parse, b'{"type":"join","name":"ada"}')

    assert error.code == "bad-message"
    assert error.detail == "the message must be a text frame, not a binary one"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("[" * DEEP, id="arrays"),
        pytest.param('{"text":' * DEEP, id="objects"),
        pytest.param(f'{{"text":{"[" * DEEP}{"]" * DEEP}}}', id="closed"),
    ],
)
def test_a_frame_nested_past_the_depth_of_the_parser_is_refused(raw):
    """It is the peer's mistake, not ours: no RecursionError gets out."""
    error = refusal(parse_message, raw)

    assert error.code == "bad-message"
    assert error.detail == "the message must not be nested so deep"


def test_a_frame_is_refused_at_every_depth():
    """Between what the parser takes and what it does not there is no gap to fall into."""
    for depth in range(1, sys.getrecursionlimit(), 100):
        frame = f'{{"type":"message","text":{"[" * depth}{"]" * depth}}}'

        assert refusal(parse_message, frame).code == "bad-message"


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        pytest.param('{"type":"message","text":"a","text":"b"}', "text", id="two-values"),
        pytest.param('{"type":"message","text":"a","text":"a"}', "text", id="one-value"),
        pytest.param('{"type":"message","text":"a","te\\u0078t":"b"}', "text", id="escaped"),
        pytest.param('{"type":"message","text":"a","x":{"y":1,"y":2}}', "y", id="nested"),
        pytest.param('{"type":"message","text":"a","x":[{"y":1,"y":2}]}', "y", id="in-a-list"),
    ],
)
def test_a_key_that_is_there_twice_is_refused(raw, key):
    """Two readers would not agree on which counts (RFC 8259, section 4)."""
    error = refusal(parse_message, raw)

    assert error.code == "bad-message"
    assert error.detail == f"'{key}' must not be there twice"


@pytest.mark.parametrize(
    ("frame", "key"),
    [
        pytest.param('{"type":"leave","id":1,"time":%s,"name":"ada"}', "time", id="time"),
        pytest.param('{"type":"notice","text":"hi","x":%s}', "x", id="ignored"),
        pytest.param('{"type":"notice","text":"hi","x":[1,[%s]]}', "x", id="in-a-list"),
        pytest.param('{"type":"notice","text":"hi","x":{"y":%s}}', "y", id="nested"),
    ],
)
def test_a_number_that_is_not_finite_is_refused(frame, key):
    """JSON has no such numbers (RFC 8259, section 6), wherever they stand."""
    for number in "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 400, "-" + "9" * 5000:
        error = refusal(parse_reply, frame % number)

        assert error.code == "bad-message"
        assert error.detail == f"'{key}' must be a finite number"


@pytest.mark.parametrize("number", [1e308, -1e308, 1e-308, 2**1000], ids=str)
def test_a_number_is_allowed_when_it_is_finite(number):
    """However large it is."""
    frame = json.dumps({"type": "leave", "id": 1, "time": number, "name": "ada"})

    assert parse_reply(frame).time == number


@pytest.mark.parametrize("fault", ['{"%s":NaN}', '{"%s":1,"%s":1}'], ids=["nan", "twice"])
def test_a_hostile_key_is_quoted_harmlessly(fault):
    """The error goes back as a frame of its own: short, and nothing in it misleads."""
    key = "\u202e\ud800" + "x" * 5000

    error = refusal(parse_message, fault.replace("%s", key))

    assert error.detail.isprintable()
    assert len(error.detail) < 100


# Anything

strings = st.text(st.characters())  # lone surrogates too
scalars = st.none() | st.booleans() | st.integers() | st.floats() | strings
values = scalars | st.lists(scalars | st.lists(scalars, max_size=2), max_size=3)
objects = st.dictionaries(strings, values | st.dictionaries(strings, values, max_size=3))
types = [fields_of(example)["type"] for example in LONGEST]


@pytest.mark.parametrize("parse", [parse_message, parse_reply])
@given(raw=strings | st.binary() | objects.map(json.dumps))
def test_any_frame_is_a_message_or_an_error(parse, raw):
    """Nothing else ever comes of a frame."""
    match outcome(parse, raw):
        case ProtocolError(detail=detail):
            assert detail.isprintable()
        case message:
            assert parse(create_message(message)) == message


@given(st.data(), st.sampled_from(list(LONGEST)), values)
def test_the_field_at_fault_is_named_whatever_is_in_it(data, example, value):
    """One field of a good frame goes wrong: if that matters, its name is in the error."""
    frame, parse = fields_of(example), parser_of(example)
    field = data.draw(st.sampled_from(list(frame)))
    assume(field != "type" or value not in types)  # each type has fields of its own

    match outcome(parse, json.dumps(frame | {field: value})):
        case ProtocolError() as error:
            assert field in named_in(error)
        case message:
            assert parse(create_message(message)) == message
