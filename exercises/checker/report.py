"""A verdict in the words of a good teacher: one screen for each exercise.

Pure: a `Verdict` in, lines out. It says how many bugs live on in which step, and not which: to find
that out is the exercise. What to do next says `advice.py`; other formats stand beside this module
(`structured.py` has JSON).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from exercises.checker.lines import BLANK, Line, Mark, Style
from exercises.checker.model import Bug, Exercise, SetAside, Stage, Step, Verdict
from exercises.checker.phrases import Shell, count, listing, sentence

SHOWN = 2  # tests that were set aside and are explained; the others are named
CASE = 30  # characters of the id of a case
SHORT = {
    Stage.COLLECTED: "collected",
    Stage.CORRECT: "correct",
    Stage.STEADY: "steady",
    Stage.IN_ITS_TIER: "in its tier",
    Stage.REFACTOR_PROOF: "refactor-proof",
}
STAGES = list(Stage)


def report(verdict: Verdict, shell: Shell, *, verbose: bool = False) -> Iterator[Line]:
    """Yield all that is to be said of one verdict, but for the next thing to do."""
    yield heading(verdict.exercise, *_outcome(verdict))
    if verdict.problem is not None:
        yield BLANK
        yield Line(f"This could not be judged: {verdict.problem}", mark=Mark.WARNING)
        yield Line("It says nothing about your tests.", indent=4)
        return
    yield _stages(verdict)
    parts: list[Iterable[Line]] = [
        _all_set_aside(verdict, shell, verbose),
        _bugs(verdict) if verdict.tests else (),
        _kills(verdict) if verbose and verdict.kills else (),
        (Line(text, mark=Mark.ITEM) for text in verdict.notes),
    ]
    if verdict.is_done:
        parts.append(_after(verdict, shell))
    for part in parts:
        lines = list(part)
        yield from [BLANK, *lines] if lines else []


def heading(exercise: Exercise, outcome: str, style: Style = Style.DIM) -> Line:
    """Return the line that an exercise begins with."""
    return Line(
        f"{exercise.name}: {exercise.title}", Style.BOLD, indent=0, aside=outcome, aside_style=style
    )


def waiting(exercise: Exercise) -> Iterator[Line]:
    """Yield what is said of an exercise that nobody has begun, among others."""
    yield heading(exercise, f"waiting for you, about {exercise.minutes} minutes")
    required = sum(bug.is_required for bug in exercise.bugs)
    yield Line(
        f"{file_of(exercise)} has one test to begin with. {count(len(exercise.steps), 'step')}"
        f" lead to the {count(required, 'bug')} that we planted."
    )


def file_of(exercise: Exercise) -> str:
    """Return the file that the learner opens, from the root of the tree."""
    return f"`exercises/{exercise.name}/{exercise.stub}`"


def alive(verdict: Verdict, *, required: bool) -> list[Bug]:
    """Return the bugs that live on, required ones or the bonus."""
    return [
        bug
        for bug in verdict.exercise.bugs
        if bug.id in verdict.alive and bug.is_required == required
    ]


def _outcome(verdict: Verdict) -> tuple[str, Style]:
    if verdict.problem is not None:
        return "could not be judged", Style.BAD
    return ("done", Style.GOOD) if verdict.is_done else ("not yet", Style.WARN)


def _stages(verdict: Verdict) -> Line:
    """Return one line on all stages but the last, which the bugs show."""
    failed = {aside.stage for aside in verdict.set_aside} | {verdict.stopped_at}
    reached = STAGES.index(verdict.stopped_at) if verdict.stopped_at else len(STAGES)
    marks = [
        Mark.FAILED if stage in failed else Mark.DONE if number < reached else Mark.OPEN
        for number, stage in enumerate(SHORT)
    ]
    return Line(signs=tuple(zip(marks, SHORT.values(), strict=True)))


# --- Tests that were set aside ---


def _all_set_aside(verdict: Verdict, shell: Shell, verbose: bool) -> Iterator[Line]:
    groups = [list(group) for _, group in groupby(verdict.set_aside, key=_reason)]
    shown = len(groups) if verbose else SHOWN
    for group in groups[:shown]:
        yield from _set_aside(verdict, group, shell)
    if rest := [short_name(verdict, aside.test) for group in groups[shown:] for aside in group]:
        more = shell.command("check", verdict.exercise.name, "--verbose")
        yield Line(f"Set aside too: {listing(rest, 4)}. Why? `{more}`", mark=Mark.FAILED)


def _reason(aside: SetAside) -> tuple[str | None, ...]:
    """Return what tests have in common that are explained together."""
    shared = aside.stage in (Stage.IN_ITS_TIER, Stage.REFACTOR_PROOF)
    return aside.stage, aside.why, aside.refactoring, None if shared else aside.message


def _set_aside(verdict: Verdict, group: Sequence[SetAside], shell: Shell) -> Iterator[Line]:
    aside = group[0]
    names = listing([f"`{short_name(verdict, one.test)}`" for one in group], 3)
    yield Line(names, Style.BOLD, mark=Mark.FAILED)
    for refactoring in verdict.exercise.refactorings:
        if refactoring.id == aside.refactoring:
            summary = sentence(refactoring.summary)
            yield Line(f"It fails when a colleague rewrites the chat: {summary}", indent=4)
    yield Line(sentence(aside.why), indent=4, most=4)
    if aside.seeds:
        again = shell.command("again", verdict.exercise.name, *map(str, aside.seeds))
        yield Line(f"It fails again, and pytest tells all of it, with `{again}`", indent=4)
    message = [line for line in aside.message.splitlines() if line.strip()]
    for line in message[: 2 if aside.refactoring else 3]:
        yield Line(line, Style.DIM, indent=6, most=2)


def short_name(verdict: Verdict, test: str) -> str:
    """Return the name of a test, without the module where there is only one.

    The id of a case is shortened in its middle.
    """
    modules = {test.partition("::")[0] for test in verdict.tests}
    module, _, name = test.partition("::")
    whole = name if name and modules == {module} else test or verdict.exercise.stub
    function, bracket, case = whole.partition("[")
    return whole if len(case) <= CASE else f"{function}{bracket}{case[:10]}...{case[-11:]}"


# --- Bugs ---


def _bugs(verdict: Verdict) -> Iterator[Line]:
    provisional = verdict.stopped_at not in (None, Stage.BUGS_CAUGHT)
    told = _headline(verdict)
    yield Line(f"Provisional, without the above: {told}" if provisional else told)
    if provisional:
        yield Line(signs=tuple(_steps_so_far(verdict)))
        return
    if alive(verdict, required=True):
        planted = sum(bug.is_required for bug in verdict.exercise.bugs)
        which = "Each" if planted > 1 else "It"
        yield Line(
            f"{which} was planted on purpose, in a copy of the chat: your machine is fine.",
            Style.DIM,
        )
    yield BLANK
    column = 10 + max(len(step.title) for step in verdict.exercise.steps)
    for number, step in enumerate(verdict.exercise.steps, 1):
        yield _step(verdict, number, step, column)


def _headline(verdict: Verdict) -> str:
    """Return how many bugs live on, and in which steps; or that all are caught."""
    planted = sum(bug.is_required for bug in verdict.exercise.bugs)
    left = alive(verdict, required=True)
    if left:
        told = _live(len(left), f"of {planted} planted bugs")
        told = told if planted > 1 else "The planted bug lives on"
        return f"{told}, in {_steps(verdict, left)}."
    counted = set(verdict.tests) - {aside.test for aside in verdict.set_aside}
    bugs = f"all {planted} planted bugs" if planted > 1 else "the planted bug"
    return f"{count(len(counted), 'test')} caught {bugs}."


def _steps(verdict: Verdict, bugs: Iterable[Bug]) -> str:
    """Return the steps of some bugs: "step 2", "steps 2 and 3", "every step"."""
    numbers = sorted({bug.step for bug in bugs})
    if len(numbers) == len(verdict.exercise.steps) > 1:
        return "every step"
    return f"step{'s' if numbers[1:] else ''} {listing([str(number) for number in numbers])}"


def _steps_so_far(verdict: Verdict) -> Iterator[tuple[Mark, str]]:
    """Yield the steps in few words, for a report that has other things to say first."""
    left = Counter(bug.step for bug in alive(verdict, required=True))
    for number in range(1, len(verdict.exercise.steps) + 1):
        more = f" ({left[number]} left)" if left[number] else ""
        yield Mark.FAILED if more else Mark.DONE, f"step {number}{more}"


def _step(verdict: Verdict, number: int, step: Step, column: int) -> Line:
    left = [bug for bug in alive(verdict, required=True) if bug.step == number]
    bonus = [bug for bug in alive(verdict, required=False) if bug.step == number]
    told = _live(len(left), "bug" if len(left) == 1 else "bugs") if left else "caught"
    if bonus:
        told += f" (and {len(bonus)} bonus)" if left else f" ({_live(len(bonus), 'bonus')})"
    mark = Mark.FAILED if left else Mark.DONE
    style = Style.PLAIN if left else Style.DIM
    return Line(f"{number} {step.title}", mark=mark, aside=told, aside_style=style, column=column)


def _live(number: int, thing: str) -> str:
    return f"{number} {thing} {'lives' if number == 1 else 'live'} on"


def _after(verdict: Verdict, shell: Shell) -> Iterator[Line]:
    """Yield what there is to see when all is done."""
    ours, which = (shell.command(word, verdict.exercise.name) for word in ("diff", "matrix"))
    if bonus := alive(verdict, required=False):
        told = _live(len(bonus), "bonus bug" if len(bonus) == 1 else "bonus bugs")
        yield Line(f"{told}, marked ! in `{which}`")
    yield Line(f"Ours beside yours: `{ours}`")


def _kills(verdict: Verdict) -> Iterator[Line]:
    """Yield which test caught which bug, and how: failing there is what it is for."""
    yield Line("Caught, by a test that failed as it should:")
    for kill in verdict.kills:
        test = short_name(verdict, kill.test)
        yield Line(f"{kill.bug}: `{test}`, {kill.phase}, {kill.kind}", mark=Mark.DONE)
        for line in kill.message.splitlines()[:1]:
            yield Line(line, Style.DIM, indent=6, most=1)
