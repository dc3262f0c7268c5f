"""`again`: the learner's tests under plain pytest, in an order in which one of them failed."""

import os
import subprocess
import sys

from exercises.checker import desk
from exercises.checker.call import DONE, NOT_YET, Call, named
from exercises.checker.commands.check import require

OPTIONS = ("-o", "addopts=--import-mode=importlib", "-p", "no:cacheprovider", "-p", "no:randomly")


def run(call: Call) -> int:
    """Run them on the chat as it is; pytest says what happens."""
    require(call.root)
    from exercises.checker import orders  # noqa: PLC0415  # it needs the packages

    exercise = named(call.given.exercise, call.exercises)[0]
    pytest = subprocess.run(
        [sys.executable, "-m", "pytest", *OPTIONS, "-p", orders.__name__]
        + [str(path) for path in desk.submission(exercise)],
        cwd=call.root,
        env=os.environ
        | orders.until(call.given.order)
        | {"PYTHONHASHSEED": str(call.given.hashes)},
        check=False,
    )
    return NOT_YET if pytest.returncode else DONE
