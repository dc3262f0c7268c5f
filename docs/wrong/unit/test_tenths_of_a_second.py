"""Wrong: the promise is exact, and the numbers of the test are not."""

from hypothesis import given
from hypothesis import strategies as st

from chat.throttle import TokenBucket


@given(st.integers(0, 100))
def test_a_frame_passes_after_a_tenth_of_a_second_when_the_rate_is_10(tenths):
    """An empty bucket earns one token in a tenth of a second, whenever that begins."""
    bucket = TokenBucket(rate=10, burst=1)
    bucket.take(tenths / 10)

    assert bucket.take((tenths + 1) / 10)
