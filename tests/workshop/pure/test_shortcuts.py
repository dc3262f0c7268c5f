"""Ways through the standard library that are shorter, and end where the others do."""

import signal

import pytest

from exercises.checker.shortcuts import Texts, named


@pytest.fixture
def texts():
    """What a host has learnt, which is nothing yet."""
    return Texts()


@pytest.mark.parametrize("is_learnt", [False, True])
def test_a_text_is_run_with_its_own_names_when_it_is_learnt_and_when_it_is_not(texts, is_learnt):
    """One code serves all that have the same text, and knows nothing of any of them."""
    if is_learnt:
        texts.learn(["a = b"])
    first, second = {}, {}

    texts.run("a = b", {"b": 1}, first)
    texts.run("a = b", {"b": 2}, second)

    assert (first, second) == ({"a": 1}, {"a": 2})


def test_only_what_was_not_learnt_is_told(texts):
    """A host that knows a text need not hear it from every worker."""
    texts.learn(["a = 1"])

    texts.run("a = 1", {}, {})
    texts.run("a = 2", {}, {})

    assert texts.met() == ["a = 2"]


@pytest.mark.parametrize(
    "said",
    [None, 5, {"a": 1}, [5], [None], ["("], ["\0"], ["(" * 9_999], ["#" * 10_001]],
    ids=["nothing", "number", "mapping", "numbers", "none", "half", "null", "deep", "long"],
)
def test_a_host_lives_on_when_a_worker_says_what_is_no_text_of_a_program(texts, said):
    """Whatever comes from a worker may come from a test."""
    texts.learn(said)

    texts.run("a = 1", {}, {})
    assert texts.met() == ["a = 1"]


def test_a_signal_has_its_name_and_a_function_stays_what_it_is():
    """As the standard library has it, before and after Python 3.13."""
    name = named(lambda value, kind: kind(value))

    assert name(int(signal.SIGINT), signal.Signals) is signal.SIGINT
    assert name(print, signal.Handlers) is print
