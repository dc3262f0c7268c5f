"""How a report becomes text of one width, with colours and without."""

import pytest

from exercises.checker.lines import Line, Look, Mark, Style, printable, render

PLAIN = Look()
NARROW = Look(width=40)
PAINTED = Look(colours=True)
ASCII = Look(unicode=False)

LONG = "Prove that a line that begins without a slash is said exactly as it stands, and no other."


def shown(line, look=PLAIN):
    """The text that a line becomes."""
    return list(render([line], look))


@pytest.mark.parametrize("width", [24, 40, 80, 200])
def test_no_line_is_wider_than_the_terminal(width):
    """A learner on a narrow terminal reads whole words."""
    lines = shown(Line(LONG, mark=Mark.NEXT), Look(width=width))

    assert max(map(len, lines)) <= width
    assert " ".join(" ".join(lines).split()) == f"→ {LONG}"


def test_prose_stays_readable_when_the_terminal_is_wide():
    """Nobody reads lines of 200 letters."""
    assert max(map(len, shown(Line(LONG * 3), Look(width=200)))) < 100


def test_the_second_line_begins_where_the_first_one_does():
    """A mark stands out to the left of its text."""
    first, second, *_ = shown(Line(LONG, mark=Mark.FAILED), NARROW)

    assert first.index("Prove") == len(second) - len(second.lstrip())


def test_a_mark_is_letters_when_the_terminal_has_no_unicode():
    """What cannot be encoded is not printed."""
    assert all(text.isascii() for mark in Mark for text in shown(Line("a", mark=mark), ASCII))


def test_nothing_but_text_is_printed_when_there_are_no_colours():
    """A pipe gets no control characters."""
    styled = [Line("`a` b", style, mark=Mark.DONE, aside="c") for style in Style]

    assert all(text.isprintable() for text in render(styled, PLAIN))


def test_colours_change_no_word():
    """Colour only repeats what is said; backticks are its stand-in."""
    (painted,) = shown(Line("a `b c` d", Style.BAD, mark=Mark.FAILED), PAINTED)

    assert painted.count("\x1b[0m") == painted.count("\x1b[") / 2
    for word in ("✗", "a ", "b c", " d"):
        assert word in painted


def test_code_is_not_torn_when_a_line_is_full():
    """A command can be copied from the screen."""
    lines = shown(Line("When you are stuck, ask: `python -m exercises hint`"), NARROW)

    assert any("`python -m exercises hint`" in line for line in lines)


@pytest.mark.parametrize(
    "code",
    ["`python -m exercises check mocked --verbose`", f"`exercises/mocked/{'long_' * 8}.py`"],
    ids=["command", "path"],
)
def test_no_word_of_code_is_torn_when_it_does_not_fit(code):
    """The terminal folds a path that is too long, and it can still be copied as one."""
    lines = shown(Line(f"Then, look: {code} and", mark=Mark.NEXT), NARROW)

    assert " ".join(" ".join(lines).split()) == f"→ Then, look: {code} and"


def test_an_aside_stands_in_its_column_when_there_is_room():
    """Rows of a table line up."""
    lines = [shown(Line(text, aside="caught", column=30))[0] for text in ("a", "much longer")]

    assert {line.index("caught") for line in lines} == {30}


@pytest.mark.parametrize("column", [0, 30], ids=["at-the-margin", "in-a-column"])
def test_an_aside_stands_below_when_there_is_no_room(column):
    """Nothing is cut off."""
    lines = shown(Line("A whisper finds", aside="2 bugs live on " * 2, column=column), NARROW)

    assert max(map(len, lines)) <= 40
    assert lines[0].strip() == "A whisper finds"


def test_an_aside_stands_below_all_of_a_text_that_takes_two_lines():
    """What belongs together is not torn."""
    lines = shown(Line("A whisper: `finds its reader and no other`", aside="caught"), NARROW)

    assert [line.split()[-1] for line in lines] == ["whisper:", "other`", "caught"]


def test_a_long_message_is_cut_when_it_may_take_few_lines():
    """What a test printed does not push the verdict off the screen."""
    lines = shown(Line("word " * 200, most=2))

    assert len(lines) == 2
    assert lines[-1].endswith("...")


def test_signs_keep_together_with_their_words_when_the_row_is_full():
    """A stage is never parted from its mark."""
    stages = ("collected", "correct", "steady", "in its tier", "refactor-proof")
    lines = shown(Line(signs=tuple((Mark.DONE, stage) for stage in stages)), NARROW)

    assert max(map(len, lines)) <= 40
    assert all(any(f"✓ {stage}" in line for line in lines) for stage in stages)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        pytest.param("\x1b[2J", r"\x1b[2J", id="escape"),
        pytest.param("a\u202eb", r"a\u202eb", id="bidirectional"),
        pytest.param("\udc80", r"\udc80", id="surrogate"),
        pytest.param("naïve ✓", "naïve ✓", id="words"),
    ],
)
def test_control_characters_are_spelled_out(text, safe):
    """What a test prints cannot paint the screen of whoever reads the report."""
    assert printable(text) == safe
    assert shown(Line(text, indent=0)) == [safe]
