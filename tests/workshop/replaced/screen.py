"""A stream that may be a terminal, in some encoding."""

import io


class Screen(io.TextIOWrapper):
    """What was written to it can be read again."""

    def __init__(self, encoding="utf-8", is_terminal=True):
        super().__init__(io.BytesIO(), encoding=encoding)
        self._is_terminal = is_terminal

    def isatty(self):
        return self._is_terminal

    def text(self):
        """What was written so far."""
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)
