"""What may be asked of the benchmarks."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """How much to measure. None is each benchmark's own default."""

    folder: Path  # for journals, gone afterwards
    full: bool
    rounds: int | None
    seconds: float
    frames: int | None
    seed: int
    node_path: str
    suites: Path | None


def parser(words: Mapping[str, str]) -> argparse.ArgumentParser:
    """Return the reader of the command line; `words` says of each benchmark what it is about."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks",
        usage="%(prog)s [OPTIONS] [NAME ...]",
        description="Measure, print, and keep the figures that the chat promises.",
        epilog="benchmarks:\n"
        + "".join(f"  {name:<13}{about}\n" for name, about in words.items())
        + "\nThe exit status is 1 when a promise is missed. See benchmarks/README.md.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("names", nargs="*", metavar="NAME", help="which of them; all, if none")
    made.add_argument("--full", action="store_true", help="as much as was promised: takes hours")
    made.add_argument("--rounds", type=int, metavar="N", help="how often to measure each")
    made.add_argument(
        "--seconds", type=float, default=2.0, metavar="N", help="length of one run, 2 by default"
    )
    made.add_argument("--frames", type=int, metavar="N", help="fuzz: frames for the parser")
    made.add_argument(
        "--seed",
        type=int,
        default=1,
        metavar="N",
        help="crash, fuzz, mutants, shuffle: 1 by default",
    )
    made.add_argument(
        "--node-path",
        default="",
        metavar="FOLDER",
        help="fanout: node_modules with ws (npm install --prefix FOLDER ws); else NODE_PATH",
    )
    made.add_argument(
        "--suites", type=Path, metavar="FOLDER", help="mutants: judge the test_*.py in it too"
    )
    made.add_argument("--json", type=Path, metavar="FILE", help="where to keep the results")
    made.add_argument("--plot", type=Path, metavar="FILE", help="only draw the results in FILE")
    return made
