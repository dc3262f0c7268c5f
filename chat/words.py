"""In which words a client tells why there is no connection, and whether that is for good."""

import ssl

from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidHeaderValue,
    InvalidMessage,
    InvalidProxy,
    InvalidStatus,
    InvalidURI,
    ProxyError,
)
from websockets.frames import CloseCode

from chat.messages import ProtocolError
from chat.outcomes import NotConnected


def not_opened(url: str, error: Exception) -> NotConnected:
    """Return why there is no connection to `url`, after `error` from the library."""
    is_final = True
    match error:
        case InvalidStatus(response=response):
            return _not_let_in(url, response.status_code)
        case InvalidHeaderValue(name="Authorization"):
            words = "the token has characters that no token may have"
            return NotConnected(words, is_final=True, needs_token=True)
        case ProxyError():
            words, is_final = f"the proxy does not lead to {url}: {error}", False
        case InvalidProxy() | ImportError():
            words = f"the proxy that is set here cannot be used: {error}"
        case ssl.SSLCertVerificationError():  # which is a ValueError too
            words = f"the certificate of {url} is not trusted: {error.verify_message}"
        case InvalidURI() | ValueError():
            words = f"{url} is no address: write it like ws://localhost:8765"
        case InvalidHandshake() if not _was_cut_short(error):
            words = f"{url} answers, but is no chat"
        case _:
            words, is_final = f"no server answers at {url}", False
    return NotConnected(words, is_final=is_final)


def not_connected(closed: ConnectionClosed) -> NotConnected:
    """Return why a connection ended."""
    if closed.rcvd is None:
        return NotConnected("the connection was lost")
    if closed.rcvd.code == CloseCode.POLICY_VIOLATION:
        words = closed.rcvd.reason or "the server refuses to go on"
        return NotConnected(words, is_final=True)
    return NotConnected(_CLOSE_WORDS.get(closed.rcvd.code, "the connection was closed"))


def not_understood(error: ProtocolError) -> NotConnected:
    """Return why a client has nothing more to do with a server that talks nonsense."""
    words = f"the server said what this client does not know: {error}"
    return NotConnected(words, is_final=True)


def _not_let_in(url: str, status: int) -> NotConnected:
    words = _STATUS_WORDS.get(status, f"{url} answers, but is no chat (HTTP status {status})")
    # From 500 on it is a fault of the server, or of a proxy in front of it, and may pass.
    return NotConnected(words, is_final=status < 500, needs_token=status == 401)


def _was_cut_short(error: InvalidHandshake) -> bool:
    # The server stopped, or was killed, in the midst of the handshake.
    return isinstance(error, InvalidMessage) and isinstance(error.__cause__, EOFError)


_STATUS_WORDS = {
    401: "this chat needs a token, and the one given is missing or wrong",
    403: "this chat does not let pages from here in",
    502: "the chat is not there at the moment",
    503: "the chat is full or about to stop",
    504: "the chat is not there at the moment",
}
_CLOSE_WORDS: dict[int, str] = {
    CloseCode.GOING_AWAY: "the server stopped",
    CloseCode.SERVICE_RESTART: "the server starts again",
    CloseCode.TRY_AGAIN_LATER: "the messages came faster than they were read",
    CloseCode.INTERNAL_ERROR: "the server had an error",
}
