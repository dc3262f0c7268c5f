"""What is made of a terminal, a pipe and the variables that speak of them."""

import pytest

from exercises.checker import phrases
from exercises.checker.lines import Line, Mark
from exercises.checker.machine import Finding, proxies
from exercises.checker.phrases import Shell, shell_of
from exercises.checker.terminal import Terminal, look_of
from tests.workshop.replaced.screen import Screen


@pytest.mark.parametrize(
    ("is_terminal", "environ", "colours"),
    [
        pytest.param(True, {}, True, id="terminal"),
        pytest.param(False, {}, False, id="pipe"),
        pytest.param(True, {"NO_COLOR": "1"}, False, id="not-wanted"),
        pytest.param(True, {"NO_COLOR": ""}, True, id="empty-means-nothing"),
        pytest.param(False, {"FORCE_COLOR": "1"}, True, id="forced"),
        pytest.param(True, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, id="no-wins"),
        pytest.param(True, {"TERM": "dumb"}, False, id="dumb"),
    ],
)
def test_colours_are_for_those_who_see_them(is_terminal, environ, colours):
    """The two variables that many programs agree on are kept to."""
    assert look_of(Screen(is_terminal=is_terminal), environ).colours is colours


@pytest.mark.parametrize(
    ("encoding", "can"), [("utf-8", True), ("ascii", False), ("cp1252", False)]
)
def test_signs_are_letters_when_the_encoding_has_no_signs(encoding, can):
    """An old console shows all there is to say."""
    assert look_of(Screen(encoding), {}).unicode is can


def test_nothing_crashes_when_a_letter_cannot_be_shown():
    """What a learner's test prints may be in any script."""
    screen = Screen("ascii")
    Terminal(screen, {}).say([Line("naïve ✓", mark=Mark.DONE)])

    assert r"na\xefve" in screen.text()


def test_progress_leaves_no_trace_on_a_pipe():
    """A log holds words alone."""
    screen = Screen(is_terminal=False)
    terminal = Terminal(screen, {})
    terminal.progress("bug 1 of 2")
    terminal.clear()
    terminal.say([Line("done", indent=0)])

    assert screen.text() == "done\n"


def test_progress_is_wiped_away_before_words():
    """What is being done now is not left standing beside the verdict."""
    screen = Screen()
    terminal = Terminal(screen, {"NO_COLOR": "1"})
    terminal.progress("bug 1 of 2")
    terminal.say([Line("done", indent=0)])

    assert screen.text().endswith("bug 1 of 2\r\x1b[Kdone\n")


@pytest.mark.parametrize(
    ("there", "environ", "shell"),
    [
        pytest.param(["python"], {}, Shell("python"), id="python"),
        pytest.param([], {}, Shell("python3"), id="debian"),
        pytest.param(["python"], {"TOX_ENV_NAME": "x"}, Shell("python3", in_tox=True), id="tox"),
    ],
)
def test_the_python_to_type_is_one_that_is_there(monkeypatch, there, environ, shell):
    """A command that is printed can be copied."""
    monkeypatch.setattr(phrases.shutil, "which", lambda name: name if name in there else None)
    monkeypatch.setattr(phrases.sys, "platform", "linux")

    assert shell_of(environ) == shell


def test_a_proxy_is_named_without_its_address():
    """An address may hold a password, and a screen may be shared."""
    finding = proxies({"HTTP_PROXY": "http://me:secret@proxy", "PATH": "/bin"})

    assert not finding.is_fine
    assert not finding.is_needed
    assert "HTTP_PROXY" in finding.what
    assert "secret" not in f"{finding.what} {finding.todo}"
    assert proxies({"HTTP_PROXY": ""}) == Finding(True, "no proxy")
