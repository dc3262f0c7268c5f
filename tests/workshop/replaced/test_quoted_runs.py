"""What a page that quotes a run is told of it; the run is replaced."""

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
