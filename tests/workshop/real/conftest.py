"""What is real here: checkers, each with the processes that it keeps warm."""

import pytest

from tests.workshop.real.miniature import miniature


@pytest.fixture(scope="session")
def mini(tmp_path_factory):
    """A checker for a small program: it has patience with a busy machine, and little room."""
    limits = {"patience": 20, "output": 1 << 20, "memory": 256 << 20}
    with miniature(tmp_path_factory.mktemp("mini"), **limits) as mini:
        yield mini


@pytest.fixture(scope="session")
def impatient(tmp_path_factory):
    """The same, but it loses its patience soon, for what never ends."""
    with miniature(tmp_path_factory.mktemp("impatient"), patience=1, slack=1) as mini:
        yield mini
