"""What may be asked of the benchmarks."""

import argparse
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


def parser(names: list[str]) -> argparse.ArgumentParser:
    """Return the reader of the command line."""
    made = argparse.ArgumentParser(prog="python -m benchmarks", description="Print the figures.")
    made.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}; or all")
    made.add_argument("--full", action="store_true", help="1,000 members, and more of everything")
    made.add_argument("--rounds", type=int, help="how often to measure each")
    made.add_argument("--seconds", type=float, default=2.0, help="of one run, 2 by default")
    made.add_argument("--frames", type=int, help="for fuzz to parse")
    made.add_argument("--seed", type=int, default=1, help="for fuzz and shuffle, 1 by default")
    made.add_argument(
        "--node-path",
        default="",
        metavar="FOLDER",
        help="node_modules with ws: npm install --prefix FOLDER ws; else from NODE_PATH",
    )
    made.add_argument("--json", type=Path, metavar="FILE", help="where to keep the results")
    made.add_argument("--plot", type=Path, metavar="FILE", help="only draw the results in FILE")
    return made
