"""Every fixture of some files, as a table: read from the code, so that none can be forgotten.

A block names files, one pattern a line:

    ```fixtures
    tests/mocked/**/*.py
    ```
"""

import ast
import re
from typing import NamedTuple


class FixtureError(Exception):
    """A fixture cannot be shown, in words for whoever wrote it."""


class Fixture(NamedTuple):
    """What a page says of one."""

    name: str
    scope: str
    says: str  # the first sentence of its docstring
    file: str


def table_of(text, root):
    """Return the table of all fixtures in the files that the patterns of a block name."""
    found = []
    for pattern in text.splitlines():
        folder = root / pattern.partition("*")[0].rpartition("/")[0]
        before = len(found)
        for path in sorted(root.glob(pattern)):
            found += fixtures_in(path.read_text("utf-8"), path.relative_to(folder).as_posix())
        if len(found) == before:
            raise FixtureError(f"there is no fixture in {pattern}")
    return as_table(found)


def fixtures_in(source, file):
    """Return the fixtures that a source defines, those of its classes too, in their order."""
    functions = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return [
        _fixture(function, options, file)
        for function in sorted(functions, key=lambda function: function.lineno)
        for options in map(_options, function.decorator_list)
        if options is not None
    ]


def as_table(fixtures):
    """Return the fixtures in Markdown."""
    rows = ["| fixture | lives for | what it is | in |", "|---|---|---|---|"]
    for one in fixtures:
        says = one.says.replace("|", r"\|")
        rows.append(f"| `{one.name}` | {one.scope} | {says} | `{one.file}` |")
    return "\n".join(rows)


def _options(decorator):
    """Return what a decorator that makes a fixture is told by keyword; None for any other."""
    is_call = isinstance(decorator, ast.Call)
    maker = decorator.func if is_call else decorator
    if getattr(maker, "attr", getattr(maker, "id", None)) != "fixture":
        return None
    keywords = decorator.keywords if is_call else []
    return {keyword.arg: keyword.value for keyword in keywords}


def _fixture(function, options, file):
    says = ast.get_docstring(function)
    if not says:
        raise FixtureError(f"{file}: the fixture {function.name} has no docstring")
    first = re.match(r".+?\.(?=\s|$)|.+", " ".join(says.split()))[0]
    scope = ast.literal_eval(options["scope"]) if "scope" in options else "function"
    scope = {"function": "a test", "session": "the session"}.get(scope, f"its {scope}")
    return Fixture(function.name, scope + (", unasked" * ("autouse" in options)), first, file)
