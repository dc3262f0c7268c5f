"""Take the pictures of README.md: the window and the page, in one real conversation.

    pip install -e '.[test,pictures]'
    python -m docs.screenshots

Needs what the tests of the window and of the page need: xvfb, xdotool, a Chromium.
"""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from PIL import ImageGrab

from chat import ChatClient, ChatServer, MemoryJournal, Settings
from tests.integration.browser import launched
from tests.integration.desktop import display, sitting_at

IMAGES = Path(__file__).parent / "images"

TALK = [
    ("grace", "Morning! Did the nightly run stay green?"),
    ("linus", "All three tiers, a thousand times, shuffled."),
    ("grace", "/me is impressed"),
    ("linus", "The flaky one was ours: a sleep that hoped for the best."),
    ("margaret", "What replaced it?"),
    ("linus", "It waits for the message now. Nothing to hope for, and twice as fast."),
    ("margaret", "/msg ada Your fixture with port 0 is the nicest thing in there."),
]


async def main() -> None:
    """Let some people talk, and take the pictures."""
    IMAGES.mkdir(exist_ok=True)
    async with AsyncExitStack() as stack:
        settings = Settings(host="127.0.0.1", port=0, rate_limit=0)
        server = await stack.enter_async_context(ChatServer(MemoryJournal(), settings))
        people = {
            name: await stack.enter_async_context(ChatClient(server.url, name))
            for name in ("grace", "linus", "margaret")
        }
        screen = await stack.enter_async_context(display())
        await picture_of_the_window(server, people, screen)
        await picture_of_the_page(server)


async def picture_of_the_window(server, people, screen):
    """The window of ada, who listens and then answers."""
    async with sitting_at(screen, "--name", "ada", "--url", server.url) as ada:
        await ada.sees("Connected")
        for name, line in TALK:
            await people[name].say(line)
        await ada.reads("nicest thing")
        await ada.enters("Thank you! I will show it in the second chapter.")
        await ada.reads("second chapter")
        picture = ImageGrab.grab(xdisplay=screen)
        picture.crop(picture.getbbox()).save(
            IMAGES / "window.png"
        )  # the display around it is black


async def picture_of_the_page(server):
    """The page of bob, who comes later and sees what was said."""
    async with launched() as browser:
        page = await browser.new_page()
        await page.set_viewport_size({"width": 1000, "height": 720})
        await page.goto(server.url.replace("ws:", "http:"))
        await page.get_by_role("textbox", name="Your name").fill("bob")
        await page.get_by_role("button", name="Join", exact=True).click()
        await page.get_by_text("bob joined").wait_for()
        await page.get_by_role("textbox", name="Message").fill("Good to see this in one place.")
        await page.keyboard.press("Enter")
        await page.get_by_text("in one place").wait_for()
        await page.screenshot(path=IMAGES / "page.png")


if __name__ == "__main__":
    asyncio.run(main())
