"""What a tier is and what it adds up to. How pytest comes to know of it stands in harness.py.

Not in a tier are the tests of the workshop's own tools: the checker of the exercises, the site, and
the frame of the runs. They stand in tests/workshop, so that who reads or runs a tier has the chat
alone before them.
"""

from dataclasses import dataclass

TIERS = ("unit", "mocked", "integration")
WORKSHOP = "workshop"
HEADS = ("tests", "seconds", "property-based", "in a browser", "only here")


def tier_of(node_id):
    """Return the tier whose folder holds a test or a file, or None."""
    return _folder_of(node_id, TIERS)


def row_of(node_id):
    """Return the row of the summary that counts a test: its tier, the workshop, or None."""
    return _folder_of(node_id, (*TIERS, WORKSHOP))


def _folder_of(node_id, names):
    folders = node_id.partition("::")[0].split("/")[:-1]
    return next((folder for folder in folders if folder in names), None)


def misled_tiers(node_id):
    """Return the tiers that `-k` would take this test for, although it is not in them."""
    return [tier for tier in TIERS if tier in node_id.lower() and tier != tier_of(node_id)]


def is_skip(report):
    """Return whether a test was skipped; pytest says "skipped" of expected failures too."""
    return report.skipped and not hasattr(report, "wasxfail")


@dataclass
class Total:
    """What one row adds up to; times in seconds, each test's in one of the three.

    A test's time is that of its setup, call and teardown, as `--durations` has it: with what pytest
    does for them, and where coverage is measured, with what that takes.
    """

    tests: int = 0
    skipped: int = 0
    seconds: float = 0.0
    property_seconds: float = 0.0
    browser_seconds: float = 0.0

    def add(self, report):
        """Count each test once, and the time of all its phases."""
        if "hypothesis" in report.keywords:
            self.property_seconds += report.duration
        elif "browser" in report.keywords:
            self.browser_seconds += report.duration
        else:
            self.seconds += report.duration
        if is_skip(report):
            self.skipped += 1
        elif report.when == "call" or (report.when == "setup" and report.failed):
            self.tests += 1


def table(totals, only=None):
    """Yield the lines of the summary; `only` counts what no other row covers, where known."""
    heads = HEADS[:-1] if only is None else HEADS
    yield _row("tier", heads)
    for name in (*TIERS, WORKSHOP, None):
        if name in totals:
            total = totals[name]
            times = total.seconds, total.property_seconds, total.browser_seconds
            lines = [] if only is None else [f"{only[name]} lines"]
            yield _row(name or "no tier", [total.tests, *(f"{time:.2f}" for time in times), *lines])


def _row(name, cells):
    columns = zip(HEADS, cells, strict=False)
    return f"{name:<12}" + "".join(f"{cell:>{max(10, len(head) + 2)}}" for head, cell in columns)
