"""The results as pictures: SVG that takes its colours from the page around it.

In a file of its own, it follows the reader's light or dark. It is 360 wide, so that a phone
shows it at its own size.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from statistics import median
from textwrap import wrap
from typing import Any, NamedTuple

WIDTH, LABEL, NUMBER, BAR, GAP, LINE = 360, 150, 60, 16, 10, 18
_STYLE = """
  .plot { fill: currentcolor; font: 12px system-ui, sans-serif }
  .plot .title { font-weight: 600; font-size: 14px }
  .plot .ours { fill: #00897b } .plot .other { fill-opacity: 0.4 }
  .plot path { stroke: currentcolor; stroke-width: 1.5 }
  .plot .base { stroke-width: 1; stroke-dasharray: 4 3 }
  svg.plot:root { color: #1f2328; background: #ffffff }
  @media (prefers-color-scheme: dark) { svg.plot:root { color: #f0f6fc; background: #151b23 } }
"""


class Bar(NamedTuple):
    """One bar: its label, and all that was measured."""

    label: str
    values: Sequence[float]


class Plot(NamedTuple):
    """One picture: what it shows, in which unit, and where the base is."""

    name: str
    title: str
    unit: str
    bars: Sequence[Bar]
    base: float | None = None


def draw(results: Mapping[str, Any], stem: Path) -> Iterator[Path]:
    """Draw all that the results have a picture for; yield the files, whose names begin alike."""
    for plot in plots_of(results):
        result = results[plot.name.partition("-")[0]]
        made_on = "{cores} cores, {python}, {os}".format_map(result["machine"])
        path = stem.with_name(f"{stem.name}-{plot.name}.svg")
        path.write_text(svg(plot, [result["command"], f"{result['date']}, {made_on}"]), "utf-8")
        yield path


def plots_of(results: Mapping[str, Any]) -> Iterator[Plot]:
    """Yield all that the results have a picture for."""
    if fanout := results.get("fanout", {}).get("data"):
        for load, doing in ("flood", "under flood"), ("in turn", "one message at a time"):
            for size, found in fanout[load].items():
                bars = [Bar(name, seen["ratios"]["CPU"]) for name, seen in found.items()]
                title = f"CPU per delivery {doing}, {int(size):,} members"
                unit = "times that of broadcast, less is better"
                yield Plot(f"fanout-{load.replace(' ', '-')}-{size}", title, unit, bars, 1.0)
        for size, found in fanout["paced"].items():
            bars = [
                Bar(name, [1000 * run["p99"] for run in seen["runs"]])
                for name, seen in found.items()
            ]
            title = f"Delay at a steady pace, {int(size):,} members"
            yield Plot(f"fanout-paced-{size}", title, "ms, p99, less is better", bars)
        bars = [Bar(name, [kib]) for name, kib in fanout["idle"].items()]
        yield Plot("fanout-idle", "Memory of an idle member", "KiB, less is better", bars)
    if appends := results.get("appends", {}).get("data"):
        bars = [
            Bar(f"{name}, {words}", found[kind])
            for name, found in appends.items()
            for kind, words in (("singly", "one by one"), ("many", "64 at once"))
        ]
        yield Plot("appends", "Events stored a second", "more is better", bars)


def svg(plot: Plot, notes: Sequence[str] = ()) -> str:
    """Return a picture with a bar for each median, and a mark from the least to the greatest."""
    bars = sorted(plot.bars, key=lambda bar: median(bar.values))
    scale = (WIDTH - LABEL - NUMBER) / max(max(bar.values) for bar in bars)
    parts, y = [], 0
    for words in wrap(plot.title, 42):
        y += LINE
        parts.append(_text(0, y, words, 'class="title"'))
    y += LINE
    parts.append(_text(0, y, plot.unit))
    top = y + GAP
    for number, bar in enumerate(bars):
        parts += _bar(bar, top + number * (BAR + GAP), scale)
    y = top + len(bars) * (BAR + GAP)
    if plot.base is not None:
        x = LABEL + plot.base * scale
        parts.append(f'<path class="base" d="M{x:.1f} {top - 4}V{y - 6}"/>')
    for words in (line for note in notes for line in wrap(note, 54)):
        y += LINE
        parts.append(_text(0, y, words))
    told = "; ".join(f"{bar.label}: {_number(median(bar.values))}" for bar in bars)
    return (
        f'<svg class="plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 6}"'
        f' role="img" aria-labelledby="{plot.name}-title {plot.name}-text">\n'
        f'<title id="{plot.name}-title">{escape(plot.title)}</title>\n'
        f'<desc id="{plot.name}-text">{escape(f"{plot.unit}. {told}")}</desc>\n'
        f"<style>{_STYLE}</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def _bar(bar: Bar, y: int, scale: float) -> list[str]:
    low, middle, high = (scale * of(bar.values) for of in (min, median, max))
    kind = "ours" if bar.label.startswith("ours") else "other"
    shape = f'x="{LABEL}" y="{y}" width="{middle:.1f}" height="{BAR}" rx="2"'
    return [
        _text(LABEL - 8, y + 12, bar.label, 'text-anchor="end"'),
        f'<rect class="{kind}" {shape}/>',
        f'<path d="M{LABEL + low:.1f} {y + BAR / 2}H{LABEL + high:.1f}"/>',
        _text(WIDTH, y + 12, _number(median(bar.values)), 'text-anchor="end"'),
    ]


def _text(x: int, y: int, words: str, more: str = "") -> str:
    return f'<text x="{x}" y="{y}" {more}>{escape(words)}</text>'


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"
