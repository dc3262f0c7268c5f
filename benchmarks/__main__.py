"""The command line: measure, print, keep, draw."""

import asyncio
import re
import shlex
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path

from benchmarks import appends, checker, crash, crowds, fanout, fuzz, mutants, plots, shuffle, stuck
from benchmarks.member import allow_many_files
from benchmarks.options import Options, parser
from benchmarks.results import Result, load, load_average, machine, save, text_of, text_of_targets

BENCHMARKS: dict[str, Callable[[Options], Awaitable[Result]]] = {
    "fanout": fanout.measure,
    "stuck": stuck.measure,
    "connects": crowds.measure_connects,
    "churn": crowds.measure_churn,
    "crash": crash.measure,
    "fuzz": fuzz.measure,
    "appends": appends.measure,
    "checker": checker.measure,
    "mutants": mutants.measure,
    "shuffle": partial(shuffle.measure, "shuffle"),
    "shuffle-all": partial(shuffle.measure, "shuffle-all"),
}
WORDS = {
    "fanout": "let everybody hear a message, beside other servers",
    "stuck": "one reader who is stuck, among a hundred under flood",
    "connects": "a thousand members who come at once",
    "churn": "ten thousand who come and go: what of it stays with the server",
    "crash": "kill -9 while fifty clients talk: what is lost or doubled",
    "fuzz": "hostile frames, for the parser and over a connection",
    "appends": "events stored a second, by kind of journal",
    "checker": "a finished exercise is checked; a variant beside a new pytest",
    "mutants": "what mutmut says of some test suites, and what the checker says",
    "shuffle": "the tests of two tiers in ever new orders, several runs at once",
    "shuffle-all": "the whole suite in the same way",
}
LATEST = Path(__file__).parent / "results" / "latest.json"


def main() -> int:
    """Run what the command line asks for; return 1 if a promise is not kept."""
    arguments = parser(WORDS)
    given = arguments.parse_args()
    if given.plot:
        return _draw(given.plot)
    if unknown := set(given.names) - BENCHMARKS.keys():
        arguments.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    allow_many_files()
    # Ended from outside, it ends its servers too, as after Ctrl-C (which a shell's & turns off).
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    path = given.json or LATEST
    reached = True
    print("{cores} cores, {python}, {os}".format_map(machine()), flush=True)
    with tempfile.TemporaryDirectory(prefix="chat-bench-") as folder:
        options = Options(
            Path(folder),
            given.full,
            given.rounds,
            given.seconds,
            given.frames,
            given.seed,
            given.node_path,
            given.suites,
        )
        for name in given.names or BENCHMARKS:
            print(f"... {name}", file=sys.stderr, flush=True)
            busy = load_average()
            result = asyncio.run(BENCHMARKS[name](options))
            save(result, _command(name, given.names), busy, path)
            _print(result)
            reached = reached and all(target.reached for target in result.targets)
    _draw(path)
    return 0 if reached else 1


def _command(name: str, names: Sequence[str]) -> str:
    """Return what measures `name` alone, in just this way."""
    options = [word for word in sys.argv[1:] if word not in names]
    words = shlex.join(["python", "-m", "benchmarks", name, *options])
    # Where things lie on this machine is nobody's business.
    return re.sub(r" --(node-path|suites|json)[ =]\S+", "", words)


def _print(result: Result) -> None:
    print(f"\n== {result.name} ==")
    for table in result.tables:
        print(f"\n{text_of(table)}")
    if result.targets:
        print(f"\n{text_of_targets(result.targets)}")
    for note in result.notes:
        print(f"note: {note}")
    sys.stdout.flush()


def _draw(path: Path) -> int:
    for drawn in plots.draw(load(path), path.with_suffix("")):
        print(f"drawn: {drawn.name}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
