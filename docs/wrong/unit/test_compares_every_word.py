"""Wrong: it asks for sentences that nobody promised, and so for more than a user would miss."""

import pytest

from chat.commands import Act, Advise, Say, Whisper, Who, parse_command

HELP = Advise(
    "/me TEXT (show what you do); /msg NAME TEXT (whisper to one member); /who (see who is here); "
    "/help (see what you can type); //TEXT (say a text that begins with a slash)"
)
MEANINGS = {
    "hello": Say("hello"),
    "//shrug": Say("/shrug"),
    "/me two  words ": Act("two  words"),
    "/msg ada so  far": Whisper("ada", "so  far"),
    "/who is here?": Who(),
    "/help": HELP,
    "/": HELP,
    "/me": Advise("Usage: /me TEXT (show what you do)"),
    "/msg ada": Advise("Usage: /msg NAME TEXT (whisper to one member)"),
    "/mgs": Advise("Unknown command, the nearest is /msg; type // to begin a text with /"),
    "/xyz": Advise("Unknown command, the nearest is /who; type // to begin a text with /"),
}


@pytest.mark.parametrize("line", MEANINGS)
def test_a_line_means_just_that(line):
    """To the letter, until somebody finds better words."""
    assert parse_command(line) == MEANINGS[line]
