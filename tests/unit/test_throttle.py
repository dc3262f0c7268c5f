"""How fast one connection may talk. The clock is a parameter, so no test waits for it."""

from itertools import accumulate
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.throttle import TokenBucket

# Whole rates and eighths of a second are exact in binary: no property here depends on rounding.
rates = st.integers(1, 20)
bursts = st.integers(1, 5)
moments = st.lists(st.integers(-20, 20).map(lambda eighths: eighths / 8), max_size=40)


def drained(rate, burst=1, at=0.0):
    """A bucket whose last token went at the moment `at`."""
    bucket = TokenBucket(rate, burst)
    assert all(bucket.take(at) for _ in range(burst))
    return bucket


def passing(bucket, now, frames=100):
    """How many of so many frames at the moment `now` pass."""
    return sum(bucket.take(now) for _ in range(frames))


@pytest.mark.parametrize("now", [-1e6, 0.0, 1e6], ids=["below-zero", "zero", "far-on"])
def test_a_whole_burst_passes_when_the_bucket_is_new(now):
    """A new bucket is full, wherever its clock begins."""
    assert passing(TokenBucket(rate=1, burst=3), now) == 3


@pytest.mark.parametrize(
    ("rate", "silence", "expected"),
    [
        pytest.param(10, 0, 0, id="no-time-earns-nothing"),
        pytest.param(10, 0.5, 5, id="half-a-second"),
        pytest.param(10, 2, 20, id="two-seconds"),
        pytest.param(0.5, 1.75, 0, id="part-of-a-token-is-none"),
        pytest.param(0.5, 2, 1, id="less-than-one-a-second"),
    ],
)
def test_rate_frames_a_second_pass_when_the_burst_is_spent(rate, silence, expected):
    """An empty bucket earns `rate` tokens a second."""
    bucket = drained(rate, burst=50, at=7)

    assert passing(bucket, 7 + silence) == expected


def test_only_a_burst_passes_after_a_long_silence():
    """The bucket never holds more than `burst` tokens."""
    bucket = drained(rate=10, burst=3)

    assert passing(bucket, now=3600) == 3


def test_a_frame_that_was_refused_costs_nothing():
    """Who keeps trying is served as soon as who waits."""
    bucket = drained(rate=1)

    assert [bucket.take(now) for now in (0.25, 0.5, 0.75, 1)] == [False, False, False, True]


@given(rates, bursts, moments.map(sorted))
def test_a_frame_passes_exactly_when_every_window_has_room_for_it(rate, burst, times):
    """In any window `burst + rate * seconds` frames may pass, no more and no fewer."""
    bucket = TokenBucket(rate, burst)
    passed = []

    for now in times:
        windows = ((passed[first:], now - start) for first, start in enumerate(passed))
        room = all(len(frames) + 1 <= burst + rate * seconds for frames, seconds in windows)
        assert bucket.take(now) is room
        if room:
            passed.append(now)


def test_saved_tokens_stay_when_the_clock_steps_back():
    """A clock that steps back takes no tokens."""
    bucket = TokenBucket(rate=1, burst=2)
    bucket.take(10)

    assert passing(bucket, now=0) == 1


@given(rates, bursts, moments)
def test_a_clock_that_steps_back_is_as_one_that_stands_still(rate, burst, times):
    """A second that comes twice is earned once."""
    stepping, standing = TokenBucket(rate, burst), TokenBucket(rate, burst)

    told = [stepping.take(now) for now in times]

    assert told == [standing.take(latest) for latest in accumulate(times, max)]


def test_every_frame_passes_when_the_rate_is_0():
    """A rate of 0 means no limit, whatever the burst."""
    assert passing(TokenBucket(rate=0, burst=1), now=0, frames=1000) == 1000


@pytest.mark.parametrize("rate", [-1, -0.001, inf, nan])
def test_a_rate_that_is_negative_or_not_finite_is_an_error(rate):
    """A wrong rate is a mistake of our own code, told at once and by name."""
    with pytest.raises(ValueError, match="rate must be"):
        TokenBucket(rate, burst=1)


@pytest.mark.parametrize("burst", [0, -1])
def test_a_burst_below_1_is_an_error(burst):
    """A bucket that can hold no token would let nothing through."""
    with pytest.raises(ValueError, match="burst must be"):
        TokenBucket(rate=1, burst=burst)
