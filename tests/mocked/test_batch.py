"""Who gets which frames of a batch, in which order, and in how many writes."""

import json

import pytest

from chat.connection import Frame
from chat.fanout import Batch
from chat.messages import Notice
from tests.fakes import FakeConnection

ROOMY = 1_000_000


class Reader(FakeConnection):
    """A connection that notes its writes, each as the texts that it brought."""

    def __init__(self):
        super().__init__()
        self.writes = []

    def deliver(self, burst):
        self.writes.append([json.loads(text)["text"] for text in burst.texts])
        return super().deliver(burst)


@pytest.fixture
def ada():
    """A connection."""
    return Reader()


@pytest.fixture
def bob():
    """Another one."""
    return Reader()


def frame(text):
    """Build a frame that says `text`."""
    return Frame(Notice(text))


def test_every_member_gets_what_is_for_everyone_in_one_write(ada, bob):
    """Frames are collected and go out together."""
    batch = Batch({ada, bob}, ROOMY)

    for text in ("a", "b", "c"):
        batch.everyone(frame(text))
    batch.flush()

    assert ada.writes == bob.writes == [["a", "b", "c"]]


def test_the_bytes_are_joined_once_for_all_who_get_the_same(ada, bob):
    """However many members there are, they share one burst."""
    bursts = []
    ada.deliver = bob.deliver = lambda burst: bursts.append(burst) or True
    batch = Batch({ada, bob}, ROOMY)

    batch.everyone(frame("a"))
    batch.flush()

    assert bursts[0] is bursts[1]


def test_what_is_for_one_alone_comes_in_its_place(ada, bob):
    """One member's own frame stands in order among those for everyone."""
    batch = Batch({ada, bob}, ROOMY)

    batch.everyone(frame("before"))
    batch.only(ada, frame("psst"))
    batch.everyone(frame("after"))
    batch.flush()

    assert ada.writes == [["before", "psst", "after"]]
    assert bob.writes == [["before", "after"]]


def test_who_is_no_member_gets_its_own_frames_alone(ada, bob):
    """An error goes to a stranger without what the members hear."""
    batch = Batch({bob}, ROOMY)

    batch.everyone(frame("before"))
    batch.only(ada, frame("refused"))
    batch.everyone(frame("after"))
    batch.flush()

    assert ada.writes == [["refused"]]


def test_a_new_member_begins_with_its_welcome(ada):
    """What was collected before it was admitted is not for it, and what follows is."""
    members = set()
    batch = Batch(members, ROOMY)

    batch.everyone(frame("before"))
    members.add(ada)
    batch.admit(ada, [frame("welcome")])
    batch.everyone(frame("after"))
    batch.flush()

    assert ada.writes == [["welcome", "after"]]


def test_who_leaves_hears_nothing_that_comes_after(ada):
    """The members of the moment hear a frame."""
    members = {ada}
    batch = Batch(members, ROOMY)

    batch.only(ada, frame("before"))
    members.discard(ada)
    batch.everyone(frame("after"))
    batch.flush()

    assert ada.writes == [["before"]]


def test_a_batch_goes_out_in_parts_when_it_is_large(ada):
    """One write joins no more than so many bytes, the last frame aside."""
    size = len(frame("a").wire)
    batch = Batch({ada}, 2 * size)

    for text in ("a", "b", "c", "d", "e"):
        batch.everyone(frame(text))
    batch.flush()

    assert ada.writes == [["a", "b"], ["c", "d"], ["e"]]


def test_nothing_is_written_when_nothing_was_collected(ada):
    """An empty write would be a system call for nothing."""
    batch = Batch({ada}, ROOMY)

    batch.flush()

    assert ada.writes == []


def test_connections_are_named_when_they_were_found_closed(ada, bob):
    """Whoever flushes learns who is gone, and the others get theirs."""
    batch = Batch({ada, bob}, ROOMY)
    bob.leaves()

    batch.everyone(frame("a"))
    batch.flush()

    assert batch.closed == {bob}
    assert ada.writes == [["a"]]


def test_what_is_for_one_alone_goes_out_in_one_write(ada):
    """Two answers to one member cost no more than one."""
    batch = Batch({ada}, ROOMY)

    for text in ("a", "b"):
        batch.only(ada, frame(text))
    batch.flush()

    assert ada.writes == [["a", "b"]]
