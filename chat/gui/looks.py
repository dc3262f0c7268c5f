"""How the window looks: colours, fonts, and the rounded shapes that ttk does not have.

The colours are those of the page (chat.css). Sizes are in pixels of a 96 dpi screen, made to fit
the real one by `Looks.px`.
"""

import tkinter as tk
from collections.abc import Mapping, Sequence
from math import hypot
from tkinter import font, ttk

GROUND = "#f4f3ef"
SURFACE = "#ffffff"
INK = "#22262b"
MUTED = "#5b626b"
RULE = "#dedcd5"
FIELD = "#868c94"
ACCENT = "#0f6b62"
ACCENT_DARK = "#0b534c"
MINE = "#e4f2ee"
SELECTION = "#b9ddd5"
WHISPER = "#f0eafa"
WHISPER_INK = "#61439b"
BAD = "#a82a20"
BAD_GROUND = "#fbeae7"
NOTICE = "#edf1ee"
STATES = {"on": "#1e8a5a", "wait": "#b06f00", "off": FIELD, "over": BAD}
TINTS = ("#0f6b62", "#8a4b08", "#61439b", "#a03060", "#1f5fa6", "#4d6412")

_DESIGN_DPI = 96
_MIDDLE = 48  # pixels: with a smaller one, ttk takes long to fill a large shape
_POINTS_PER_INCH = 72


class Looks:
    """The styles and fonts of one window; keep it as long as the window."""

    def __init__(self, root: tk.Tk) -> None:
        self._root = root
        self._images: list[tk.PhotoImage] = []  # Tk draws them as long as somebody holds them
        _fit_to_screen(root)
        self._scale = root.winfo_fpixels("1i") / _DESIGN_DPI
        self.text = self._font(11)
        self.bold = self._font(11, weight="bold")
        self.italic = self._font(11, slant="italic")
        self.small = self._font(9)
        self.small_bold = self._font(9, weight="bold")
        self.heading = self._font(17, weight="bold")
        self.title = self._font(12, weight="bold")
        self.gap = self._font(4)
        self.style = ttk.Style(root)
        self.style.theme_use("clam")
        self._style_words()
        self._style_shapes()
        self._style_lists()

    def px(self, pixels: float) -> int:
        """Return a length in pixels of this screen."""
        return max(1, round(pixels * self._scale))

    def dot(self, colour: str, ground: str) -> tk.PhotoImage:
        """Return a filled circle."""
        return self._rounded(4, colour, colour, ground)

    def icon(self) -> tk.PhotoImage:
        """Return what stands for the window in a list of windows."""
        return self._rounded(15, ACCENT, ACCENT, SURFACE)

    def _font(self, points: int, weight: str = "normal", slant: str = "roman") -> font.Font:
        made = font.nametofont("TkDefaultFont", root=self._root).copy()
        made.configure(size=points, weight=weight, slant=slant)  # type: ignore[arg-type]
        return made

    def _style_words(self) -> None:
        style = self.style
        style.configure(".", background=SURFACE, foreground=INK, font=self.text)
        style.configure("Ground.TFrame", background=GROUND)
        style.configure("Rule.TFrame", background=RULE)
        style.configure("Title.TLabel", font=self.title)
        style.configure("Heading.TLabel", font=self.heading)
        style.configure("Field.TLabel", font=self.bold)
        style.configure("Muted.TLabel", foreground=MUTED)
        style.configure("Hint.TLabel", foreground=FIELD)
        style.configure("Small.TLabel", foreground=MUTED, font=self.small)
        style.configure("Members.TLabel", foreground=MUTED, font=self.small_bold, background=GROUND)
        style.configure("Problem.TLabel", foreground=BAD)

    def _style_shapes(self) -> None:
        px = self.px
        plain, strong = (SURFACE, RULE), (ACCENT, ACCENT)
        field = {"": (SURFACE, FIELD), "focus": (SURFACE, ACCENT)}
        button = {"": plain, "focus": (SURFACE, ACCENT), "active": (GROUND, FIELD)}
        primary = {"": strong, "focus": (ACCENT, INK), "active": (ACCENT_DARK, ACCENT_DARK)}
        self._shape("Card.TFrame", 14, {"": plain}, (), ground=GROUND)
        self._shape("TEntry", 9, field, ("Entry.padding", "Entry.textarea"))
        self._shape("Message.TEntry", 19, field, ("Entry.padding", "Entry.textarea"))
        self._shape("TButton", 9, button, ("Button.padding", "Button.label"))
        self._shape("Primary.TButton", 9, primary, ("Button.padding", "Button.label"))
        self._shape("Send.TButton", 19, primary, ("Button.padding", "Button.label"))
        self._shape("Pill.TButton", 13, primary, ("Button.padding", "Button.label"))
        selection = {"selectbackground": SELECTION, "selectforeground": INK}
        self.style.configure("TEntry", padding=(px(10), px(8)), insertcolor=INK, **selection)
        self.style.configure("Message.TEntry", padding=(px(16), px(9)))
        self.style.configure("TButton", padding=(px(12), px(5)), anchor="center", width=0)
        for name, padding in (("Primary", (12, 9)), ("Send", (22, 9)), ("Pill", (14, 5))):
            style = f"{name}.TButton"
            self.style.configure(style, foreground=SURFACE, padding=[px(side) for side in padding])
        for name in ("Primary", "Send"):
            self.style.configure(f"{name}.TButton", font=self.bold)
        self.style.configure("Pill.TButton", font=self.small_bold)

    def _shape(
        self,
        style: str,
        radius: float,
        colours: Mapping[str, tuple[str, str]],
        parts: Sequence[str],
        ground: str = SURFACE,
    ) -> None:
        """Let `style` have round corners; `colours` are (fill, edge) by state."""
        images = {
            state: self._rounded(radius, fill, edge, ground, _MIDDLE)
            for state, (fill, edge) in colours.items()
        }
        element = f"{style}.shape"
        states = [(state, images[state]) for state in ("active", "focus") if state in images]
        corner = self.px(radius)
        self.style.element_create(
            element, "image", images[""], *states, border=corner, padding=0, width=0, height=0
        )
        layout: list[tuple[str, dict[str, object]]] = []
        for part in reversed((element, *parts)):
            inside = {"children": layout} if layout else {}
            layout = [(part, {"sticky": "nsew", **inside})]
        self.style.layout(style, layout)  # type: ignore[arg-type]  # typeshed wants literal dicts

    def _style_lists(self) -> None:
        style, px = self.style, self.px
        row = self.text.metrics("linespace") + px(10)
        style.configure("Treeview", background=GROUND, fieldbackground=GROUND, rowheight=row)
        style.map("Treeview", background=[("selected", RULE)], foreground=[("selected", INK)])
        style.layout("Treeview", [("Treeview.treearea", {"sticky": "nswe"})])
        style.layout(
            "Treeview.Item",
            [
                ("Treeitem.image", {"side": "left", "sticky": ""}),
                ("Treeitem.text", {"side": "left", "sticky": ""}),
            ],
        )
        thumb = self._rounded(4, RULE, RULE, SURFACE)
        style.element_create("Log.thumb", "image", thumb, border=px(4), sticky="ns")
        style.layout("Log.Vertical.TScrollbar", [("Log.thumb", {"sticky": "nswe"})])

    def _rounded(
        self, radius: float, fill: str, edge: str, ground: str, middle: int = 1
    ) -> tk.PhotoImage:
        """Return a shape with smooth corners; ttk fills larger ones by repeating its middle."""
        corner, line = self.px(radius), max(1.0, self._scale)
        steps = [*range(corner, 0, -1), *[0] * middle, *range(1, corner + 1)]
        rows = {}
        for down in range(corner + 1):
            beyond = [corner + 0.5 - hypot(across, down) for across in range(corner + 1)]
            shades = [_mix(_mix(ground, edge, far), fill, far - line) for far in beyond]
            pixels = [bytes.fromhex(shade.removeprefix("#")) for shade in shades]
            rows[down] = b"".join(pixels[across] for across in steps)
        # As a file, which Tk reads in no time; words for so many colours take it longer than all
        # the rest of the window.
        data = b"P6 %d %d 255\n" % (len(steps), len(steps)) + b"".join(rows[y] for y in steps)
        image = tk.PhotoImage(master=self._root, data=data, format="PPM")
        self._images.append(image)
        return image


def _mix(under: str, over: str, share: float) -> str:
    if share <= 0 or share >= 1:
        return over if share > 0 else under
    pairs = [(int(under[i : i + 2], 16), int(over[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _fit_to_screen(root: tk.Tk) -> None:
    # Desktops on X11 say in the resource Xft.dpi how large the user wants things; Tk 8.6 asks the
    # screen, which seldom knows. A resource is found by whoever bears the first part of its name.
    if root.tk.call("tk", "windowingsystem") == "x11":  # pragma: no branch  # but on other systems
        probe = tk.Tk(className="Xft")
        wanted = str(probe.tk.call("option", "get", ".", "dpi", "Dpi"))
        probe.destroy()
        if wanted.isdigit():
            root.tk.call("tk", "scaling", int(wanted) / _POINTS_PER_INCH)
