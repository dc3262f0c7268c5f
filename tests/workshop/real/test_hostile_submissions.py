"""Whatever a learner's file does, there is a verdict in words, soon, and nothing is left behind."""

import pytest

from exercises.checker.confine import can_lock_in
from exercises.checker.model import Stage
from tests.workshop.real.miniature import CHECKS, GOOD, IMPORTS

pytestmark = CHECKS


def said(judged):
    """Return all that is said about what was set aside, on one line."""
    texts = [text for one in judged.set_aside for text in (one.why, one.message)]
    return " ".join(" ".join(texts).split())


AT_IMPORT = {
    "syntax": ("def test_a(:", "test_it.py, line 1: invalid syntax"),
    "import": ("import nothing_there", "No module named 'nothing_there'"),
    "error": ("1 / 0", "test_it.py, line 1: ZeroDivisionError"),
    "empty": ("", "There is no test yet"),
    "skip": ("import pytest\npytest.importorskip('nothing_there')", "test_it.py skips itself"),
    "binary": (bytes(range(256)), "cannot be imported"),
    "nested": ("x = " + "(" * 5000, "too many nested parentheses"),
    "deep": ("x = " + "-" * 100_000 + "1", "cannot be imported"),
    "os-exit": ("import os; os._exit(0)", "ended itself with status 0"),
    "sys-exit": ("import sys; sys.exit(0)", "SystemExit: 0"),
    "raise-exit": ("raise SystemExit", "SystemExit"),
    "pytest-exit": ("import pytest; pytest.exit('bye')", "Exit: bye"),
    "kill": ("import os; os.kill(os.getpid(), 9)", "SIGKILL"),
    "close": ("import os; os.closerange(0, 999)", "ended itself"),
    "memory": ("x = []\nwhile True: x.append(bytearray(10_000_000))", "MemoryError"),
    "output": ("print('x' * 100_000_000)", "printed more than may be printed"),
}


@pytest.mark.parametrize(("text", "words"), AT_IMPORT.values(), ids=AT_IMPORT)
def test_a_file_is_not_collected_when_it_does_this_at_import(mini, text, words):
    """The verdict stops at the first stage and says what has happened."""
    judged = mini.check(text)

    assert judged.stopped_at is Stage.COLLECTED
    assert words in said(judged)


IN_A_TEST = {
    "os-exit": ("os._exit(0)", "ended itself with status 0"),
    "pytest-exit": ("pytest.exit('bye')", "Exit: bye"),
    "sys-exit": ("sys.exit(0)", "SystemExit: 0"),
    "kill": ("os.kill(os.getpid(), 9)", "SIGKILL"),
    "kill-group": ("os.killpg(0, 9)", "SIGKILL"),
    "close": ("os.closerange(0, 999)", "ended itself"),
    "memory": ("x = []\n    while True: x.append(bytearray(10_000_000))", "MemoryError"),
    "output": ("print('x' * 100_000_000)", "printed more than may be printed"),
    "forge": ("for fd in range(3, 300): os.dup2(1, fd)\n    os._exit(0)", "ended itself"),
    "forks": ("while True: os.fork()", "forks"),
}


@pytest.mark.parametrize(("line", "words"), IN_A_TEST.values(), ids=IN_A_TEST)
def test_a_test_is_set_aside_when_it_does_this(mini, line, words):
    """On the correct program it does not pass, and it is told why."""
    judged = mini.check(f"{IMPORTS}\ndef test_a():\n    {line}")

    [one] = judged.set_aside
    assert (one.test, one.stage) == ("test_it.py::test_a", Stage.CORRECT)
    assert words in said(judged)


def test_the_other_tests_are_judged_when_one_ends_the_process(mini):
    """Its file runs again without it."""
    judged = mini.check(f"{IMPORTS}\ndef test_a(): os._exit(0)\n{GOOD}")

    assert [kill.test for kill in judged.kills] == ["test_it.py::test_greets"]


LOCKED = {
    "its-own-file": "pathlib.Path(__file__).unlink()",
    "the-program": "pathlib.Path(chat.greeting.__file__).write_text('')",
    "elsewhere": "pathlib.Path('/tmp/somewhere').write_text('')",
    "its-host": "os.kill(os.getppid(), 9)",
}


@pytest.mark.parametrize("line", LOCKED.values(), ids=LOCKED)
def test_a_test_is_refused_what_is_not_its_own(mini, line):
    """Files outside of its folder and other people's processes."""
    if can_lock_in() < 6:
        pytest.skip("needs Landlock with scopes: Linux 6.12 or newer")

    judged = mini.check(f"{IMPORTS}\ndef test_a():\n    {line}")

    assert judged.set_aside[0].stage is Stage.CORRECT
    assert "not permitted" in said(judged) or "denied" in said(judged)


CAUGHT_BY_NOBODY = {
    "os-exit": "if greet('ada') != 'hello ada': os._exit(0)",
    "pytest-exit": "if greet('ada') != 'hello ada': pytest.exit('caught')",
    "nothing": "greet('ada')",
    "swallow": "try: assert greet('ada') == 'hello ada'\n    except BaseException: pass",
}


@pytest.mark.parametrize("line", CAUGHT_BY_NOBODY.values(), ids=CAUGHT_BY_NOBODY)
def test_a_bug_lives_on_when_a_test_does_no_more_than_this(mini, line):
    """To catch a bug is to fail, and to say so."""
    judged = mini.check(f"{IMPORTS}\ndef test_a():\n    {line}")

    assert judged.stopped_at is Stage.BUGS_CAUGHT
    assert judged.alive == ("rude",)


def test_a_bug_lives_on_when_a_test_hangs_on_it(impatient):
    """To hang is not to fail."""
    text = "def test_a():\n    while greet('ada') != 'hello ada': pass"

    judged = impatient.check(f"from chat.greeting import greet\n{text}")

    assert judged.stopped_at is Stage.BUGS_CAUGHT
    assert judged.alive == ("rude",)


# Each finds what the run is for, if it can be found there.
LOOKING_FOR_THE_JOB = {
    "frames": """
def test_a():
    frame = sys._getframe()
    while frame:
        for thing in frame.f_locals.values():
            assert type(thing).__name__ != "Job" or not thing.stops_at_failure
        frame = frame.f_back
""",
    "plugins": """
def test_a(pytestconfig):
    for plugin in pytestconfig.pluginmanager.get_plugins():
        for thing in [plugin, *getattr(plugin, "__dict__", {}).values()]:
            assert type(thing).__name__ != "Job" or not thing.stops_at_failure
""",
    "attributes": """
def test_a():
    for thing in [*sys.meta_path, chat.greeting.__spec__, chat.greeting.__loader__]:
        assert " ".join(["go", "away"]) not in str(getattr(thing, "__dict__", ""))
""",
    "everything": """
import gc
RUDE = " ".join(["go", "away"])
SEEN = any(RUDE in str(one) for one in gc.get_objects() if type(one).__name__ == "Text")
def test_a():
    assert not SEEN
""",
    "files": """
def test_a():
    known = [os.stat(file) for file in pathlib.Path(chat.__path__[0]).glob("[g_]*.py")]
    assert {one.st_size % 1024 for one in known} == {0}
    assert len({one.st_mtime for one in known}) == 1
""",
    "objects": """
import gc
JOBS = [thing for thing in gc.get_objects() if type(thing).__name__ == "Job"]
def test_a():
    assert not any(job.stops_at_failure for job in JOBS)
""",
}


@pytest.mark.parametrize("text", LOOKING_FOR_THE_JOB.values(), ids=LOOKING_FOR_THE_JOB)
def test_a_bug_lives_on_when_a_test_asks_the_runner_about_it(mini, text):
    """A worker forgets what it was started for before it opens a learner's file."""
    judged = mini.check(IMPORTS + text)

    assert judged.stopped_at is Stage.BUGS_CAUGHT
    assert judged.alive == ("rude",)


MEDDLING = {
    "runner": "import _pytest.runner\n_pytest.runner.call_and_report = lambda *a, **k: None",
    "report": "import _pytest.reports\n_pytest.reports.TestReport.failed = property(lambda _: 1)",
    "path": "import sys\nsys.path.clear()",
    "modules": "import sys\nsys.modules['chat.greeting'] = sys",
}


@pytest.mark.parametrize("lines", MEDDLING.values(), ids=MEDDLING)
def test_there_is_a_verdict_when_a_file_meddles_with_its_surroundings(mini, lines):
    """Whatever comes of it, it comes in words."""
    judged = mini.check(f"{lines}\n{GOOD}")

    assert judged.problem is None
    assert judged.is_done == (lines == MEDDLING["path"])


def test_a_conftest_may_hold_fixtures(mini):
    """What several files of a learner share."""
    conftest = "import pytest\n@pytest.fixture\ndef ada(): return 'ada'"
    text = "from chat.greeting import greet\ndef test_a(ada): assert greet(ada) == 'hello ada'"

    assert mini.check(text, conftest=conftest).is_done


def test_a_conftest_may_not_hold_hooks(mini):
    """They would decide what passes."""
    judged = mini.check(GOOD, conftest="def pytest_runtest_logreport(report): pass")

    assert judged.stopped_at is Stage.COLLECTED
    assert "no hooks: pytest_runtest_logreport" in said(judged)
