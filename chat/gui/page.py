"""The page with the chat: the log, the members beside it, and below the line being typed."""

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from tkinter import ttk

from chat.gui import looks
from chat.gui.composer import Composer
from chat.gui.log import Log
from chat.gui.looks import Looks
from chat.gui.reading import Reading
from chat.gui.scrollback import tint_of

_UNSENT_SHOWN = 3
_ROOM_FOR_MEMBERS = 560
_SCROLL_KEYS = {  # while one types
    "<Prior>": (-1, "pages"),
    "<Next>": (1, "pages"),
    "<Control-Home>": (-1_000_000, "units"),
    "<Control-End>": (1_000_000, "units"),
}


class ChatPage(ttk.Frame):
    """Tells `reading` and `composer` what the user does."""

    def __init__(
        self, parent: tk.Misc, styles: Looks, reading: Reading, composer: Composer
    ) -> None:
        super().__init__(parent)
        px = styles.px
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self._room_for_members = px(_ROOM_FOR_MEMBERS)
        self.log = Log(self, styles, lambda top, end: reading.scroll(at_top=top, at_end=end))
        self.log.grid(row=0, column=0, sticky="nsew")
        self.members = MemberList(self, styles)
        self.members.grid(row=0, column=2, rowspan=2, sticky="nsew")
        rule = ttk.Frame(self, style="Rule.TFrame", width=1)
        rule.grid(row=0, column=1, rowspan=2, sticky="ns")
        self.line = TypingLine(self, styles, composer)
        self.line.grid(row=1, column=0, sticky="ew", padx=px(16), pady=(px(4), px(14)))
        for key, (number, what) in _SCROLL_KEYS.items():
            self.line.entry.bind(key, lambda _, n=number, w=what: self.log.scroll(n, w))  # type: ignore[misc]
        self.members.on_choose = lambda name: self._whisper(composer, name)
        self.bind("<Configure>", self._resized)

    def _resized(self, event: "tk.Event[tk.Misc]") -> None:
        # In a narrow window the messages need all of it; /who tells as well.
        if event.width < self._room_for_members:
            self.members.grid_remove()
        else:
            self.members.grid()

    def _whisper(self, composer: Composer, name: str) -> None:
        composer.whisper_to(name)
        self.line.entry.focus_set()


class MemberList(ttk.Frame):
    """Who is here; `on_choose` gets the name of whoever is double-clicked or chosen by Return."""

    def __init__(self, parent: tk.Misc, styles: Looks) -> None:
        super().__init__(parent, style="Ground.TFrame")
        px = styles.px
        self.on_choose: Callable[[str], None] = lambda _: None
        self._dots = [styles.dot(tint, looks.GROUND) for tint in looks.TINTS]
        self._title = ttk.Label(self, style="Members.TLabel")
        self._title.grid(row=0, column=0, sticky="w", padx=px(16), pady=(px(14), px(6)))
        self._tree = ttk.Treeview(self, show="tree", selectmode="browse")
        self._tree.column("#0", width=px(180), minwidth=px(60))
        self._tree.grid(row=1, column=0, sticky="nsew", padx=(px(16), 0))
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self._names: dict[str, str] = {}
        for event in ("<Double-1>", "<Return>"):
            self._tree.bind(event, self._choose)

    def show(self, names: Sequence[str], me: str) -> None:
        """List `names`."""
        self._title.configure(text=f"Members ({len(names)})")
        self._tree.delete(*self._tree.get_children())
        self._names.clear()
        for name in names:
            words = f"  {name} (you)" if name == me else f"  {name}"
            row = self._tree.insert("", "end", text=words, image=self._dots[tint_of(name)])
            self._names[row] = name
        self._tree.focus(next(iter(self._names), ""))  # without it, no key moves in the list

    def _choose(self, _: object) -> None:
        for row in self._tree.selection():
            self.on_choose(self._names[row])


class TypingLine(ttk.Frame):
    """The line being typed; above it, what may have to be sent again."""

    def __init__(self, parent: tk.Misc, styles: Looks, composer: Composer) -> None:
        super().__init__(parent)
        self._styles = styles
        self._composer = composer
        self._draft = tk.StringVar(self)
        self.columnconfigure(0, weight=1)
        self._unsent = ttk.Frame(self)
        self._unsent.columnconfigure(0, weight=1)
        self._unsent.grid(row=0, column=0, columnspan=2, sticky="ew")
        self._problem = ttk.Label(self, style="Problem.TLabel")
        self._problem.grid(row=1, column=0, columnspan=2, sticky="w", pady=(0, styles.px(6)))
        self.entry = ttk.Entry(
            self, style="Message.TEntry", textvariable=self._draft, font=styles.text
        )
        self.entry.grid(row=2, column=0, sticky="ew")
        self._hint = ttk.Label(self, text="Message, or /help", style="Hint.TLabel", cursor="xterm")
        send = ttk.Button(self, text="Send", style="Send.TButton", command=self._send)
        send.grid(row=2, column=1, padx=(styles.px(8), 0))
        self._room = ttk.Label(self, style="Small.TLabel")
        self._room.grid(row=3, column=0, sticky="e", padx=styles.px(16), pady=(styles.px(2), 0))
        self.entry.bind("<Return>", self._send)
        self.entry.bind("<KP_Enter>", self._send)
        self._hint.bind("<Button-1>", lambda _: self.entry.focus_set())
        self.bind("<Configure>", self._resized)
        self._draft.trace_add("write", self._typed)
        self.show_problem("")
        self.show_room("", too_long=False)
        self._show_hint(visible=True)

    def show_draft(self, text: str) -> None:
        """Put `text` in place of what is being typed; what is behind the cursor stays there."""
        behind = self.entry.index("end") - self.entry.index("insert")
        self._draft.set(text)
        self.entry.icursor(max(0, self.entry.index("end") - behind))

    def show_problem(self, words: str) -> None:
        """Say why the line was not sent."""
        _show_words(self._problem, words)

    def show_room(self, words: str, *, too_long: bool) -> None:
        """Say how much more the line may hold."""
        self._room.configure(foreground=looks.BAD if too_long else looks.MUTED)
        _show_words(self._room, words)

    def show_unsent(self, lines: Mapping[int, str]) -> None:
        """List what may have to be sent again."""
        for child in self._unsent.winfo_children():
            child.destroy()
        for key in list(lines)[:_UNSENT_SHOWN]:
            self._add_unsent(key, lines[key])
        if len(lines) > _UNSENT_SHOWN:
            words = f"and {len(lines) - _UNSENT_SHOWN} more"
            ttk.Label(self._unsent, text=words, style="Small.TLabel").grid(sticky="w")
        if not lines:
            self._unsent.configure(height=1)

    def _add_unsent(self, key: int, words: str) -> None:
        px = self._styles.px
        label = ttk.Label(self._unsent, text=words, style="Problem.TLabel")
        label.grid(row=key, column=0, sticky="w", pady=(0, px(6)))
        actions = {"Send again": self._composer.send_again, "Discard": self._composer.discard}
        for column, (name, act) in enumerate(actions.items(), 1):
            button = ttk.Button(self._unsent, text=name, command=lambda a=act: self._act(a, key))  # type: ignore[misc]
            button.grid(row=key, column=column, padx=(px(8), 0), pady=(0, px(6)))
            button.bind("<Return>", lambda _, b=button: b.invoke())  # type: ignore[misc]
        self._wrap()

    def _act(self, act: Callable[[int], None], key: int) -> None:
        act(key)
        self.entry.focus_set()

    def _send(self, _: object = None) -> None:
        self._composer.send()
        self.entry.focus_set()

    def _typed(self, *_: str) -> None:
        text = self._draft.get()
        self._show_hint(visible=not text)
        self._composer.type(text)

    def _show_hint(self, *, visible: bool) -> None:
        if visible:
            left = self._styles.px(16)
            self._hint.place(in_=self.entry, x=left, rely=0.5, anchor="w")
        else:
            self._hint.place_forget()

    def _resized(self, _: object) -> None:
        self._wrap()

    def _wrap(self) -> None:
        width = self.winfo_width()
        self._problem.configure(wraplength=width)
        for child in self._unsent.winfo_children():
            if isinstance(child, ttk.Label):
                child.configure(wraplength=max(1, width - self._styles.px(220)))


def _show_words(label: ttk.Label, words: str) -> None:
    label.configure(text=words)
    if words:
        label.grid()
    else:
        label.grid_remove()
