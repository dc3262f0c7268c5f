"""Which names a member may bear and which texts may be said."""

from unicodedata import bidirectional, category

import pytest

from chat.fields import check_name, check_text
from chat.messages import Join, ProtocolError, Say
from chat.protocol import create_message, parse_message, parse_reply
from tests.unit.wire import fields_of, named_in, refusal


def refusal_of_name(name):
    """The error that a join under this name gets."""
    return refusal(parse_message, {"type": "join", "name": name})


def refusal_of_text(text):
    """The error that this text gets."""
    return refusal(parse_message, {"type": "message", "text": text})


# Names


@pytest.mark.parametrize(
    "name",
    ["a", "a" * 32, "\U0001f600" * 32, "Ünï-cødé_1!", "李小龍", "/me", "e\u0301"],
    ids=["shortest", "longest", "emoji", "accents", "chinese", "slash", "combining"],
)
def test_a_printable_name_of_up_to_32_characters_is_allowed(name):
    """Code points are counted, in whatever script, and nothing is changed."""
    assert parse_message(create_message(Join(name))) == Join(name)


@pytest.mark.parametrize("name", ["", "a" * 33, "\U0001f600" * 33], ids=["none", "33", "33-emoji"])
def test_a_name_of_the_wrong_length_is_refused(name):
    """A name has 1 to 32 code points."""
    error = refusal_of_name(name)

    assert error.code == "bad-name"
    assert error.detail == "name must have 1 to 32 characters"


def test_a_name_with_whitespace_is_refused():
    """A name ends at the first whitespace where it is typed, whichever that is."""
    for space in filter(str.isspace, map(chr, range(0x3001))):
        assert refusal_of_name(f"a{space}b").code == "bad-name", ascii(space)


@pytest.mark.parametrize(
    "character",
    ["\0", "\x7f", "\u200b", "\u202e", "\u2066", "\ufeff", "\ue000", "\ud800"],
    ids=["nul", "del", "zero-width", "override", "isolate", "bom", "private", "surrogate"],
)
def test_a_name_that_cannot_be_printed_is_refused(character):
    """Nobody can look like somebody else by what is not seen."""
    error = refusal_of_name(f"ada{character}")

    assert error.code == "bad-name"
    assert error.detail == "name must have printable characters and no whitespace"


@pytest.mark.parametrize(
    ("example", "field", "value"),
    [
        pytest.param("whispered", "to", "", id="to-nobody"),
        pytest.param("whispered", "to", "a b", id="to-two"),
        pytest.param("welcome", "members", ["ada", ""], id="members-nobody"),
        pytest.param("members", "members", ["ada", "a b"], id="members-two"),
    ],
)
def test_the_field_is_named_that_holds_a_bad_name(example, field, value):
    """A name has many places on the wire, each with a field of its own."""
    error = refusal(parse_reply, fields_of(example) | {field: value})

    assert error.code == "bad-name"
    assert field in named_in(error)


def test_a_name_can_be_checked_before_it_is_sent():
    """A window tells its user at once what the server would say."""
    assert check_name("ada") == "ada"
    with pytest.raises(ProtocolError, match=r"^name must have printable characters"):
        check_name("ada b")


# Texts


@pytest.mark.parametrize(
    "text",
    ["x" * 512, "\U0001f600" * 512, "  a  b  ", "/me waves", '"\\', "\u05e9\u05dc\u05d5\u05dd"],
    ids=["longest", "emoji", "spaces", "command", "quotes", "right-to-left"],
)
def test_a_text_of_up_to_512_characters_is_allowed(text):
    """Code points are counted, in whatever script, and nothing is changed."""
    assert parse_message(create_message(Say(text))) == Say(text)


@pytest.mark.parametrize("text", ["x" * 513, "\U0001f600" * 513], ids=["letters", "emoji"])
def test_a_text_over_512_characters_is_too_long(text):
    """It has a code of its own, so that a client can say it in its own words."""
    error = refusal_of_text(text)

    assert error.code == "too-long"
    assert error.detail == "text must have at most 512 characters"


@pytest.mark.parametrize(
    "text", ["", " ", "\t\n", "\u3000\u00a0"], ids=["nothing", "space", "tab", "wide"]
)
def test_an_empty_text_is_refused(text):
    """A blank line says nothing, in whatever whitespace."""
    error = refusal_of_text(text)

    assert error.code == "bad-message"
    assert error.detail == "text must not be empty"


@pytest.mark.parametrize(
    "character",
    ["\0", "\n", "\x1b", "\u2028", "\u202e", "\u2066", "\ud800"],
    ids=["nul", "newline", "escape", "line", "override", "isolate", "surrogate"],
)
def test_a_character_that_misleads_is_refused(character):
    """A text is one line that looks to its readers as it does to its writer."""
    error = refusal_of_text(f"hi {character} there")

    assert error.code == "bad-message"
    assert error.detail.startswith("text must not have control")


def test_no_other_character_is_refused():
    """Control, line, surrogate and bidirectional-override characters are refused, none besides."""
    characters = [chr(point) for point in (*range(0x3000), *range(0xD700, 0xE100))]
    misleading = {character for character in characters if misleads(character)}
    harmless = "".join(character for character in characters if character not in misleading)

    lines = [harmless[begin : begin + 512] for begin in range(0, len(harmless), 512)]

    assert [line for line in lines if not may_be_said(line)] == []
    assert {character for character in misleading if may_be_said(f"a{character}")} == set()


def may_be_said(text):
    """Whether a text gets through."""
    try:
        return check_text(text) == text
    except ProtocolError:
        return False


TURNS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def misleads(character):
    """Whether Unicode says so: by its category, or by what it does to the direction of text."""
    return category(character) in {"Cc", "Cs", "Zl", "Zp"} or bidirectional(character) in TURNS


@pytest.mark.parametrize(
    ("example", "field"), [("notice", "text"), ("error", "code"), ("error", "detail")]
)
@pytest.mark.parametrize("character", ["\n", "\u202e", "\ud800"], ids=["line", "turn", "half"])
def test_the_words_of_a_server_may_not_mislead_either(example, field, character):
    """A window shows them as they come."""
    error = refusal(parse_reply, fields_of(example) | {field: f"a{character}b"})

    assert error.code == "bad-message"
    assert field in named_in(error)
