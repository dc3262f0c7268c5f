"""What a window shows, and when. Nothing of tkinter.

The presenter is told what the user does and what the network has to say. It answers by calls to a
`View`, which shows things, and to a `Network`, which does things; neither ever makes it wait.
What is typed is the business of `Composer`, what is read that of `Reading`.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import tzinfo
from math import ceil

from chat.fields import check_name
from chat.gui.background import Broken, Ended, News, NoOlderPage, NotSaid, OlderPage
from chat.gui.composer import Composer, sentence
from chat.gui.reading import Reading
from chat.gui.view import Form, Network, View
from chat.messages import Code, Error, Heard, Members, Notice, ProtocolError, Welcome
from chat.outcomes import ChatError, Connected, Disconnected, NotConnected, Refused, Unconfirmed

TITLE = "TestingPy Chat"
_SAID = ("message", "action", "whisper")


class Presenter:
    """Stands between one window and the network.

    `clock` is for count-downs and `wall_clock` for times, in seconds; days are those of `zone`.
    """

    def __init__(
        self,
        view: View,
        network: Network,
        form: Form,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        zone: tzinfo | None = None,
    ) -> None:
        self.composer = Composer(view, network, lambda: self._is_online)
        self.reading = Reading(view, network, wall_clock, zone)
        self._view = view
        self._network = network
        self._form = form
        self._clock = clock
        self._name = ""  # in the chat, once there
        self._newest = 0  # when the latest connection began
        self._members: set[str] = set()
        self._is_online = False
        self._retry: tuple[str, float] | None = None  # why, and when
        self._has_focus = True
        self._unread = 0

    def start(self) -> None:
        """Show the form; join at once when it has a name."""
        self._show_title()
        self._view.show_status("off", "Not connected")
        self._view.show_form(self._form)
        if self._form.name:
            self.join(self._form.name, self._form.url, self._form.token)

    # --- What the user does ---

    def join(self, name: str, url: str, token: str) -> None:
        """Join as the form says."""
        self._form = replace(
            self._form, name=name.strip(), url=address(url), token=token.strip(), problem=""
        )
        try:
            check_name(self._form.name)
        except ProtocolError as error:
            self._complain("name", error.detail if self._form.name else "please enter a name")
            return
        self._view.show_form(self._form)
        self._view.show_status("wait", f"Connecting to {self._form.url}…")
        self._network.join(self._form.url, self._form.name, self._form.token or None)

    def ask_again(self) -> None:
        """Show the form after the chat is over."""
        self._name = ""
        self._show_title()
        self._view.show_status("off", "Not connected")
        self._view.show_form(self._form)

    def focus(self, *, has_focus: bool) -> None:
        """Take note of whether the user looks at the window."""
        self._has_focus = has_focus
        if has_focus and self._unread:
            self._unread = 0
            self._show_title()

    def tick(self) -> None:
        """Count down to the next attempt to connect; to be called a few times a second."""
        if self._retry is not None:
            why, moment = self._retry
            seconds = ceil(moment - self._clock())
            when = f"in {seconds} s" if seconds > 0 else "now"
            self._view.show_status("wait", f"{sentence(why)} Trying again {when}…")

    # --- What the network has to say ---

    def take(self, news: Iterable[News]) -> None:
        """Show what happened, all of it at once."""
        members, unread = (self._name, *self._members), self._unread
        for item in news:
            self._take(item)
        self.reading.show()
        if members != (self._name, *self._members):
            self._view.show_members(sorted(self._members, key=str.casefold), self._name)
        if unread != self._unread:
            self._show_title()

    def _take(self, item: News) -> None:
        match item:
            case Heard():
                self._hear(item)
            case Connected(welcome, fresh):
                self._connected(welcome, fresh=fresh)
            case Disconnected(reason, retry_in):
                self._is_online, self._retry = False, (reason, self._clock() + retry_in)
                self._show_title()
                self.tick()
            case Ended(error):
                self._ended(error)
            case Broken(bug):
                raise bug
            case _:
                self._take_answer(item)

    def _take_answer(self, item: News) -> None:
        match item:
            case Members(names):
                self._members = set(names)
                self.reading.note("notice", f"Here now: {', '.join(names)}")
            case Notice(text):
                self.reading.note("notice", sentence(text))
            case Error(_, detail):
                self.reading.note("error", sentence(detail))
            case Unconfirmed(line):
                self.composer.doubt(line)
            case NotSaid(line, error):
                self.composer.doubt(line, error)
            case OlderPage(first, events):
                self.reading.load(first, events)
            case NoOlderPage(error):  # pragma: no branch  # there is no other news
                self.reading.cannot_load(error)

    def _connected(self, welcome: Welcome, *, fresh: bool) -> None:
        is_another = fresh and self._retry is not None
        self._name, self._newest = welcome.name, welcome.id
        self._members = set(welcome.members)
        self._is_online, self._retry = True, None
        self.composer.go_on()
        self.reading.welcome(welcome, fresh=fresh)
        if is_another:
            self.reading.note("notice", "The server has another history now: this is its chat.")
        self._view.show_chat()
        self._view.show_status("on", f"Connected as {welcome.name}")
        self._show_title()

    def _ended(self, error: ChatError) -> None:
        was_in = bool(self._name)
        self._is_online, self._retry = False, None
        field = _field_of(error)
        self._form = replace(self._form, asks_token=self._form.asks_token or field == "token")
        if was_in:
            self._form = replace(self._form, field=field, problem=sentence(f"{error}"))
            self._view.show_status("over", sentence(f"Not connected: {error}"))
            self._show_title()
        else:
            self._complain(field, f"{error}")

    def _hear(self, event: Heard) -> None:
        is_new = event.id > self._newest
        is_said = is_new and event.type in _SAID
        if is_new and event.type == "join":
            self._members.add(event.name)
        elif is_new and event.type == "leave":
            self._members.discard(event.name)
        self._unread += is_said and not self._has_focus
        self.reading.hear(event, follow=is_said and event.name == self._name)

    def _complain(self, field: str, problem: str) -> None:
        self._form = replace(self._form, field=field, problem=sentence(problem))
        self._view.show_status("off", "Not connected")
        self._view.show_form(self._form)

    def _show_title(self) -> None:
        unread = f"({self._unread}) " if self._unread else ""
        state = "" if self._is_online else " (not connected)"
        self._view.show_title(f"{unread}{self._name}{state} - {TITLE}" if self._name else TITLE)


def address(typed: str) -> str:
    """Return where the server is, from what people type: also a page's address, or a host."""
    typed = typed.strip()
    scheme, separator, rest = typed.partition("://")
    if not separator:
        return f"ws://{typed}" if typed else ""
    return {"http": "ws", "https": "wss"}.get(scheme.lower(), scheme) + separator + rest


def _field_of(error: ChatError) -> str:
    """Return the field of the form that `error` is about."""
    if isinstance(error, Refused) and error.code in (Code.NAME_TAKEN, Code.BAD_NAME):
        return "name"
    return "token" if isinstance(error, NotConnected) and error.needs_token else "url"
