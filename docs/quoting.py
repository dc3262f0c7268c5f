"""What pages quote: code by its name, and the output of real runs.

    ```quote                              ```run
    chat/room.py::Room.apply              pytest tests/unit/test_room.py
    tests/unit/test_room.py::imports      then NO_COLOR=1 python -m exercises list
    ```                                   after python -m exercises check unit
                                          edit chat/room.py
                                          - if holder is None:
                                          + if True:
                                          exit 1
                                          from FAILURES
                                          to tiers
                                          quiet
                                          ```

A quotation is whole files, or functions, classes, methods and constants of Python files; `imports`
is what a file imports, and `Room.apply()` the head of a function alone. In other files, a name is
text that one line holds: that line is quoted. In TOML it may be an `id`: its table is quoted. A run
happens in a copy of the tree: with `edit`, a line that stands there once is replaced first, and a
command may go before that is not shown, with `after`; more that are shown follow with `then`.
The output is cut to what stands from the first line with `from` to before the next with `to`; with
`quiet` none of it is shown. Each command shown has to end with the exit status that is given, or 0.
Whatever is no longer so is a `QuoteError`.

No maintained plugin does both: snippets want markers in the code, and markdown-exec keeps no runs.
"""

import ast
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from os import environ
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

COPIED = ("chat", "tests", "exercises", "docs", "benchmarks", "pyproject.toml", "tox.ini")
UNICODE = ".hypothesis/unicode_data"  # it takes Hypothesis seconds to make, and is always the same
LONGEST_RUN = 300  # seconds: a machine may be busy
_EXPLANATION = re.compile(r"(?m)^E +Explanation:\n(E {9,}.*\n)*")  # of Hypothesis, sometimes
_OF_CI = {"CI", "HYPOTHESIS_PROFILE", "PYTEST_ADDOPTS"}


class QuoteError(Exception):
    """A page quotes what is not there, in words for whoever changed the one or the other."""


# --- Code ---


def quoted(reference, root):
    """Return the text that `FILE`, or `FILE::NAME`, stands for."""
    file, _, name = reference.partition("::")
    try:
        source = (root / file).read_text("utf-8")
    except OSError as error:
        raise QuoteError(f"there is no {file} to quote") from error
    if not name:
        return source.rstrip("\n")
    if file.endswith(".py"):
        return part_of(source, name, file)
    return (file.endswith(".toml") and table_of(source, name)) or _line_of(source, name, file)


def table_of(source, id):
    """Return the lines of the table in an array of tables that has this id, or None."""
    begin = rf'(?ms)^\[\[\w+\]\]\nid = "{re.escape(id)}"$'
    found = re.search(rf"{begin}.*?(?=\n+(?:\[\[|# ---)|\n*\Z)", source)
    return found and found[0]


def _line_of(source, text, file):
    lines = [line for line in source.splitlines() if text in line]
    if len(lines) != 1:
        raise QuoteError(f"{file} has {len(lines)} lines with {text!r}, not one")
    return lines[0]


def part_of(source, name, file="the file"):
    """Return the lines of `source` that define `name`, such as `Room.apply`, or its imports."""
    name, head_alone = name.removesuffix("()"), name.endswith("()")
    nodes = ast.parse(source).body
    if name == "imports":
        found = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    else:
        *classes, last = name.split(".")
        for outer in classes:
            nodes = [
                part
                for node in nodes
                if _defines(node, outer)
                for part in getattr(node, "body", [])
            ]
        found = [node for node in nodes if _defines(node, last)]
    if not found:
        raise QuoteError(f"{file} has no {name} any more")
    first = min(part.lineno for part in [found[0], *getattr(found[0], "decorator_list", [])])
    last = found[0].body[0].lineno - 1 if head_alone else found[-1].end_lineno
    return dedent("\n".join(source.splitlines()[first - 1 : last]))


def _defines(node, name):
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node.name == name
        case ast.Assign(targets=targets) | ast.AnnAssign(target=ast.Name() as targets):
            names = targets if isinstance(targets, list) else [targets]
            return any(
                isinstance(part, ast.Name) and part.id == name
                for target in names
                for part in ast.walk(target)
            )
    return False


# --- Runs ---


@dataclass
class Run:
    """A command or several lines of them, what comes before, and what of the output is shown."""

    command: str
    status: int = 0
    start: str = ""
    end: str = ""
    edits: list = field(default_factory=list)  # [file, before, after]
    after: str = ""
    is_quiet: bool = False

    @property
    def before(self):
        """The same tree, and what it is run after."""
        return Run(self.after, edits=self.edits)

    @property
    def deed(self):
        """What happens, whatever is expected and shown of it: two pages may tell of one."""
        return repr((self.after, self.command, self.edits))


def read_run(text):
    """Return the run that the text of a block asks for."""
    command, *lines = text.splitlines()
    run = Run(command)
    for line in lines:
        word, _, rest = line.partition(" ")
        match word:
            case "then":
                run.command += f"\n{rest}"
            case "after":
                run.after = rest
            case "quiet" if not rest:
                run.is_quiet = True
            case "edit":
                run.edits.append([rest, [], []])
            case "-" | "+" if run.edits:
                run.edits[-1]["-+".index(word) + 1].append(rest)
            case "exit":
                run.status = int(rest)
            case "from":
                run.start = rest
            case "to":
                run.end = rest
            case _:
                raise QuoteError(f"a run cannot be told to {line!r}")
    return run


def output_of(run, root, cache):
    """Return what is shown of a run; it happens again only when something in the tree changed."""
    cache.mkdir(parents=True, exist_ok=True)
    kept = _place(run, root, cache)
    if not kept.exists():
        with _tree(run, root) as copy:
            if run.after:
                _place(run.before, root, cache).write_text(_told(run.before, copy), "utf-8")
            kept.write_text(_told(run, copy), "utf-8")
    statuses, _, output = kept.read_text("utf-8").partition("\n")
    if {int(status) for status in statuses.split()} != {run.status}:
        kept.unlink()
        raise QuoteError(f"{run.command!r} ended with {statuses}:\n{output}")
    return "" if run.is_quiet else shown(output, run)


def _place(run, root, cache):
    key = sha256(f"{run.deed}{sys.version}".encode())
    for file in files(root):
        if file.suffix != ".md":  # who writes a page need not wait for the runs of the others
            key.update(file.read_bytes())
    return cache / f"{key.hexdigest()}.txt"


def files(root):
    """Return what a run may depend on, in order."""
    found = [path for name in COPIED for path in ((root / name), *(root / name).rglob("*"))]
    kept = (path for path in found if path.is_file() and not path.name.startswith("."))
    return sorted(path for path in kept if "__pycache__" not in path.parts)


@contextmanager
def _tree(run, root):
    """Give a copy of the tree with the edits of a run."""
    with TemporaryDirectory() as folder:
        copy = Path(folder).resolve()
        for file in files(root):
            target = copy / file.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        if (root / UNICODE).is_dir():
            shutil.copytree(root / UNICODE, copy / UNICODE)
        for stub in copy.glob("exercises/*/stub.txt"):  # whatever a reader has written there
            for exercise in stub.parent.glob("test_*.py"):
                shutil.copyfile(stub, exercise)
        for name, *texts in run.edits:
            before, after = ("\n".join(lines) for lines in texts)
            (copy / name).write_text(edited((copy / name).read_text("utf-8"), before, after, name))
        yield copy


def _told(run, copy):
    """Return how each command of a run ended, in one line, and below it what they printed."""
    ended = [_happened(command, copy) for command in run.command.splitlines()]
    statuses = " ".join(str(done.returncode) for done in ended)
    return f"{statuses}\n" + "".join(done.stdout.replace(str(copy), ".") for done in ended)


def _happened(command, copy):
    words, environment = parsed(command)
    try:
        return subprocess.run(
            words,
            cwd=copy,
            env=_environment() | {"PYTHONPATH": str(copy)} | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST_RUN,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        told = f"{command!r} had not ended after {LONGEST_RUN} seconds"
        raise QuoteError(told) from error


def parsed(command):
    """Return the words that run a command line here, and the variables that stand before it."""
    words, environment = shlex.split(command), {}
    while words and re.match(r"[A-Z_]+=", words[0]):
        name, _, value = words.pop(0).partition("=")
        environment[name] = value
    match words:
        case ["pytest", *rest]:
            return [sys.executable, "-m", "pytest", *rest], environment
        case ["python" | "python3", *rest]:
            return [sys.executable, *rest], environment
    raise QuoteError(f"a run is one of python or pytest, and {command!r} is not")


def _environment():
    """Return that of a reader: under CI, property-based tests would take minutes."""
    kept = {name: value for name, value in environ.items() if name not in _OF_CI}
    return kept | {"COLUMNS": "80", "NO_COLOR": "1"}


def edited(text, before, after, file="the file"):
    """Return `text` with the one place that says `before` saying `after`, indented as that was."""
    places = list(re.finditer(rf"(?m)^( *){re.escape(before)}$", text))
    if len(places) != 1:
        raise QuoteError(f"{file} says {before!r} {len(places)} times, not once")
    [place] = places
    return text[: place.start()] + place[1] + after + text[place.end() :]


def shown(output, run):
    """Return the lines of an output that a run shows, without what differs from run to run."""
    lines = [line.rstrip() for line in output.splitlines()]
    if run.start:
        lines = lines[_first(run.start, lines, run) :]
    if run.end:
        lines = lines[: _first(run.end, lines, run)]
    text = re.sub(r"0x[0-9a-f]{6,}", "0x...", "\n".join(lines))
    text = re.sub(r"(?<= id=')\d+(?=')", "...", text)  # of mocks
    return _EXPLANATION.sub("", text).strip("\n")


def _first(text, lines, run):
    for number, line in enumerate(lines):
        if text in line:
            return number
    raise QuoteError(f"{run.command!r} prints no line with {text!r} any more")
