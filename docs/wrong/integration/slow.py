"""A disk that is busy with something else, as disks are on the day that matters."""

import asyncio

from tests.fakes import HeldJournal

DELAY = 0.1  # seconds


class SlowJournal(HeldJournal):
    """What is said is stored, and so heard, after a moment."""

    def append(self, event):
        if event.type != "message":
            return super().append(event)
        self.hold()
        future = super().append(event)
        asyncio.get_running_loop().call_later(DELAY, self.release)
        return future


class StuckJournal(HeldJournal):
    """Nothing can be read from it before `is_free` is set."""

    def __init__(self):
        super().__init__()
        self.is_free = asyncio.Event()

    async def snapshot(self):
        await self.is_free.wait()
        return await super().snapshot()
