"""Which tests of a learner run, and in which order. Pure."""

import random

import pytest


def shuffled(items: list[pytest.Item], order: int, begin: float = 0) -> list[pytest.Item]:
    """Return files, and tests in each file, in another order; 1 reverses it.

    0 keeps the order, and begins with the test that stands so far behind the first one.
    """
    if order == 0:
        first = int(begin * len(items))
        return items[first:] + items[:first]
    if order == 1:  # it shows each test that needs what one before it has left, or not yet left
        return items[::-1]
    chance = random.Random(order)
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    groups = list(files.values())
    chance.shuffle(groups)
    for group in groups:
        chance.shuffle(group)
    return [item for group in groups for item in group]


def part_of(names: list[str], number: int, parts: int) -> list[str]:
    """Return one of so many parts, about equally long; each name is in one of them."""
    return names[len(names) * number // parts : len(names) * (number + 1) // parts]
