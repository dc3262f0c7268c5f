"""In which words a client tells why it did not get in, and whether it may try again."""

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import InvalidStatus
from websockets.http11 import Response

from chat.words import not_opened


def answered(status):
    """The error of a handshake that was answered with an HTTP status."""
    return InvalidStatus(Response(status, "", Headers()))


@pytest.mark.parametrize("status", [200, 301, 400, 401, 403, 404, 426, 499])
def test_an_answer_is_final_when_it_is_the_clients_fault(status):
    """The same request would be answered in the same way."""
    assert not_opened("ws://chat", answered(status)).is_final


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_answer_is_not_final_when_it_is_the_servers_fault(status):
    """A server, or a proxy in front of it, says so while the chat starts again."""
    assert not not_opened("ws://chat", answered(status)).is_final


@pytest.mark.parametrize("status", [200, 401, 403, 404, 500, 503])
def test_only_401_asks_for_a_token(status):
    """A program may ask its user for one, and should not where it would not help."""
    assert not_opened("ws://chat", answered(status)).needs_token is (status == 401)


def test_the_status_is_told_when_there_are_no_better_words():
    """Whoever runs the server may know what to make of it."""
    words = "ws://chat answers, but is no chat (HTTP status 418)"

    assert str(not_opened("ws://chat", answered(418))) == words


def test_a_proxy_is_named_when_this_python_lacks_what_it_needs():
    """SOCKS takes a package that is not there by itself."""
    error = not_opened("ws://chat", ImportError("a SOCKS proxy requires python-socks"))

    assert str(error).endswith("cannot be used: a SOCKS proxy requires python-socks")
    assert error.is_final
