"""The results as pictures: plain SVG, which follows the reader's light or dark."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

WIDTH, LABEL, BAR, GAP = 720, 170, 18, 10
_STYLE = """
  .back { fill: #ffffff } .text { fill: #1f2328; font: 13px system-ui, sans-serif }
  .title { font-weight: 600; font-size: 15px } .note { fill: #59636e; font-size: 12px }
  .ours { fill: #0969da } .other { fill: #818b98 } .spread { stroke: #1f2328; stroke-width: 1.5 }
  .one { stroke: #59636e; stroke-dasharray: 4 3 }
  @media (prefers-color-scheme: dark) {
    .back { fill: #151b23 } .text { fill: #f0f6fc } .note { fill: #9198a1 }
    .ours { fill: #4493f8 } .other { fill: #656c76 } .spread { stroke: #f0f6fc }
    .one { stroke: #9198a1 }
  }
"""


class Bar(NamedTuple):
    """One bar: its label, and all that was measured."""

    label: str
    values: Sequence[float]


def draw(results: Mapping[str, Any], stem: Path) -> Iterator[Path]:
    """Draw all that the results have a picture for; yield the files, whose names begin alike."""
    for name, title, unit, bars in _pictures(results):
        result = results[name.partition("-")[0]]
        made_on = "{cores} cores, {python}, {os}".format_map(result["machine"])
        notes = [f"{unit}. {result['command']}", f"{result['date']}, {made_on}"]
        path = stem.with_name(f"{stem.name}-{name}.svg")
        path.write_text(picture(title, notes, bars, line=1.0 if "broadcast" in title else None))
        yield path


def _pictures(results: Mapping[str, Any]) -> Iterator[tuple[str, str, str, list[Bar]]]:
    if fanout := results.get("fanout", {}).get("data"):
        words = {
            "flood": "under flood",
            "in turn": "one message at a time",
            "paced": "50 messages a second",
        }
        for load, doing in words.items():
            for size, found in fanout[load].items():
                bars = [Bar(name, seen["ratios"]["CPU"]) for name, seen in found.items()]
                title = f"CPU per delivery {doing}, {int(size):,} members (broadcast = 1)"
                yield f"fanout-{load.replace(' ', '-')}-{size}", title, "Less is better", bars
        bars = [Bar(name, [kib]) for name, kib in fanout["idle"].items()]
        yield "fanout-idle", "Memory of an idle member", "KiB, less is better", bars
    if appends := results.get("appends", {}).get("data"):
        bars = [
            Bar(f"{name}, {words}", found[kind])
            for name, found in appends.items()
            for kind, words in (("singly", "one by one"), ("many", "64 at once"))
        ]
        yield "appends", "Events stored a second", "More is better", bars


def picture(
    title: str, notes: Sequence[str], bars: Sequence[Bar], line: float | None = None
) -> str:
    """Return an SVG with a bar for each median, and a mark from the least to the greatest."""
    bars = sorted(bars, key=lambda bar: median(bar.values))
    most = max(max(bar.values) for bar in bars)
    scale = (WIDTH - LABEL - 90) / most
    height = 64 + len(bars) * (BAR + GAP) + 38
    parts = [f'<rect class="back" width="{WIDTH}" height="{height}" rx="8"/>']
    parts.append(f'<text class="text title" x="16" y="28">{escape(title)}</text>')
    for number, bar in enumerate(bars):
        parts += _bar(bar, 50 + number * (BAR + GAP), scale)
    if line is not None:
        x, end = LABEL + line * scale, 50 + len(bars) * (BAR + GAP)
        parts.append(f'<line class="one" x1="{x:.1f}" x2="{x:.1f}" y1="42" y2="{end}"/>')
    for y, note in zip((height - 30, height - 14), notes, strict=True):
        parts.append(f'<text class="text note" x="16" y="{y}">{escape(note)}</text>')
    words = ", ".join(f"{bar.label} {_number(median(bar.values))}" for bar in bars)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">\n'
        f"<title>{escape(title)}</title>\n<desc>{escape(words)}</desc>\n"
        f"<style>{_STYLE}</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def _bar(bar: Bar, y: int, scale: float) -> list[str]:
    low, middle, high = (scale * of(bar.values) for of in (min, median, max))
    kind = "ours" if bar.label.startswith("ours") else "other"
    centre = y + BAR / 2
    return [
        _text(LABEL - 8, y + 13, bar.label, "end"),
        f'<rect class="{kind}" x="{LABEL}" y="{y}" width="{middle:.1f}" height="{BAR}" rx="2"/>',
        f'<path class="spread" d="M{LABEL + low:.1f} {centre}H{LABEL + high:.1f}"/>',
        _text(LABEL + high + 8, y + 13, _number(median(bar.values))),
    ]


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    place = f'x="{x:.1f}" y="{y}" text-anchor="{anchor}"'
    return f'<text class="text" {place}>{escape(words)}</text>'


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"
