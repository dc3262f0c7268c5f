"""What a typed line means.

`parse_command(line)` tells what a member wants who typed `line`: to say something, to do it, to
whisper it, to see who is here, or only to be advised. It is pure: a string goes in, and a `Say`,
`Act`, `Whisper`, `Who` or `Advise` comes out. What it promises stands in its docstring and in those
of these classes, all in chat/commands.py: test every sentence there, and no more than they say.

    python -m exercises check unit     what your tests catch, and what they would miss
    python -m exercises hint unit      the way to one of those

Write each step below its heading, in one test or in several.
"""

from chat.commands import Say, parse_command


def test_an_escaped_line_is_said_without_its_first_slash():
    """Two slashes at its beginning make a line that is said, and no command."""
    assert parse_command("//shrug") == Say("/shrug")


# Step 1: What is said
#
# Above is the first test of this step. Prove the rest of it: a line that begins without a slash is
# said exactly as it stands, and an escaped one loses its first slash and nothing else. Which lines
# could go wrong? A table of cases for `@pytest.mark.parametrize` keeps them together.


# Step 2: What a command becomes
#
# Prove that /me, /msg, /who and /help become what the docstring says, in capitals as well, and that
# what was typed after the name of a command keeps its capitals and its slashes.


# Step 3: Whitespace
#
# Prove that whitespace around the name and around the text of a command is dropped, and that inside
# the text all of it is kept. A space is not the only whitespace there is.


# Step 4: Something is missing
#
# Prove that a command without all that it needs is answered with its own usage and no other,
# however much or little of it is there. The wording is free, so do not compare whole sentences: the
# usage, such as `/msg NAME TEXT`, is what to look for.


# Step 5: Unknown commands
#
# Prove that whoever mistypes a command is told the nearest one and no other, and that there always
# is one.


# Step 6: Whatever anybody types
#
# Prove that no line at all raises an exception, and that whatever it becomes keeps what the
# docstring of its class promises. You cannot write down all lines; hypothesis can make them up.


# Your own tests
#
# What else could a colleague get wrong?
