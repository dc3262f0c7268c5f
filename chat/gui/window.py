"""The window itself: it puts the parts together, and asks for news a few times a second."""

import contextlib
import signal
import sys
import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from tkinter import ttk

from chat.gui import looks
from chat.gui.background import Background
from chat.gui.form import FormPage
from chat.gui.looks import Looks
from chat.gui.page import ChatPage
from chat.gui.presenter import TITLE, Presenter
from chat.gui.scrollback import Change, Line
from chat.gui.view import Form, View
from chat.options import UsageError

_PERIOD = 30  # milliseconds between two looks at the news
_MOST_NEWS = 500  # in one look: in a flood, the user gets a turn too
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SIZE, _LEAST_SIZE = (900, 620), (400, 380)


def run(url: str, name: str, token: str | None) -> None:
    """Open the window and return when it is closed. Raises `UsageError` without a display.

    Joins at once when there is a `name`, and asks for it otherwise.
    """
    Window(Form(name, url, token or "", asks_token=bool(token))).run()


class Window(View):
    """One window with its network. To be used on one thread, which is the main one."""

    def __init__(self, form: Form) -> None:
        self.root = _open_root()
        self._background = Background()
        self._presenter = presenter = Presenter(self, self._background, form)
        self._styles = Looks(self.root)
        self._bug: BaseException | None = None
        self._is_asked_to_close = False
        self._bar = _Bar(self.root, self._styles, presenter.ask_again)
        self._bar.pack(fill="x")
        ttk.Frame(self.root, style="Rule.TFrame", height=1).pack(fill="x")
        self._form = FormPage(self.root, self._styles, presenter.join)
        self._page = ChatPage(self.root, self._styles, presenter.reading, presenter.composer)
        self._set_up_root()
        presenter.start()

    def run(self) -> None:
        """Show the window until it is closed, by its user, SIGINT or SIGTERM."""
        before = {number: signal.signal(number, self._interrupt) for number in _SIGNALS}
        try:
            self._pump()
            self.root.mainloop()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            self._background.close()
        if self._bug is not None:
            raise self._bug

    def close(self, _: object = None) -> None:
        """Close the window, whatever the network is doing."""
        self.root.after_cancel(self._next)
        self.root.destroy()

    # --- What the presenter wants to be shown ---

    def show_form(self, form: Form) -> None:
        self._page.pack_forget()
        self._form.pack(fill="both", expand=True)
        self._form.show(form)

    def show_chat(self) -> None:
        if not self._page.winfo_manager():
            self._form.pack_forget()
            self._page.pack(fill="both", expand=True)
            self._page.line.entry.focus_set()

    def show_title(self, title: str) -> None:
        self.root.title(title)

    def show_status(self, state: str, words: str) -> None:
        self._bar.show(state, words)

    def show_members(self, names: Sequence[str], me: str) -> None:
        self._page.members.show(names, me)

    def show_top(self, words: str) -> None:
        self._page.log.show_top(words)

    def append(self, lines: Sequence[Line], *, follow: bool) -> None:
        self._page.log.append(lines, follow=follow)

    def prepend(self, change: Change) -> None:
        self._page.log.prepend(change)

    def clear(self) -> None:
        self._page.log.clear()

    def show_hint(self, *, visible: bool) -> None:
        self._page.log.show_hint(visible=visible)

    def show_unsent(self, lines: Mapping[int, str]) -> None:
        self._page.line.show_unsent(lines)

    def show_problem(self, words: str) -> None:
        self._page.line.show_problem(words)

    def show_room(self, words: str, *, too_long: bool) -> None:
        self._page.line.show_room(words, too_long=too_long)

    def show_draft(self, text: str) -> None:
        self._page.line.show_draft(text)

    # --- What keeps it going ---

    def _pump(self) -> None:
        # A signal handler only takes note: Tk may be in the middle of anything.
        self._next = self.root.after(_PERIOD, self._pump)
        if self._is_asked_to_close:
            self.close()
            return
        self._presenter.take(self._background.news(_MOST_NEWS))
        self._presenter.tick()

    def _interrupt(self, *_: object) -> None:
        self._is_asked_to_close = True

    def _fail(self, _: object, error: BaseException, __: object) -> None:
        # Tk would print a bug and go on.
        self._bug = error
        self.close()

    def _focus_changed(self, event: "tk.Event[tk.Misc]") -> None:
        if event.widget is self.root:
            self._presenter.focus(has_focus=event.type == tk.EventType.FocusIn)

    def _set_up_root(self) -> None:
        root, px = self.root, self._styles.px
        root.configure(background=looks.GROUND)
        width, height = (px(side) for side in _SIZE)
        width, height = min(width, root.winfo_screenwidth()), min(height, root.winfo_screenheight())
        root.geometry(f"{width}x{height}")
        root.minsize(*(px(side) for side in _LEAST_SIZE))
        root.iconphoto(True, self._styles.icon())  # noqa: FBT003  # tkinter has no name for it
        root.report_callback_exception = self._fail
        root.protocol("WM_DELETE_WINDOW", self.close)
        for keys in ("<Control-w>", "<Control-q>"):
            root.bind(keys, self.close)
        for change in ("<FocusIn>", "<FocusOut>"):
            root.bind(change, self._focus_changed)


class _Bar(ttk.Frame):
    """The bar on top: how things stand, and what to do about it."""

    def __init__(self, root: tk.Tk, styles: Looks, on_again: Callable[[], None]) -> None:
        px = styles.px
        super().__init__(root, padding=(px(18), px(11)))
        self._dots = {
            state: styles.dot(colour, looks.SURFACE) for state, colour in looks.STATES.items()
        }
        ttk.Label(self, text=TITLE, style="Title.TLabel").grid(row=0, column=0)
        self._dot = ttk.Label(self)
        self._dot.grid(row=0, column=1, padx=(px(16), px(7)))
        self._words = ttk.Label(self, style="Muted.TLabel")
        self._words.grid(row=0, column=2, sticky="ew")
        self._again = ttk.Button(self, text="Join again", command=on_again)
        self._again.grid(row=0, column=3, padx=(px(8), 0))
        self.columnconfigure(2, weight=1)
        self._words.bind("<Configure>", self._wrap)

    def show(self, state: str, words: str) -> None:
        """Show `words`; `state` is as in `View.show_status`."""
        self._dot.configure(image=self._dots[state])
        self._words.configure(text=words)
        if state == "over":
            self._again.grid()
        else:
            self._again.grid_remove()

    def _wrap(self, event: "tk.Event[tk.Misc]") -> None:
        self._words.configure(wraplength=event.width)


def _open_root() -> tk.Tk:
    # Else Windows blows the window up, and blurs it.
    if sys.platform == "win32":  # pragma: no cover  # on that system alone
        import ctypes  # noqa: PLC0415

        with contextlib.suppress(AttributeError, OSError):
            ctypes.windll.shcore.SetProcessDpiAwareness(1)
    try:
        return tk.Tk(className="Chat")
    except tk.TclError as error:
        raise UsageError(
            f"there is no display to open a window on ({error}): join in a browser"
        ) from error
