"""The figures of the site: what `python -m benchmarks` found, as promises, tables and plots.

    ```bench
    promises fanout flood
    plot fanout-flood-100
    table fanout flood, 100 members
    made fanout
    ```

The results are data in the tree. Promises and tables are chosen by what they say, and
what is not there is a `FigureError`: no page speaks of a figure that nobody measured.
"""

from benchmarks.plots import plots_of, svg
from benchmarks.results import load


class FigureError(Exception):
    """A page shows a figure that is not among the results."""


def figures_of(file, text):
    """Return the Markdown for the lines of a block."""
    return shown(load(file), text)


def shown(results, text):
    """Return the Markdown for `text`, each line of which asks for one thing."""
    parts = []
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        if word not in _KINDS:
            raise FigureError(f"a figure cannot be shown as {line!r}")
        parts.append(_KINDS[word](results, rest))
    return "\n\n".join(parts)


def _result(results, name):
    if name not in results:
        raise FigureError(f"there is no result of {name}")
    return results[name]


def _promises(results, text):
    """Return the promises of a benchmark with these words in them, and what came of them."""
    name, _, words = text.partition(" ")
    rows = [
        (
            _without(name, target["what"]),
            target["promised"],
            target["found"],
            "yes" if target["reached"] else "**no**",
        )
        for target in _result(results, name)["targets"]
        if words in target["what"]
    ]
    if not rows:
        raise FigureError(f"{name} promises nothing with {words!r}")
    return _markdown(("what", "promised", "found", "reached"), rows)


def _without(name, words):
    """Return a promise without the name of what it belongs to, which is said above it."""
    return words.removeprefix(f"{name}: ").removeprefix(f"{name}, ")


def _table(results, text):
    name, _, words = text.partition(" ")
    found = [table for table in _result(results, name)["tables"] if words in table["title"]]
    if len(found) != 1:
        raise FigureError(f"{name} has {len(found)} tables with {words!r}, not one")
    [table] = found
    return f"{table['title'][:1].upper()}{table['title'][1:]}:\n\n" + _markdown(
        table["columns"], table["rows"]
    )


def _markdown(columns, rows):
    lines = [columns, ["---"] * len(columns), *rows]
    table = [" | ".join(cell.replace("|", r"\|") for cell in line) for line in lines]
    rows = "\n".join(f"| {row} |" for row in table)
    return f'<div class="figures" markdown>\n\n{rows}\n\n</div>'


def _plot(results, name):
    for plot in plots_of(results):
        if plot.name == name:
            return f"<figure>\n{svg(plot).strip()}\n</figure>"
    raise FigureError(f"the results have no plot {name}")


def _made(results, name):
    """Return how the figures of a benchmark were made, when, and what is to be known of it."""
    result = _result(results, name)
    load = "" if result["load"] is None else f", load average {result['load']} before it began"
    told = f"`{result['command']}` prints this; {result['date']}{load}."
    return " ".join([told, *(f"{note[:1].upper()}{note[1:]}." for note in result["notes"])])


def _machine(results, _):
    """Return on what the results were made: one line for each that is not like the others."""
    rows = {
        (
            result["machine"]["cpu"],
            str(result["machine"]["cores"]),
            result["machine"]["os"],
            result["machine"]["python"],
            ", ".join(f"{name} {version}" for name, version in result["versions"].items()),
        )
        for result in results.values()
    }
    return _markdown(("CPU", "cores", "system", "Python", "versions"), sorted(rows))


_KINDS = {
    "promises": _promises,
    "table": _table,
    "plot": _plot,
    "made": _made,
    "machine": _machine,
}
