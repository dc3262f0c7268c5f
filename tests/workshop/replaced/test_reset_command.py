"""What `reset` asks without a name, or with `--all`, and what it does. Who answers is replaced."""

import sys
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest

from exercises.checker import desk
from exercises.checker.call import Call, Refusal
from exercises.checker.commands import reset
from exercises.checker.phrases import Shell
from exercises.checker.terminal import Terminal
from tests.workshop.pure.verdicts import called
from tests.workshop.replaced.screen import Screen


@pytest.fixture
def exercise(tmp_path):
    """An exercise that somebody has passed and begun again; a file of theirs is there too."""
    exercise = replace(called("unit"), folder=tmp_path / "unit")
    exercise.folder.mkdir()
    for name in ("test_commands.py", "test_more.py", desk.PRISTINE):
        (exercise.folder / name).write_text("stub" if name == desk.PRISTINE else "mine")
    desk.reset(exercise)
    desk.remember(exercise, desk.Record(passed=True))
    (exercise.folder / "test_more.py").write_text("more")
    return exercise


@pytest.fixture
def call(exercise, tmp_path, monkeypatch):
    """Call it with this answer to its question, and return what was printed."""

    def call(answer, exercises=(), *, is_terminal=True, **given):
        stdin = SimpleNamespace(readline=lambda: answer, isatty=lambda: is_terminal)
        monkeypatch.setattr(sys, "stdin", stdin)
        options = SimpleNamespace(**{"exercises": exercises, "all": False, "yes": False} | given)
        screen = Screen(is_terminal=False)
        reset.run(Call(tmp_path, [exercise], Terminal(screen, {}), Shell(), options))
        return " ".join(screen.text().split())

    return call


@pytest.fixture
def reset_all(call):
    """The same with `--all`, from a pipe."""
    return partial(call, is_terminal=False, all=True)


def names(exercise):
    """The names of all that is in the folder of an exercise."""
    return sorted(path.name for path in exercise.folder.iterdir())


def test_everything_is_as_it_was_handed_out_after_a_yes(exercise, reset_all, capsys):
    """The next class finds no solution, no backup and no pass; what is deleted is said before."""
    reset_all("y\n")

    asked = capsys.readouterr().err
    assert all(name in asked for name in ("test_more.py", "backup-1", desk.PROGRESS, "[y/N]"))
    assert names(exercise) == [desk.PRISTINE, "test_commands.py"]
    assert desk.is_untouched(exercise)
    assert not desk.recall(exercise).passed


@pytest.mark.parametrize("answer", ["", "\n", "n\n", "what?\n"])
def test_nothing_is_deleted_without_a_yes(exercise, reset_all, answer):
    """A pipe that says nothing is no yes either."""
    before = names(exercise)

    with pytest.raises(Refusal, match="nothing was changed"):
        reset_all(answer)

    assert names(exercise) == before


def test_nobody_is_asked_when_there_is_nothing_to_lose_or_the_answer_is_given(reset_all, capsys):
    """A script goes through, and a tree that is new is no reason to ask."""
    for yes in (True, False):
        assert "nobody has passed" in reset_all("", yes=yes)

    assert capsys.readouterr().err == ""


def test_all_and_one_at_once_make_no_sense(exercise, reset_all):
    """Which of the two was meant?"""
    with pytest.raises(Refusal, match="name none"):
        reset_all("y\n", exercises=["unit"])


def test_all_begin_again_without_a_name_after_a_yes(exercise, call, capsys):
    """What is asked names what begins again, and where the files go."""
    told = call("y\n")

    asked = capsys.readouterr().err
    assert "This begins unit again" in asked
    assert "kept in unit/backup-2/" in asked
    assert "`unit/backup-2/`" in told
    assert (exercise.folder / "backup-2" / "test_more.py").read_text() == "more"


@pytest.mark.parametrize("answer", ["", "n\n"])
def test_nothing_begins_again_without_a_name_and_a_yes(exercise, call, answer):
    """Somebody who forgot the name of one exercise keeps the others."""
    before = names(exercise)

    with pytest.raises(Refusal, match="nothing was changed"):
        call(answer)

    assert names(exercise) == before


def test_a_script_must_name_an_exercise_or_say_yes(exercise, call):
    """A pipe that happens to say yes was not asked."""
    with pytest.raises(Refusal, match=r"There is unit\. Name it, such as: .* reset unit"):
        call("y\n", is_terminal=False)

    assert "backup-2" in call("", is_terminal=False, yes=True)


def test_nobody_is_asked_who_names_an_exercise(call, capsys):
    """Whoever says which one means it."""
    assert "backup-2" in call("", ["unit"])

    assert capsys.readouterr().err == ""
