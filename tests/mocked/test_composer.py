"""What is typed in the window, when it is sent, and what becomes of it when it was not heard."""

import pytest

from chat.gui.background import Ended, NotSaid
from chat.gui.composer import one_line
from chat.messages import Code
from chat.outcomes import Disconnected, NotConfirmed, NotConnected, Refused, Unconfirmed
from tests.screen import Desk, connected

LONGEST = "x" * 512
UNCONFIRMED = NotSaid("hello", NotConfirmed("not confirmed"))
REFUSED = NotSaid("hello", Refused(Code.RATE_LIMITED, "too fast"))


@pytest.fixture
def ada():
    """A window in which ada has joined."""
    desk = Desk()
    desk.hears(connected())
    return desk


@pytest.fixture
def offline(ada):
    """The same, while it tries to come back."""
    ada.hears(Disconnected("the server stopped", 1))
    return ada


def test_a_line_is_sent_and_its_place_is_free_for_the_next(ada):
    """Without the spaces around it."""
    ada.says(" hello ")

    assert ada.network.said == ["hello"]
    assert ada.screen.draft == ""


@pytest.mark.parametrize("nothing", ["", "  "], ids=["empty", "spaces"])
def test_nothing_is_sent_when_nothing_is_typed(ada, nothing):
    """A key too many is no mistake to be told of."""
    ada.says(nothing)

    assert (ada.network.said, ada.screen.problem) == ([], "")


def test_the_same_line_is_not_sent_twice_by_a_second_return(ada):
    """What was sent is no longer what is typed."""
    ada.says("hello")

    ada.presenter.composer.send()

    assert ada.network.said == ["hello"]


def test_a_text_of_512_characters_is_sent(ada):
    """The limit itself is allowed, and counts code points."""
    ada.says("\U0001f600" * 512)

    assert len(ada.network.said) == 1


def test_a_text_that_is_too_long_stays_and_is_told(ada):
    """Nothing is sent, and nothing is lost."""
    ada.says(LONGEST + "!")

    assert ada.network.said == []
    assert ada.screen.draft == LONGEST + "!"
    assert "512" in ada.screen.problem


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (411, ""),
        (412, "100 characters left"),
        (511, "1 character left"),
        (512, "0 characters left"),
        (513, "1 character too many"),
    ],
)
def test_the_limit_is_told_while_typing_when_it_is_near(ada, length, words):
    """Before anything is sent."""
    ada.types("x" * length)

    assert ada.screen.room == words


def test_spaces_around_a_text_do_not_count(ada):
    """They are not sent."""
    ada.types(f" {LONGEST} ")

    assert ada.screen.room == "0 characters left"


def test_a_text_that_no_server_takes_stays_and_is_told(ada):
    """Here a character that would turn the text around."""
    ada.says("a\u202eb")

    assert ada.network.said == []
    assert "bidirectional" in ada.screen.problem


def test_a_complaint_is_gone_when_typing_goes_on(ada):
    """The text is another one now."""
    ada.says(LONGEST + "!")

    ada.types(LONGEST)

    assert ada.screen.problem == ""


def test_pasted_line_breaks_become_spaces(ada):
    """A message is one line."""
    ada.types("one\ntwo")

    assert ada.screen.draft == "one two"


@pytest.mark.parametrize(
    ("pasted", "line"),
    [
        ("a\r\nb\rc\td", "a b c d"),
        ("a\u2028b\x85c", "a b c"),
        ("a\ud83db\udc9f", "ab"),
        ("\U0001f600", "\U0001f600"),
    ],
    ids=["breaks", "separators", "halves", "astral"],
)
def test_one_line_has_neither_breaks_nor_halves_of_characters(pasted, line):
    """Tk 8.6 makes halves of a character outside the BMP when one deletes a part of it."""
    assert one_line(pasted) == line


def test_nothing_is_sent_without_a_connection(offline):
    """The text stays, and it is said why."""
    offline.says("hello")

    assert offline.network.said == []
    assert offline.screen.draft == "hello"
    assert offline.screen.problem.startswith("Not connected")


def test_the_complaint_is_gone_when_the_connection_is_back(offline):
    """The text is still there, and now it can be sent."""
    offline.says("hello")

    offline.hears(connected(fresh=False))

    assert (offline.screen.problem, offline.screen.draft) == ("", "hello")


def test_another_complaint_stays_when_the_connection_is_back(offline):
    """A text that is too long is so with a connection, too."""
    offline.hears(NotSaid(LONGEST, Refused(Code.RATE_LIMITED, "too fast")))

    offline.hears(connected(fresh=False))

    assert offline.screen.problem == "Not sent: too fast."


def test_nothing_is_sent_after_the_chat_is_over(ada):
    """No more than while it comes back."""
    ada.hears(Ended(NotConnected("kicked", is_final=True)))

    ada.says("hello")

    assert ada.network.said == []


@pytest.mark.parametrize("news", [UNCONFIRMED, Unconfirmed("hello")], ids=["said", "sent"])
def test_a_line_that_nobody_confirmed_is_shown_and_never_sent_by_itself(ada, news):
    """Sent twice it could be heard twice: that is for the user to decide."""
    ada.hears(news, connected(fresh=False))

    assert list(ada.screen.unsent.values()) == ["Not confirmed: hello"]
    assert ada.network.said == []


def test_a_line_is_sent_again_when_the_user_wants_it(ada):
    """Once, and then it is no longer in doubt."""
    ada.hears(UNCONFIRMED)

    ada.presenter.composer.send_again(*ada.screen.unsent)

    assert ada.network.said == ["hello"]
    assert ada.screen.unsent == {}


def test_a_line_in_doubt_stays_when_there_is_no_connection_to_send_it(offline):
    """Trying loses nothing."""
    offline.hears(UNCONFIRMED)

    offline.presenter.composer.send_again(*offline.screen.unsent)

    assert offline.network.said == []
    assert len(offline.screen.unsent) == 1


def test_a_line_in_doubt_is_forgotten_when_the_user_discards_it(ada):
    """That one alone."""
    ada.hears(Unconfirmed("first"), Unconfirmed("second"))

    ada.presenter.composer.discard(min(ada.screen.unsent))

    assert list(ada.screen.unsent.values()) == ["Not confirmed: second"]


def test_a_refused_line_comes_back_to_where_it_was_typed(ada):
    """With the reason beside it: the user may change it, or wait."""
    ada.hears(REFUSED)

    assert ada.screen.draft == "hello"
    assert ada.screen.problem == "Not sent: too fast."


def test_a_refused_line_never_replaces_what_is_being_typed(ada):
    """It waits beside it."""
    ada.types("something else")

    ada.hears(REFUSED)

    assert ada.screen.draft == "something else"
    assert list(ada.screen.unsent.values()) == ["Not sent, too fast: hello"]
