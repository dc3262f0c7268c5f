"""`python -m chat client` with a witness: prints what can be seen in the window, as it changes.

    python -m tests.integration.watched_window --name ada

Each line is a JSON object. Nothing in the window is replaced; it is only looked at.

    python -m tests.integration.watched_window --at SOCKET

opens a window whenever somebody connects to this Unix socket, in a process of its own that is
forked off: the imports take longer than all the rest. Who connects sends a display and the options,
as a list in a line of JSON, and reads the number of the process and what is seen.
"""

import gc
import json
import os
import signal
import socket
import sys
import tkinter as tk
from tkinter import ttk

from chat.__main__ import main
from chat.gui import window

PERIOD = 10  # milliseconds between two looks


class WatchedWindow(window.Window):
    """The real window, with somebody who looks at it."""

    def run(self):
        self.seen = None
        self.look()
        super().run()

    def look(self):
        """Tell what is seen, if it is something new."""
        self.root.update_idletasks()  # what is seen is what is drawn
        seen = {"title": self.root.title(), "words": [], "log": [], "members": [], "typed": []}
        look_at(self.root, seen)
        seen["window"] = int(self.root.wm_frame(), 16) if self.root.winfo_viewable() else None
        seen["has_keyboard"] = self.root.focus_displayof() is not None
        where = self.root.focus_get()  # a page that has just come takes the keys a moment later
        seen["takes_text"] = isinstance(where, ttk.Entry) and bool(where.winfo_viewable())
        if seen != self.seen:
            self.seen = seen
            print(json.dumps(seen), flush=True)
        self.root.after(PERIOD, self.look)


def look_at(widget, seen):
    """Add what can be seen of a widget, and of those inside it."""
    if not widget.winfo_viewable():
        return
    if isinstance(widget, tk.Text):
        height = widget.winfo_height()
        seen["log"] += widget.get("@0,0", f"@0,{height} lineend").split("\n")
    elif isinstance(widget, ttk.Treeview):
        seen["members"] += [widget.item(row, "text").strip() for row in widget.get_children()]
    elif isinstance(widget, ttk.Entry):
        seen["typed"].append(widget.get())
    elif isinstance(widget, ttk.Label | ttk.Button):
        seen["words"].append(str(widget.cget("text")))
    elif isinstance(widget, ttk.Scrollbar):
        across, top = widget.winfo_rootx() + widget.winfo_width() // 2, widget.winfo_rooty()
        first, last = widget.get()
        ends = [top + int(part * widget.winfo_height()) for part in (first, last)]
        seen["thumb"] = {"across": across, "ends": ends, "is_at_end": 0 < first < last == 1}
    for child in widget.winfo_children():
        look_at(child, seen)


def asked_at(path):
    """Return the options of somebody who asks for a window, in the process that is to open it."""
    gc.freeze()  # what was imported is not looked through for garbage again in every process
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # a window that is closed needs nobody's care
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        print("ready", flush=True)
        while True:
            asked = listener.accept()[0]
            if not os.fork():
                break
            asked.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with asked, asked.makefile() as lines:
        os.dup2(asked.fileno(), sys.stdout.fileno())
        print(os.getpid(), flush=True)
        os.environ["DISPLAY"], *options = json.loads(lines.readline())
    return options


if __name__ == "__main__":
    window.Window = WatchedWindow
    if sys.argv[1] == "--at":
        sys.argv[1:] = asked_at(sys.argv[2])
    sys.exit(main(["client", *sys.argv[1:]]))
