"""How a chat reads in the log of a window: days, names and times, wherever older lines come in."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.gui.scrollback import Note, Scrollback, tint_of
from chat.messages import Heard

DAY = 24 * 3600
MONDAY = 4 * DAY  # the epoch began on a Thursday


def log(me="ada", first=1):
    """An empty log of ada's."""
    made = Scrollback(UTC)
    made.begin(me, first)
    return made


def event(id=1, name="bob", type="message", text="hi", time=MONDAY):
    """An event as it is heard."""
    return Heard(type, id, time, name, text=text)


def last_line(*events):
    """How the last of these reads."""
    made = log()
    return [made.append(event) for event in events][-1]


@pytest.mark.parametrize(
    ("type", "name", "who", "text"),
    [
        pytest.param("message", "bob", "bob", "hi", id="message"),
        pytest.param("message", "ada", "ada (you)", "hi", id="own-message"),
        pytest.param("action", "bob", "", "* bob hi", id="action"),
        pytest.param("join", "bob", "", "bob joined", id="join"),
        pytest.param("leave", "bob", "", "bob left", id="leave"),
    ],
)
def test_an_event_reads_as_people_would_say_it(type, name, who, text):
    """The words are for readers who know nothing of events."""
    line = last_line(event(name=name, type=type))

    assert (line.who, line.text) == (who, text)


@pytest.mark.parametrize(
    ("type", "name", "mine"),
    [("message", "ada", True), ("action", "ada", True), ("message", "bob", False)],
    ids=["message", "action", "other"],
)
def test_what_the_reader_said_is_told_apart(type, name, mine):
    """By more than its name."""
    assert last_line(event(name=name, type=type)).mine is mine


def test_the_comings_of_the_reader_are_as_those_of_others():
    """Nobody said anything."""
    assert not last_line(event(name="ada", type="join")).mine


def test_a_line_has_its_time():
    """In hours and minutes, in the zone of the reader."""
    assert last_line(event(time=MONDAY + 13 * 3600 + 5 * 60)).time == "13:05"


def test_the_first_line_of_a_day_says_which():
    """So that a time is enough for the others."""
    first, second, third = event(), event(), event(time=MONDAY + DAY)

    assert last_line(first).day == "Monday, 5 January 1970"
    assert last_line(first, second).day == ""
    assert last_line(first, second, third).day == "Tuesday, 6 January 1970"


@pytest.mark.parametrize("time", [1e300, -1e300, 1e15])
def test_a_time_that_no_calendar_has_is_left_out(time):
    """A server may send any number."""
    line = last_line(event(time=time))

    assert (line.day, line.time, line.text) == ("", "", "hi")


@pytest.mark.parametrize(
    ("later", "who"),
    [
        pytest.param(event(time=MONDAY + 299), "", id="goes-on"),
        pytest.param(event(time=MONDAY + 300), "bob", id="after-a-while"),
        pytest.param(event(name="eve"), "eve", id="somebody-else"),
    ],
)
def test_a_name_stands_above_the_first_of_several_lines(later, who):
    """As long as one person goes on, the name would only be in the way."""
    assert last_line(event(), later).who == who


def test_a_name_stands_again_where_a_day_begins():
    """Below the words that say which, even if it is only a minute later."""
    assert last_line(event(time=MONDAY + DAY - 30), event(time=MONDAY + DAY + 30)).who == "bob"


def test_a_name_stands_again_after_an_action():
    """Which has its name in the line."""
    assert last_line(event(type="action"), event()).who == "bob"


def test_another_chat_begins_with_its_day_and_a_name():
    """Whatever was said last in the one before."""
    made = log()
    made.append(event())

    made.begin("ada", 1)

    line = made.append(event())
    assert (line.day, line.who) == ("Monday, 5 January 1970", "bob")


def test_a_name_stands_again_after_somebody_came_or_left():
    """The lines are no longer next to each other."""
    assert last_line(event(), event(name="eve", type="join"), event()).who == "bob"


def test_a_name_stands_again_after_a_note():
    """Words for this reader alone are not of the person before."""
    note = Note("notice", "type /help", 1, MONDAY)

    assert last_line(event(), note, event()).who == "bob"


def test_a_note_reads_as_it_is():
    """With the time at which it came."""
    line = last_line(Note("error", "too fast", 1, MONDAY + 3600))

    assert (line.kind, line.text, line.time) == ("error", "too fast", "01:00")


def test_older_lines_take_the_day_and_the_name_from_the_line_below():
    """They stand above it now."""
    made = log()
    made.append(event(2, text="new"))

    change = made.prepend([event(1, text="old")], 1)

    assert [(line.text, bool(line.day), line.who) for line in change.lines] == [
        ("old", True, "bob"),
        ("new", False, ""),
    ]


@pytest.mark.parametrize(
    ("name", "tint"), [("ada", 5), ("bob", 0), ("Grace", 1), ("linus", 2), ("margaret", 5)]
)
def test_a_name_has_the_colour_that_it_has_on_the_page(name, tint):
    """The same person looks the same in the window and in the browser (chat.js)."""
    assert tint_of(name) == tint


entries = st.lists(
    st.builds(
        event,
        name=st.sampled_from(["ada", "bob"]),
        type=st.sampled_from(["message", "action", "join"]),
        time=st.sampled_from([MONDAY, MONDAY + 400, MONDAY + DAY]),
    ),
    max_size=8,
)


def numbered(events):
    """The same events with ids from 1."""
    return [Heard(e.type, id, e.time, e.name, text=e.text) for id, e in enumerate(events, 1)]


def changed(lines, change):
    """The lines after a change; rows are replaced as whole lines."""
    rest, over = list(lines), change.over
    while over > 0:
        over -= rest.pop(0).rows
    assert over == 0
    return [*change.lines, *rest]


@given(entries, st.integers(0, 8))
def test_it_reads_the_same_whether_lines_came_as_new_or_as_older(events, split):
    """Nobody can tell which part of the chat was loaded later."""
    events = numbered(events)
    whole, parts = log(), log(first=len(events) + 1)
    lines = [parts.append(event) for event in events[split:]]

    change = parts.prepend(events[:split], 1)

    assert changed(lines, change) == [whole.append(event) for event in events]


@given(entries, st.integers(1, 8))
def test_it_reads_the_same_whether_lines_were_dropped_or_never_there(events, most):
    """The first line that is left says its day and its name."""
    events = numbered(events)
    trimmed, short = log(), log()
    lines = [trimmed.append(event) for event in events]

    change = trimmed.trim(most)

    assert (changed(lines, change) if change else lines) == list(map(short.append, events[-most:]))
    assert trimmed.first == max(1, len(events) - most + 1)


def test_what_one_event_says_is_dropped_together():
    """The end of a server is the leaving of many: half of them could not be loaded again."""
    made = log()
    for name in ("bob", "eve", "zoe"):
        made.append(event(1, name, "leave"))
    made.append(event(2))

    change = made.trim(3)

    assert [line.text for line in change.lines] == ["hi"]
    assert change.over == 1 + 3 + 2  # the day, who left, and the name and text of the message


def test_nothing_is_left_when_one_event_says_too_much():
    """The leaving of a crowd may be more than a window keeps; what comes next begins afresh."""
    made = log()
    for name in ("bob", "eve", "zoe"):
        made.append(event(1, name, "leave"))

    change = made.trim(2)

    assert change == ([], 1 + 3)  # the day, and who left
    assert (made.first, made.append(event(2)).day != "") == (2, True)
