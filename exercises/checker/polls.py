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
    own = list(_own(loop))
    if any(isinstance(node, ast.Break | ast.Return) for node in own):
        return True
    if isinstance(loop, ast.For) or isinstance(loop.test, ast.Constant):
        return False
    asked = list(ast.walk(loop.test))
    if any(isinstance(node, ast.Call | ast.Attribute | ast.Subscript) for node in asked):
        return True
    targets = [node.target for node in own if isinstance(node, ast.AugAssign)]
    counted = {target.id for target in targets if isinstance(target, ast.Name)}
    return not {node.id for node in asked if isinstance(node, ast.Name)} <= counted


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what stands in a loop, but for what stands in functions there."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _own(child)
