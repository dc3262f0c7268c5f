"""The map of the coverage page: for each line of chat/, which tiers run it.

Made from `.coverage`, which a whole run of the suite leaves behind with the tiers as its contexts
(tests/harness.py). Where it is missing, partial or older than the program, the page says so; under
CI=true, where the tests run before the site is built, that is an error.
"""

import ast
from collections import Counter
from html import escape
from os import environ

from coverage import Coverage

TIERS = {"unit": "u", "mocked": "m", "integration": "i"}
# A subprocess has no context, and only this tier starts one.
CONTEXTS = {"": "integration"} | {tier: tier for tier in TIERS}

MISSING = """!!! note "This build of the site has no map: {why}"
    Run the whole suite, which leaves a file `.coverage` behind, and build the site again:

    ```sh
    pytest && mkdocs build --strict
    ```
"""


class MapError(Exception):
    """There is no map where there has to be one."""


def map_of(root):
    """Return the map as HTML, or in Markdown why there is none."""
    recorded = root / ".coverage"
    sources = sorted((root / "chat").rglob("*.py"))
    why = ""
    if not recorded.exists():
        why = "the tests have not run"
    elif any(source.stat().st_mtime > recorded.stat().st_mtime for source in sources):
        why = "the tests ran before the program changed"
    else:
        modules = list(_modules(recorded, root, sources))
        if not _is_whole(modules):
            why = "only a part of the tests ran"
    if not why:
        return "\n\n".join([_totals(modules), *map(_listing, modules)])
    if environ.get("CI") == "true":
        raise MapError(f"there is no map of the coverage: {why}")
    return MISSING.format(why=why)


def _modules(recorded, root, sources):
    """Yield for each file: its name, its lines, and the tiers of each line of its functions."""
    coverage = Coverage(data_file=recorded, config_file=root / "pyproject.toml")
    coverage.load()
    data = coverage.get_data()
    for source in sources:
        contexts = data.contexts_by_lineno(str(source))
        _, statements, *_ = coverage.analysis2(str(source))
        text = source.read_text("utf-8")
        tiers = {
            line: {CONTEXTS[name] for name in contexts.get(line, ()) if name in CONTEXTS}
            for line in _lines_in_functions(text).intersection(statements)
        }
        yield source.relative_to(root), text.splitlines(), tiers


def _lines_in_functions(text):
    """Return all that a test can run: the rest runs on import, for whoever comes first."""
    return {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for line in range(node.body[0].lineno, node.end_lineno + 1)
    }


def _is_whole(modules):
    seen = [tiers for *_, lines in modules for tiers in lines.values()]
    return set().union(*seen) == set(TIERS) and sum(map(bool, seen)) > 0.9 * len(seen)


def _totals(modules):
    """Return a table: how much each tier runs, and what no other does."""
    runs, only = Counter(), Counter()
    seen = [tiers for *_, lines in modules for tiers in lines.values()]
    for tiers in seen:
        runs.update(tiers)
        if len(tiers) == 1:
            only.update(tiers)
    rows = [f"| `{tier}` | {runs[tier]} | {only[tier]} |" for tier in TIERS]
    rows += [f"| none | {sum(not tiers for tiers in seen)} | |"]
    head = f"| tier | of {len(seen)} lines it runs | no other tier runs |"
    return "\n".join([head, "|---|--:|--:|", *rows])


def _listing(module):
    """Return one file, folded, with the letters of its tiers before each line."""
    path, lines, tiers = module
    counts = Counter(tier for line in tiers.values() for tier in line)
    facts = [f"{counts[tier]} {tier}" for tier in TIERS if counts[tier]]
    nowhere = sum(not line for line in tiers.values())
    facts += [f"{nowhere} nowhere"] if nowhere else []
    text = "\n".join(
        _line(number, line, tiers.get(number)) for number, line in enumerate(lines, start=1)
    )
    return (
        f'<details class="map" id="{path.as_posix()}"><summary><code>{path.as_posix()}</code> '
        f"{', '.join(facts) or 'nothing that a test could run'}</summary>"
        f'<pre tabindex="0"><code>{text}</code></pre></details>'
    )


def _line(number, line, tiers):
    if tiers is None:
        letters, kind = "   ", ""
    else:
        letters = "".join(letter if tier in tiers else "·" for tier, letter in TIERS.items())
        kind = "none" if not tiers else "many" if len(tiers) > 1 else next(iter(tiers))
    text = f"{letters} {number:>3}  {escape(line)}"
    return f'<span class="{kind}">{text}</span>' if kind else text
