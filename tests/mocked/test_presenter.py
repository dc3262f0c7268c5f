"""The window's logic: joining, how things stand, who is here, and who should look."""

import pytest

from chat.gui.background import Broken, Ended
from chat.gui.presenter import address
from chat.gui.view import Form
from chat.messages import Code, Error, Heard, Members, Notice
from chat.outcomes import Disconnected, NotConnected, Refused
from tests.links import heard
from tests.screen import Desk, connected

TAKEN = Refused(Code.NAME_TAKEN, "the name ada is taken")
TOKEN_NEEDED = NotConnected("this chat needs a token", is_final=True, needs_token=True)
NO_SERVER = NotConnected("no server answers")


@pytest.fixture
def desk():
    """A window that shows its form."""
    return Desk()


@pytest.fixture
def ada():
    """A window in which ada has joined."""
    desk = Desk()
    desk.joins("ada")
    desk.hears(connected())
    return desk


def came(id, name, type="join"):
    """Return that somebody came, or left."""
    return Heard(type, id, 0.0, name)


# --- Joining ---


def test_the_form_is_shown_when_no_name_is_given(desk):
    """Name and address are asked for in the window."""
    assert desk.screen.page == "form"
    assert desk.network.joined == []


def test_it_joins_at_once_when_a_name_is_given():
    """Whoever said it all on the command line is asked for nothing."""
    desk = Desk(Form(name="ada", url="ws://chat.example", token="secret"))

    assert desk.network.joined == [("ws://chat.example", "ada", "secret")]


def test_a_token_left_empty_is_none(desk):
    """A chat without a token is sent none."""
    desk.joins("ada")

    assert desk.network.joined == [("ws://chat.example", "ada", None)]


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "enter a name"), ("ada l", "whitespace"), ("a" * 33, "32")],
    ids=["empty", "space", "long"],
)
def test_a_name_that_cannot_be_is_told_beside_it(desk, name, words):
    """It is told before anything is sent."""
    desk.joins(name)

    assert desk.screen.form.field == "name"
    assert words in desk.screen.form.problem
    assert desk.network.joined == []


@pytest.mark.parametrize(
    ("error", "field"),
    [
        pytest.param(TAKEN, "name", id="name-taken"),
        pytest.param(Refused(Code.BAD_NAME, "a bad name"), "name", id="bad-name"),
        pytest.param(NO_SERVER, "url", id="no-server"),
        pytest.param(Refused(Code.NOT_SAVED, "the disk is full"), "url", id="not-saved"),
        pytest.param(TOKEN_NEEDED, "token", id="token"),
    ],
)
def test_why_joining_failed_is_told_beside_the_field_at_fault(desk, error, field):
    """In the words of the error, as a sentence."""
    desk.joins("ada")

    desk.hears(Ended(error))

    words = f"{error}"
    assert desk.screen.form.field == field
    assert desk.screen.form.problem == words[0].upper() + words[1:] + "."


def test_a_token_is_asked_for_when_the_chat_needs_one(desk):
    """Only then: most chats have none."""
    desk.joins("ada")
    assert not desk.screen.form.asks_token

    desk.hears(Ended(TOKEN_NEEDED))

    assert desk.screen.form.asks_token


def test_what_was_filled_in_stays_when_joining_fails(desk):
    """One mistake is one thing to type again."""
    desk.joins("ada", "ws://other.example")

    desk.hears(Ended(NO_SERVER))

    assert (desk.screen.form.name, desk.screen.form.url) == ("ada", "ws://other.example")


def test_a_problem_is_gone_when_joining_is_tried_again(desk):
    """An old complaint says nothing of the new try."""
    desk.joins("")

    desk.joins("ada")

    assert desk.screen.form.problem == ""
    assert desk.screen.status[0] == "wait"


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        (" ws://a:1 ", "ws://a:1"),
        ("a:1", "ws://a:1"),
        ("http://a:1", "ws://a:1"),
        ("https://a/", "wss://a/"),
        ("", ""),
    ],
    ids=["spaces", "host", "page", "secure-page", "nothing"],
)
def test_an_address_may_be_typed_as_people_do(typed, url):
    """The page's own address will do, and a bare host."""
    assert address(typed) == url


# --- How things stand ---


def test_the_chat_is_shown_once_connected(ada):
    """In place of the form, with the name that the server gave."""
    assert ada.screen.page == "chat"
    assert ada.screen.status == ("on", "Connected as ada")
    assert ada.screen.title == "ada - TestingPy Chat"


def test_a_break_is_told_with_its_reason_and_a_count_down(ada):
    """The user knows what happened, and for how long to wait."""
    ada.hears(Disconnected("the server stopped", 2.5))
    assert ada.screen.status == ("wait", "The server stopped. Trying again in 3 s…")

    ada.now += 2
    ada.presenter.tick()
    assert ada.screen.status == ("wait", "The server stopped. Trying again in 1 s…")


def test_the_count_down_ends_with_now(ada):
    """It never counts below zero."""
    ada.hears(Disconnected("the server stopped", 1))

    ada.now += 5
    ada.presenter.tick()

    assert ada.screen.status[1].endswith("Trying again now…")


def test_the_title_tells_that_there_is_no_connection(ada):
    """A window behind others is seen by its title alone."""
    ada.hears(Disconnected("the server stopped", 1))

    assert ada.screen.title == "ada (not connected) - TestingPy Chat"


def test_it_counts_no_more_once_back(ada):
    """What is over is not told."""
    ada.hears(Disconnected("the server stopped", 1), connected(fresh=False))

    ada.presenter.tick()

    assert ada.screen.status == ("on", "Connected as ada")


def test_the_log_stays_when_the_chat_is_over(ada):
    """It may still be read; the reason is told, and how to go on."""
    ada.hears(heard(2, text="bye"), Ended(NotConnected("the token has changed", is_final=True)))

    assert ada.screen.page == "chat"
    assert ada.screen.status == ("over", "Not connected: the token has changed.")


def test_the_form_tells_the_reason_when_one_joins_again(ada):
    """Whoever took the name meanwhile, it is the name that must be changed."""
    ada.hears(Disconnected("the server stopped", 1), Ended(TAKEN))

    ada.presenter.ask_again()

    assert ada.screen.page == "form"
    assert (ada.screen.form.field, ada.screen.form.problem) == ("name", f"T{str(TAKEN)[1:]}.")


def test_failing_to_join_again_is_told_in_the_form(ada):
    """The second try is told as the first."""
    ada.hears(Ended(NO_SERVER))
    ada.presenter.ask_again()
    ada.joins("ada")

    ada.hears(Ended(TAKEN))

    assert (ada.screen.page, ada.screen.form.field) == ("form", "name")


def test_a_bug_in_the_background_is_raised(ada):
    """A window that is deaf must not look as if it were well."""
    with pytest.raises(ZeroDivisionError):
        ada.hears(Broken(ZeroDivisionError()))


# --- Who is here ---


def test_members_come_and_go_with_what_happens(ada):
    """The list is always that of the latest event, in alphabetical order."""
    ada.hears(came(2, "Zoe"), came(3, "bob"), came(4, "Zoe", "leave"), came(5, "Cid"))

    assert (ada.screen.members, ada.screen.me) == (["ada", "bob", "Cid"], "ada")


def test_what_happened_before_the_welcome_changes_no_members(desk):
    """The welcome has the list; the replay after it tells of older comings and goings."""
    desk.hears(connected(id=9), came(3, "bob"), came(4, "ada", "leave"))

    assert desk.screen.members == ["ada"]


def test_the_answer_to_who_is_the_list_and_is_told(ada):
    """Whoever asked wants to read it."""
    ada.hears(Members(("ada", "eve")))

    assert ada.screen.members == ["ada", "eve"]
    assert ada.screen.texts == ["Here now: ada, eve"]


@pytest.mark.parametrize(
    ("news", "kind"),
    [(Notice("type /help"), "notice"), (Error("rate-limited", "type /help"), "error")],
    ids=["notice", "error"],
)
def test_what_the_server_says_to_one_is_told_in_words(ada, news, kind):
    """A code is for programs."""
    ada.hears(news)

    assert [(line.kind, line.text) for line in ada.screen.log] == [(kind, "Type /help.")]


# --- Who should look ---


def test_the_title_counts_what_is_said_while_nobody_looks(ada):
    """Comings and goings are nothing to look at."""
    ada.presenter.focus(has_focus=False)

    ada.hears(heard(2), heard(3), came(4, "bob", "leave"))

    assert ada.screen.title == "(2) ada - TestingPy Chat"


def test_what_was_said_before_one_came_is_not_counted(desk):
    """It is history, and no news."""
    desk.presenter.focus(has_focus=False)

    desk.hears(connected(id=9), heard(8))

    assert desk.screen.title == "ada - TestingPy Chat"


def test_the_count_stays_until_the_user_looks(ada):
    """Another window that comes and goes in between changes nothing."""
    ada.presenter.focus(has_focus=False)
    ada.hears(heard(2))

    ada.presenter.focus(has_focus=False)
    ada.hears(Disconnected("the server stopped", 1))

    assert ada.screen.title == "(1) ada (not connected) - TestingPy Chat"


def test_the_count_is_gone_once_the_user_looks(ada):
    """And nothing is counted as long as they do."""
    ada.presenter.focus(has_focus=False)
    ada.hears(heard(2))

    ada.presenter.focus(has_focus=True)
    ada.hears(heard(3))

    assert ada.screen.title == "ada - TestingPy Chat"
