"""The frame of every run: marks each test with its tier, measures by tier, sums up at the end.

A plugin of pytest's that conftest.py installs. Nothing that a test uses belongs here.
"""

import ast
import gc
import os
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from hypothesis import settings

from tests.tiers import Total, is_skip, row_of, table, tier_of

# What runs before the first test, mostly imports, belongs to no tier. A subprocess has no context
# at all, and only one tier may start one that is measured.
COLLECTION, SUBPROCESS = "collection", ""
STARTS_SUBPROCESSES = "integration"


def install(config):
    """Install the frame, once: tests/ and exercises/solutions both ask for it."""
    if config.pluginmanager.has_plugin("tiers"):
        return
    config.addinivalue_line("markers", "tier(name): set from the folder that a test stands in")
    config.addinivalue_line("markers", "browser: runs in a real one; its time is counted apart")
    config.pluginmanager.register(Tiers(config), "tiers")
    if os.environ.get("CI") == "true":
        config.pluginmanager.register(SkipsFail(), "skips-fail")


class Tiers:
    """Marks each test with its tier, measures by tier, and sums up."""

    def __init__(self, config):
        self.node_ids = []
        self.totals = defaultdict(Total)
        self.whole = False
        self.spared = ""  # why coverage is not judged
        self._deselected = False
        self._measures = True
        self._context = SUBPROCESS
        self._coverage = config.pluginmanager.get_plugin("_cov")
        self._asked = " ".join(map(str, config.invocation_params.args))
        self._switch_context(COLLECTION)

    def pytest_itemcollected(self, item):
        """Mark early: `-k` and `-m` choose later in collection."""
        self.node_ids.append(item.nodeid)
        if tier := tier_of(item.nodeid):
            item.add_marker(pytest.mark.tier(name=tier))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config, items):
        """Give property-based tests their time: one test runs many examples."""
        if not config.pluginmanager.has_plugin("timeout"):
            return
        for item in items:
            if item.get_closest_marker("hypothesis"):
                item.add_marker(pytest.mark.timeout(_property_timeout(config)))

    def pytest_deselected(self):
        """Note that this is not the whole suite."""
        self._deselected = True

    def pytest_collection_finish(self, session):
        """Spare the tests what would only slow them down."""
        if not gc.get_freeze_count():  # a run inside a test finds it done
            gc.collect()
            gc.freeze()  # what was imported stays: nobody need look through it for garbage again
        if self._measured() and not (self._is_whole(session) or "--cov" in self._asked):
            self._measured().stop()  # it takes half the time of a quick test, for no report
            self._measures = False
            os.environ.pop("COVERAGE_PROCESS_CONFIG", None)  # subprocesses need not measure either

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtestloop(self, session):
        """Decide, once all is known and before coverage is judged, whether it may be."""
        result = yield
        self.whole = self._is_whole(session)
        self.spared = self._why_spared()
        if self._coverage is not None:
            if self.spared and "--cov-fail-under" not in self._asked:
                self._coverage.options.cov_fail_under = None
            if not self.whole and "--cov-report" not in self._asked:
                self._coverage.options.cov_report = {}
        return result

    def pytest_runtest_logstart(self, nodeid):
        """Let coverage know the tier."""
        self._switch_context(row_of(nodeid) or COLLECTION)

    def pytest_runtest_logreport(self, report):
        """Add one phase of one test."""
        if not isinstance(report, pytest.SubtestReport):  # a part of a test that counts as a whole
            self.totals[row_of(report.nodeid)].add(report)

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter):
        """End with one line for each tier, and one for the workshop."""
        if not self.totals:
            return
        coverage = self._measured()
        only = _lines_of_one_tier(coverage) if self.whole and coverage else None
        terminalreporter.write_sep("=", "tiers", bold=True)
        for line in table(self.totals, only):
            terminalreporter.write_line(line)
        if coverage:
            terminalreporter.write_line("Coverage is in these seconds; a tier alone runs without.")
        if self.spared:
            terminalreporter.write_line(f"{self.spared}: coverage is not judged.")
        seed = getattr(terminalreporter.config.option, "randomly_seed", None)
        if terminalreporter.stats.get("failed") and seed is not None:
            terminalreporter.write_line(f"The same order again: --randomly-seed={seed}")

    def _why_spared(self):
        skipped = sum(total.skipped for total in self.totals.values())
        if self.whole and skipped:
            return f"{skipped} skipped"
        return "" if self.whole else "Not the whole suite"

    def _is_whole(self, session):
        config = session.config
        on_disk = {
            path
            for folder in config.getini("testpaths")
            for pattern in config.getini("python_files")
            for path in (config.rootpath / folder).rglob(pattern)
        }
        collected = {item.path for item in session.items}
        named = any("::" in argument for argument in config.args)
        return not (self._deselected or named or on_disk - collected)

    def _measured(self):
        """Return the coverage of this run, or None where it is off."""
        controller = self._measures and self._coverage and self._coverage.cov_controller
        return controller and controller.cov

    def _switch_context(self, context):
        coverage = self._measured()
        if coverage and context != self._context:
            coverage.switch_context(context)
            self._context = context


class SkipsFail:
    """Where everything is installed, a skip is a mistake: it would hide a test for ever."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self):
        """Turn the skip of a test into its failure."""
        return _failed_if_skipped((yield))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(self):
        """Turn the skip of a whole file into an error."""
        return _failed_if_skipped((yield))


def _failed_if_skipped(report):
    if is_skip(report):
        path, line, reason = report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason} (under CI=true a skip is a failure; {path}:{line})"
    return report


def _property_timeout(config):
    """Return seconds: what an ordinary test gets, for every 200 examples."""
    return float(config.getini("timeout")) * max(1, settings().max_examples / 200)


def _lines_of_one_tier(coverage):
    """Count, for each row of the summary, the lines that no other covers.

    Only lines in functions count: the rest runs on import, in whichever tier comes first.
    """
    data = coverage.get_data()
    only = Counter()
    for path in data.measured_files():
        contexts = data.contexts_by_lineno(path)
        _, statements, *_ = coverage.analysis2(path)
        for line in _lines_in_functions(path).intersection(statements):
            rows = {context or STARTS_SUBPROCESSES for context in contexts.get(line, ())}
            if len(rows) == 1:
                only[rows.pop()] += 1
    return only


def _lines_in_functions(path):
    tree = ast.parse(Path(path).read_bytes())
    return {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for line in range(node.body[0].lineno, node.end_lineno + 1)
    }
