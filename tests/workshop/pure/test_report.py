"""What the report of a verdict says; how it looks is left free."""

from dataclasses import replace

import pytest

from exercises.checker.advice import closing
from exercises.checker.lines import Look, render
from exercises.checker.model import Stage
from exercises.checker.phrases import Shell
from exercises.checker.report import report
from exercises.checker.stages import BY_THE_FIXTURE
from tests.workshop.pure.verdicts import EXERCISE, TESTS, aside, called, verdict

SHELL = Shell()
REQUIRED = [bug.id for bug in EXERCISE.bugs if bug.is_required]
ORDER = "Your test depends on the order in which members are served."


def told(verdict, **how):
    """All that is said of one verdict, in one line."""
    return " ".join(" ".join(render(report(verdict, SHELL, **how), Look())).split())


def advised(*verdicts, shell=SHELL, others=()):
    """What is to be done next, in one line."""
    return " ".join(" ".join(render(closing(verdicts, shell, others), Look())).split())


def over_specified(test=TESTS[0]):
    """A test that a refactoring broke."""
    return aside(Stage.REFACTOR_PROOF, ORDER, test, refactoring="other-order", message="assert 0")


def test_it_says_how_many_bugs_live_on_in_which_step():
    """A learner sees where to think on."""
    said = told(verdict("name-and-text", "empty-whisper"))

    assert "2 of 4 planted bugs live on, in step 3." in said
    assert "3 A whisper finds its reader 2 bugs live on" in said
    assert "1 A line is said caught" in said


def test_it_says_no_symptom_and_no_id_of_a_bug_that_lives_on():
    """To find out which bug it is, is the exercise."""
    said = told(verdict(*REQUIRED), verbose=True)

    assert not [bug for bug in EXERCISE.bugs if bug.symptom in said]
    assert not [name for name in REQUIRED if name in said]


def test_it_says_that_bugs_were_planted_when_some_live_on():
    """Nobody takes a planted bug for a fault of theirs, or of their machine."""
    assert "planted on purpose, in a copy of the chat: your machine is fine" in told(
        verdict("trimmed")
    )


def test_it_names_what_every_caught_bug_was_caught_by_when_asked():
    """Whoever wants to know everything is told test, phase and reason."""
    said = told(verdict("tabs"), verbose=True)

    assert "trimmed: `test_a_line_is_said`, call, failed assertion assert 1 == 2" in said


def test_it_says_which_refactoring_broke_a_test_and_what_that_teaches():
    """A test that asks for too much learns what it asked for."""
    said = told(verdict(stopped_at=Stage.REFACTOR_PROOF, set_aside=(over_specified(),)))

    assert "`test_a_line_is_said` It fails" in said
    assert "deliveries leave in another order." in said
    assert ORDER in said
    assert "assert 0" in said


def test_it_says_how_to_see_a_flaky_test_fail_again():
    """Whoever cannot repeat a failure cannot mend it."""
    flaky = aside(Stage.STEADY, "passed 8 times and failed 2 times.", seeds=(3, 1))
    said = told(verdict(stopped_at=Stage.STEADY, set_aside=(flaky,)))

    assert "passed 8 times and failed 2 times." in said
    assert "`python -m exercises again unit 3 1`" in said


def test_what_the_others_catch_is_provisional_when_a_test_was_set_aside():
    """Nothing is promised before every stage is passed."""
    said = told(verdict("tabs", stopped_at=Stage.REFACTOR_PROOF, set_aside=(over_specified(),)))

    assert "Provisional, without the above: 1 test caught all 4 planted bugs." in said
    assert "✓ step 2 ✓ step 3" in said
    told_otherwise = told(verdict("tabs", "trimmed", stopped_at=Stage.STEADY))
    assert "✗ step 1 (1 left) ✓ step 2" in told_otherwise


def test_every_test_that_was_set_aside_is_named_when_there_are_many():
    """The report fits a screen, and still leaves none out."""
    names = [f"test_commands.py::test_{letter}" for letter in "abcd"]
    many = tuple(aside(Stage.CORRECT, f"fails with {name}.", name) for name in names)
    said = told(verdict(tests=tuple(names), stopped_at=Stage.CORRECT, set_aside=many))

    assert all(f"test_{letter}" in said for letter in "abcd")


def test_the_module_is_named_when_there_are_two():
    """Two files may hold tests of one name."""
    tests = ("test_a.py::test_x", "test_b.py::test_x")
    odd = aside(Stage.CORRECT, "fails.", tests[1])

    assert "test_b.py::test_x" in told(verdict(tests=tests, set_aside=(odd,)))


def test_a_long_case_is_named_by_its_ends():
    """What a parameter is called may be longer than all that is said of it."""
    name = f"test_commands.py::test_x[{'begin' * 9}{'x' * 200}{'end' * 9}]"
    odd = aside(Stage.CORRECT, "fails.", name)
    said = told(verdict(tests=(name,), stopped_at=Stage.CORRECT, set_aside=(odd,)))

    assert "`test_x[beginbegin" in said
    assert "endend]`" in said
    assert "x" * 20 not in said


def test_a_report_fits_a_screen_when_much_is_wrong():
    """A learner need not scroll."""
    names = tuple(f"test_commands.py::test_{'long' * 9}_{number}" for number in range(9))
    many = tuple(aside(Stage.CORRECT, "fails.", name, message=f"{name}\n" * 9) for name in names)
    wrong = verdict(*REQUIRED, tests=names, stopped_at=Stage.CORRECT, set_aside=many)

    assert (
        len([*render(report(wrong, SHELL), Look()), *render(closing([wrong], SHELL), Look())]) < 25
    )


def test_no_bug_is_spoken_of_when_nothing_was_collected():
    """What could not run caught nothing and missed nothing."""
    broken = aside(Stage.COLLECTED, "It cannot be read.", "test_commands.py", message="SyntaxError")
    said = told(verdict(*REQUIRED, tests=(), stopped_at=Stage.COLLECTED, set_aside=(broken,)))

    assert "`test_commands.py` It cannot be read. SyntaxError" in said
    assert "planted" not in said


def test_it_says_that_nothing_follows_when_there_is_a_problem():
    """A learner is never blamed for what the machine did."""
    said = told(verdict(problem="the chat itself failed here."))

    assert "could not be judged: the chat itself failed here." in said
    assert "says nothing about your tests" in said


def test_notes_are_passed_on():
    """What was skipped is named."""
    assert "`test_later` is skipped." in told(verdict(notes=("`test_later` is skipped.",)))


def test_the_bonus_that_is_left_is_told_when_all_is_done():
    """Done is done, and there is more for whoever likes."""
    said = told(verdict("tabs"))

    assert "2 tests caught all 4 planted bugs." in said
    assert "caught (1 bonus lives on)" in said
    assert "1 bonus bug lives on, marked ! in `python -m exercises matrix unit`" in said
    assert "marked !" not in told(verdict())
    assert "exercises diff unit" in said


def test_one_bug_is_spoken_of_as_one():
    """A new exercise may have no more than that."""
    alone = replace(EXERCISE, bugs=EXERCISE.bugs[:1], steps=EXERCISE.steps[:1])
    open_, caught = verdict(REQUIRED[0]), verdict()

    assert "The planted bug lives on, in step 1." in told(replace(open_, exercise=alone))
    assert "caught the planted bug." in told(replace(caught, exercise=alone))


# The next thing to do


def test_the_next_thing_is_the_first_step_in_which_a_bug_lives_on():
    """One thing at a time, with the way to a hint."""
    said = advised(verdict("both-slashes", "name-and-text"))

    assert "Next: step 2, Slashes that are meant" in said
    assert EXERCISE.steps[1].prove in said
    assert "python -m exercises hint unit" in said


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.BUGS_CAUGHT])
def test_the_next_thing_is_the_test_that_was_set_aside_first(stage):
    """Bugs can wait until the tests count."""
    odd = verdict(*REQUIRED, stopped_at=stage, set_aside=(aside(stage, "is odd.", TESTS[1]),))

    assert "`test_two_slashes_say_one`" in advised(odd)
    assert "python -m exercises hint unit" in advised(odd)
    assert "Next: step" not in advised(odd)


def test_the_next_thing_is_to_clean_up_when_a_test_that_fails_does_not():
    """What the tier allows is not what has to be mended."""
    odd = aside(Stage.IN_ITS_TIER, BY_THE_FIXTURE, TESTS[1])

    said = advised(verdict(*REQUIRED, stopped_at=Stage.IN_ITS_TIER, set_aside=(odd,)))

    assert "be stopped also when the test fails" in said


def test_the_next_thing_is_a_first_test_when_there_is_none():
    """An empty file is a beginning."""
    nothing = aside(Stage.COLLECTED, "There is no test yet", "")
    empty = verdict(*REQUIRED, tests=(), stopped_at=Stage.COLLECTED, set_aside=(nothing,))

    assert "write a first test in `exercises/unit/test_commands.py`" in advised(empty)
    assert "`python -m exercises reset unit` brings it back" in advised(empty)


def test_the_next_thing_is_the_doctor_when_there_is_a_problem():
    """Trying again comes first, and then the machine is looked at."""
    assert "python -m exercises doctor" in advised(verdict(problem="too slow."))


def test_the_next_thing_is_another_exercise_when_this_one_is_done():
    """The way goes on."""
    said = advised(verdict(), others=[called("mocked", "Whispers")])

    assert "Next: Whispers. Open `exercises/mocked/test_commands.py`." in said


def test_one_thing_is_next_when_several_exercises_were_checked():
    """Three exercises are not three times as much to do now."""
    said = advised(verdict(), verdict("trimmed"), verdict("both-slashes"))

    assert said.count("→") == 1
    assert "step 1" in said


def test_the_end_is_said_when_every_exercise_is_done():
    """There is an end."""
    assert "Every exercise is done" in advised(verdict())


def test_the_last_line_of_tox_is_explained_when_tox_runs_it():
    """tox calls it a failure, and nothing has failed."""
    assert "tox says below that the evaluation failed" in advised(
        verdict("trimmed"), shell=Shell(in_tox=True)
    )
    assert "tox" not in advised(verdict("trimmed"))
    assert "tox says" not in advised(verdict(), shell=Shell(in_tox=True))
    assert "tox says" not in advised(verdict(problem="odd."), shell=Shell(in_tox=True))
