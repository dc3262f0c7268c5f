"""The form that asks for what it takes to join, as a widget."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from chat.gui.looks import Looks
from chat.gui.view import Form

_FIELDS = {"name": "Your name", "url": "Server address", "token": "Token"}
_WIDTH = 380


class FormPage(ttk.Frame):
    """Hands name, address and token to `on_join`."""

    def __init__(
        self, parent: tk.Misc, styles: Looks, on_join: Callable[[str, str, str], None]
    ) -> None:
        super().__init__(parent, style="Ground.TFrame")
        self._on_join = on_join
        self._styles = styles
        self._entries: dict[str, ttk.Entry] = {}
        self._problems: dict[str, ttk.Label] = {}
        card = ttk.Frame(self, style="Card.TFrame", padding=styles.px(28))
        card.place(relx=0.5, rely=0.45, anchor="center", width=styles.px(_WIDTH))
        card.columnconfigure(0, weight=1)
        ttk.Label(card, text="Join the chat", style="Heading.TLabel").grid(sticky="w")
        hint = ttk.Label(card, text="Everybody here will see this name.", style="Muted.TLabel")
        hint.grid(sticky="w", pady=(styles.px(4), 0))
        self._rows = {field: self._add_row(card, field) for field in _FIELDS}
        button = ttk.Button(card, text="Join", style="Primary.TButton", command=self._join)
        button.grid(sticky="ew", pady=(styles.px(20), 0))
        button.bind("<Return>", self._join)

    def show(self, form: Form) -> None:
        """Show what is filled in and what is wrong with it."""
        values = {"name": form.name, "url": form.url, "token": form.token}
        for field, entry in self._entries.items():
            if entry.get() != values[field]:
                entry.delete(0, "end")
                entry.insert(0, values[field])
            self._problems[field].grid_remove()
        if form.asks_token:
            self._rows["token"].grid()
        else:
            self._rows["token"].grid_remove()
        if form.problem:
            self._problems[form.field].configure(text=form.problem)
            self._problems[form.field].grid()
        self._entries[form.field].focus_set()
        self._entries[form.field].selection_range(0, "end")

    def _add_row(self, card: ttk.Frame, field: str) -> ttk.Frame:
        px = self._styles.px
        row = ttk.Frame(card)
        row.grid(sticky="ew", pady=(px(14), 0))
        row.columnconfigure(0, weight=1)
        ttk.Label(row, text=_FIELDS[field], style="Field.TLabel").grid(sticky="w")
        entry = ttk.Entry(row, font=self._styles.text, show="\u2022" if field == "token" else "")
        entry.grid(sticky="ew", pady=(px(4), 0))
        entry.bind("<Return>", self._join)
        problem = ttk.Label(row, style="Problem.TLabel", wraplength=px(_WIDTH - 56))
        problem.grid(sticky="w", pady=(px(4), 0))
        self._entries[field], self._problems[field] = entry, problem
        return row

    def _join(self, _: object = None) -> None:
        name, url, token = (self._entries[field].get() for field in _FIELDS)
        self._on_join(name, url, token)
