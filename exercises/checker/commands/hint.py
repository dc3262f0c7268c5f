"""`hint`: help with what is next: a test that was set aside, or a bug, with more at each call."""

from collections.abc import Iterator, Mapping

from exercises.checker import desk
from exercises.checker.call import DONE, Call, Refusal, named
from exercises.checker.lines import BLANK, Line, Mark, Style
from exercises.checker.model import Bug, Exercise, Stage
from exercises.checker.phrases import sentence
from exercises.checker.stages import UNCLEAN

MORE = {
    Stage.COLLECTED: "Begin with one test that passes: a function whose name begins with `test_`, "
    "in a file whose name does. What is imported at its top must be there.",
    Stage.CORRECT: "Either it expects what the chat does not promise, or a double does not do what "
    "the real one does, or it looks too early, or it waits for what does not come again. The "
    "docstrings that the file names at its top have the promise: read that sentence once more.",
    Stage.STEADY: "Something differs from run to run: what another test has left, the order of a "
    "set, chance, or how quick the machine is. Let each test make what it needs, and wait for "
    "what happens, never for time to pass.",
    Stage.IN_ITS_TIER: "Ask what has to be real for this promise. In `unit` nothing but one pure "
    "function; in `mocked` the server, among fakes and with a clock that you move; in "
    "`integration` all of it, and none of it left running.",
}

FURTHER = (  # where a test fails on the correct program
    "See the failure in full: `pytest --no-cov {file}`",
    "Ask of each double: does the real one return that? Ask of each wait: who sends that?",
)

NOTICED = "What a user of the copy with this bug notices:"  # or its symptom would be a riddle

CLEAN = (
    "Tests fail on bugs, and the lines behind the one that failed are not reached. What follows "
    "the `yield` of a fixture is, and so is the end of an `async with`. Let a fixture start the "
    "server, hand it out with `yield`, and stop then the one that runs by now."
)


def run(call: Call) -> int:
    """Print one hint more than last time."""
    exercise, bug = _meant(call)
    record = desk.recall(exercise)
    if bug is None:
        key, there_are = record.aside["test"], 1 + len(_further(exercise, record.aside))
    else:
        key, there_are = bug.id, len(bug.hints)
    shown = there_are if call.given.all else min(record.hints.get(key, 0) + 1, there_are)
    record.hints[key] = shown
    is_kept = desk.remember(exercise, record)
    if bug is None:
        call.terminal.say(lesson(exercise, record.aside, shown, is_kept=is_kept, call=call))
    else:
        call.terminal.say(lines(exercise, bug, shown, is_kept=is_kept, call=call))
    return DONE


def lines(exercise: Exercise, bug: Bug, shown: int, *, is_kept: bool, call: Call) -> Iterator[Line]:
    """Yield the first hints of a bug, and the sentence that it breaks from the second on."""
    step = exercise.steps[bug.step - 1]
    kind = "" if bug.is_required else ", a bonus"
    yield Line(
        f"{exercise.name}, step {bug.step}: {step.title}{kind}",
        Style.BOLD,
        indent=0,
        aside=f"hint {shown} of {len(bug.hints)}",
    )
    yield BLANK
    first, *others = bug.hints[:shown]
    for number, text in enumerate([f"{NOTICED} {first}", *others], 1):
        yield Line(f"{number}. {text}", Style.PLAIN if number == shown else Style.DIM, hang=3)
    if shown > 1:
        yield BLANK
        yield Line(f"{bug.breaks.file} promises: {bug.breaks.text}")
    yield BLANK
    asked = [word for word in (call.given.about, call.given.step) if word is not None]
    again = call.shell.command("hint", *map(str, asked))
    if shown == len(bug.hints):
        check = call.shell.command("check", exercise.name)
        yield Line(f"That was the last hint. Then: `{check}`", mark=Mark.NEXT, indent=0)
    elif is_kept:
        yield Line(f"Not enough? `{again}`", mark=Mark.NEXT, indent=0)
    else:
        yield Line(
            f"More: `{again} --all` (the folder cannot be written to, so I forget).",
            mark=Mark.NEXT,
            indent=0,
        )


def lesson(
    exercise: Exercise, aside: Mapping[str, str], shown: int, *, is_kept: bool, call: Call
) -> Iterator[Line]:
    """Yield what a test that was set aside has to teach, and a little more at each call."""
    test = aside["test"].partition("::")[2] or exercise.stub
    yield Line(f"{exercise.name}: `{test}` does not count yet", Style.BOLD, indent=0)
    yield BLANK
    for one in exercise.refactorings:
        if one.id == aside["refactoring"]:
            yield Line(f"A colleague rewrote the chat: {sentence(one.summary)}")
            yield Line(one.lesson)
            yield Line(f"{one.frees.file} leaves it free: {one.frees.text}")
    if aside["stage"] in MORE:
        yield Line(sentence(aside["why"]))
        is_unclean = aside["why"].startswith(UNCLEAN)
        yield Line(CLEAN if is_unclean else MORE[Stage(aside["stage"])])
    further = _further(exercise, aside)
    yield from map(Line, further[: shown - 1])
    yield BLANK
    check, step = (call.shell.command(word, exercise.name) for word in ("check", "hint"))
    if shown <= len(further):
        more = step if is_kept else f"{step} --all"
        yield Line(f"Not enough? `{more}`", mark=Mark.NEXT, indent=0)
    yield Line(f"Mend it, then: `{check}`", mark=Mark.NEXT, indent=0)
    yield Line(f"A hint for a bug of step 1: `{step} 1`", Style.DIM)


def _further(exercise: Exercise, aside: Mapping[str, str]) -> list[str]:
    """Return what more there is to say of a test that was set aside."""
    file = f"exercises/{exercise.name}/{aside['test'].partition('::')[0]}"
    is_wrong = aside["stage"] == Stage.CORRECT
    return [text.format(file=file) for text in FURTHER] if is_wrong else []


def _meant(call: Call) -> tuple[Exercise, Bug | None]:
    """Return what is asked about: the bug of an id, or what is next; None is a test to mend."""
    about = call.given.about
    for exercise in call.exercises:
        for bug in exercise.bugs:
            if bug.id == about:
                return exercise, bug
    exercise = named(about, call.exercises)[0] if about else _checked(call)
    if desk.recall(exercise).aside and call.given.step is None:
        return exercise, None
    return exercise, _first(call, exercise, call.given.step)


def _checked(call: Call) -> Exercise:
    """Return the first exercise that is not done and was checked, or else is open."""
    begun = (one for one in call.not_done() if desk.recall(one).seen)
    return next(begun, call.first_open())


def _first(call: Call, exercise: Exercise, step: int | None) -> Bug:
    """Return the first bug that lives on, required ones first."""
    if step is not None and not 1 <= step <= len(exercise.steps):
        raise Refusal(f"{exercise.name} has the steps 1 to {len(exercise.steps)}.")
    record = desk.recall(exercise)
    if not record.seen and step is None:
        check = call.shell.command("check", exercise.name)
        raise Refusal(
            f"{exercise.name} was not checked yet, so I cannot know where you are: {check}"
        )
    bugs = [
        bug
        for bug in exercise.bugs
        if (bug.id in record.alive or not record.seen) and step in (None, bug.step)
    ]
    if not bugs:
        where = exercise.name if step is None else f"step {step} of {exercise.name}"
        raise Refusal(f"no bug of {where} lives on, so there is nothing to hint at.")
    return min(bugs, key=lambda bug: (not bug.is_required, bug.step))
