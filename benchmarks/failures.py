"""The conftest.py of a suite that mutmut runs: notes each test that fails, and on which mutant.

mutmut names the tests that pytest is to run. Where pytest does not find one of these names again,
no test runs at all, and mutmut counts a kill: here, the whole suite runs on each mutant.
"""

import os
from pathlib import Path

import pytest
from hypothesis import Phase, settings

NOTES = Path(__file__).with_name("failures.txt")


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    """Run all of it, and go on after a failure, where mutmut would stop."""
    config.args = [str(NOTES.parent)]
    config.option.maxfail = 0
    # The same examples each time, however slow, and no search for the smallest that fails.
    phases = [Phase.explicit, Phase.generate]
    settings.register_profile("mutants", settings.get_profile("ci"), phases=phases)
    settings.load_profile("mutants")


def pytest_runtest_logreport(report):
    """Note it in one write: several processes do."""
    if report.failed:
        mutant = os.environ.get("MUTANT_UNDER_TEST", "")
        with NOTES.open("a", encoding="utf-8") as notes:
            notes.write(f"{mutant}\t{report.nodeid}\n")
