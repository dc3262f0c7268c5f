"""What all tiers share, and exercises/solutions with them.

Fixtures that only one tier needs stand in that tier's own conftest.py.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests import harness

# Their asserts are to explain themselves as those of a test file do.
EXPLAINED = ("tests.connection_contract", "tests.journal_contract", "tests.link_contract")
pytest.register_assert_rewrite(*EXPLAINED)

# The longest that any test waits for a message or an event, in seconds: `asyncio.timeout(WAIT)`.
# It bounds failures and slows nothing down, so it is generous: both cores may be busy elsewhere.
WAIT = 5.0

# A proxy from the environment would send connections to 127.0.0.1 elsewhere.
os.environ["no_proxy"] = os.environ["NO_PROXY"] = "*"

# No deadline and no check on speed: a slow machine is not a bug.
settings.register_profile(
    "quick",
    max_examples=25,
    deadline=None,
    derandomize=False,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("ci", settings.get_profile("quick"), max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_configure(config):
    """Let all runs have one frame."""
    harness.install(config)
