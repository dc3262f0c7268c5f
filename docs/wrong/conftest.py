"""What goes wrong here runs in the same frame as tests/: tiers, profiles, no proxy."""

from tests.conftest import pytest_configure  # noqa: F401  pytest finds a hook by its name
