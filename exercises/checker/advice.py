"""The one next thing to do. Pure, as the report is that it ends."""

from collections.abc import Iterable, Iterator, Sequence

from exercises.checker.lines import BLANK, Line, Mark, Style
from exercises.checker.model import Exercise, SetAside, Stage, Verdict
from exercises.checker.phrases import Shell, sentence
from exercises.checker.report import alive, file_of, short_name
from exercises.checker.stages import UNCLEAN


def closing(
    verdicts: Sequence[Verdict], shell: Shell, others: Iterable[Exercise] = ()
) -> Iterator[Line]:
    """Yield the one next thing to do; `others` are the exercises not done that were not checked."""
    first = next((verdict for verdict in verdicts if not verdict.is_done), None)
    waits = next(iter(others), None)
    if first is not None:
        yield from _next(first, shell)
    elif waits is not None:
        yield _advice(f"Next: {waits.title}. Open {file_of(waits)}.")
    else:
        yield _advice("Every exercise is done. Well tested!")
    if shell.in_tox and first is not None and first.problem is None:
        yield BLANK
        yield Line(f"Nothing is broken: {IN_TOX}", Style.DIM)


def _next(verdict: Verdict, shell: Shell) -> Iterator[Line]:
    name = verdict.exercise.name
    again = shell.command("check", name)
    if verdict.problem is not None:
        yield _advice(f"Next: `{again}` once more. If it stays: `{shell.command('doctor')}`.")
        return
    if (aside := verdict.first_aside) is not None:
        advice = _about(aside)
        test, file = short_name(verdict, aside.test), file_of(verdict.exercise)
        reset = shell.command("reset", name)
        yield _advice(f"Next: {advice.format(test=test, file=file, reset=reset)}")
    else:
        bug = min(alive(verdict, required=True), key=lambda bug: bug.step)
        step = verdict.exercise.steps[bug.step - 1]
        yield _advice(f"Next: step {bug.step}, {step.title}, in {file_of(verdict.exercise)}.")
        yield Line(f"To prove: {sentence(step.prove)}", indent=2)
    yield Line(f"Stuck? `{shell.command('hint', name)}`", Style.DIM, indent=2)


def _about(aside: SetAside) -> str:
    if aside.why.startswith(UNCLEAN):
        return CLEAN
    return ADVICE[aside.stage] if aside.test or aside.message else NO_TESTS


IN_TOX = "where tox says below that the evaluation failed, it means not done yet."
NO_TESTS = "write a first test in {file}. If that file is gone, `{reset}` brings it back."
CLEAN = "let what `{test}` starts be stopped also when the test fails, as tests do on a bug."
ADVICE = {
    Stage.COLLECTED: "mend `{test}`. What pytest cannot read, or skips, proves nothing.",
    Stage.CORRECT: "`{test}` has to pass on the chat in `chat/`, which is right.",
    Stage.STEADY: "make `{test}` steady. Let it wait for what happens, and share nothing.",
    Stage.IN_ITS_TIER: "let `{test}` do with what its tier allows.",
    Stage.REFACTOR_PROOF: "let `{test}` ask only for what the chat promises.",
}


def _advice(text: str) -> Line:
    return Line(text, Style.BOLD, mark=Mark.NEXT, indent=0)
