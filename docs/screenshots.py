"""Take the pictures of README.md and the site: window and page in one real conversation, and what
the checker says of an exercise that is half done.

    pip install -e '.[pictures]'
    python -m docs.screenshots

Needs what the tests of the window and of the page need: xvfb, xdotool, a Chromium.
"""

import asyncio
import io
import os
import re
import shutil
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import ImageGrab
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from chat import ChatClient, ChatServer, MemoryJournal, Settings
from tests.integration.browser import launched
from tests.integration.desktop import Display, sitting_at

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"

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
        display = Display()
        stack.callback(display.end)
        await picture_of_the_window(server, people, display.name)
        await picture_of_the_page(server)
    (IMAGES / "report.svg").write_text(drawn(report()), "utf-8")


async def picture_of_the_window(server, people, screen):
    """The window of ada, who listens and then answers."""
    async with sitting_at(screen, "--name", "ada", "--url", server.url) as ada:
        await ada.sees("Connected")
        for name, line in TALK:
            await people[name].say(line)
        await ada.reads("nicest thing")
        await ada.enters("Thank you! I will show it in the second chapter.")
        await ada.reads("second chapter")
        await ada.sees("/help")  # what an empty line shows
        picture = await steady(screen)
        # The display around it is black.
        picture.crop(picture.getbbox()).save(IMAGES / "window.png", optimize=True)


async def steady(screen):
    """Return a picture of the display once it stays as it is: a busy machine draws part by part."""
    alike, picture = 0, ImageGrab.grab(xdisplay=screen)
    while alike < 8:
        await asyncio.sleep(0.05)  # the cursor blinks, but not as fast as eight of these
        last, picture = picture, ImageGrab.grab(xdisplay=screen)
        alike = alike + 1 if picture == last else 0
    return picture


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


CHECK = "python -m exercises check unit"
COLUMNS = 60  # few enough to be read on a phone
INK = [(230, 237, 243), (255, 123, 114), (86, 211, 100), (227, 179, 65)]  # and red, green, yellow
INK += [(121, 192, 255), (210, 168, 255), (118, 227, 234), (255, 255, 255)]  # blue to white
# Without Rich's own font, which would be fetched from elsewhere.
PICTURE = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font: {char_height}px ui-monospace, monospace; white-space: pre }}
.{unique_id}-title {{ font: bold 18px system-ui, sans-serif }}
{styles}
</style>
<defs>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})">{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""


def report():
    """Return what the checker prints, in a copy where three of six steps are done."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        for name in "chat", "tests", "exercises":
            shutil.copytree(ROOT / name, copy / name)
        shutil.copy(ROOT / "pyproject.toml", copy)
        solution = (copy / "exercises/solutions/unit/test_commands.py").read_text("utf-8")
        (copy / "exercises/unit/test_commands.py").write_text(
            solution.partition("# Step 4")[0], "utf-8"
        )
        done = subprocess.run(
            [sys.executable, *CHECK.split()[1:]],
            cwd=copy,
            env=os.environ | {"PYTHONPATH": str(copy), "COLUMNS": str(COLUMNS), "FORCE_COLOR": "1"},
            stdout=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    assert done.returncode == 1, "not done yet"
    return done.stdout


def drawn(output):
    """Return an SVG of a terminal in which this was printed."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    console.print(Text.from_ansi(output.strip("\n")))
    theme = TerminalTheme((27, 31, 36), INK[0], INK)
    found = console.export_svg(title=CHECK, theme=theme, code_format=PICTURE, unique_id="report")
    return re.sub(r"\n\s*", "\n", found)


if __name__ == "__main__":
    asyncio.run(main())
