"""What a window and a network are to the presenter that stands between them. Nothing of tkinter."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chat.gui.scrollback import Change, Line


@dataclass(frozen=True, slots=True)
class Form:
    """What a user fills in to join; `problem` says in words what is wrong with one `field`."""

    name: str = ""
    url: str = ""
    token: str = ""
    asks_token: bool = False
    field: str = "name"
    problem: str = ""


class View(ABC):
    """What a presenter needs of a window."""

    @abstractmethod
    def show_form(self, form: Form) -> None:
        """Ask for what it takes to join, in place of the chat."""

    @abstractmethod
    def show_chat(self) -> None:
        """Show the chat in place of the form."""

    @abstractmethod
    def show_title(self, title: str) -> None:
        """Name the window."""

    @abstractmethod
    def show_status(self, state: str, words: str) -> None:
        """Say how things stand: `state` is `on`, `wait`, `off`, or `over` until one joins again."""

    @abstractmethod
    def show_members(self, names: Sequence[str], me: str) -> None:
        """List who is here."""

    @abstractmethod
    def show_top(self, words: str) -> None:
        """Say above the oldest line what there is before it."""

    @abstractmethod
    def append(self, lines: Sequence[Line], *, follow: bool) -> None:
        """Add lines at the end, and go there to `follow`; otherwise what is read stays in place."""

    @abstractmethod
    def prepend(self, change: Change) -> None:
        """Put lines at the top in place of its first rows; what is read stays in place."""

    @abstractmethod
    def clear(self) -> None:
        """Empty the log."""

    @abstractmethod
    def show_hint(self, *, visible: bool) -> None:
        """Hint at new messages below what is read."""

    @abstractmethod
    def show_unsent(self, lines: Mapping[int, str]) -> None:
        """List what may have to be sent again, each under its key."""

    @abstractmethod
    def show_problem(self, words: str) -> None:
        """Say beside the draft why it was not sent, or with "" that all is well."""

    @abstractmethod
    def show_room(self, words: str, *, too_long: bool) -> None:
        """Say beside the draft how much more it may hold."""

    @abstractmethod
    def show_draft(self, text: str) -> None:
        """Put `text` in place of what is being typed."""


class Network(Protocol):
    """What a presenter needs of the network. Each returns at once; what came of it is news."""

    def join(self, url: str, name: str, token: str | None) -> None:
        """Begin to chat there, in place of where the chat was before."""

    def say(self, line: str) -> None:
        """Say a line as typed."""

    def older(self, before: int, oldest: int) -> None:
        """Ask for what happened just before the event `before`; `oldest` is the first kept."""
