"""What a page that quotes a run is told of it; the run is replaced."""

import re
import subprocess

import pytest

from docs import quoting


def test_a_run_that_does_not_end_is_told_in_words(tmp_path, monkeypatch):
    """Whoever builds the site learns which one it was."""

    def never_ends(words, timeout, **_):
        raise subprocess.TimeoutExpired(words, timeout)

    monkeypatch.setattr(subprocess, "run", never_ends)
    run = quoting.Run("pytest -k slow")

    with pytest.raises(quoting.QuoteError, match=r"'pytest -k slow' had not ended after \d+ sec"):
        quoting.output_of(run, tmp_path, tmp_path / "cache")


@pytest.fixture
def commands(monkeypatch):
    """What was run. A command prints its last word and ends with the number in it, or with 0."""
    commands = []

    def run(words, **_):
        commands.append(words[-1])
        status = int(re.sub(r"\D", "", words[-1]) or 0)
        return subprocess.CompletedProcess(words, status, stdout=f"{words[-1]}\n")

    monkeypatch.setattr(subprocess, "run", run)
    return commands


def test_all_lines_of_a_run_are_shown_and_what_goes_before_is_not(commands, tmp_path):
    """They happen in one tree, in order."""
    run = quoting.Run("pytest b\npytest c", after="pytest a1")

    assert quoting.output_of(run, tmp_path, tmp_path / "cache") == "b\nc"
    assert commands == ["a1", "b", "c"]


def test_a_deed_happens_once_when_three_runs_tell_of_it(commands, tmp_path):
    """Whoever builds the site waits for each of them."""
    for run in (
        quoting.Run("pytest b", after="pytest a1"),
        quoting.Run("pytest a1", status=1),
        quoting.Run("pytest a1", status=1, is_quiet=True),
    ):
        quoting.output_of(run, tmp_path, tmp_path / "cache")

    assert commands == ["a1", "b"]


def test_a_run_is_spared_what_hypothesis_makes_once_and_has_no_example_of_another(
    monkeypatch, tmp_path
):
    """What is known of Unicode is the same for all; what failed elsewhere would be tried first."""

    def listed(words, cwd, **_):
        names = sorted(path.name for path in (cwd / ".hypothesis").iterdir())
        return subprocess.CompletedProcess(words, 0, stdout=" ".join(names))

    monkeypatch.setattr(subprocess, "run", listed)
    for name in "unicode_data", "examples":
        (tmp_path / ".hypothesis" / name).mkdir(parents=True)

    assert quoting.output_of(quoting.Run("pytest"), tmp_path, tmp_path / "cache") == "unicode_data"


def test_a_quiet_run_shows_nothing(commands, tmp_path):
    """It is there to see that the command works."""
    run = quoting.Run("pytest a", is_quiet=True)

    assert quoting.output_of(run, tmp_path, tmp_path / "cache") == ""


@pytest.mark.parametrize(
    ("command", "status"), [("pytest a", 1), ("pytest a1\npytest b", 1), ("pytest a1", 0)]
)
def test_each_command_has_to_end_as_the_page_says(commands, tmp_path, command, status):
    """The quiet ones too. It is tried again the next time: it may have been bad luck."""
    for _ in range(2):
        with pytest.raises(quoting.QuoteError, match="ended with"):
            quoting.output_of(quoting.Run(command, status), tmp_path, tmp_path / "cache")

    assert len(commands) == 2 * len(command.splitlines())
