"""Ways through the standard library that are shorter, and end where the others do."""

import functools
import signal

import pytest
from _pytest.compat import getfuncargnames

from exercises.checker.shortcuts import Texts, argument_names, named


@pytest.fixture
def texts():
    """What a host has learnt, which is nothing yet."""
    return Texts()


def making(body):
    """The text that makes a function of a dataclass."""
    return f"def __create_fn__(b):\n def made(): return {body}\n return made"


@pytest.mark.parametrize("is_learnt", [False, True])
def test_a_text_is_run_with_its_own_names_when_it_is_learnt_and_when_it_is_not(texts, is_learnt):
    """One code serves all that have the same text, and knows nothing of any of them."""
    if is_learnt:
        texts.learn([making("a")])
    first, second = {}, {}

    texts.run(making("a"), {"a": 1}, first)
    texts.run(making("a"), {"a": 2}, second)

    assert [made["__create_fn__"](None)() for made in (first, second)] == [1, 2]


def test_only_what_was_not_learnt_is_told(texts):
    """A host that knows a text need not hear it from every worker."""
    texts.learn([making("1")])

    texts.run(making("1"), {}, {})
    texts.run(making("2"), {}, {})

    assert texts.met() == [making("2")]


@pytest.mark.parametrize(
    "said",
    [None, 5, {"a": 1}, [5], [None], [making("(")], [making("\0")], [making("-" * 9_000)]],
    ids=["nothing", "number", "mapping", "numbers", "none", "half", "null", "deep"],
)
def test_a_host_lives_on_when_a_worker_says_what_is_no_text_of_a_program(texts, said):
    """Whatever comes from a worker may come from a test."""
    texts.learn(said)

    texts.run(making("1"), {}, {})
    assert texts.met() == [making("1")]


@pytest.mark.parametrize(
    "text",
    [making("lambda:" * 9 + "1"), making("1 #" + "#" * 10_000), "a = 1"],
    ids=["in-each-other", "long", "other"],
)
def test_a_text_that_no_dataclass_has_is_not_learnt(texts, text):
    """A worker could fill its host with what is small to say and large to keep."""
    texts.learn([text])

    assert vars(texts)["_codes"] == {}


def test_a_host_learns_no_more_than_it_has_room_for(texts):
    """Whoever says ever new texts is heard no more."""
    texts.learn([making(repr(str(number) * 4_000)) for number in range(100)])

    assert sum(map(len, vars(texts)["_codes"])) <= 200_000


def test_a_signal_has_its_name_and_a_function_stays_what_it_is():
    """As the standard library has it, before and after Python 3.13."""
    name = named(lambda value, kind: kind(value))

    assert name(int(signal.SIGINT), signal.Signals) is signal.SIGINT
    assert name(print, signal.Handlers) is print


def with_three(first, /, second, *rest, third, fourth=4):
    """Take arguments of all kinds."""


@functools.wraps(with_three)
def wrapping():
    """Take none, and yet pytest sees those of another."""


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(lambda: signal, id="none"),
        pytest.param(lambda one, two: (three := one) + two + three, id="plain"),
        pytest.param(lambda *rest, **more: rest, id="rest"),
        pytest.param(lambda one, two=2: two, id="default"),
        pytest.param(lambda one, *, two: two, id="by-name-only"),
        pytest.param(lambda one, /, two: two, id="by-place-only"),
        pytest.param(with_three, id="all-kinds"),
        pytest.param(wrapping, id="wrapping"),
    ],
)
def test_a_function_has_the_arguments_that_pytest_finds(function):
    """The short way is for those without any that are special."""
    assert argument_names(getfuncargnames)(function) == getfuncargnames(function)


def test_a_method_has_the_arguments_that_pytest_finds():
    """What it is called on is none of them."""
    names = argument_names(getfuncargnames)

    assert names(Texts.learn, name="learn", cls=Texts) == ("texts",)
