"""The journal in memory, which stands in for the real ones in this tier: a verified fake."""

from contextlib import AsyncExitStack

import pytest

from chat.journal.memory import MemoryJournal
from tests.journal_contract import JournalContract


class TestMemoryJournal(JournalContract):
    """Keeps every promise but endurance: each one opened is new."""

    @pytest.fixture
    async def open_journal(self):
        """Open journals in memory, each of them empty, and close them at the end."""
        async with AsyncExitStack() as stack:

            async def open_one(history=1000, number=0):
                journal = MemoryJournal(history)
                stack.push_async_callback(journal.close)
                return journal

            yield open_one
