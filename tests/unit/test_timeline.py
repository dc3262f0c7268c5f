"""A client's timeline: however events reach it, its reader sees each once and in order."""

from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from chat.messages import GetHistory, Heard
from chat.timeline import Timeline


def heard(id, name="bob", type="message"):
    """An event with this id, as members hear it."""
    return Heard(type, id, 0.0, name, text="hi" if type == "message" else None)


def timeline_at(last):
    """A timeline whose reader has seen the event `last`."""
    timeline = Timeline()
    timeline.hear(heard(last))
    return timeline


def ids(events):
    """The ids of events, in order."""
    return [event.id for event in events]


def test_an_event_is_new_when_it_comes_first():
    """What nobody has seen is shown as it came."""
    assert Timeline().hear(heard(7)) == [heard(7)]


def test_an_event_is_not_new_when_it_comes_again():
    """Nobody reads the same line twice."""
    timeline = timeline_at(7)

    assert timeline.hear(heard(7)) == []


def test_an_event_is_not_new_when_a_later_one_was_seen():
    """Nothing is shown out of order."""
    timeline = timeline_at(7)

    assert timeline.hear(heard(6)) == []


def test_several_leave_at_once():
    """The end of a server is one event: all its members leave under one id."""
    timeline = Timeline()
    leaves = [heard(7, name, "leave") for name in ("ada", "bob")]

    assert [timeline.hear(leave) for leave in leaves] == [[leave] for leave in leaves]
    assert timeline.hear(leaves[0]) == []


def test_the_latest_id_is_asked_for_again_when_the_client_resumes():
    """The connection may have broken between two events of one id."""
    assert timeline_at(7).after == 6


def test_everything_is_asked_for_when_nothing_was_seen():
    """An id is never below 0."""
    assert Timeline().after == 0


def test_a_resume_asks_for_the_first_page():
    """It begins where the reader stopped."""
    assert timeline_at(7).resume() == GetHistory(after=6, limit=100)


def test_the_newest_are_held_back_until_older_ones_have_come():
    """What a resume brings at once may be far from what was seen last."""
    timeline = timeline_at(1)
    timeline.resume()

    assert timeline.hear(heard(5)) == []
    news, _ = timeline.fill((heard(2), heard(3), heard(4), heard(5)))
    assert ids(news) == [2, 3, 4, 5]


def test_the_next_page_is_asked_for_while_there_is_a_gap():
    """Pages go on until they meet what is held back; their events are shown as they come."""
    timeline = timeline_at(1)
    timeline.resume()
    timeline.hear(heard(9))

    news, request = timeline.fill((heard(2), heard(3)))

    assert ids(news) == [2, 3]
    assert request == GetHistory(after=3, limit=100)


def test_no_page_is_asked_for_when_a_page_meets_the_newest():
    """From there on, all is at hand."""
    timeline = timeline_at(1)
    timeline.resume()
    timeline.hear(heard(3))

    assert timeline.fill((heard(2), heard(3))) == ([heard(2), heard(3)], None)


def test_no_page_is_asked_for_when_a_page_is_empty():
    """The history ends there: what is held back follows."""
    timeline = timeline_at(1)
    timeline.resume()
    timeline.hear(heard(3))

    assert timeline.fill(()) == ([heard(3)], None)


def test_events_are_shown_at_once_when_the_gap_is_filled():
    """Nothing is held back any more."""
    timeline = timeline_at(1)
    timeline.resume()
    timeline.fill(())

    assert timeline.hear(heard(2)) == [heard(2)]


def test_what_was_held_back_comes_again_when_the_connection_broke_meanwhile():
    """Only what was shown counts as seen."""
    timeline = timeline_at(1)
    timeline.resume()
    timeline.hear(heard(2))

    assert timeline.resume() == GetHistory(after=0, limit=100)
    assert ids(timeline.fill((heard(1), heard(2)))[0]) == [2]


# Whispers to others leave gaps in what one client may see, and some ids bear the leaving of two.
pasts = st.sets(st.integers(1, 40)).map(sorted)


@given(pasts, st.data())
def test_each_event_is_seen_once_and_in_order_wherever_connections_break(seen_ids, data):
    """However the replay, pages and live events share the work."""
    past = [heard(id, name, "leave") for id in seen_ids for name in ("ada", "bob")[: 1 + id % 2]]
    timeline, shown = Timeline(), []

    for steps in (data.draw(st.integers(0, 30)), data.draw(st.integers(0, 30)), None):
        for news in islice(connection(timeline, past, data.draw), steps):
            shown += news

    assert shown == past


def connection(timeline, past, draw):
    """Yield what is new to the reader, step by step, over one connection that brings all of `past`.

    It may be left after any step. What one id bears is torn apart neither in memory nor in a page.
    """
    after, request = timeline.after, timeline.resume()
    begin = draw(st.integers(after, 41), label="the server has in memory what is after")
    at_hand = [event for event in past if event.id > begin]
    replayed = draw(st.integers(0, len(at_hand)), label="of that, it replays")
    for event in at_hand[:replayed]:
        yield timeline.hear(event)
    live = iter(at_hand[replayed:])
    while request is not None:
        for event in islice(live, draw(st.integers(0, 2), label="meanwhile happen")):
            yield timeline.hear(event)
        news, request = timeline.fill(page_of(past, request.after, draw(st.integers(1, 9))))
        yield news
    for event in live:
        yield timeline.hear(event)


def page_of(past, after, limit):
    """What a server returns for a page: at least `limit` events, where there are so many."""
    later = [event for event in past if event.id > after]
    return tuple(event for event in later if event.id <= later[:limit][-1].id)
