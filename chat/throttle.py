"""How fast one connection may talk: a token bucket, with the clock passed in.

What happens to a frame that comes too soon is for the server to decide, not for this module.
"""

from math import inf


class TokenBucket:
    """Lets through `rate` frames a second on average, and `burst` frames at once.

    The bucket starts full, with `burst` tokens. It earns `rate` tokens a second and never
    holds more than `burst`. A frame that passes costs one token. So in any window of
    `seconds` at most `burst + rate * seconds` frames pass (RFC 2698, section 3, with frames
    in place of bytes). A `rate` of 0 means no limit.

    Raises ValueError if `rate` is negative or not finite, or if `burst` is less than 1.
    """

    def __init__(self, rate: float, burst: int) -> None:
        if not 0 <= rate < inf:
            raise ValueError(f"rate must be finite and at least 0, not {rate}")
        if burst < 1:
            raise ValueError(f"burst must be at least 1, not {burst}")
        self._rate = rate
        self._burst = burst
        self._tokens: float = burst
        self._latest = -inf  # a monotonic clock may start anywhere, even below zero

    def take(self, now: float) -> bool:
        """Tell whether the frame that came at `now` may pass; if it may, it costs a token.

        `now` is in seconds, by any monotonic clock, but by the same one at each call.
        A frame that may not pass costs nothing. A clock that steps back neither gives nor
        takes tokens: the bucket earns again once the clock is past the latest time it told.
        """
        if self._rate == 0:
            return True
        self._earn(now)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def _earn(self, now: float) -> None:
        if now > self._latest:
            self._tokens = min(self._burst, self._tokens + self._rate * (now - self._latest))
            self._latest = now
