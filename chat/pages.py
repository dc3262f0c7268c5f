"""The page and its parts as HTTP responses, with the headers that keep them to themselves."""

from functools import cache
from http import HTTPStatus
from importlib import resources

from websockets.datastructures import Headers
from websockets.http11 import Response

PAGES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/chat.js": ("chat.js", "text/javascript; charset=utf-8"),
    "/chat.css": ("chat.css", "text/css; charset=utf-8"),
}
_PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


@cache
def _read_page(name: str) -> bytes:
    return (resources.files("chat") / "web" / name).read_bytes()


def page(path: str) -> Response:
    """Return the HTTP response with the file of the web client at `path`."""
    name, content_type = PAGES[path]
    body = _read_page(name)
    headers = Headers(
        {"Content-Type": content_type, "Content-Length": str(len(body)), "Connection": "close"}
        | _PAGE_HEADERS
    )
    return Response(HTTPStatus.OK, HTTPStatus.OK.phrase, headers, body)
