"""What a typed line means: "/me waves", "/msg ada hi", "/who".

Pure: a line goes in, what it means comes out, and nothing around it matters.

Here belongs what the words mean, and nothing else: who is here, who hears it and what may go
over the wire are decided elsewhere. A new command is a new row in `_TABLE`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Say:
    """Everyone hears `text`."""

    text: str


@dataclass(frozen=True, slots=True)
class Act:
    """Everyone sees the member do `text`, as in "ada waves"; `text` is never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Whisper:
    """The member named `to` hears `text`; `to` has no whitespace, and neither is ever empty."""

    to: str
    text: str


@dataclass(frozen=True, slots=True)
class Who:
    """The sender wants to know who is here."""


@dataclass(frozen=True, slots=True)
class Advise:
    """The sender alone is told `text`: one line for people to read, all of it printable.

    Where `parse_command` does not promise a word of it, the wording of `text` is free.
    """

    text: str


Command = Say | Act | Whisper | Who | Advise


def parse_command(line: str) -> Command:
    """Tell what `line` means, as a member typed it.

    Every line means something: no line raises an exception.

    A line that does not begin with "/" is said exactly as it stands.
    A line that begins with "//" is said without its first slash and otherwise exactly as it
    stands: "//shrug" says "/shrug".
    Every other line is a command: a slash, the name of the command, and what it needs.

    The name of a command is matched without regard to case: "/ME waves" is "/me waves".
    Whitespace before and after the name of a command is dropped.
    Whitespace before and after the text of a command is dropped; whitespace inside it is kept.
    A "//" has no special meaning inside the text of a command.

    "/me" needs a text, and becomes Act.
    "/msg" needs the name of a member, which ends at the first whitespace, and then a text; it
    becomes Whisper.
    The name of a member is kept as typed, whether or not there is such a member.
    "/who" becomes Who, and "/help" becomes Advise with the usage of every command and of "//".
    "/who" and "/help" ignore what follows them.
    A slash with nothing but whitespace after it is "/help".

    A command without all that it needs becomes Advise with the usage of that command, such as
    "/msg NAME TEXT", and of no other.
    An unknown command becomes Advise that names the known command nearest to it in spelling,
    and no other; there always is one.
    Nearest is what `difflib.get_close_matches` puts first, without regard to case and slash;
    where two known commands are equally near, either may be named.
    """
    if not line.startswith("/"):
        return Say(line)
    if line.startswith("//"):
        return Say(line[1:])
    name, *rest = line[1:].rstrip().split(maxsplit=1) or ["help"]
    row = _TABLE.get(name.casefold())
    return row.read(*rest) if row else _advise_nearest(name.casefold())


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    needs: tuple[str, ...]
    meaning: str
    make: Callable[..., Command]  # takes one string for each of the needs

    @property
    def usage(self) -> str:
        return f"/{' '.join((self.name, *self.needs))} ({self.meaning})"

    def read(self, rest: str = "") -> Command:
        # The last of the needs takes all that is left. Where there are none, maxsplit is -1,
        # which splits without limit, and nothing is taken.
        wanted = len(self.needs)
        given = rest.split(maxsplit=wanted - 1)[:wanted]
        return self.make(*given) if len(given) == wanted else Advise(f"Usage: {self.usage}")


def _advise_all() -> Advise:
    usages = [row.usage for row in _TABLE.values()]
    return Advise("; ".join([*usages, "//TEXT (say a text that begins with a slash)"]))


def _advise_nearest(name: str) -> Advise:
    # What was typed is not repeated: it may be long, and anything but one clean line.
    [nearest] = get_close_matches(name, _TABLE, n=1, cutoff=0)
    return Advise(f"Unknown command, the nearest is /{nearest}; type // to begin a text with /")


_TABLE = {
    row.name: row
    for row in (
        _Row("me", ("TEXT",), "show what you do", Act),
        _Row("msg", ("NAME", "TEXT"), "whisper to one member", Whisper),
        _Row("who", (), "see who is here", Who),
        _Row("help", (), "see what you can type", _advise_all),
    )
}
