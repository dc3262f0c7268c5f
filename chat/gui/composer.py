"""What a user types and sends, and what of it may have to be sent again. Nothing of tkinter."""

import re
from collections.abc import Callable

from chat.config import MAX_TEXT
from chat.fields import check_text
from chat.gui.view import Network, View
from chat.messages import ProtocolError
from chat.outcomes import ChatError, NotConfirmed

_NEARLY_FULL = 100  # code points left at which the user is told
_BREAKS = re.compile("\r\n|[\r\n\t\v\f\x85\u2028\u2029]")
_HALVES = re.compile("[\ud800-\udfff]")
_OFFLINE = "Not connected: nothing was sent. Your text stays here."


class Composer:
    """The line being typed, and those that nobody confirmed. It sends nothing unasked."""

    def __init__(self, view: View, network: Network, is_online: Callable[[], bool]) -> None:
        self._view = view
        self._network = network
        self._is_online = is_online
        self._draft = ""
        self._problem = ""
        self._unsent: dict[int, tuple[str, str]] = {}
        self._keys = 0

    def type(self, text: str) -> None:
        """Take note of what is being typed: one line, whatever was pasted."""
        self._draft = one_line(text)
        if self._draft != text:
            self._view.show_draft(self._draft)
        left = MAX_TEXT - len(self._draft.strip())
        self._complain("")
        if left < 0:
            self._view.show_room(f"{plural(-left, 'character')} too many", too_long=True)
        else:
            words = f"{plural(left, 'character')} left" if left <= _NEARLY_FULL else ""
            self._view.show_room(words, too_long=False)

    def send(self) -> None:
        """Send what was typed, or say why not."""
        text = self._draft.strip()
        if text and self._say(text):
            self.type("")
            self._view.show_draft("")

    def doubt(self, text: str, error: ChatError | None = None) -> None:
        """Take note that `text` was not confirmed, or why it was refused: keep it for the user."""
        if error is None or isinstance(error, NotConfirmed):
            self._keep(f"Not confirmed: {text}", text)
        elif self._draft:
            self._keep(f"Not sent, {error}: {text}", text)
        else:
            self._view.show_draft(text)
            self.type(text)
            self._complain(sentence(f"Not sent: {error}"))

    def go_on(self) -> None:
        """Take note that there is a connection again: what is typed may be sent."""
        if self._problem == _OFFLINE:
            self._complain("")

    def whisper_to(self, name: str) -> None:
        """Make of what is being typed a whisper."""
        self.type(f"/msg {name} {self._draft}")
        self._view.show_draft(self._draft)

    def send_again(self, key: int) -> None:
        """Send what nobody confirmed once more."""
        if self._say(self._unsent[key][1]):
            self.discard(key)

    def discard(self, key: int) -> None:
        """Forget what nobody confirmed."""
        del self._unsent[key]
        self._show_unsent()

    def _say(self, text: str) -> bool:
        problem = "" if self._is_online() else _OFFLINE
        try:
            check_text(text)
        except ProtocolError as error:
            problem = sentence(f"Not sent: {error.detail}")
        self._complain(problem)
        if not problem:
            self._network.say(text)
        return not problem

    def _complain(self, problem: str) -> None:
        self._problem = problem
        self._view.show_problem(problem)

    def _keep(self, words: str, text: str) -> None:
        self._keys += 1
        self._unsent[self._keys] = words, text
        self._show_unsent()

    def _show_unsent(self) -> None:
        self._view.show_unsent({key: words for key, (words, _) in self._unsent.items()})


def one_line(text: str) -> str:
    """Return `text` without line breaks, and without the halves of characters that Tk 8.6 makes."""
    return _HALVES.sub("", _BREAKS.sub(" ", text))


def sentence(words: str) -> str:
    """Return `words` with a capital letter and a full stop."""
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?", "…")) else ".")


def plural(count: int, noun: str) -> str:
    """Return such as "1 character" and "2 characters"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
