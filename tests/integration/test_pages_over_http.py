"""What the server says to a browser before any WebSocket opens."""

import pytest

from tests.integration.plain_http import answer_to, get, status_of

PAGES = {"/": "text/html", "/chat.js": "text/javascript", "/chat.css": "text/css"}


@pytest.mark.parametrize("path", PAGES)
async def test_the_page_and_its_parts_are_served(live_server, path):
    """One port serves the chat and the page to join it from."""
    answer = await get(live_server, path)

    assert answer.status == 200
    assert answer.content_type == PAGES[path]
    assert answer.charset == "utf-8"
    assert "chat" in await answer.text()


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_loads_nothing_from_elsewhere(live_server, path):
    """A browser is told to run no script but ours, and to show the page in no frame."""
    headers = (await get(live_server, path)).headers

    policy = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


async def test_a_page_is_served_whatever_the_query(live_server):
    """A token in the address bar does not keep the page away."""
    assert (await get(live_server, "/?token=anything")).status == 200


async def test_the_page_is_public_when_the_chat_is_not(serve):
    """Who has no token yet sees the page that asks for it."""
    server = await serve(token="sesame")

    assert (await get(server, "/")).status == 200


async def test_the_health_check_says_ok(live_server):
    """What watches the server learns that it lives."""
    answer = await get(live_server, "/healthz")

    assert (answer.status, await answer.text()) == (200, "ok\n")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/healthz", 200, id="no-token"),
        pytest.param("/healthz?token=sesame", 200, id="right-token"),
        pytest.param("/healthz?token=wrong", 401, id="wrong-token"),
        pytest.param("/healthz?token=", 401, id="empty-token"),
    ],
)
async def test_the_health_check_answers_a_token_as_the_handshake_would(serve, path, status):
    """A browser cannot see why a handshake fails: here it can ask."""
    server = await serve(token="sesame")

    assert (await get(server, path)).status == status


@pytest.mark.parametrize(
    "path", ["/nothing", "/chat.js/", "/../chat.js", "/index.html", "//", "//[", "/%2e%2e/chat.py"]
)
async def test_there_is_nothing_else(live_server, path):
    """Any other path is not found, however strange it is."""
    assert await status_of(live_server, f"GET {path} HTTP/1.1", "Host: x") == 404


@pytest.mark.parametrize("path", ["/", "/chat.js", "/healthz", "/nothing"])
async def test_a_head_is_answered_as_a_get_without_its_body(live_server, path):
    """What only looks whether a page is there gets its headers alone (RFC 9110, section 9.3.2)."""
    (look, nothing), (page, body) = [
        await answer_to(live_server, f"{method} {path} HTTP/1.1", "Host: x")
        for method in ("HEAD", "GET")
    ]

    assert (nothing, len(body) > 0) == ("", True)
    assert without_date(look) == without_date(page)


def without_date(lines):
    """The lines of an answer that do not depend on when it was asked for."""
    return [line for line in lines if not line.startswith("Date:")]


@pytest.mark.parametrize("path", ["/", "/healthz", "/nothing"])
@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
async def test_nothing_can_be_done_to_a_page_but_read_it(live_server, method, path):
    """Who tries is told what may be asked (RFC 9110, section 15.5.6)."""
    status, *headers = (await answer_to(live_server, f"{method} {path} HTTP/1.1", "Host: x"))[0]

    assert status == "HTTP/1.1 405 Method Not Allowed"
    assert "Allow: GET, HEAD" in headers


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("POST", 405)])
async def test_no_handshake_begins_with_another_method(live_server, method, status):
    """A WebSocket is opened by a GET (RFC 6455, section 4.1)."""
    headers = "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"
    request = f"{method} / HTTP/1.1", *headers, "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="

    assert await status_of(live_server, *request) == status
