"""What a typed line means: one test for each promise in the docstrings of `chat.commands`."""

from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.commands import Act, Advise, Say, Whisper, Who, parse_command

COMMANDS = {"/me", "/msg", "/who", "/help"}

beginnings = st.sampled_from(["", "/", "//", "/me ", "/msg ", "/msg ada ", "/who ", "/help "])
texts = st.text(st.characters())  # lone surrogates too
lines = st.builds(add, beginnings, texts)


def advice(line):
    """The advice that a line gets; anything else is a failure."""
    match parse_command(line):
        case Advise(text):
            return text
        case other:
            pytest.fail(f"{line!r} gave no advice, but {other}")


def named(text):
    """The commands that a text names."""
    return {command for command in COMMANDS if command in text}


# Step 1: What is said


@pytest.mark.parametrize(
    "line",
    ["hello", "  hello  ", "either/or", " /me waves", ""],
    ids=["a-word", "spaces-around", "slash-inside", "space-before-a-slash", "nothing"],
)
def test_a_line_is_said_as_it_stands_when_it_begins_without_a_slash(line):
    """Only a slash at the very beginning makes a command, and nothing is trimmed."""
    assert parse_command(line) == Say(line)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param("//shrug", "/shrug", id="a-word"),
        pytest.param("//me waves", "/me waves", id="a-known-command"),
        pytest.param("///", "//", id="only-the-first-slash-goes"),
        pytest.param("//", "/", id="a-slash-alone"),
        pytest.param("//either//or", "/either//or", id="slashes-inside-stay"),
        pytest.param("//  a  b  ", "/  a  b  ", id="whitespace-stays"),
    ],
)
def test_an_escaped_line_is_said_without_its_first_slash(line, said):
    """Two slashes say a line that begins with one."""
    assert parse_command(line) == Say(said)


@given(texts)
def test_any_text_can_be_said_when_it_is_escaped(text):
    """The escape takes one slash away and changes nothing else."""
    assert parse_command("//" + text) == Say("/" + text)


# Step 2: What a command becomes


@pytest.mark.parametrize(
    ("line", "command"),
    [
        pytest.param("/me waves", Act("waves"), id="me"),
        pytest.param("/msg ada hi there", Whisper("ada", "hi there"), id="msg"),
        pytest.param("/who", Who(), id="who"),
    ],
)
def test_a_command_is_understood_when_it_has_what_it_needs(line, command):
    """A command that has all it needs becomes what it stands for."""
    assert parse_command(line) == command


@pytest.mark.parametrize(
    ("line", "same"),
    [
        ("/ME waves", "/me waves"),
        ("/Msg ada hi", "/msg ada hi"),
        ("/WHO", "/who"),
        ("/hELP", "/help"),
    ],
    ids=["me", "msg", "who", "help"],
)
def test_a_command_is_the_same_in_capitals(line, same):
    """The name of a command is matched without regard to case."""
    assert parse_command(line) == parse_command(same)


def test_a_text_and_a_name_keep_their_capitals():
    """Case is ignored in the names of commands and nowhere else."""
    assert parse_command("/MSG Ada HI There") == Whisper("Ada", "HI There")


@pytest.mark.parametrize("text", ["//shrug", "/me waves"], ids=["escape", "command"])
def test_slashes_mean_nothing_inside_a_text(text):
    """A command and an escape are such at the beginning of the line alone."""
    assert parse_command(f"/msg ada {text}") == Whisper("ada", text)


@pytest.mark.parametrize(
    ("line", "same"), [("/who is it?", "/who"), ("/help me", "/help")], ids=["who", "help"]
)
def test_what_follows_is_ignored_when_a_command_needs_nothing(line, same):
    """/who and /help do not look at the rest of the line."""
    assert parse_command(line) == parse_command(same)


@pytest.mark.parametrize("usage", ["/me TEXT", "/msg NAME TEXT", "/who", "/help", "//TEXT"])
def test_help_tells_all_that_can_be_typed(usage):
    """/help gives the usage of every command and of the escape."""
    assert usage in advice("/help")


# Step 3: Whitespace


@pytest.mark.parametrize(
    "line",
    ["/me  two  spaces", "/me two  spaces  ", "/ me two  spaces", "/me\u3000two  spaces\u3000"],
    ids=["between", "after", "before-the-name", "ideographic"],
)
def test_whitespace_is_dropped_around_a_text_and_kept_inside(line):
    """What surrounds the name and the text is dropped; inside the text nothing changes."""
    assert parse_command(line) == Act("two  spaces")


@pytest.mark.parametrize("gap", ["   ", "\t", "\u3000"], ids=["spaces", "tab", "ideographic"])
def test_whitespace_of_any_kind_ends_the_name_of_a_member(gap):
    """A whisper is trimmed as an action is, and its text begins behind the name."""
    assert parse_command(f"/msg{gap}ada{gap}two  spaces ") == Whisper("ada", "two  spaces")


# Step 4: Something is missing


@pytest.mark.parametrize("line", ["/", "/ ", "/\u3000"], ids=["alone", "space", "ideographic"])
def test_a_slash_without_a_command_is_help(line):
    """Who types a slash to see what happens is shown what can be typed."""
    assert parse_command(line) == parse_command("/help")


@pytest.mark.parametrize(
    ("line", "usage"),
    [
        pytest.param("/me", "/me TEXT", id="me-alone"),
        pytest.param("/me  ", "/me TEXT", id="me-and-spaces"),
        pytest.param("/msg", "/msg NAME TEXT", id="msg-alone"),
        pytest.param("/msg ada", "/msg NAME TEXT", id="msg-and-a-name"),
        pytest.param("/msg ada  ", "/msg NAME TEXT", id="msg-a-name-and-spaces"),
    ],
)
def test_the_usage_is_told_when_something_is_missing(line, usage):
    """A command is never half done: its sender is told how to use that one."""
    text = advice(line)

    assert usage in text
    assert named(text) == {usage.split()[0]}


# Step 5: Unknown commands


@pytest.mark.parametrize(
    ("line", "nearest"),
    [
        pytest.param("/mgs ada hi", "/msg", id="swapped"),
        pytest.param("/mee waves", "/me", id="doubled"),
        pytest.param("/wo", "/who", id="left-out"),
        pytest.param("/wh", "/who", id="cut-short"),
        pytest.param("/wxyz", "/who", id="one-letter-in-common"),
        pytest.param("/HLEP", "/help", id="in-capitals"),
    ],
)
def test_the_nearest_command_is_named_when_one_is_unknown(line, nearest):
    """A slip of the finger gets the command that was meant, and no other."""
    assert named(advice(line)) == {nearest}


@pytest.mark.parametrize(
    "line",
    ["/xyz", "/7", "/\U0001f600", "/ /"],
    ids=["letters", "digit", "emoji", "slash-space-slash"],
)
def test_one_command_is_named_when_none_is_near(line):
    """However odd a command is, one of the known ones is nearest."""
    assert len(named(advice(line))) == 1


# Step 6: Whatever anybody types


@pytest.mark.parametrize(
    "line",
    ["/help", "/me", "/msg ada", "/\x07", "/\u202e", f"/{'x' * 512}"],
    ids=["help", "me", "msg", "bell", "right-to-left", "long"],
)
def test_advice_is_one_printable_line_whatever_was_typed(line):
    """A window has one line for it, and shows it to whoever typed the strangest things."""
    text = advice(line)

    assert text == "".join(filter(str.isprintable, text))


@given(lines)
def test_any_line_is_understood(line):
    """No line raises an exception, and what is understood keeps its own promises."""
    match parse_command(line):
        case Act(text):
            assert text == text.strip() != ""
        case Whisper(to, text):
            assert to.split() == [to]
            assert text == text.strip() != ""
        case Advise(text):
            assert text.isprintable()
        case Say() | Who():
            pass
        case other:
            pytest.fail(f"{line!r} means {other}")
