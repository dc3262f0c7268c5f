"""A verdict as plain data for other programs. Other formats than JSON stand beside this module."""

from typing import Any

from exercises.checker.model import Kill, SetAside, Verdict

FORMAT = 1  # grows when a program that reads it would have to change


def as_data(verdict: Verdict) -> dict[str, Any]:
    """Return what `json` can write: everything that is known, the bugs that live on by id."""
    exercise = verdict.exercise
    return {
        "exercise": exercise.name,
        "title": exercise.title,
        "done": verdict.is_done,
        "problem": verdict.problem,
        "stopped_at": verdict.stopped_at,
        "tests": list(verdict.tests),
        "set_aside": [_set_aside(one) for one in verdict.set_aside],
        "steps": [step.title for step in exercise.steps],
        "bugs": [
            {
                "id": bug.id,
                "step": bug.step,
                "required": bug.is_required,
                "caught": None if verdict.problem else bug.id not in verdict.alive,
            }
            for bug in exercise.bugs
        ],
        "kills": [_kill(one) for one in verdict.kills],
        "notes": list(verdict.notes),
    }


def _set_aside(one: SetAside) -> dict[str, Any]:
    return {
        "test": one.test,
        "stage": one.stage,
        "why": one.why,
        "message": one.message,
        "refactoring": one.refactoring,
        "seeds": one.seeds and {"order": one.seeds[0], "hashes": one.seeds[1]},
    }


def _kill(one: Kill) -> dict[str, Any]:
    return {
        "bug": one.bug,
        "test": one.test,
        "phase": one.phase,
        "kind": one.kind,
        "message": one.message,
    }
