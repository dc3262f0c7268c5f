"""What a reader has in view: new lines at the end, older ones at the top, nothing torn away."""

import pytest

from chat.gui.background import NoOlderPage, OlderPage
from chat.outcomes import Disconnected, NotConnected
from tests.links import heard
from tests.screen import Desk, connected

MOST = 20  # lines that the log keeps
BREAK = Disconnected("the server stopped", 1)


@pytest.fixture(autouse=True)
def short_log(monkeypatch):
    """Let the log keep few lines: it is full sooner."""
    monkeypatch.setattr("chat.gui.reading.MOST_LINES", MOST)


@pytest.fixture
def ada():
    """A window in which ada has joined, and has read what is said from 51 to 60."""
    desk = Desk()
    desk.hears(connected(id=60), *said(51, 60))
    return desk


@pytest.fixture
def scrolled_up(ada):
    """The same, while ada reads what is older."""
    ada.scrolls()
    return ada


def said(first, last, name="bob"):
    """Return messages with these ids, which are their texts too."""
    return [heard(id, name, str(id)) for id in range(first, last + 1)]


def texts(first, last):
    """Return what `said` says."""
    return [str(id) for id in range(first, last + 1)]


def test_the_newest_is_shown_while_the_reader_is_at_the_end(ada):
    """As a chat is read."""
    ada.hears(heard(61))

    assert ada.screen.is_at_end
    assert not ada.screen.has_hint


def test_what_is_read_stays_in_view_when_something_new_comes(scrolled_up):
    """It is hinted at instead."""
    scrolled_up.hears(heard(61))

    assert not scrolled_up.screen.is_at_end
    assert scrolled_up.screen.has_hint


def test_the_hint_is_gone_once_the_reader_is_at_the_end(scrolled_up):
    """And the newest is shown again from then on."""
    scrolled_up.hears(heard(61))

    scrolled_up.scrolls(at_end=True)
    scrolled_up.hears(heard(62))

    assert scrolled_up.screen.is_at_end
    assert not scrolled_up.screen.has_hint


def test_the_log_goes_to_what_the_reader_said_themselves(scrolled_up):
    """Whoever speaks wants to see it."""
    scrolled_up.hears(heard(61, "ada"))

    assert scrolled_up.screen.is_at_end


def test_a_flood_is_shown_at_once(ada):
    """The window is drawn once, however much has come."""
    before = ada.screen.times_appended

    ada.hears(*said(61, 120))

    assert ada.screen.times_appended == before + 1


def test_older_lines_are_asked_for_at_the_top(ada):
    """What was before the first that is shown."""
    ada.scrolls(at_top=True)

    assert ada.network.asked == [(51, 1)]
    assert ada.screen.top == "Loading older messages…"


def test_nothing_is_asked_for_below_the_top(ada):
    """Nobody wants to see it."""
    ada.scrolls(at_top=False)

    assert ada.network.asked == []


def test_older_lines_are_asked_for_once_at_a_time(ada):
    """However often the reader scrolls."""
    ada.scrolls(at_top=True)
    ada.scrolls(at_top=True)

    assert ada.network.asked == [(51, 1)]


def test_older_lines_stand_before_the_others(ada):
    """In the order in which all was said, and the next page is before them."""
    ada.scrolls(at_top=True)

    ada.hears(OlderPage(41, tuple(said(41, 50))))
    ada.scrolls(at_top=True)

    assert ada.screen.texts == texts(41, 60)
    assert ada.network.asked == [(51, 1), (41, 1)]


def test_the_next_page_is_before_one_with_nothing_to_see(ada):
    """Others may have whispered all the while."""
    ada.scrolls(at_top=True)

    ada.hears(OlderPage(21, ()))
    ada.scrolls(at_top=True)

    assert ada.network.asked == [(51, 1), (21, 1)]


@pytest.mark.parametrize(
    ("oldest", "words"),
    [(1, "This is where the chat begins"), (51, "What was before this is no longer kept")],
    ids=["all", "kept"],
)
def test_nothing_is_asked_for_where_the_history_begins(oldest, words):
    """The reader is told that there is no more."""
    desk = Desk()
    desk.hears(connected(id=oldest, oldest=oldest), heard(oldest))

    desk.scrolls(at_top=True)

    assert desk.network.asked == []
    assert desk.screen.top == words


def test_nothing_older_is_asked_for_before_the_replay_is_there():
    """Where it begins is not known yet."""
    desk = Desk()
    desk.hears(connected(id=60), *said(51, 59))

    desk.scrolls(at_top=True)

    assert desk.network.asked == []


def test_a_page_that_did_not_come_is_told_and_asked_for_again(ada):
    """At the next time that the reader comes to the top."""
    ada.scrolls(at_top=True)

    ada.hears(NoOlderPage(NotConnected("the connection broke")))
    assert ada.screen.top == "Older messages could not be loaded: the connection broke"

    ada.scrolls(at_top=True)
    assert len(ada.network.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [OlderPage(41, (heard(41, text="old"),)), NoOlderPage(NotConnected("the connection broke"))],
    ids=["page", "failure"],
)
def test_an_answer_that_belongs_to_another_chat_is_not_shown(ada, answer):
    """It was asked for before the server lost its history."""
    ada.scrolls(at_top=True)

    ada.hears(BREAK, connected(id=1, journal="other"), heard(1))
    ada.hears(answer)

    assert "old" not in ada.screen.texts
    assert ada.screen.top == "This is where the chat begins"


def test_the_log_goes_on_where_it_was_after_a_break(ada):
    """The client brings what was missed, and nothing twice."""
    ada.hears(BREAK, connected(id=62, fresh=False), *said(61, 62))

    assert ada.screen.texts == texts(51, 62)


def test_the_log_begins_anew_with_another_history(ada):
    """The old one would mix with it; the reader is told."""
    ada.hears(BREAK, connected(id=1, journal="other"), heard(1, text="new"))

    notice, new = ada.screen.log
    assert notice.kind == "notice"
    assert new.text == "new"


def test_another_history_is_read_from_its_end(scrolled_up):
    """The place where the reader was is no more."""
    scrolled_up.hears(BREAK, connected(id=1, journal="other"), heard(1))

    assert scrolled_up.screen.is_at_end


def test_the_oldest_lines_are_dropped_at_the_end_of_a_long_chat(ada):
    """Memory is bounded; what was dropped can be loaded again."""
    ada.hears(*said(61, 120))
    assert ada.screen.texts == texts(101, 120)  # the newest MOST

    ada.scrolls(at_top=True)
    assert ada.network.asked == [(101, 1)]


def test_no_line_is_dropped_while_the_reader_is_among_them(scrolled_up):
    """What is read must not be torn away."""
    scrolled_up.hears(*said(61, 120))

    assert scrolled_up.screen.texts[0] == "51"


def test_no_line_is_dropped_while_older_ones_are_on_their_way(ada):
    """There would be a hole between them."""
    ada.scrolls(at_top=True, at_end=True)

    ada.hears(*said(61, 120))
    ada.hears(OlderPage(41, tuple(said(41, 50))))

    assert ada.screen.texts == texts(41, 120)
