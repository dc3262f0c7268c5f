"""What stands around a window's presenter in the mocked tier: a screen to look at, and a network
that is asked for things and does nothing.

    desk = Desk()
    desk.hears(connected(), heard(2, "bob", "hi"))
    assert desk.screen.texts == ["hi"]
"""

from datetime import UTC

from chat.gui.presenter import Presenter
from chat.gui.view import Form, Network, View
from chat.outcomes import Connected
from tests.links import welcome


class Screen(View):
    """Holds what a window would show."""

    def __init__(self):
        self.page = self.form = self.title = self.status = self.top = None
        self.members, self.me = [], None
        self.log = []  # the lines
        self.is_at_end = True  # of the log, as the latest lines were shown
        self.has_hint = False
        self.unsent = {}
        self.problem = self.room = self.draft = ""
        self.times_appended = 0

    @property
    def texts(self):
        """What the lines of the log say."""
        return [line.text for line in self.log]

    def show_form(self, form):
        self.page, self.form = "form", form

    def show_chat(self):
        self.page = "chat"

    def show_title(self, title):
        self.title = title

    def show_status(self, state, words):
        self.status = state, words

    def show_members(self, names, me):
        self.members, self.me = list(names), me

    def show_top(self, words):
        self.top = words

    def append(self, lines, *, follow):
        self.log += lines
        self.is_at_end = follow
        self.times_appended += 1

    def prepend(self, change):
        over = change.over
        while over > 0:
            over -= self.log.pop(0).rows
        assert over == 0, "a part of a line was replaced"
        self.log[:0] = change.lines

    def clear(self):
        self.log.clear()

    def show_hint(self, *, visible):
        self.has_hint = visible

    def show_unsent(self, lines):
        self.unsent = dict(lines)

    def show_problem(self, words):
        self.problem = words

    def show_room(self, words, *, too_long):
        self.room = words

    def show_draft(self, text):
        self.draft = text


class IdleNetwork(Network):
    """Takes note of what it is asked for."""

    def __init__(self):
        self.joined = []  # address, name and token
        self.said = []
        self.asked = []  # for what is before an id, and the oldest there is

    def join(self, url, name, token):
        self.joined.append((url, name, token))

    def say(self, line):
        self.said.append(line)

    def older(self, before, oldest):
        self.asked.append((before, oldest))


class Desk:
    """A presenter between a screen and a network, and a user who sits before it."""

    def __init__(self, form=None):
        self.now = 0.0  # on the clock for count-downs
        self.screen = Screen()
        self.network = IdleNetwork()
        clocks = {"clock": lambda: self.now, "wall_clock": lambda: 0.0, "zone": UTC}
        form = form or Form(url="ws://chat.example")
        self.presenter = Presenter(self.screen, self.network, form, **clocks)
        self.presenter.start()

    def hears(self, *news):
        """Let the network bring news, all at once."""
        self.presenter.take(news)

    def joins(self, name="ada", url="ws://chat.example", token=""):
        """Fill in the form."""
        self.presenter.join(name, url, token)

    def types(self, text):
        """Type or paste a line."""
        self.screen.draft = text
        self.presenter.composer.type(text)

    def says(self, text):
        """Type a line and send it."""
        self.types(text)
        self.presenter.composer.send()

    def scrolls(self, *, at_top=False, at_end=False):
        """Bring another part of the log into view."""
        self.presenter.reading.scroll(at_top=at_top, at_end=at_end)


def connected(*, id=1, oldest=1, name="ada", fresh=True, **others):
    """Return the news that the client is in; the replay is over with the event `id`."""
    return Connected(welcome(name, id=id, oldest=oldest, **others), fresh)
