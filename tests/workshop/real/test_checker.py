"""The checker runs what learners write: on a small program, for real, in processes of their own."""

import contextlib
import functools
import os
import socket
import textwrap
import threading
from pathlib import Path

import pytest

from exercises.checker import machine
from exercises.checker.child import Child
from exercises.checker.heard import Heard
from exercises.checker.jobs import Job, Limits
from exercises.checker.model import Kind, Stage
from exercises.checker.stages import BY_THE_TEST
from exercises.checker.worker import reporter
from tests.conftest import WAIT
from tests.workshop.real.miniature import (
    ASKS,
    ASKS_TOO,
    CHECKS,
    EXERCISE,
    GOOD,
    IMPORTS,
    processes,
)

pytestmark = CHECKS


def why(judged):
    """Return why tests were set aside, by their names."""
    return {one.test.partition("::")[2]: one.why for one in judged.set_aside}


# Good tests


@pytest.mark.parametrize(
    ("text", "tier"),
    [(GOOD, "unit"), (GOOD, "mocked"), (ASKS, "integration")],
    ids=["first", "second", "third"],
)
def test_a_good_test_is_done(mini, text, tier):
    """In each tier; it says which test caught the bug, and how."""
    judged = mini.check(text, tier=tier)

    assert judged.is_done, judged
    [kill] = judged.kills
    assert (kill.test, kill.kind) == ("test_it.py::test_greets", Kind.ASSERTION)
    assert "go away, ada" in kill.message


HARMLESS = """
import logging, traceback
from hypothesis import given, strategies as st

@given(st.text())
def test_any(text):
    assert greet(text).endswith(text)

class Unprintable:
    def __format__(self, _): 1 / 0
    __radd__ = __format__

def test_tools(caplog, capsys, tmp_path, tmpdir, monkeypatch, subtests, record_property):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("NAME", "ada")
    print("x")
    try:
        greet(Unprintable())
    except ZeroDivisionError:
        logging.exception("oh")  # with a line of `chat`
        assert "hello" in traceback.format_exc()
    assert "ZeroDivisionError" in caplog.text
    assert capsys.readouterr().out == "x\\n"
    with subtests.test("one"):
        assert greet("ada") == "hello ada"
"""


def test_tools_that_every_test_may_use_are_no_offence(mini):
    """Property-based tests, captured output and logs, temporary files, subtests."""
    judged = mini.check(GOOD + HARMLESS)

    assert judged.is_done, judged
    # Nothing that one check leaves behind changes the next one.
    assert judged == mini.check(GOOD + HARMLESS)


# What has another name or number each time.
CHANCE = """
def test_file(tmp_path): assert str(tmp_path) == ""

servers = []
async def test_port():
    servers.append(Server())
    await servers[-1].__aenter__()
    assert await ask(servers[-1].port, "ada") == "hello ada"
"""


def test_the_same_words_are_said_of_the_same_file(mini):
    """They name no port and no folder that was there for one run alone."""
    judged = mini.check(ASKS + CHANCE, tier="integration")

    assert [one.test for one in judged.set_aside] == [
        "test_it.py::test_file",
        "test_it.py::test_port",
    ]
    assert judged == mini.check(ASKS + CHANCE, tier="integration")


# Steady


NOT_STEADY = {
    "needs_another_test": "seen = []\ndef test_first(): seen.append(1)\ndef {}(): assert seen",
    "passes_once": "past = []\ndef {}():\n    assert not past\n    past.append(1)",
    "counts_in_a_file": (
        "def {}():\n    file = pathlib.Path('count')\n    assert not file.exists()\n"
        "    file.write_text('')"
    ),
    "hashes": "def {}(): assert os.environ['PYTHONHASHSEED'] == '1'",
}


def test_tests_are_set_aside_when_they_do_not_always_pass(mini):
    """The other orders, seeds and passes in one process show it."""
    texts = [text.format(f"test_{name}") for name, text in NOT_STEADY.items()]

    judged = mini.check("\n".join([GOOD, *texts]))

    assert judged.stopped_at is Stage.STEADY
    assert set(why(judged)) == {f"test_{name}" for name in NOT_STEADY}


# Tiers


OFFENCES = {
    "unit": {
        "loop": ("async def {}(): pass", "leave out `async`"),
        "own_loop": ("def {}(): asyncio.run(asyncio.sleep(0))", "leave out `async`"),
        "socket": ("import socket\ndef {}(): socket.socket().close()", "socket"),
        "process": ("def {}(): subprocess.run(['true'])", "another process"),
        "sleep": ("def {}(): time.sleep(0.001)", "sleeps"),
        "event": ("def {}(): threading.Event().wait(0.001)", "sleeps"),
        "source": ("def {}(): open(chat.greeting.__file__).close()", "source of `chat`"),
        "inspect": ("import inspect\ndef {}(): inspect.getsource(greet)", "source of `chat`"),
        "code": ("def {}(): greet.__code__", "source of `chat`"),
        "loader": (
            "def {}(): chat.greeting.__loader__.get_code('chat.greeting')",
            "source of `chat`",
        ),
        "referents": ("import gc\ndef {}(): gc.get_referents(greet)", "source of `chat`"),
        "coroutine": (
            """
def {}():
    talk = Server._talk(None, None, None)
    talk.cr_code
    talk.close()
""",
            "source of `chat`",
        ),
        "frame": (
            """
def {}():
    sys.setprofile(lambda frame, *_: frame.f_code)
    greet("ada")
    sys.setprofile(None)
""",
            "source of `chat`",
        ),
        "line": (
            """
import traceback
def {}(): traceback.FrameSummary(chat.greeting.__file__, 5, "").line
""",
            "source of `chat`",
        ),
        "fork": ("def {}():\n    if not os.fork(): os._exit(0)\n    os.wait()", "process"),
    },
    "mocked": {
        "sleep": ("async def {}(): await asyncio.sleep(0.01)", "sleeps"),
        "thread": ("async def {}(): await asyncio.to_thread(nap, 0.01)", "sleeps"),
        "handed_over": ("async def {}(): await asyncio.to_thread(time.sleep, 0.01)", "sleeps"),
        "no_poll": (
            "async def {}():\n    for _ in range(3): await asyncio.sleep(0.001)",
            "sleeps",
        ),
        "limit": (
            """
async def {}():
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2): await asyncio.Event().wait()
""",
            "until a limit in time runs out",
        ),
        "wait_for": (
            """
async def {}():
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 0.2)
""",
            "until a limit in time runs out",
        ),
        "wait": (
            """
async def {}():
    task = asyncio.create_task(asyncio.Event().wait())
    await asyncio.wait([task], timeout=0.2)
    task.cancel()
""",
            "until a limit in time runs out",
        ),
        "socket": ("async def {}():\n    async with Server(): pass", "socket"),
    },
    "integration": {
        "no_socket": ("async def {}(): pass", "no real socket"),
        "patch": (
            """
async def {}(monkeypatch):
    monkeypatch.setattr("chat.greeting.greet", str)
    async with Server() as server:
        assert await ask(server.port, "ada") == "ada"
""",
            "takes the place of chat.greeting.greet",
        ),
        "mock": (
            """
@mock.patch.object(Server, "_talk")
async def {}(_):
    async with Server(): pass
""",
            "takes the place of Server._talk",
        ),
        "module": (
            """
async def {}():
    real = chat.greeting.greet
    async with Server() as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        chat.greeting.greet = mock.Mock(side_effect=real)
        try:
            writer.write(b"ada\\n")
            await reader.read()
        finally:
            chat.greeting.greet = real
            writer.close()
""",
            "takes the place of chat.greeting.greet",
        ),
        "restored": (
            """
async def {}():
    async with Server() as server:
        real, chat.greeting.greet = chat.greeting.greet, lambda name: "hello ada"
        try:
            await ask(server.port, "ada")
        finally:
            chat.greeting.greet = real
""",
            "takes the place of chat.greeting.greet",
        ),
        "class": (
            """
@pytest.fixture
def quiet():
    real = Server._talk
    Server._talk = lambda *_: None
    yield
    Server._talk = real

async def {}(quiet):
    async with Server(): pass
""",
            "takes the place of Server._talk",
        ),
        "object": (
            """
@pytest.fixture
async def silent():
    server = Server()
    server._talk = lambda *_: None
    async with server: yield

async def {}(silent): pass
""",
            "takes the place of Server._talk",
        ),
        "part": (
            """
async def {}():
    async with Server(log=mock.Mock()) as server:
        assert await ask(server.port, "ada") == "hello ada"
""",
            "takes the place of Server.log",
        ),
        "private": (
            """
async def {}():
    server = Server()
    server._log = mock.Mock()
    async with server: await ask(server.port, "ada")
""",
            "takes the place of Server._log",
        ),
        "alike": (
            """
class Notes:
    def note(self, name): self.noted = name

async def {}():
    async with Server(log=Notes()) as server: await ask(server.port, "ada")
""",
            "takes the place of Server.log",
        ),
        "fake": (
            """
class FakeLog(chat.greeting.Log):
    def note(self, name): self.noted = name

async def {}():
    async with Server(log=FakeLog()) as server: await ask(server.port, "ada")
""",
            "takes the place of Server.log",
        ),
        "task": (
            """
async def {}():
    asyncio.create_task(asyncio.sleep(60))
    async with Server() as server:
        await ask(server.port, "ada")
""",
            "leaves an asyncio task running: sleep",
        ),
        "process": (
            """
async def {}():
    async with Server(): pass
    subprocess.run(["sh", "-c", "sleep 600 &"])
""",
            "leaves a process running: sleep 600",
        ),
        "listener": (
            """
listeners = []
def {}():
    listeners.append(socket.create_server(("127.0.0.1", 0)))
""",
            "leaves a listener",
        ),
        "port": (
            """
async def {}():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 20))
""",
            "binds the fixed port 20",
        ),
    },
}

MORE = """
import socket
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

def nap(seconds):
    time.sleep(seconds)
"""


LEAKS = """
def test_file(tmp_path): (tmp_path / "a").open("w")

def test_thread():
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
"""


def test_a_warning_is_laid_at_the_door_of_its_test(mini):
    """In whichever of the places of a host it runs: by now there are several."""
    mini.check(ASKS, tier="integration")

    for judged in [mini.check(ASKS + LEAKS, tier="integration") for _ in range(3)]:
        file, thread = judged.set_aside
        assert (file.test, thread.test) == ("test_it.py::test_file", "test_it.py::test_thread")
        assert {file.stage, thread.stage} == {Stage.CORRECT}
        assert "PytestUnraisableException" in file.message
        assert "PytestUnhandledThreadException" in thread.message


@pytest.fixture(scope="module")
def offences(mini):
    """Why each of the offenders of a tier was set aside: all of them are in one file."""

    @functools.cache
    def of(tier):
        texts = [text.format(f"test_{name}") for name, (text, _) in OFFENCES[tier].items()]
        return why(mini.check("\n".join([GOOD, ASKS_TOO, MORE, *texts]), tier=tier))

    return of


@pytest.mark.parametrize(
    ("tier", "name"),
    [(tier, name) for tier, cases in OFFENCES.items() for name in cases],
    # No test bears the name of another tier.
    ids=[f"{name}-{number}" for number, cases in enumerate(OFFENCES.values()) for name in cases],
)
def test_a_test_is_set_aside_when_it_is_out_of_its_tier(offences, tier, name):
    """What it did is told."""
    assert OFFENCES[tier][name][1] in offences(tier)[f"test_{name}"]


@pytest.mark.parametrize("name", ["part", "fake"])
def test_a_double_that_stands_in_two_places_is_told_of_once(offences, name):
    """The public one says what was passed in."""
    assert offences("integration")[f"test_{name}"].count("takes the place") == 1


CALLBACK = """
async def test_one():
    chat.greeting.greet = mock.Mock(return_value="hello ada")
    async with Server() as server: await ask(server.port, "ada")

KEPT = []

async def test_hides():
    server = Server()
    server._talk = lambda *_: None
    KEPT.append(server)
    async with server: pass

async def test_two():
    heard = mock.Mock()
    async with Server(heard=heard) as server: await ask(server.port, "ada")
    heard.assert_called_once_with("ada")

class Heard:
    def __call__(self, name): self.name = name
    def forget(self): pass

class Restartable(Server):
    def __init__(self, file):
        super().__init__(heard=Heard(), log=self)
        self.port, self.home = Port(0), Home()

    def note(self, name): pass

class Port(int): pass

class Home:
    def find(self): pass

async def test_three(monkeypatch):
    monkeypatch.setattr(chat.greeting, "LIMIT", 5)
    async with Restartable("file") as server: await ask(server.port, "ada")

@mock.patch("chat.greeting.LIMIT", 5)
async def test_four():
    async with Server() as server: await ask(server.port, "ada")
"""


def test_a_callback_may_be_a_double_where_all_else_is_real(mini):
    """It is passed in to be called, and a limit is a setting.

    Nor is a test to blame for what another one replaced.
    """
    judged = mini.check(ASKS + MORE + CALLBACK, tier="integration")

    assert set(why(judged)) == {"test_one", "test_hides"}


CLEANS_UP_AT_THE_END = """
async def started():
    server = Server()
    return await server.__aenter__()

@pytest.fixture
async def server():
    return await started()

async def test_fixture(server):
    answer = await ask(server.port, "ada")
    assert answer == "hello ada"
    await server.__aexit__()

async def test_by_itself():
    server = await started()
    assert await ask(server.port, "bob") == "hello bob"
    await server.__aexit__()

@pytest.fixture
async def closed():
    server = await started()
    yield server
    await server.__aexit__()

async def test_closed(closed):
    assert await ask(closed.port, "cid") == "hello cid"
"""


def test_tests_are_set_aside_when_they_clean_up_only_if_they_pass(mini):
    """It takes no bug to see that, and it is laid at the door of the fixture or of the test."""
    judged = mini.check(ASKS + CLEANS_UP_AT_THE_END, tier="integration")

    found = why(judged)
    assert set(found) == {"test_fixture", "test_by_itself"}
    assert "A fixture must stop its server also after a failing test" in found["test_fixture"]
    assert found["test_by_itself"].startswith(BY_THE_TEST)
    assert {one.message.partition(":")[0] for one in judged.set_aside} == {"It leaves a listener"}


FREE = """
async def test_yields():
    for _ in range(3):
        await asyncio.sleep(0)

async def test_waits_for_what_comes():
    done = asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, done.set)
    async with asyncio.timeout(5): await done.wait()
    await asyncio.wait_for(done.wait(), 5)
    await asyncio.wait([asyncio.create_task(done.wait())], timeout=5)

async def test_polls():
    done = asyncio.Event()
    asyncio.get_running_loop().call_later(0.02, done.set)
    while not done.is_set():
        await asyncio.sleep(0.01)

async def test_has_a_look():
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 0)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0): await asyncio.Event().wait()

async def test_cancels():
    task = asyncio.create_task(asyncio.sleep(3600))
    await asyncio.sleep(0)
    task.cancel()

async def test_patches(monkeypatch):
    async def no_sleep(seconds): pass
    monkeypatch.setattr(asyncio, "sleep", no_sleep)
    monkeypatch.setattr(chat.greeting, "greet", lambda name: "hi")
    await asyncio.sleep(3600)
"""


def test_sleeping_for_no_time_is_no_offence(mini):
    """`sleep(0)`, a sleep that is cancelled, one that is patched; and short ones, in a poll."""
    judged = mini.check(GOOD + FREE, tier="mocked")

    assert judged.is_done, judged


# Where the system makes no pairs of sockets, as on Windows, Python connects two for each loop.
PAIR = """
import socket
from concurrent.futures import ThreadPoolExecutor
TEXT = '''
def _fallback_socketpair(*_):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        one = socket.create_connection(listener.getsockname())
        return one, listener.accept()[0]
'''
made = {"socket": socket}
exec(compile(TEXT, socket.__file__, "exec"), made)
socket.socketpair = getattr(socket, "_fallback_socketpair", made["_fallback_socketpair"])

async def test_loops(): assert greet("ada") == "hello ada"
"""


def test_the_sockets_of_an_event_loop_are_no_offence(mini):
    """They are no network, and no use of a real socket either."""
    assert mini.check(GOOD + PAIR, tier="mocked").is_done
    assert "no real socket" in why(mini.check(ASKS + PAIR, tier="integration"))["test_loops"]


AGAIN = """
async def test_again():
    async with Server() as server:
        pass
    other = await asyncio.start_server(server._talk, "127.0.0.1", server.port)
    async with other:
        assert await ask(server.port, "ada") == "hello ada"
"""


def test_a_port_that_the_system_gave_may_be_bound_again(mini):
    """A server comes back where it was."""
    judged = mini.check(ASKS + AGAIN, tier="integration")

    assert judged.is_done, judged


def test_no_process_outlives_a_check(mini):
    """Not even one that has left its parents."""
    text = f"{GOOD}\ndef test_a(): subprocess.run(['sh', '-c', 'setsid sleep 98765 & exit 0'])"

    mini.check(text, tier="integration")

    assert not [line for line in processes() if "sleep 98765" in line]


# What did not run


def test_what_did_not_run_is_named(mini):
    """A file beside others, and what has no case on a bug."""
    text = """
        import pytest
        from chat.greeting import greet
        @pytest.mark.parametrize("name", [one for one in ["ada"] if "hello" in greet(one)])
        def test_a(name): assert greet(name) == "hello ada"
    """
    skips = "import pytest\npytest.importorskip('nothing_there')"

    judged = mini.check(textwrap.dedent(text), test_more=skips)

    skips_itself, nothing_left = judged.notes
    assert skips_itself.startswith("test_more.py skips itself")
    assert nothing_left.startswith("With the bug rude test_it.py::test_a[NOTSET] is skipped")


# Refactorings and bugs

NAME = """
class Name:  # can be formatted, and not added to a text
    def __format__(self, _): return "ada"
"""


def test_a_test_is_set_aside_when_a_refactoring_breaks_it(mini):
    """It is told what the test depends on without need."""
    judged = mini.check(f"{GOOD}\n{NAME}\ndef test_a(): assert greet(Name()) == 'hello ada'")

    assert judged.stopped_at is Stage.REFACTOR_PROOF
    assert why(judged) == {"test_a": "How it is made is free."}


HANGS = """
def test_a():
    try: greet(Name())
    except TypeError:
        while True: pass

def test_b(): assert greet(Name()) == "hello ada"
"""


def test_all_that_a_refactoring_breaks_are_named_when_one_of_them_hangs(impatient):
    """It is run again without that one."""
    judged = impatient.check(f"{GOOD}\n{NAME}{HANGS}")

    assert set(why(judged)) == {"test_a", "test_b"}


LATE = """
[[refactorings]]
id = "late"
summary = "It takes its time."
lesson = "How long it takes is free."
frees = { text = "hello", file = "chat/greeting.py" }
slow = true
edits = [{ file = "greeting.py", before = "writer.write", after = "await asyncio.sleep(0.1); writer.write" }]
"""  # noqa: E501  # TOML breaks no lines

LOOKS = """
FIRST = asyncio.FIRST_COMPLETED

async def test_looks():
    async with Server() as server:
        answer = asyncio.create_task(ask(server.port, "ada"))
        {}
        is_there = answer.done()
        await answer
    assert is_there
"""


@pytest.mark.parametrize(
    "line",
    [
        "await asyncio.wait_for(asyncio.sleep(0.3), 1)",
        "await asyncio.wait([asyncio.create_task(asyncio.sleep(0.3))], return_when=FIRST)",
    ],
    ids=["in-a-limit", "without-a-rival"],
)
def test_a_test_that_sleeps_and_looks_is_set_aside_however_long_it_sleeps(mini, line):
    """Where the program is slow on purpose, no sleep of a test is long enough."""
    judged = mini.check(ASKS + LOOKS.format(line), tier="integration", data=EXERCISE + LATE)

    assert why(judged) == {"test_looks": "How long it takes is free."}


FROM_A_SET = """
@pytest.fixture(params={"ada", "bob", "eve", "dan"})
def name(request): return request.param

async def test_looks(name):
    async with Server() as server:
        answer = asyncio.create_task(ask(server.port, name))
        await asyncio.sleep(0.5)
        is_there = answer.done()
        await answer
    assert is_there
"""


def test_every_test_meets_a_slow_program_whatever_the_order_of_a_set_is(mini):
    """Two processes have a half of the tests each, and may order them differently."""
    judged = mini.check(ASKS + FROM_A_SET, tier="integration", data=EXERCISE + LATE)

    assert {*why(judged)} == {f"test_looks[{name}]" for name in ("ada", "bob", "eve", "dan")}


AT_IMPORT = """
chat.greeting.greet = lambda name: f"hello {name}"

async def test_one():
    async with Server() as server: await ask(server.port, "ada")

async def test_two():
    async with Server() as server: await ask(server.port, "bob")
"""


def test_what_a_file_replaces_while_it_is_imported_counts_for_all_its_tests(mini):
    """The program is known as it was before anybody could touch it."""
    judged = mini.check(IMPORTS + ASKS_TOO + AT_IMPORT, tier="integration")

    assert set(why(judged)) == {"test_asks", "test_one", "test_two"}
    assert "takes the place of chat.greeting.greet" in why(judged)["test_two"]


SLEEPS_FOR_EVER = """
@pytest.fixture
async def port():
    started = asyncio.get_running_loop().create_future()
    async def serve():
        async with Server() as server:
            started.set_result(server.port)
            await asyncio.sleep(3600)
    serving = asyncio.create_task(serve())
    yield await started
    serving.cancel()
    await asyncio.wait([serving])

async def test_greets(port):
    for _ in range(3):
        assert await ask(port, "ada") == "hello ada"
"""


def test_a_sleep_that_only_a_cancellation_ends_is_as_long_where_the_program_is_slow(mini):
    """Nobody hopes that something has come after an hour."""
    judged = mini.check(ASKS + SLEEPS_FOR_EVER, tier="integration", data=EXERCISE + LATE)

    assert judged.is_done, judged


RACES = """
async def test_races():
    async with Server() as server:
        answer = asyncio.create_task(ask(server.port, "ada"))
        limit = asyncio.create_task(asyncio.sleep(5))
        await asyncio.wait({answer, limit}, return_when=asyncio.FIRST_COMPLETED)
        limit.cancel()
        assert answer.done()
"""


def test_a_sleep_that_races_with_an_answer_is_as_long_where_the_program_is_slow(mini):
    """That is a limit in time, and nobody waits for it to run out."""
    judged = mini.check(ASKS + RACES, tier="integration", data=EXERCISE + LATE)

    assert judged.is_done, judged
    assert judged.notes == ()


PHASES = """
from hypothesis import Phase, settings

def test_phases():
    assert Phase.explain not in settings().phases
    assert greet("ada") == "hello ada" or Phase.shrink not in settings().phases
"""


def test_a_property_that_fails_on_a_bug_costs_little(mini):
    """To shrink and to explain an example takes seconds, and nobody reads it there."""
    judged = mini.check(IMPORTS + PHASES + "    assert greet('a') == 'hello a'")

    assert judged.is_done
    assert "Phase.shrink" not in judged.kills[0].message


ASKS_HYPOTHESIS = """
from hypothesis import Phase, settings

def test_greets():
    assert Phase.shrink in settings().phases
"""


def test_what_hypothesis_may_do_tells_no_bug_from_the_correct_program(mini):
    """A test that asks nothing of the chat catches nothing."""
    judged = mini.check(ASKS_HYPOTHESIS)

    assert [one.stage for one in judged.set_aside] == [Stage.STEADY]


LIMITS = {
    "timeout": "async with asyncio.timeout(3600): await asyncio.Event().wait()",
    "wait-for": "await asyncio.wait_for(asyncio.Event().wait(), 3600)",
}


@pytest.mark.parametrize("line", LIMITS.values(), ids=LIMITS)
def test_a_limit_in_time_that_runs_out_catches_a_bug(mini, line):
    """It is an expectation like any other; where nothing can happen, nobody waits for it."""
    judged = mini.check(
        f"{IMPORTS}\nasync def test_a():\n    if greet('ada') != 'hello ada':\n        {line}",
        tier="mocked",
    )

    assert [kill.kind for kill in judged.kills] == [Kind.TIMEOUT]


LONG = """
async def test_quick():
    await asyncio.wait_for(asyncio.sleep(0), 2)
    async with Server() as server: await ask(server.port, "ada")

async def test_long():
    async with Server() as server:
        if await ask(server.port, "ada") != "hello ada":
            await asyncio.wait_for(asyncio.Event().wait(), 2)
"""


def test_each_test_has_the_time_that_it_gives_itself(impatient):
    """Also where one just before it had given itself as much."""
    judged = impatient.check(ASKS.replace("test_greets", "ask_only") + LONG, tier="integration")

    assert [kill.kind for kill in judged.kills] == [Kind.TIMEOUT]


@pytest.mark.parametrize("method", ["signal", "thread"])
def test_a_marker_of_time_that_runs_out_catches_a_bug(mini, method):
    """Both methods of pytest-timeout fail their test, and end nothing else."""
    text = (
        "import pytest\nfrom chat.greeting import greet\n"
        f"@pytest.mark.timeout(1, method={method!r})\n"
        "def test_a():\n    while greet('ada') != 'hello ada': pass"
    )

    assert [kill.kind for kill in mini.check(text).kills] == [Kind.TIMEOUT]


def test_a_bug_is_caught_by_the_others_when_a_test_hangs_on_it(mini):
    """The variant runs again without the one that hung, and a note tells of it."""
    hangs = "async def test_a():\n    if greet('ada') != 'hello ada': await asyncio.Event().wait()"

    judged = mini.check(f"{hangs}\n{GOOD}", tier="mocked")

    assert judged.is_done
    assert "hung" in judged.notes[0]


@pytest.mark.parametrize("phase", ["setup", "teardown"])
def test_a_bug_is_caught_in_any_phase(mini, phase):
    """What a fixture expects counts too."""
    check = "assert greet('ada') == 'hello ada'"
    before, after = (check, "pass") if phase == "setup" else ("pass", check)
    text = f"@pytest.fixture\ndef it():\n    {before}\n    yield\n    {after}\ndef test_a(it): pass"

    judged = mini.check(IMPORTS + text)

    assert [kill.phase for kill in judged.kills] == [phase]


@pytest.fixture
def pairs():
    """Two pairs of sockets."""
    with contextlib.ExitStack() as stack:
        ends = [*socket.socketpair(), *socket.socketpair()]
        yield [stack.enter_context(end) for end in ends]


def test_a_worker_waits_after_a_failure_until_it_may_go_on(pairs):
    """So it does nothing more on a variant that is done with; after other tests it goes on."""
    reports, say, bell, go = pairs
    bell.send(b".")
    report = reporter(say.fileno(), "word", Path("folder"), go.fileno())

    report("test", failure=None)
    report("test", failure={})

    bell.shutdown(socket.SHUT_WR)
    assert (bell.recv(9), go.recv(9)) == (b"!", b"")
    assert reports.recv(1000).count(b"word") == 2


def test_a_worker_rings_when_there_is_no_room_for_what_it_says(pairs):
    """It need not wait until the host has a look by itself."""
    reports, say, bell, go = pairs
    say.setblocking(False)
    report = reporter(say.fileno(), "word", Path("folder"), go.fileno())

    def listen():
        bell.recv(1)
        while not reports.recv(1 << 16).endswith(b"\n"):
            pass

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    report("error", text="x" * 1_000_000)  # and it returns
    listener.join(WAIT)


def test_a_host_goes_on_when_a_worker_ended_without_the_answer(pairs):
    """It was killed, or closed what it had."""
    reports, say, bell, go = pairs
    heard = Heard(Job(0, "unit", {}), Limits(), "word", 0.0)
    ends = [end.detach() for end in (reports, say, bell)]
    child = Child(os.getpid(), Path(), heard, reports=ends[0], output=ends[1], bell=ends[2])

    os.write(ends[2], b".")
    go.close()
    child.hear()

    assert child.outcome(0).end == "exited"


GARBAGE = """
import weakref

class Node: pass

def test_a():
    node = Node()
    node.itself, seen = node, weakref.ref(node)
    del node
    many = [[number] for number in range(20_000)]
    assert seen() is None
"""


def test_garbage_is_collected_while_tests_run(mini):
    """As under plain pytest, if later: who makes much of it does not run out of memory."""
    assert mini.check(f"{GOOD}\n{GARBAGE}").is_done


def test_there_is_no_folder_in_memory_where_it_has_no_room(tmp_path, monkeypatch):
    """Nor where somebody has said which folder it is to be."""
    monkeypatch.delenv("TMPDIR", raising=False)
    assert machine.in_memory(tmp_path, 0) == tmp_path
    assert machine.in_memory(tmp_path, 1 << 60) is None
    assert machine.in_memory(tmp_path / "none", 0) is None

    monkeypatch.setenv("TMPDIR", "/tmp")
    assert machine.in_memory(tmp_path, 0) is None
