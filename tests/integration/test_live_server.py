"""The fixtures of this folder, shown on tests that go wrong: nothing that fails is overlooked."""

import pytest

CONFTEST = "from tests.integration.conftest import connect, join, live_server, serve"

FINE = """
async def test_it(live_server, join):
    await join(live_server, "ada")
"""

FAILS_IN_THE_BACKGROUND = """
async def test_it(live_server, join):
    ada = await join(live_server, "ada")
    live_server.room.apply = None
    await ada.says("nobody can hear this")
    await ada.is_closed()
"""

LOGS_AN_ERROR = """
import logging
async def test_it(live_server):
    logging.getLogger("chat").error("nobody waits for what went wrong")
"""

LEAVES_A_TASK = """
import asyncio
async def test_it(live_server):
    live_server.task = asyncio.create_task(asyncio.Event().wait())
"""

OPTIONS = [
    *("-p", "pytest_asyncio.plugin"),
    *("-p", "no:cacheprovider"),
    "--assert=plain",
    "--asyncio-mode=auto",
    "--override-ini=asyncio_default_fixture_loop_scope=function",
]


@pytest.fixture
def outcomes_of(pytester, monkeypatch):
    """Run a test file with our fixtures. Return how its tests ended."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest(CONFTEST)

    def run(text):
        pytester.makepyfile(text)
        return pytester.runpytest_inprocess(*OPTIONS).parseoutcomes()

    return run


def test_a_test_passes_when_its_server_was_fine(outcomes_of):
    """Members who are still there, say, are no mistake."""
    assert outcomes_of(FINE) == {"passed": 1}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(FAILS_IN_THE_BACKGROUND, id="the-server-failed"),
        pytest.param(LOGS_AN_ERROR, id="an-error-was-logged"),
        pytest.param(LEAVES_A_TASK, id="a-task-is-left"),
    ],
)
def test_a_test_does_not_pass_when_something_went_wrong_behind_it(outcomes_of, text):
    """What no assertion of the test could see is an error all the same."""
    assert outcomes_of(text)["errors"] == 1
