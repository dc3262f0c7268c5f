"""Fakes that a learner wrote by hand, and that `chat` works with in place of a part of its own.

A fake has methods, and is no extension of what it stands for. Nothing tells when one is called, so
the objects of `chat` are asked what they have.
"""

import functools
from collections.abc import Iterator
from inspect import isabstract
from types import FrameType, FunctionType
from typing import Any


def fakes(frame: FrameType | None) -> Iterator[tuple[type, str]]:
    """Yield the attributes that fakes are, of the objects whose methods are on the way to a frame.

    And of the objects that those have. What their classes do not use may hang on them.
    """
    things = list[Any]()
    while frame is not None:
        if is_chat(frame.f_globals.get("__name__")):
            things.append(frame.f_locals.get("self"))
        frame = frame.f_back
    seen = set[int]()
    while things:
        thing = things.pop()
        kind: Any = type(thing)
        if id(thing) in seen or not any(is_chat(base.__module__) for base in kind.__mro__):
            continue
        seen.add(id(thing))
        for name in names(thing) & _used(kind):
            things.append(getattr(thing, name, None))
            if _is_fake(things[-1]):
                yield kind, name


def is_chat(module: object) -> bool:
    """Tell whether a module is one of `chat`."""
    name = str(module)
    return name == "chat" or name.startswith("chat.")


def is_learners(module: str) -> bool:
    """Tell whether a module is one of the learner's, or of the helpers of the tests."""
    return module.startswith(("test_", "conftest", "tests."))


def names(thing: object) -> set[str]:
    """Return the names of what an object has of its own."""
    slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
    return {*getattr(thing, "__dict__", {}), *slots}


@functools.cache
def _used(kind: Any) -> frozenset[str]:
    functions = [
        function
        for base in kind.__mro__
        if is_chat(base.__module__)
        for function in vars(base).values()
        if isinstance(function, FunctionType)
    ]
    return frozenset(name for function in functions for name in function.__code__.co_names)


def _is_fake(thing: object) -> bool:
    kinds = type(thing).__mro__
    if not any(map(_has_methods, kinds)):
        return False
    extends = any(is_chat(kind.__module__) and not isabstract(kind) for kind in kinds)
    return not extends and not callable(thing)


def _has_methods(kind: type) -> bool:
    return is_learners(kind.__module__) and any(
        isinstance(value, FunctionType) and not name.startswith("_")
        for name, value in vars(kind).items()
    )
