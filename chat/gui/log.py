"""The log as a widget: lines with their times, and a reader who is somewhere in between.

A text widget, so that words can be selected and copied. Its first row says what there is before;
every other row ends with a newline, which leaves an empty last one as a margin.
"""

import tkinter as tk
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from tkinter import ttk
from typing import Any

from chat.gui import looks
from chat.gui.looks import Looks
from chat.gui.scrollback import Change, Line

_BANDS = {
    "mine": looks.MINE,
    "whisper": looks.WHISPER,
    "notice": looks.NOTICE,
    "error": looks.BAD_GROUND,
}
_INKS = {
    "join": looks.MUTED,
    "leave": looks.MUTED,
    "whisper-who": looks.WHISPER_INK,
    "error": looks.BAD,
}
_LONG_WORD = 40  # characters from which a word is torn apart rather than moved to a new line
_KEYS = {
    "<Up>": (-2, "units"),
    "<Down>": (2, "units"),
    "<Prior>": (-1, "pages"),
    "<Next>": (1, "pages"),
    "<Home>": (-1_000_000, "units"),
    "<End>": (1_000_000, "units"),
}


class Log(ttk.Frame):
    """Shows lines; tells `on_scroll` whether its top and its end are in view."""

    def __init__(
        self, parent: tk.Misc, styles: Looks, on_scroll: Callable[[bool, bool], None]
    ) -> None:
        super().__init__(parent)
        self._on_scroll = on_scroll
        self._follows = True
        self._reports = False
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.text = self._make_text(styles)
        bar = ttk.Scrollbar(self, style="Log.Vertical.TScrollbar", command=self._drag)
        self.text.configure(yscrollcommand=bar.set)
        self.text.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns", padx=styles.px(2), pady=styles.px(2))
        self._hint = ttk.Button(
            self, text="New messages \u2193", style="Pill.TButton", command=self.go_to_end
        )
        self._set_styles(styles)
        self._listen()

    def append(self, lines: Iterable[Line], *, follow: bool) -> None:
        """Add lines at the end, and go there to `follow`."""
        self._follows = follow
        with self._editing():
            self.text.insert("end-1c", *_pieces(lines))

    def prepend(self, change: Change) -> None:
        """Put lines at the top, in place of its first rows; what is read stays in place."""
        anchor = max(2 + change.over, int(self.text.index("@0,0").split(".")[0]))
        height = self._height_of(anchor)
        self.text.mark_set("anchor", f"{anchor}.0")
        with self._editing():
            self.text.delete("2.0", f"{2 + change.over}.0")
            self.text.insert("2.0", *_pieces(change.lines))
        if not self._follows and height is not None:
            self.text.yview("anchor")
            self.text.yview_scroll((self._height_of("anchor") or 0) - height, "pixels")

    def clear(self) -> None:
        """Leave nothing but the words at the top."""
        self._follows = True
        with self._editing():
            self.text.delete("2.0", "end")
            self.text.insert("end", "\n")

    def show_top(self, words: str) -> None:
        """Say above the oldest line what there is before it."""
        self.text.configure(state="normal")
        self.text.delete("1.0", "1.end")
        self.text.insert("1.0", words, "top")
        self.text.configure(state="disabled")

    def show_hint(self, *, visible: bool) -> None:
        """Hint at new messages below."""
        if visible:
            self._hint.place(relx=0.5, rely=1, y=-8, anchor="s")
        else:
            self._hint.place_forget()

    def scroll(self, number: int, what: str) -> None:
        """Scroll by so many "units" or "pages"."""
        self.text.yview("scroll", number, what)
        self._report_soon()

    def go_to_end(self) -> None:
        """Show the newest line."""
        self._follows = True
        self.text.yview_moveto(1)
        self._report_soon()

    @contextmanager
    def _editing(self) -> Iterator[None]:
        self.text.configure(state="normal")
        yield
        self.text.configure(state="disabled")
        if self._follows:
            self.text.yview_moveto(1)
        self._report_soon()

    def _height_of(self, row: int | str) -> int | None:
        index = f"{row}.0" if isinstance(row, int) else row
        place = self.text.dlineinfo(index)
        return place[1] if place else None

    def _drag(self, *where: str) -> None:
        self.text.yview(*where)
        self._report_soon()

    def _resized(self, _: object) -> None:
        # Another height does not mean that the reader left the end.
        if self._follows:
            self.text.yview_moveto(1)
        self._report_soon()

    def _report_soon(self, _: object = None) -> None:
        if not self._reports:
            self._reports = True
            self.after_idle(self._report)

    def _report(self) -> None:
        self._reports = False
        if self.text.winfo_viewable():
            at_end = self.text.dlineinfo("end-1c") is not None
            self._follows = at_end
            self._on_scroll(self.text.dlineinfo("1.0") is not None, at_end)

    # --- Once ---

    def _make_text(self, styles: Looks) -> tk.Text:
        colours = {"background": looks.SURFACE, "foreground": looks.INK}
        selection = {"selectbackground": looks.SELECTION, "selectforeground": looks.INK}
        return tk.Text(
            self,
            **colours,  # type: ignore[arg-type]
            **selection,  # type: ignore[arg-type]
            inactiveselectbackground=looks.SELECTION,
            font=styles.gap,
            wrap="word",
            state="disabled",
            cursor="xterm",
            width=1,
            height=1,
            padx=0,
            pady=styles.px(6),
            borderwidth=0,
            highlightthickness=1,
            highlightbackground=looks.SURFACE,
            highlightcolor=looks.SELECTION,
            takefocus=True,
        )

    def _listen(self) -> None:
        self.text.bind("<Configure>", self._resized)
        self.text.bind("<Button-1>", lambda _: self.text.focus_set())
        for event in ("<MouseWheel>", "<Button-4>", "<Button-5>", "<B1-Motion>", "<ButtonRelease>"):
            self.text.bind(event, self._report_soon)
        for key, (number, what) in _KEYS.items():
            self.text.bind(key, lambda _, n=number, w=what: self._scroll_by_key(n, w))  # type: ignore[misc]

    def _scroll_by_key(self, number: int, what: str) -> str:
        self.scroll(number, what)
        return "break"

    def _set_styles(self, styles: Looks) -> None:
        px, text = styles.px, self.text
        margins = {"lmargin1": px(18), "lmargin2": px(68), "rmargin": px(18), "tabs": px(68)}
        row = {"font": styles.text, "spacing1": px(2), "spacing3": px(2), **margins}
        top = {"font": styles.small, "spacing1": px(8), "spacing3": px(8)}
        day = {"font": styles.small_bold, "spacing1": px(14), "spacing3": px(6)}
        centred = {"justify": "center", "foreground": looks.MUTED}
        for name, options in {"row": row, "top": top | centred, "day": day | centred}.items():
            text.tag_configure(name, options)
        text.tag_configure("who", spacing1=px(9), spacing3=0)
        text.tag_configure("text", lmargin1=px(68), spacing1=px(1))
        text.tag_configure("long", wrap="char")
        for name in ("message", "whisper", "action"):
            text.tag_configure(name, spacing3=px(6))
        for name in ("notice", "error"):
            text.tag_configure(name, spacing1=px(6), spacing3=px(6))
        text.tag_configure("action", font=styles.italic)
        for name, colour in _INKS.items():
            text.tag_configure(name, foreground=colour)
        for name, colour in _BANDS.items():
            text.tag_configure(name, background=colour, lmargincolor=colour, rmargincolor=colour)
        text.tag_configure("time", font=styles.small, foreground=looks.MUTED)
        for number, tint in enumerate(looks.TINTS):
            text.tag_configure(f"tint-{number}", font=styles.bold, foreground=tint)
        text.tag_configure("whisper-who", font=styles.bold)
        text.tag_raise("sel")


def _pieces(lines: Iterable[Line]) -> list[Any]:
    """Return what to insert: words and their tags in turn."""
    pieces: list[Any] = []
    for line in lines:
        if line.day:
            pieces += [f"{line.day}\n", ("day",)]
        tags = ["row", line.kind]
        if line.mine and line.kind == "message":
            tags.append("mine")
        if line.who:
            name = "whisper-who" if line.kind == "whisper" else f"tint-{line.tint}"
            pieces += [f"{line.time}\t", (*tags, "who", "time")]
            pieces += [f"{line.who}\n", (*tags, "who", name)]
            tags.append("text")
        else:
            pieces += [f"{line.time}\t", (*tags, "time")]
        if max(map(len, line.text.split()), default=0) > _LONG_WORD:
            tags.append("long")
        pieces += [f"{line.text}\n", tuple(tags)]
    return pieces
