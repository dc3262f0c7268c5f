"""What every command gets: the exercises, the terminal, and what the learner asked for."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from exercises.checker import desk
from exercises.checker.model import Exercise
from exercises.checker.phrases import Shell, listing
from exercises.checker.terminal import Terminal

DONE, NOT_YET, NOT_JUDGED = 0, 1, 2  # exit statuses


class Refusal(Exception):
    """What was asked for cannot be done; the text says why, in one sentence."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of `python -m exercises`."""

    root: Path  # of the tree that holds `exercises/` and `chat/`
    exercises: Sequence[Exercise]
    terminal: Terminal
    shell: Shell
    given: argparse.Namespace

    def chosen(self, words: Sequence[str]) -> list[Exercise]:
        """Return the exercises that were named, all of them where none was, in their order."""
        asked = [exercise for word in words for exercise in named(word, self.exercises)]
        return [one for one in self.exercises if one in asked] if words else list(self.exercises)

    def first_open(self) -> Exercise:
        """Return the first exercise that is not done, or the first of all."""
        return next(self.not_done(), self.exercises[0])

    def not_done(self) -> Iterator[Exercise]:
        """Yield the exercises that are not known to be done as they are now, in their order."""
        return (one for one in self.exercises if not desk.is_done(one))


def name_of(word: str) -> str:
    """Return the name of the exercise that a word stands for: its folder, or a file in it."""
    name = word.replace("\\", "/").removeprefix("./").removeprefix("exercises/").rstrip("/")
    return name.rpartition("/")[0] if name.endswith(".py") else name


def named(word: str, exercises: Sequence[Exercise]) -> list[Exercise]:
    """Return the exercises that a word names: a tier, an exercise, its folder or a file in it."""
    name = name_of(word)
    if word.endswith(".py"):
        found = [one for one in exercises if one.name == name]
    else:
        found = [one for one in exercises if name in (one.name, one.tier)]
    if not found:
        names = [one.name for one in exercises]
        close = get_close_matches(name, names, 1)
        meant = f"did you mean {close[0]}?" if close else f"there is {listing(names)}."
        raise Refusal(f"There is no exercise {word}: {meant}")
    return found
