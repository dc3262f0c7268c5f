"""Doubles that take the place of something of `chat`, in a tier where all of it is real.

They come in three ways: by a patch, by an assignment, and by being passed in. A patch is seen when
it is made. An assignment is seen where the program differs from what was imported, when somebody
connects or listens, and at the end of the test. What was passed in is seen when a server begins to
listen, and each mock that `chat` calls is asked where it stands. What is passed in to be called
itself, such as a clock or a callback, is free; what is passed in to have its methods called stands
for a part of the program. Data is no double, nor is an object whose class extends a real one.
"""

import functools
import gc
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from operator import is_
from types import FrameType, FunctionType, ModuleType
from typing import Any
from unittest import mock

from _pytest.monkeypatch import MonkeyPatch

from exercises.checker.handmade import fakes, is_chat, names
from exercises.checker.record import Record, put

_MISSING = object()


class StandIns:
    """Notes each double that takes the place of an attribute of `chat`."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._known = dict[Any, dict[str, object]]()  # modules and classes, as they were
        self._views = list[Iterable[object]]()  # what they have now, name by name
        self._as_ever = list[object]()  # what they had when nothing was new
        self._changed = list[tuple[Any, str]]()  # the next test is not to blame for it
        self._judged = dict[int, object]()  # mocks, by their ids
        self._left = set[tuple[int, str]]()  # what tests before this one have hidden

    def install(self) -> None:
        """See doubles from now on."""
        self._watch_patches()
        self._watch_calls()

    def learn(self, module: ModuleType) -> None:
        """A module has been imported, and nobody has changed it yet. What is known stays so."""
        if is_chat(module.__name__):
            own = [thing for thing in vars(module).values() if _is_class_of(thing, module)]
            self._known = {owner: dict(vars(owner)) for owner in (module, *own)} | self._known
            has = [vars(owner) for owner in self._known]
            self._views = [view for names in has for view in (names.keys(), names.values())]

    def begin(self) -> None:
        """A test begins, and is not to blame for what was done before it."""
        self._judged.clear()
        while self._changed:
            owner, name = self._changed.pop()
            self._known[owner][name] = vars(owner).get(name, _MISSING)
        self._left = {(id(thing), name) for thing, name in _hidden()} if self._left else set()

    def look(self) -> None:
        """Note what is no longer as it was: a test has been called, or all files are imported."""
        self._compare()
        for thing, name in _hidden():
            if (id(thing), name) not in self._left:
                self._offend(type(thing), name)
                self._left.add((id(thing), name))

    def look_at_work(self) -> None:
        """Somebody connects or listens. Note what is not as it was, and what `chat` works with."""
        self._compare()
        self._offend_plainly([*fakes(sys._getframe(1))])

    def _compare(self) -> None:
        found = [*chain.from_iterable(self._views)]
        if len(found) == len(self._as_ever) and all(map(is_, found, self._as_ever)):
            return  # and quickly found out; nobody's `==` is asked
        news = [one for one in self._known.items() if _differs(*one)]
        self._as_ever = [] if news else found
        for owner, before in news:
            now = vars(owner)
            for name, value in before.items():
                new = now.get(name, _MISSING)
                if new is value or name.startswith("__") or (_is_data(new) and _is_data(value)):
                    continue
                self._offend(owner, name)
                self._changed.append((owner, name))

    def _offend_plainly(self, held: list[tuple[type, str]]) -> None:
        """Tell where a double stands; of a private place only where it has no other."""
        public = [(kind, name) for kind, name in held if not name.startswith("_")]
        for kind, name in public or held[:1]:
            self._offend(kind, name)

    def _offend(self, owner: Any, name: object) -> None:
        what = f"{getattr(owner, '__name__', owner)}.{name}"
        self._record.offend(
            f"A double takes the place of {what}: here everything of `chat` is real"
        )

    def _watch_patches(self) -> None:
        setattr_, enter = MonkeyPatch.setattr, mock._patch.__enter__

        @functools.wraps(setattr_)
        def watched_setattr(patch: Any, target: Any, name: Any, *rest: Any, **more: Any) -> None:
            setattr_(patch, target, name, *rest, **more)
            for owner, attribute, former in patch._setattr[-1:]:
                self._judge_patch(owner, attribute, former)

        @functools.wraps(enter)
        def watched_enter(patch: Any) -> Any:
            double = enter(patch)
            self._judge_patch(patch.target, patch.attribute, patch.temp_original)
            return double

        put(MonkeyPatch, "setattr", watched_setattr)
        put(mock._patch, "__enter__", watched_enter)

    def _judge_patch(self, target: Any, name: str, former: object) -> None:
        if _is_data(former) and _is_data(getattr(target, name, None)):
            return
        owner = target if hasattr(target, "__name__") else type(target)
        if is_chat(owner.__name__ if isinstance(target, ModuleType) else str(owner.__module__)):
            self._offend(owner, name)

    def _watch_calls(self) -> None:
        count = mock.CallableMixin._increment_mock_call  # type: ignore[attr-defined]

        @functools.wraps(count)
        def watched(double: Any, *args: Any, **kwargs: Any) -> None:
            if id(double) not in self._judged and _is_called_by_chat(sys._getframe(1)):
                self._judged[id(double)] = double
                self._judge_call(double)
            count(double, *args, **kwargs)

        put(mock.CallableMixin, "_increment_mock_call", watched)

    def _judge_call(self, double: Any) -> None:
        root = double
        while (parent := root._mock_new_parent) is not None:
            root = parent
        for owner, before in self._known.items():
            for name, value in vars(owner).items():
                if value is root and before.get(name) is not root:
                    self._offend(owner, name)
        held = [
            (type(thing), name)
            for thing, name in _holders(root)
            if (id(thing), name) not in self._left
            and (root is not double or hasattr(type(thing), name))
        ]
        self._offend_plainly(held)


def _differs(owner: object, before: dict[str, object]) -> bool:
    now = vars(owner)
    return any(now.get(name, _MISSING) is not value for name, value in before.items())


def _is_class_of(thing: object, module: ModuleType) -> bool:
    return isinstance(thing, type) and thing.__module__ == module.__name__


def _is_data(value: object) -> bool:
    """Tell whether it is a setting: it does nothing by itself."""
    if isinstance(value, tuple | frozenset):
        return all(map(_is_data, value))
    return value is None or isinstance(value, str | bytes | int | float)


def _hidden() -> Iterator[tuple[object, str]]:
    """Yield the objects of `chat` with the methods that something on the object itself hides."""
    things = gc.get_objects()
    ours = {kind for kind in {*map(type, things)} if is_chat(kind.__module__)}
    for thing in things:  # there are many objects, and few types
        if (kind := type(thing)) in ours:
            for name in getattr(thing, "__dict__", {}):
                if isinstance(getattr(kind, name, None), FunctionType):
                    yield thing, name


def _is_called_by_chat(frame: FrameType | None) -> bool:
    """Tell whether the nearest caller is `chat`, but for what a mock is made of itself."""
    while frame is not None:
        name = frame.f_globals.get("__name__")
        if name not in (None, "unittest.mock"):
            return is_chat(name)
        frame = frame.f_back
    return False


def _holders(double: object) -> Iterator[tuple[object, str]]:
    """Yield the objects of `chat` that have it as an attribute."""
    for holder in gc.get_referrers(double):
        for thing in gc.get_referrers(holder) if type(holder) is dict else [holder]:
            if is_chat(type(thing).__module__):
                for name in names(thing):
                    if getattr(thing, name, None) is double:
                        yield thing, name
