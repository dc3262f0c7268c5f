"""What follows from what was seen of a learner's tests: the stages, in their order."""

import pytest

from exercises.checker.failing import AT_ONCE, LATER
from exercises.checker.judge import IDLE, judge
from exercises.checker.model import End, Evidence, Kind, Stage
from tests.workshop.pure.evidence import exercise, failed, passed, run, skipped, verdict


def stages(judged):
    """Return what was set aside: each test and the stage that it failed."""
    return [(one.test, one.stage) for one in judged.set_aside]


# Done


def test_an_exercise_is_done_when_all_required_bugs_are_caught():
    """A bonus that lives on keeps nobody from being done."""
    judged = verdict(passed())

    assert judged.is_done
    assert judged.alive == ("bonus",)


def test_an_exercise_is_not_done_when_a_required_bug_lives_on():
    """The last stage is to catch what must be caught."""
    judged = verdict(passed(), bug=(run(passed()),))

    assert judged.stopped_at is Stage.BUGS_CAUGHT
    assert judged.alive == ("bug", "bonus")


def test_nothing_is_judged_when_the_machine_had_a_problem():
    """Nobody is blamed for what the checker could not do."""
    judged = judge(exercise(), Evidence(problem="no memory"))

    assert not judged.is_done
    assert judged.problem == "no memory"


# Collected


def test_files_that_cannot_be_imported_stop_at_the_first_stage():
    """The error of the import is told."""
    broken = run(end=End.NOT_COLLECTED, detail="line 1: invalid syntax")

    judged = judge(exercise(), Evidence(correct=(broken,)))

    assert judged.stopped_at is Stage.COLLECTED
    assert judged.set_aside[0].message == "line 1: invalid syntax"


@pytest.mark.parametrize("tests", [(), (skipped(),)], ids=["empty", "skipped"])
def test_there_must_be_a_test(tests):
    """What is skipped is no test."""
    judged = judge(exercise(), Evidence(correct=(run(*tests),)))

    assert judged.stopped_at is Stage.COLLECTED
    assert judged.tests == ()


def test_a_skipped_test_is_named():
    """It counts for nothing, and its writer is to know."""
    judged = verdict(passed(), skipped("test_b"))

    assert judged.is_done
    assert "test_b is skipped" in judged.notes[0]


@pytest.mark.parametrize("end", [End.HUNG, End.CRASHED, End.FLOODED])
def test_a_run_that_ends_outside_of_any_test_stops_at_the_first_stage(end):
    """Such as a loop without end at the import."""
    judged = judge(exercise(), Evidence(correct=(run(end=end),)))

    assert judged.stopped_at is Stage.COLLECTED


# Right on the correct program


@pytest.mark.parametrize("phase", ["setup", "call", "teardown"])
def test_a_test_is_set_aside_when_it_fails_on_the_correct_program(phase):
    """In whichever phase."""
    judged = verdict(failed(phase=phase))

    assert stages(judged) == [("test_a", Stage.CORRECT)]


def test_a_test_is_told_nothing_of_its_tier_when_it_fails_on_the_correct_program():
    """It is told the first stage that it fails, and no other."""
    [one] = verdict(failed(offences=("It sleeps",))).set_aside

    assert one.why == "It fails on the correct program"


@pytest.mark.parametrize("end", [End.HUNG, End.CRASHED, End.FLOODED])
def test_a_test_is_set_aside_when_it_ends_the_run_on_the_correct_program(end):
    """What the others do is seen in a run without it."""
    ended = run(passed("test_b"), end=end, at="test_a")

    judged = judge(exercise(), Evidence(correct=(ended, run(passed("test_b")))))

    assert judged.tests == ("test_b", "test_a")
    assert stages(judged) == [("test_a", Stage.CORRECT)]


def test_what_a_test_that_is_set_aside_catches_does_not_count():
    """A test that fails always fails on a bug too."""
    judged = verdict(failed(), passed("test_b"))

    assert judged.kills == ()
    assert judged.stopped_at is Stage.CORRECT


def test_what_the_others_catch_is_told_all_the_same():
    """It is provisional: the verdict stops at an earlier stage."""
    judged = verdict(failed(), passed("test_b"), bug=(run(failed(), failed("test_b")),))

    assert [(kill.bug, kill.test) for kill in judged.kills] == [("bug", "test_b")]
    assert judged.stopped_at is Stage.CORRECT


# Steady


def test_a_test_is_set_aside_when_it_fails_in_another_order():
    """The seeds that show it are told."""
    judged = verdict(passed(), again=[run(failed(), order=4, hashes=2)])

    assert stages(judged) == [("test_a", Stage.STEADY)]
    assert judged.set_aside[0].seeds == (4, 2)


@pytest.mark.parametrize("again", [(), (skipped(),)], ids=["missing", "skipped"])
def test_a_test_is_set_aside_when_it_is_not_there_each_time(again):
    """Such as one that is defined, or skipped, by chance."""
    judged = verdict(passed(), again=[run(*again, order=4)])

    assert stages(judged) == [("test_a", Stage.STEADY)]


def test_a_test_is_set_aside_when_it_hangs_once():
    """One run in which it ends is not enough."""
    judged = verdict(passed(), again=[run(order=4, end=End.HUNG, at="test_a")])

    assert stages(judged) == [("test_a", Stage.STEADY)]


def test_an_offence_is_told_when_it_may_be_why_a_test_is_not_steady():
    """Two tests on one fixed port disturb each other: the port is what to mend."""
    fixed = passed(offences=("It binds the fixed port 8765",))

    judged = verdict(fixed, again=[run(failed(), order=4)])

    assert stages(judged) == [("test_a", Stage.IN_ITS_TIER)]
    assert "8765" in judged.set_aside[0].why


# In its tier


def test_a_test_is_set_aside_when_it_offends_against_its_tier():
    """All its offences are named, once each."""
    judged = verdict(passed(offences=("It sleeps", "It uses a socket")))

    assert stages(judged) == [("test_a", Stage.IN_ITS_TIER)]
    assert judged.set_aside[0].why == "It sleeps. It uses a socket"


def test_a_test_is_set_aside_when_it_uses_no_socket_where_sockets_are_real():
    """Who needs no socket belongs in another tier."""
    judged = verdict(passed(), passed("test_b", used_socket=True), tier="integration")

    assert stages(judged) == [("test_a", Stage.IN_ITS_TIER)]


def test_what_a_slow_refactoring_does_itself_is_no_offence():
    """The test does not sleep; what was planted does."""
    judged = verdict(passed(), tidy=run(passed(offences=("It sleeps",))))

    assert judged.is_done


LEFT_BEHIND = (run(failed(offences=("It leaves a listener",))),)


def test_a_test_is_set_aside_when_it_cleans_up_only_if_it_passes():
    """Failing on two bugs, it left something behind twice."""
    judged = verdict(passed(), bug=LEFT_BEHIND, bonus=LEFT_BEHIND)

    assert stages(judged) == [("test_a", Stage.IN_ITS_TIER)]
    assert judged.set_aside[0].why.endswith("Seen where it failed on a second bug")


@pytest.mark.parametrize(("when", "who"), [(AT_ONCE, "its fixture leaves"), (LATER, "it leaves")])
def test_a_test_is_set_aside_when_it_leaves_something_where_it_was_made_to_fail(when, who):
    """No bug is needed for that: a fixture has to stop its server in any case."""
    judged = verdict(passed(), failing={when: LEFT_BEHIND})

    assert stages(judged) == [("test_a", Stage.IN_ITS_TIER)]
    (aside,) = judged.set_aside
    assert aside.why.startswith(f"When it fails, {who}")
    assert aside.why.endswith(f"on the correct program, where it was made to fail {when}")
    assert aside.message == "It leaves a listener"


def test_a_test_may_do_what_it_likes_where_it_was_made_to_fail_but_leave_something():
    """It was not written to fail there."""
    judged = verdict(passed(), failing={AT_ONCE: (run(failed(offences=("It sleeps",))),)})

    assert judged.is_done


def test_it_is_said_what_to_do_when_a_task_is_left_running():
    """Once, however many there are."""
    left = [f"It leaves an asyncio task running: {name}" for name in "ab"]

    (aside,) = verdict(passed(offences=left), tier="integration").set_aside

    assert aside.why == f"{'. '.join(left)}. Stop what started it, or cancel it and await it"


def test_a_test_is_not_blamed_for_what_one_bug_leaves_behind():
    """The bug may be just that."""
    judged = verdict(passed(), bug=LEFT_BEHIND)

    assert judged.is_done


# Notes


def test_a_note_names_a_file_that_skips_itself_beside_others():
    """Whoever wrote its tests may not know."""
    correct = run(passed(), detail="test_b.py skips itself: no module")
    evidence = Evidence(correct=(correct,), planted={"bug": (run(failed()),)})

    (note,) = judge(exercise(), evidence).notes

    assert note == "test_b.py skips itself: no module. No test in it counts."


@pytest.mark.parametrize(
    ("left", "told"),
    [((), "no test is left to run"), ((skipped("test_a[NOTSET]"),), "test_a[NOTSET] is skipped")],
    ids=["none", "empty"],
)
def test_a_note_tells_when_a_bug_leaves_no_test_to_run(left, told):
    """A parametrize that takes its cases from the chat may have none on a bug."""
    (note,) = verdict(passed(), bonus=(run(*left),)).notes

    assert note.startswith(f"With the bug bonus {told}")
    assert note.endswith("that catches nothing.")


def test_one_note_names_the_tests_that_wait_for_time_to_pass():
    """But for those that do not count anyway."""
    sleepy = [passed(name, waits=("sleeps for 1 s",)) for name in ("test_a", "test_b")]
    wrong = failed("test_c", waits=("sleeps for 1 s",))

    (note,) = verdict(*sleepy, wrong).notes

    assert note.endswith(": test_a sleeps for 1 s and test_b sleeps for 1 s.")


def test_one_note_names_the_tests_that_call_nothing_of_the_program():
    """But for those that do not count anyway."""
    idle = [passed("test_a", is_idle=True), passed("test_b"), failed("test_c", is_idle=True)]

    (note,) = verdict(*idle).notes

    assert note == f"{IDLE}: test_a."


def test_there_is_no_note_when_a_run_ended_with_its_first_failure():
    """What it did not come to may well be left out."""
    assert verdict(passed(), skipped("test_b"), bug=(run(failed(), skipped("test_b")),)).notes == (
        "test_b is skipped and counts as no test (later).",
    )


# Unmoved by refactorings


@pytest.mark.parametrize(
    "tidy",
    [run(failed()), run(skipped()), run(end=End.HUNG, at="test_a")],
    ids=["fails", "skips", "hangs"],
)
def test_a_test_is_set_aside_when_a_refactoring_breaks_it(tidy):
    """It is told by which one, and what is to be learned."""
    judged = verdict(passed(), tidy=tidy)

    assert stages(judged) == [("test_a", Stage.REFACTOR_PROOF)]
    assert judged.set_aside[0].refactoring == "tidy"
    assert judged.set_aside[0].why == "It depends on the order."


def test_all_tests_are_meant_when_a_refactoring_breaks_their_import():
    """Such as the import of a private name."""
    judged = verdict(passed(), tidy=run(end=End.NOT_COLLECTED, detail="no _name"))

    assert stages(judged) == [("", Stage.REFACTOR_PROOF)]


def test_the_first_stage_that_a_test_fails_is_told():
    """Who is out of its tier need not hear of refactorings yet."""
    judged = verdict(passed(offences=("It sleeps",)), tidy=run(failed()))

    assert stages(judged) == [("test_a", Stage.IN_ITS_TIER)]


@pytest.mark.parametrize(
    ("kind", "is_told"),
    [(Kind.EXCEPTION, True), (Kind.ASSERTION, False)],
    ids=["raises", "asserts"],
)
def test_the_rule_that_a_test_broke_is_told_where_it_may_be_why_it_fails(kind, is_told):
    """Such as a file that may not be written; a wrong expectation needs no other reason."""
    judged = verdict(failed(kind=kind, offences=("It writes.",)))

    assert stages(judged) == [("test_a", Stage.CORRECT)]
    assert ("This may well be why: It writes." in judged.set_aside[0].why) is is_told


# Bugs


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("phase", ["setup", "call", "teardown"])
def test_a_bug_is_caught_when_a_test_fails_on_it(phase, kind):
    """In whichever phase, for whichever reason; both are told."""
    judged = verdict(passed(), bug=(run(failed(phase=phase, kind=kind, message="no")),))

    [kill] = judged.kills
    assert (kill.test, kill.phase, kill.kind, kill.message) == ("test_a", phase, kind, "no")


@pytest.mark.parametrize("end", [End.HUNG, End.CRASHED, End.FLOODED, End.NOT_COLLECTED])
def test_a_run_that_does_not_finish_catches_nothing(end):
    """A test says what is wrong; who ends the process says nothing."""
    judged = verdict(passed(), bug=(run(end=end, at="test_a"),))

    assert judged.kills == ()
    assert "catches nothing" in judged.notes[0]


def test_a_limit_in_time_is_advised_when_a_test_hangs_on_a_bug():
    """It has seen the bug, and would only have to say so."""
    judged = verdict(passed(), bug=(run(end=End.HUNG, at="test_a"),))

    assert "With a limit in time it would fail" in judged.notes[0]


def test_one_note_tells_of_all_the_bugs_on_which_a_test_hangs():
    """One screen is enough for a report."""
    hung = (run(end=End.HUNG, at="test_a"),)

    (note,) = verdict(passed(), bug=hung, bonus=hung).notes

    assert note.startswith("With the bugs bug and bonus test_a hung")


def test_a_bug_is_caught_when_another_test_fails_in_the_run_without_the_one_that_hung():
    """The variant ran again without it."""
    hung, again = run(end=End.HUNG, at="test_a"), run(failed("test_b"))

    judged = verdict(passed(), passed("test_b"), bug=(hung, again))

    assert [kill.test for kill in judged.kills] == ["test_b"]
