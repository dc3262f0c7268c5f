"""Which runs a submission gets, with a pool that runs nothing and makes up what came of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from exercises.checker.examination import Examination
from exercises.checker.failing import AT_ONCE, LATER
from exercises.checker.jobs import Outcome
from exercises.checker.load import parse
from exercises.checker.model import Edit, End, Progress
from exercises.checker.tasks import HASHES
from exercises.checker.turns import part_of
from tests.workshop.exercise_text import WHOLE

PROGRAM = {"commands.py": b"Say(line[1:]) Usage: "}
EXERCISE = parse(WHOLE, "unit", Path("exercises"))


class FakePool:
    """Lets all tests pass, but for those that `fails` (job, order) or `hangs` (job) tells of."""

    def __init__(self, fails=lambda job, order: (), hangs=lambda job: ()):
        self.jobs = []
        self._fails = fails
        self._hangs = hangs

    def run(self, jobs, at_a_time):
        for job in jobs:
            self.jobs.append(job)
            yield self._outcome(job)

    def _outcome(self, job):
        reports = [{"is": "collected", "modules": ["chat.commands"]}]
        for number, _ in enumerate(job.orders):
            for name in part_of(sorted({"test_a", "test_b"} - set(job.without)), *job.part):
                reports.append({"is": "start", "test": name, "pass": number})
                if name in self._hangs(job):
                    return Outcome(job.number, tuple(reports), "hung", -9, "", 1)
                reports.append(self._report(job, name, number))
        return Outcome(job.number, (*reports, {"is": "end"}), "exited", 0, "", 1)

    def _report(self, job, name, number):
        failure = {"phase": "call", "kind": "failed assertion", "message": "no"}
        failed = failure if name in self._fails(job, job.orders[number]) else None
        return {"is": "test", "test": name, "pass": number, "seconds": 0, "failure": failed}


def examine(pool, exercise=EXERCISE, text=b"", **more):
    """Return the evidence of a submission."""
    return Examination(exercise, {"test_it.py": text}, PROGRAM, pool, more.get("tell")).evidence()


def is_bug(job):
    """Tell whether the bug is planted for this job."""
    return b"Say(line)" in job.changed.get("commands.py", b"")


def test_there_are_ten_steady_runs_under_all_hash_seeds():
    """Some of them share a process."""
    evidence = examine(FakePool())

    steady = [run for run in evidence.correct if run.order]
    assert sorted(run.order for run in steady) == list(range(1, 11))
    assert {run.hashes for run in steady} == set(HASHES)


def test_nothing_more_is_run_when_no_test_passes_on_the_correct_program():
    """Each host has run them once, and there is nothing that could catch a bug."""
    pool = FakePool(fails=lambda job, order: {"test_a", "test_b"})

    examine(pool)

    assert {job.hashes for job in pool.jobs} == set(HASHES)
    assert len(pool.jobs) == len(HASHES)


def test_a_test_that_fails_on_the_correct_program_runs_no_more():
    """Whatever it did, it would not count."""
    pool = FakePool(fails=lambda job, order: {"test_a"})

    evidence = examine(pool)

    assert all(job.without == ("test_a",) for job in pool.jobs[len(HASHES) :])
    assert sorted(run.order for run in evidence.correct) == list(range(11))
    assert {len(run.tests) for run in evidence.correct if run.order} == {1}


def test_a_bug_gets_another_run_without_the_test_that_hung_on_it():
    """The others may yet catch it."""
    pool = FakePool(
        hangs=lambda job: {"test_a"} if is_bug(job) else (),
        fails=lambda job, order: {"test_b"} if is_bug(job) else (),
    )

    first, second = examine(pool).planted["both-slashes"]

    assert (first.end, first.at) == (End.HUNG, "test_a")
    assert [test.failure is not None for test in second.tests] == [True]


def test_a_bug_gets_another_run_when_it_was_caught_by_a_test_that_does_not_count():
    """A test that a refactoring breaks may hide that another one catches the bug too."""
    pool = FakePool(fails=lambda job, order: {"test_a"} if job.changed else ())

    runs = examine(pool).planted["both-slashes"]

    assert [[test.test for test in run.tests] for run in runs] == [["test_a", "test_b"], ["test_b"]]


def refactored(**slow):
    """The exercise with two refactorings, of different places: "say" and "usage"."""
    [one] = EXERCISE.refactorings
    edits = {"say": Edit("commands.py", "Say", "say"), "usage": Edit("commands.py", "Us", "us")}
    both = [replace(one, id=id, edits=(edits[id],), is_slow=slow.get(id, False)) for id in edits]
    return replace(EXERCISE, refactorings=tuple(both))


def refactorings_of(job):
    """Tell which of the two were made for a job."""
    text = job.changed.get("commands.py", PROGRAM["commands.py"])
    return tuple(id for id in ("say", "usage") if id.encode() in text)


def test_refactorings_of_different_places_share_a_run():
    """What passes on both of them passes on each."""
    pool = FakePool()

    evidence = examine(pool, refactored())

    assert [made for job in pool.jobs if (made := refactorings_of(job))] == [("say", "usage")]
    assert evidence.refactored["say"] == evidence.refactored["usage"]


def test_each_refactoring_has_its_own_run_when_a_test_fails_on_both():
    """The one whose fault it is is named, and no other."""
    fails = lambda job, order: {"test_a"} if "say" in refactorings_of(job) else ()  # noqa: E731

    evidence = examine(FakePool(fails), refactored())

    failed = {id: bool(runs[0].tests[0].failure) for id, runs in evidence.refactored.items()}
    assert failed == {"say": True, "usage": False}


def test_a_slow_refactoring_has_its_own_run():
    """What comes late may hide what another refactoring would show."""
    pool = FakePool()

    examine(pool, refactored(usage=True))

    made = [made for job in pool.jobs if (made := refactorings_of(job))]
    assert sorted(made) == [("say",), ("usage",)]


def test_a_slow_refactoring_takes_two_runs_where_time_is_real():
    """They wait side by side, and each test is in one of them."""
    exercise, pool = replace(refactored(usage=True), tier="integration"), FakePool()

    slow = examine(pool, exercise).refactored["usage"]

    assert [[test.test for test in run.tests] for run in slow] == [["test_a"], ["test_b"]]
    assert {job.part for job in pool.jobs if refactorings_of(job) == ("usage",)} == {(0, 2), (1, 2)}


@pytest.mark.parametrize(
    ("tier", "count"), [("mocked", 2), ("integration", 3)], ids=["as-a-whole", "in-two-parts"]
)
def test_a_refactoring_gets_another_run_without_the_test_that_hung_on_it(tier, count):
    """Whichever of its runs that was: another test may break too."""
    hangs = lambda job: {"test_a"} if job.is_slow else ()  # noqa: E731
    fails = lambda job, order: {"test_b"} if job.is_slow else ()  # noqa: E731
    exercise = replace(refactored(usage=True), tier=tier)

    runs = examine(FakePool(fails, hangs), exercise).refactored["usage"]

    assert runs[0].at == "test_a"
    assert len(runs) == count
    assert [test.test for test in runs[-1].tests if test.failure] == ["test_b"]


def test_variants_on_which_tests_may_wait_begin_before_others_where_time_is_real():
    """Others use the cores meanwhile, and who began last would wait alone at the end."""
    exercise, pool = replace(refactored(usage=True), tier="integration"), FakePool()

    examine(pool, exercise)

    kinds = [
        "slow" if job.is_slow else "bug" if is_bug(job) else "refactoring"
        for job in pool.jobs
        if job.changed
    ]
    assert kinds == ["slow", "slow", "bug", "refactoring"]


def test_bugs_are_run_from_where_other_runs_begin_too():
    """A test that fails wherever it is the first one passes for none that catches a bug."""
    exercise, pool = refactored(usage=True), FakePool()
    bugs = [replace(exercise.bugs[0], id=f"bug-{step}", step=step) for step in range(1, 7)]

    examine(pool, replace(exercise, steps=exercise.steps * 6, bugs=tuple(bugs)))

    begins = {job.begin for job in pool.jobs if is_bug(job)}
    assert len(begins) == 5
    assert begins == {job.begin for job in pool.jobs if not is_bug(job)}


def test_nothing_is_judged_when_a_test_fails_on_a_control():
    """The correct program among the variants: either the test or the machine plays tricks."""
    pool = FakePool(fails=lambda job, order: {"test_a"} if is_control(job, order) else ())

    assert "test_a passed on the correct program" in examine(pool).problem


def is_control(job, order):
    """Tell whether the correct program comes once more, in the order of the file."""
    return order == 0 and job.orders != (0,)


def test_controls_begin_in_fresh_processes_under_all_hash_seeds():
    """As the plain run does; they are no steady runs, and are told apart from it."""
    pool = FakePool()

    evidence = examine(pool)

    assert {job.hashes for job in pool.jobs if is_control(job, job.orders[0])} == set(HASHES)
    assert [run.order for run in evidence.correct].count(0) == 1


def test_a_test_that_is_set_aside_may_fail_on_a_control():
    """It is known not to be steady."""
    fails = lambda job, order: {"test_a"} if job is not pool.jobs[0] and not job.changed else ()  # noqa: E731
    pool = FakePool(fails=fails)

    assert examine(pool).problem is None


def test_a_matrix_knows_which_tests_do_not_count():
    """It has all that a check sets a test aside for."""
    pool = FakePool(fails=lambda job, order: {"test_a"} if order == 1 else ())
    exercise = replace(EXERCISE, tier="integration")

    runs = Examination(exercise, {"test_it.py": b"def test_a(): 1"}, PROGRAM, pool, None).matrix()

    failed = [run.order for run in runs["correct"] for test in run.tests if test.failure]
    assert failed == [1]
    assert {"both-slashes", AT_ONCE, LATER} <= runs.keys()


def test_tests_are_made_to_fail_where_they_could_leave_a_listener():
    """At two points each, on the correct program; in other tiers that would show nothing."""
    text, first, second = b"def test_a():\n    assert len({1})", FakePool(), FakePool()

    evidence = examine(first, replace(EXERCISE, tier="integration"), text)
    examine(second, EXERCISE, text)

    others = [job for job in first.jobs if job.submission != {"test_it.py": text}]
    assert [job.submission["test_it.py"].count(b"False") for job in others] == [1, 1]
    assert all(job.is_failing and not job.changed for job in others)
    assert set(evidence.failing) == {AT_ONCE, LATER}
    assert not any(b"False" in job.submission["test_it.py"] for job in second.jobs)


@pytest.mark.parametrize("kind", ["correct", "steady", "refactoring", "bug"])
def test_progress_of_each_kind_is_told_to_its_end(kind):
    """So that whoever waits knows how far it has come."""
    told = []

    examine(FakePool(), tell=told.append)

    of_kind = [progress for progress in told if progress.what == kind]
    assert of_kind[-1] == Progress(kind, of_kind[-1].of, of_kind[-1].of)


def test_the_order_of_the_jobs_is_always_the_same():
    """And so is what anybody could tell from it."""
    first, second = FakePool(), FakePool()

    examine(first)
    examine(second)

    assert first.jobs == second.jobs
