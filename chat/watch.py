"""Servers of one journal look after each other: each says that it lives, and finds who does not.

Which servers are alive is the journal's knowledge, who their members are is the room's.
"""

from contextlib import suppress
from typing import TYPE_CHECKING

from chat.events import Event
from chat.journal import JournalError, Snapshot

if TYPE_CHECKING:
    from chat.server import ChatServer


async def bury_the_dead(server: "ChatServer") -> None:
    """Append that each server which has members but no longer lives is lost."""
    for dead in await server.journal.find_dead(server.room.servers - {server.id}):
        await server.journal.append(Event("lost", server.clock(), dead))


async def say_alive(server: "ChatServer") -> None:
    """Say that `server` lives; if that fails, the watch says it again soon."""
    with suppress(JournalError):
        await server.journal.say_alive(server.id)


async def keep_watch(server: "ChatServer") -> None:
    """Say that `server` lives, mend the journal, bury the dead, again and again.

    Tell members of an outage.
    """
    is_away = False
    while True:
        await server.sleep(server.settings.lifetime / 3)
        try:
            await server.journal.say_alive(server.id)
            await server.journal.mend(Snapshot(server.history.newest, server.room.snapshot()))
            await bury_the_dead(server)
        except JournalError:
            if not is_away:
                server.announce("The history cannot be reached: what you say waits until it can.")
            is_away = True
        else:
            if is_away:
                server.announce("The history is back, and what was said goes on.")
            is_away = False
