"""Somebody at the page in a browser, as a test sees and moves them.

Nothing of Playwright is imported before a browser is asked for: the tests that need one skip where
it is missing, and nothing else does.
"""

import re
import shutil
from contextlib import asynccontextmanager

import pytest

from tests.conftest import WAIT

PATIENCE = 4 * WAIT  # many processes work for one page, and this is not about how fast
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--no-sandbox",  # root has no other choice
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-smooth-scrolling",  # what comes while it rolls would end it halfway
    "--disable-sync",
    "--no-first-run",
)


@asynccontextmanager
async def launched():
    """Run the browser of this system without a window, and yield its profile (a `BrowserContext`).

    What is missing skips the test.
    """
    playwright = pytest.importorskip(
        "playwright.async_api", reason="no Playwright: pip install playwright"
    )
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no browser: apt install chromium")
    async with (
        playwright.async_playwright() as driver,
        await driver.chromium.launch(executable_path=path, args=OPTIONS) as browser,
        await browser.new_context(locale="en-GB", timezone_id="UTC") as context,
    ):
        context.set_default_timeout(PATIENCE * 1000)
        # One tab stays, and its window with it: to open that takes as long as to open a page.
        await context.new_page()
        yield context


# In the middle of an attempt, which may fail, the page does not listen.
GO_ON = """() => ui.again.hidden
    ? ui.status.dataset.state === 'on' : dispatchEvent(new Event('online'))"""


class Visitor:
    """One tab. Every wait in it is bounded by PATIENCE."""

    def __init__(self, page):
        self.page = page
        self.name = page.get_by_role("textbox", name="Your name")
        self.token = page.get_by_label("Token")
        self.text = page.get_by_role("textbox", name="Message")
        self.problem = page.locator("#text-problem")
        self.status = page.get_by_role("status")
        self.log = page.get_by_role("log", name="Messages")
        self.lines = self.log.get_by_role("listitem")
        self.said = self.log.locator(".message .text")
        self.members = self._list("Members")
        self.unsent = self._list("Not sent")
        self.sockets = []
        self.requests = []
        self.complaints = []
        page.on("websocket", lambda socket: self.sockets.append(socket.url))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(error.message))

    def _list(self, name):
        return self.page.get_by_role("list", name=name).get_by_role("listitem")

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True)

    def line(self, text):
        """Return the line of the log that says exactly this."""
        words = self.page.get_by_text(re.compile(f"^{re.escape(text)}$"))
        return self.lines.filter(has=words)

    async def asks_for(self, name):
        """Ask to be let in under this name."""
        await self.name.fill(name)
        await self.button("Join").click()

    async def joins(self, name):
        await self.asks_for(name)
        await self.text.wait_for()

    async def says(self, text):
        await self.text.fill(text)
        await self.text.press("Enter")

    async def is_cut_off(self):
        """Wait until the page has noticed that the connection is gone."""
        await self.page.locator("#status[data-state=wait]").wait_for()

    async def loses(self, server):
        """Stop a server, and wait until the page has noticed."""
        await server.stop()
        await self.is_cut_off()

    async def comes_back(self):
        """Spare the page its wait, as a network that is there again does."""
        await self.page.wait_for_function(GO_ON)
        await self.status.filter(has_text="Connected as").wait_for()

    async def brightness(self, scheme):
        """Return how bright the ground is, from 0 to 1, for who likes it `light` or `dark`."""
        await self.page.emulate_media(color_scheme=scheme)
        color = await self.page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(map(int, re.findall(r"\d+", color))) / 3 / 255
