"""The page of the wire protocol says what the program does."""

import re
from pathlib import Path
from typing import get_args

import pytest

from chat.config import MAX_FRAME, MAX_NAME, MAX_PAGE, MAX_TEXT, Settings
from chat.messages import ClientMessage, Code, Heard, ServerMessage
from chat.protocol import parse_message, parse_reply

PAGE = Path(__file__).parents[2].joinpath("docs/reference/wire.md").read_text("utf-8")
FROM_CLIENT, FROM_SERVER = (re.findall(r"`(\{.*\})`", part) for part in PAGE.split("## ")[1:3])
HEARD = {"join", "leave", "message", "action", "whisper"}


def test_every_message_of_a_client_is_on_the_page():
    """Each frame there is one."""
    assert {type(parse_message(frame)) for frame in FROM_CLIENT} == set(get_args(ClientMessage))


def test_every_message_of_a_server_is_on_the_page():
    """Each frame there is one, and each kind of event is shown."""
    messages = [parse_reply(frame) for frame in FROM_SERVER]

    assert {type(message) for message in messages} == set(get_args(ServerMessage))
    assert {each.type for each in messages if isinstance(each, Heard)} == HEARD


def test_every_code_of_an_error_is_on_the_page():
    """With what it comes back for, and no other."""
    assert set(re.findall(r"error `([a-z-]+)`", PAGE)) == set(Code)


@pytest.mark.parametrize(
    "words",
    [
        f"`name` has 1 to {MAX_NAME} printable characters",
        f"`text` has 1 to {MAX_TEXT} code points",
        f"`limit` is 1 to {MAX_PAGE}",
        f"the newest {Settings.replay}",
        f"a text over {MAX_TEXT} code points",
        f"not stored within {Settings.store_timeout:g} seconds",
        f"no join within {Settings.join_deadline:g} seconds",
        f"more than {Settings.rate_limit:g} frames a second, after a burst of {Settings.burst}",
        f"after {Settings.max_strikes} in a row",
        f"a frame over {MAX_FRAME // 1024} KiB",
        f"a reader more than {Settings.drop_limit // 1024**2} MiB behind",
    ],
)
def test_a_limit_on_the_page_is_that_of_the_program(words):
    """Who reads a number there may rely on it."""
    assert words in PAGE
