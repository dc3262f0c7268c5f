"""The pure core stays pure. What it imports is read from its source: nothing is run for it."""

import ast
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

PACKAGE = Path(find_spec("chat").submodule_search_locations[0])

PURE = ["chat.protocol", "chat.commands", "chat.events", "chat.room", "chat.throttle"]

# Modules that compute and do nothing else. Before you add one: it must not wait, read a clock,
# a file or a socket, start a thread or roll dice.
HARMLESS = {
    "__future__",
    "abc",
    "bisect",
    "collections",
    "copy",
    "dataclasses",
    "difflib",
    "enum",
    "functools",
    "hashlib",
    "heapq",
    "itertools",
    "json",
    "math",
    "operator",
    "re",
    "string",
    "textwrap",
    "types",
    "typing",
    "unicodedata",
}

# Builtins that reach outside, or get round the imports.
FORBIDDEN = {"__import__", "breakpoint", "eval", "exec", "input", "open", "print"}


def file_of(module):
    """The file of a module of chat, or None for all else."""
    path = PACKAGE.parent.joinpath(*module.split("."))
    files = path.with_suffix(".py"), path / "__init__.py"
    return next((file for file in files if PACKAGE in file.parents and file.is_file()), None)


def imported(node):
    """The modules that an import statement names; for other nodes, none."""
    match node:
        case ast.Import(names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module, names, level=0):
            found = [f"{module}.{alias.name}" for alias in names]
            return [name if file_of(name) else module for name in found]
        case ast.ImportFrom():
            pytest.fail(f"a relative import in line {node.lineno}: this test cannot follow it")
    return []


@cache
def read(file):
    """The forbidden builtins that a file uses, and the modules that it imports."""
    nodes = list(ast.walk(ast.parse(file.read_bytes())))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    return names & FORBIDDEN, {name for node in nodes for name in imported(node)}


def used(module, seen):
    """All that a module uses, through the modules of chat that it imports."""
    file = file_of(module)
    if file is None:
        yield module.partition(".")[0]
    elif module not in seen:
        seen.add(module)
        builtins, modules = read(file)
        yield from (f"{builtin}()" for builtin in builtins)
        for name in modules:
            yield from used(name, seen)


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_uses_nothing_that_does_anything(module):
    """No event loop, socket, thread, file, clock or chance, not even through another module."""
    assert set(used(module, set())) <= HARMLESS  # a missing module counts as one from outside
