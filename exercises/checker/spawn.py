"""In place of a host, where no process can be forked: each job starts a new Python.

It takes ten times as long, and knows no limits but those of time and of what is said.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from exercises.checker import pipes
from exercises.checker.heard import Heard
from exercises.checker.jobs import Job, Outcome, Setting

_TICK = 0.05  # seconds between two looks at the clock
_CHUNK = 1 << 16


def run(job: Job, setting: Setting, environment: dict[str, str]) -> Outcome:
    """Run one job in a process of its own, and wait for its end."""
    word = os.urandom(12).hex()
    process = subprocess.Popen(
        [sys.executable, "-m", "exercises.checker.spawn"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        bufsize=0,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    heard = Heard(job, setting.limits, word, time.monotonic())
    readers = [
        _read(process.stdout, lambda chunk: heard.reported(chunk, time.monotonic())),
        _read(process.stderr, heard.printed),
    ]
    with process.stdin as stdin:
        pipes.send(stdin, (job, setting, word))
    while process.poll() is None and not heard.must_end(time.monotonic()):
        time.sleep(_TICK)
    process.kill()
    status = process.wait()
    for reader in readers:
        reader.join(timeout=1)  # a child of the worker may hold the other end for ever
    return heard.outcome(status, time.monotonic())


def _read(pipe: IO[bytes], take: Callable[[bytes], object]) -> threading.Thread:
    def read() -> None:
        with pipe:
            while chunk := pipe.read(_CHUNK):
                take(chunk)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread


def _be_worker() -> None:
    """Be the one worker of this process: reports go to what was its standard output."""
    from exercises.checker import preload, worker  # noqa: PLC0415  # who starts it needs neither
    from exercises.checker.place import Place  # noqa: PLC0415

    with open(0, "rb", buffering=0, closefd=False) as stdin:
        job, setting, word = pipes.receive(stdin)
    say = os.dup(1)
    os.dup2(2, 1)
    preload.all_that_workers_need()
    if preload.is_needed(job):
        preload.tables_of_unicode()
    own = Path(setting.scratch, os.urandom(6).hex())
    place = Place(own, setting)
    place.lay_out(job)
    report = worker.reporter(say, word, own)
    session = worker.prepare(place, job, setting, {}, report)
    del place, job, setting, word
    worker.run(session, report)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    _be_worker()
