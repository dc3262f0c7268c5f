"""Polls: short sleeps in a loop that ends when what it asks for has come.

A sleep in a loop that only counts is no poll.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

POLL = 0.05  # seconds: who asks again and again waits for less between two questions

_Loop = ast.While | ast.For


@cache
def lines(file: str) -> frozenset[int]:
    """Return the lines of a file that stand in a loop which has a way out."""
    try:
        module = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return frozenset()
    return frozenset(_lines(module))


def _lines(module: ast.Module) -> Iterator[int]:
    for node in ast.walk(module):
        if isinstance(node, _Loop) and _has_way_out(node):
            yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _has_way_out(loop: _Loop) -> bool:
    if isinstance(loop, ast.While) and not isinstance(loop.test, ast.Constant):
        return True
    return any(isinstance(node, ast.Break | ast.Return) for node in ast.walk(loop))
