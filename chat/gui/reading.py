"""What a reader has in view of the chat: new lines, older ones, and the place in between.

Nothing of tkinter. Lines that come together are shown together: the window stays quick in a flood.
"""

import time
from collections.abc import Callable
from datetime import tzinfo

from chat.gui.scrollback import Line, Note, Scrollback
from chat.gui.view import Network, View
from chat.messages import Heard, Welcome
from chat.outcomes import ChatError

MOST_LINES = 2000  # that the log keeps while the reader is at its end


class Reading:
    """The log of one window. `clock` is in seconds since the epoch; days are those of `zone`."""

    def __init__(
        self,
        view: View,
        network: Network,
        clock: Callable[[], float] = time.time,
        zone: tzinfo | None = None,
    ) -> None:
        self._view = view
        self._network = network
        self._clock = clock
        self._log = Scrollback(zone)
        self._new: list[Line] = []
        self._last = 0
        self._oldest = 1
        self._replay_ends = 0
        self._is_following = True
        self._is_loading = False
        self._top = ""

    def welcome(self, welcome: Welcome, *, fresh: bool) -> None:
        """Begin anew when `fresh`, go on otherwise."""
        self._oldest = welcome.oldest
        if fresh:
            self._is_loading = False
            self._new.clear()
            self._view.clear()
            self._log.begin(welcome.name, welcome.id + 1)
            self._last, self._replay_ends = 0, welcome.id
            self._is_following = True
        self._show_top()

    def hear(self, event: Heard, *, follow: bool) -> None:
        """Add an event; go where it stands to `follow`."""
        self._last = event.id
        self._is_following |= follow
        self._new.append(self._log.append(event))

    def note(self, kind: str, text: str) -> None:
        """Add words for this reader alone: a `notice` or an `error`."""
        self._new.append(self._log.append(Note(kind, text, self._last, self._clock())))

    def show(self) -> None:
        """Show what was added."""
        if not self._new:
            return
        new, self._new = self._new, []
        self._view.append(new, follow=self._is_following)
        self._show_top()
        if self._is_following:
            self._trim()
        else:
            self._view.show_hint(visible=True)

    def scroll(self, *, at_top: bool, at_end: bool) -> None:
        """Take note of what is in view; older lines come when the reader is at the top."""
        self._is_following = at_end
        if at_end:
            self._view.show_hint(visible=False)
        if at_top and self._may_load():
            self._is_loading = True
            self._show_top()
            self._network.older(self._log.first, self._oldest)

    def load(self, first: int, events: tuple[Heard, ...]) -> None:
        """Add older events, of which `first` is the first id."""
        if self._is_loading:  # else the chat that they belong to is no more
            self._is_loading = False
            change = self._log.prepend(events, first)
            self._show_top()
            self._view.prepend(change)

    def cannot_load(self, error: ChatError) -> None:
        """Say so; the next time that the reader comes to the top is another try."""
        if self._is_loading:
            self._is_loading = False
            self._tell_top(f"Older messages could not be loaded: {error}")

    def _may_load(self) -> bool:
        # Before the replay has come, what is older than it is not known.
        has_replay = self._last >= self._replay_ends
        return has_replay and not self._is_loading and self._log.first > self._oldest

    def _trim(self) -> None:
        # While older lines are on their way, those that they belong to must stay.
        change = None if self._is_loading else self._log.trim(MOST_LINES)
        if change is not None:
            self._show_top()
            self._view.prepend(change)

    def _show_top(self) -> None:
        if self._is_loading:
            self._tell_top("Loading older messages…")
        elif self._log.first > self._oldest:
            self._tell_top("Scroll up for older messages")
        elif self._oldest > 1:
            self._tell_top("What was before this is no longer kept")
        else:
            self._tell_top("This is where the chat begins")

    def _tell_top(self, words: str) -> None:
        if words != self._top:
            self._top = words
            self._view.show_top(words)
