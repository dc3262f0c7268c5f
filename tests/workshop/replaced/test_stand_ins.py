"""What takes the place of something of `chat`, looked for in a module that is none."""

from types import ModuleType
from unittest import mock

from exercises.checker.record import Record
from exercises.checker.standins import StandIns


def test_each_test_is_told_of_a_double_that_its_fixture_takes_back_unseen():
    """The same double in the same place is no news within one test, and is for the next one."""
    module, record = ModuleType("chat.greeting"), Record()
    module.greet = real = lambda name: f"hello {name}"
    stand_ins = StandIns(record)
    stand_ins.learn(module)

    for _ in range(2):
        record.begin(used_socket=False)
        stand_ins.begin()
        module.greet = len
        stand_ins.look()
        module.greet = real
        # Tests before this one may have left doubles elsewhere.
        told = [words for words in record.offences(has_passed=True) if "greeting" in words]
        assert len(told) == 1


def test_a_double_is_no_less_one_when_it_says_that_it_equals_all():
    """What it says of itself is not asked; nor may the asking fail a test."""
    module, record = ModuleType("chat.greeting"), Record()
    module.greet = lambda name: f"hello {name}"
    stand_ins = StandIns(record)
    stand_ins.learn(module)
    record.begin(used_socket=False)
    stand_ins.begin()

    module.greet = mock.ANY
    stand_ins.look()

    assert [words for words in record.offences(has_passed=True) if "greeting" in words]
