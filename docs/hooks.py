"""What MkDocs calls while it builds the site: fills in what a page quotes.

See quoting.py for what may stand in the blocks, coverage_map.py for the map, fixture_list.py for
the fixtures, and figures.py for what the benchmarks found. reading.py reckons how long a chapter
takes. The commands in blocks of `sh` are not for the build: commands.py runs them.
"""

import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import groupby
from pathlib import Path

sys.path.insert(1, str(Path(__file__).parents[1]))  # for benchmarks; mkdocs takes it back

from coverage_map import MapError, map_of
from figures import FigureError, figures_of
from fixture_list import FixtureError, table_of
from mkdocs.exceptions import PluginError
from quoting import QuoteError, files, output_of, quoted, read_run
from reading import complaint_of

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "reference.json"
CACHE = ROOT / "build" / "quoted"  # `site/` is emptied by each build

_KIND = "quote|run|map|figure|fixtures|bench"
_BLOCK = re.compile(rf"(?ms)^(?P<indent> *)```(?P<kind>{_KIND})\n(?P<text>.*?)^ *```$")
_LEXERS = {
    ".py": "python",
    ".svg": "xml",
    ".service": "ini",
    ".env": "ini",
    ".conf": "nginx",
    ".toml": "toml",
}


def on_page_markdown(markdown, page, **_):
    """Put what was quoted in the place of its name."""

    def filled(block):
        try:
            lines = _KINDS[block["kind"]](_dedented(block)).splitlines()
        except (QuoteError, MapError, FixtureError, FigureError) as error:
            raise PluginError(f"{page.file.src_uri}: {error}") from error
        return "\n".join(f"{block['indent']}{line}".rstrip() for line in lines)

    _check_names(markdown, page.file.src_uri)
    text = _BLOCK.sub(filled, markdown)
    if page.file.src_uri.startswith("tiers/") and (complaint := complaint_of(text)):
        raise PluginError(f"{page.file.src_uri}: {complaint}")
    return text


def _check_names(markdown, where):
    """Fail for a test or a file that the text names, and that is not there."""
    tests = [path.read_text("utf-8") for path in files(ROOT) if path.name.startswith("test_")]
    for name in re.findall(r"`(test_\w+)`", markdown):
        if not any(f"def {name}(" in text for text in tests):
            raise PluginError(f"{where}: there is no test {name}")
    for name in re.findall(r"`((?:chat|tests|docs|exercises|benchmarks)/[\w/.-]*)`", markdown):
        if not (ROOT / name).exists():
            raise PluginError(f"{where}: there is no {name}")


def on_config(config):
    """Build again whenever something changes that is quoted."""
    config.watch += [str(ROOT / name) for name in ("chat", "tests", "exercises", "benchmarks")]
    return config


def on_files(site, **_):
    """Make the runs of all pages on all cores: each page then finds its own in the cache.

    What goes wrong here goes wrong once more on its page, which tells it.
    """
    blocks = [
        block
        for page in site.documentation_pages()
        for block in _BLOCK.finditer(page.content_string)
        if block["kind"] == "run"
    ]
    runs = {}  # what two pages tell of happens once
    for block in blocks:
        with suppress(QuoteError):
            run = read_run(_dedented(block))
            runs[run.deed] = run
    for run in list(runs.values()):
        runs.pop(run.before.deed, None)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for run in runs.values():
            pool.submit(output_of, run, ROOT, CACHE)


def _dedented(block):
    return re.sub(rf"(?m)^{block['indent']}", "", block["text"]).strip()


def _quotation(text):
    blocks = groupby(text.splitlines(), key=lambda reference: reference.partition("::")[0])
    return "\n\n".join(_block(file, list(references)) for file, references in blocks)


def _block(file, references):
    code = "\n\n\n".join(quoted(reference, ROOT) for reference in references)
    if "::" in references[0] and not file.endswith((".py", ".toml")):
        return f"````{{.sh}}\n{code}\n````"
    lexer = _LEXERS.get(Path(file).suffix or Path(file).name, "text")
    return f'````{{.{lexer} title="{file}"}}\n{code}\n````'


def _run(text):
    run = read_run(text)
    parts = []
    for file, before, after in run.edits:
        diff = "\n".join([f"-{line}" for line in before] + [f"+{line}" for line in after])
        parts.append(f'````{{.diff .no-copy title="{file}"}}\n{diff}\n````')
    output = output_of(run, ROOT, CACHE)
    parts.append(f"````{{.sh}}\n{run.command}\n````")
    if not run.is_quiet:
        parts.append(f"````{{.text .no-copy .output}}\n{output}\n````")
    return "\n\n".join(parts)


_KINDS = {
    "quote": _quotation,
    "run": _run,
    "map": lambda _: map_of(ROOT),
    "fixtures": lambda text: table_of(text, ROOT),
    "bench": lambda text: figures_of(RESULTS, text),
    "figure": lambda file: f"<figure>\n{quoted(file, ROOT)}\n</figure>",
}
