"""Wrong: the test waits for one thing, and relies on another that usually comes with it."""

import asyncio

import pytest

from tests.conftest import WAIT

BUSY = 10  # turns of the event loop that others take meanwhile


class Window:
    """A page is seen first and takes the keys afterwards, as in the chat's own window."""

    def __init__(self):
        self.is_seen = self.takes_keys = False
        self.typed = ""
        self._changed = asyncio.Condition()

    async def show(self, turns):
        """Show the page, and give it the keyboard once others have had so many turns."""
        await self._becomes("is_seen")
        for _ in range(turns):
            await asyncio.sleep(0)
        await self._becomes("takes_keys")

    async def until(self, holds):
        """Wait for a change after which something holds."""
        async with asyncio.timeout(WAIT), self._changed:
            await self._changed.wait_for(holds)

    def types(self, text):
        """Press keys: nobody gets them while the page does not take them."""
        self.typed += text if self.takes_keys else ""

    async def _becomes(self, what):
        async with self._changed:
            setattr(self, what, True)
            self._changed.notify_all()


@pytest.fixture(params=[0, BUSY], ids=["idle", "busy"])
async def window(request):
    """A window that is about to show its page, on a machine with much or little to do."""
    window = Window()
    showing = asyncio.create_task(window.show(request.param))
    yield window
    await showing


async def test_ada_types_as_soon_as_she_sees_the_page(window):
    """There is no sleep in it, and it passes where the machine is idle."""
    await window.until(lambda: window.is_seen)

    window.types("hello")

    assert window.typed == "hello"


async def test_ada_types_as_soon_as_the_page_takes_it(window):
    """It waits for what it relies on, and passes everywhere."""
    await window.until(lambda: window.takes_keys)

    window.types("hello")

    assert window.typed == "hello"
