"""A plugin for plain pytest: the tests in the orders of a check, one after the other."""

import os
import random

import pytest

from exercises.checker.tasks import STEADY
from exercises.checker.turns import shuffled

PASSES = "EXERCISES_ORDERS"  # the variable that has their seeds, between commas
BEGIN = "EXERCISES_BEGIN"  # the one that tells where they begin in the order of the file


def until(order: int) -> dict[str, str]:
    """Return the variables for one process of a check, up to this order: runs share its state."""
    orders: tuple[int, ...] = (order,)
    begin = 0.0
    for run in STEADY:
        if order in run.orders:
            orders, begin = run.orders[: run.orders.index(order) + 1], run.begin
    return {PASSES: ",".join(map(str, orders)), BEGIN: str(begin)}


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Run all tests once for each order."""
    for order in map(int, os.environ[PASSES].split(",")):
        random.seed(order)
        items = shuffled(session.items, order, float(os.environ[BEGIN]))
        for item, following in zip(items, [*items[1:], None], strict=False):
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
    return True
