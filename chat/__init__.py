"""A WebSocket chat, built to be tested: its public names.

They are imported when they are asked for, so that `import chat.room` loads nothing that does I/O.
A name that begins with an underscore is private to its module and may change any day.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chat.client import ChatClient as ChatClient
    from chat.config import Settings as Settings
    from chat.journal.memory import MemoryJournal as MemoryJournal
    from chat.journal.sqlite import SqliteJournal as SqliteJournal
    from chat.server import ChatServer as ChatServer

_HOMES = {
    "ChatClient": "chat.client",
    "ChatServer": "chat.server",
    "MemoryJournal": "chat.journal.memory",
    "Settings": "chat.config",
    "SqliteJournal": "chat.journal.sqlite",
}
__all__ = ["ChatClient", "ChatServer", "MemoryJournal", "Settings", "SqliteJournal"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'chat' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
