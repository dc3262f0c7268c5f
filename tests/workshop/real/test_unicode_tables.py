"""The table of characters that a host makes for hypothesis, which would take seconds over it."""

import pytest
from hypothesis import configuration
from hypothesis.internal import charmap

from exercises.checker.preload import tell_utf_8


@pytest.fixture
def tables(tmp_path):
    """The folder in which hypothesis keeps its tables: a new one."""
    configuration.set_hypothesis_home_dir(tmp_path)
    yield tmp_path
    configuration.set_hypothesis_home_dir(None)


def test_hypothesis_finds_all_characters_when_a_host_has_made_the_table(tables, monkeypatch):
    """All but the halves of pairs, which UTF-8 cannot say; and it tries none of them itself."""
    monkeypatch.setattr(charmap, "chr", None, raising=False)
    tell_utf_8(tables)

    every, lossy = charmap.intervals_from_codec.__wrapped__("utf-8")

    said = "".join(map(chr, every))
    assert (said.encode().decode(), len(said) + 0x800, [*lossy]) == (said, 0x110000, [])
