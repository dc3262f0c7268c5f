"""`python -m exercises` as a learner runs it, in a process of its own, on a small exercise."""

import asyncio
import json
import os
import re
import shutil
import signal

import pytest

from tests.workshop.real.exercise_tree import DATA, ENDLESS, PATIENCE, SOLVED, STUB, Tree

pytestmark = pytest.mark.timeout(4 * PATIENCE)  # each starts up to four processes

NOT_STEADY = """
import os, random

seen, past = [], []
def test_other(): seen.append(1)
def test_needs_other(): assert seen

def test_first_time():
    assert not past
    past.append(1)

def test_hashes(): assert os.environ['PYTHONHASHSEED'] != '2'

def test_chance(): assert random.randrange(10) != 2
"""


@pytest.fixture
async def tree(tmp_path):
    """A tree as it is handed out."""
    tree = Tree(tmp_path)
    yield tree
    await tree.end()


# What needs nothing but Python


async def test_the_exercises_are_listed_when_nothing_is_installed(tree):
    """Whoever has nothing but Python learns what there is, and what to do."""
    status, told, errors = await tree.run_bare("list")

    assert (status, errors) == (0, "")
    assert "Loud words" in told
    assert "-m exercises check unit" in told


async def test_each_hint_says_more_than_the_last(tree):
    """Help comes in small pieces, and is remembered from call to call."""
    first, second, third = [(await tree.run_bare("hint", "no-mark"))[1] for _ in range(3)]

    assert "Nobody is startled." in first
    assert "second" not in first
    assert "second of mark" in second
    assert "third of mark" in third


async def test_the_hint_is_for_the_step_that_was_asked_for(tree):
    """One need not know the name of a bug to ask about it."""
    status, told, _ = await tree.run_bare("hint", "unit", "2", "--all")

    assert status == 0
    assert "third of mark" in told
    assert "chat/rules.py promises: one exclamation mark" in told


async def test_a_reset_brings_the_stub_back_and_keeps_what_was_written(tree):
    """Nobody loses work by beginning again."""
    tree.file.write_text("mine = 1\n")

    status, told, _ = await tree.run_bare("reset", "unit")

    assert status == 0
    assert tree.file.read_text() == STUB
    assert "exercises/unit/backup-1/" in told
    assert (tree.folder / "backup-1" / "test_loud.py").read_text() == "mine = 1\n"


async def test_the_doctor_says_what_is_missing_and_what_to_do(tree):
    """The day before, and not on the day."""
    status, told, errors = await tree.run_bare("doctor")

    assert (status, errors) == (1, "")
    assert "not installed, or too old: websockets" in told
    assert "pip install -e '.[exercises]'" in told


async def test_the_doctor_says_when_plain_pytest_needs_more(tree):
    """A check works with less, and nobody is to think that the tree is broken."""
    _, told, _ = await tree.run_bare("doctor")

    assert "! plain `pytest` does not work" in told
    assert "pip install -e '.[test]'" in told


async def test_a_check_says_what_to_install_when_it_cannot_run(tree):
    """One sentence and no traceback."""
    status, told, errors = await tree.run_bare("check")

    assert (status, told) == (2, "")
    assert errors.count("\n") == 1
    assert "pip install" in errors


async def test_one_sentence_says_what_is_wrong_with_an_exercise(tree):
    """An instructor learns the file, the key and the reason."""
    tree.add("exercises/unit/exercise.toml", DATA.replace("minutes = 5", 'minutes = "few"'))

    status, _, errors = await tree.run("list")

    assert status == 2
    assert errors.count("\n") == 1
    assert all(word in errors for word in ("exercise.toml", "minutes", "'few'"))


@pytest.mark.parametrize("words", [("audit", "mocked"), ("hint", "mocked"), ("reset", "mocked")])
async def test_nothing_else_is_said_of_an_exercise_that_is_broken(tree, words):
    """That there is none of that name would send its writer to the wrong place."""
    tree.add("exercises/mocked/exercise.toml", DATA.replace("minutes = 5", "minutes = -5"))

    status, told, errors = await tree.run(*words)

    assert (status, told) == (2, "")
    assert errors.count("\n") == 1
    assert "mocked/exercise.toml: minutes" in errors


async def test_the_other_exercises_are_listed_when_one_is_broken(tree):
    """Whoever writes a new one goes on with the others meanwhile, and is not left in the dark."""
    tree.add("exercises/mocked/exercise.toml", DATA.replace("minutes = 5", "minutes = -5"))

    status, told, errors = await tree.run("list")

    assert status == 2
    assert "Loud words" in told
    assert "mocked/exercise.toml: minutes" in errors


async def test_a_pipe_that_nobody_reads_ends_it_without_a_word(tree):
    """`| head` has seen enough, and the shell is told as of any program that it cuts short."""
    reading, writing = os.pipe()
    os.close(reading)
    process = await tree.start("list", "--json", stdout=writing)
    os.close(writing)

    _, errors = await _ended(process)

    assert (process.returncode, errors) == (141, b"")


async def test_nothing_but_ascii_is_printed_when_the_terminal_knows_no_more(tree):
    """An old terminal shows all words."""
    status, told, errors = await tree.run("list", PYTHONIOENCODING="ascii", FORCE_COLOR="")

    assert (status, errors) == (0, "")
    assert told.isascii()


# What runs tests


async def test_the_stub_is_waiting_and_nothing_is_wrong_when_the_tree_is_new(tree):
    """What a learner sees first is friendly, and a pipe gets no control characters."""
    status, told, _ = await tree.run("check", TOX_ENV_NAME="exercises")

    assert status == 1
    assert told.startswith("Nothing is wrong: the exercises are waiting for you.")
    assert "1 of 2 planted bugs lives on, in step 2." in told
    assert "tox says below" in told
    assert all(line.isprintable() for line in told.splitlines())


async def test_the_solution_is_shown_to_whoever_has_passed(tree):
    """First one's own tests, and then ours."""
    refused, told, _ = await tree.run("solution", "unit")
    tree.file.write_text(SOLVED)

    passed, report, _ = await tree.run("check", "unit", "--json")

    assert (refused, passed) == (1, 0)
    assert "--reveal" in told
    assert json.loads(report)["exercises"][0]["done"] is True
    assert (await tree.run("solution", "unit"))[1] == SOLVED


@pytest.mark.parametrize("command", ["solution", "diff"])
async def test_one_sentence_tells_when_the_solutions_were_taken_away(tree, command):
    """An instructor may do so, and whoever asks is told."""
    shutil.rmtree(tree.root / "exercises" / "solutions")

    status, told, errors = await tree.run_bare(command, "unit", "--reveal")

    assert (status, told) == (2, "")
    assert errors.count("\n") == 1
    assert "somebody has taken exercises/solutions/unit/test_loud.py away" in errors


async def test_what_is_not_steady_fails_again_when_it_is_run_as_the_report_says(tree):
    """Whoever sees a failure with all that pytest says of it can mend it."""
    tree.file.write_text(NOT_STEADY)
    _, told, _ = await tree.run("check", "unit", "--verbose")

    commands = dict(re.findall("✗ `(test_.+?)` .+? (again unit .+?)`", " ".join(told.split())))

    assert sorted(commands) == ["test_chance", "test_first_time", "test_hashes", "test_needs_other"]
    for name, command in commands.items():
        status, output, errors = await tree.run(*command.split())
        assert (status, errors) == (1, "")
        assert f"def {name}" in output
        assert f"::{name} - " in output


@pytest.fixture
async def calls():
    """The connections that the tests of a learner make, as they come in."""
    calls, answers = asyncio.Queue(), []

    def called(call, answer):
        calls.put_nowait(call)
        answers.append(answer)

    async with await asyncio.start_server(called, "127.0.0.1", 0) as server:
        calls.port = server.sockets[0].getsockname()[1]
        yield calls
        for answer in answers:
            answer.close()


async def test_one_line_is_left_when_it_is_stopped(tree, calls):
    """Ctrl-C ends a check, with all that it started."""
    tree.file.write_text(ENDLESS.format(port=calls.port))
    process = await tree.start("check")
    async with asyncio.timeout(PATIENCE):
        endless = await calls.get()

        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        _, errors = await process.communicate()

        assert (process.returncode, errors) == (130, b"Checking unit ...\nexercises: stopped.\n")
        assert await endless.read() == b""


async def test_a_saved_file_is_checked_again_while_it_is_watched(tree):
    """A learner keeps the editor in the foreground."""
    process = await tree.start("watch", "unit")
    async with asyncio.timeout(PATIENCE):
        await process.stdout.readuntil(b"Ctrl-C ends.\n")
        tree.file.write_text(SOLVED)
        again = await process.stdout.readuntil(b"Ctrl-C ends.\n")
    process.send_signal(signal.SIGINT)
    await _ended(process)

    assert b"1 test caught all 2 planted bugs." in again
    assert process.returncode == 130


async def _ended(process):
    async with asyncio.timeout(PATIENCE):
        return await process.communicate()
