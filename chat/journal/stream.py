"""How a journal stands in Redis: its keys, the script that appends, and how they are read.

An entry of the stream has the event's id as the first part of its own: `41-0` is event 41.
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from chat.events import Event
from chat.journal import JournalError, Snapshot

EVENTS, SNAPSHOT, IDENTITY = "chat:events", "chat:snapshot", "chat:identity"
ALIVE, WRITER = "chat:alive:", "chat:writer:"  # followed by an id

# Appends ARGV[4...], numbered from ARGV[3] on by the writer ARGV[2], but nothing twice, and nothing
# to another history than ARGV[1]. The number that was seen last expires with the day: nobody tries
# again for so long.
APPEND = """
if redis.call('GET', KEYS[3]) ~= ARGV[1] then
  return redis.error_reply('it is without the history that it had')
end
local seen = tonumber(redis.call('GET', KEYS[2]) or '0')
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local id = last and tonumber(string.match(last[1], '%d+')) or 0
for i = 4, #ARGV do
  local sequence = ARGV[3] + i - 4
  if sequence > seen then
    id = id + 1
    redis.call('XADD', KEYS[1], string.format('%d-0', id),
      'writer', ARGV[2], 'sequence', sequence, 'body', ARGV[i])
    redis.call('SET', KEYS[2], sequence, 'EX', 86400)
  end
end
"""


def read_event(entry: Sequence[Any]) -> Event:
    """Return the event of one entry of the stream, as a command or as a script gives it."""
    name, fields = entry
    body = fields["body"] if isinstance(fields, dict) else fields[fields.index("body") + 1]
    return Event.load(read_id(name), body)


def read_news(entries: Sequence[Any], after: int) -> list[Event]:
    """Return the events of `entries`. Raises `JournalError` unless they begin right after `after`.

    Where they do not, others trimmed what was not read here yet: that would never be heard.
    """
    events = [read_event(entry) for entry in entries]
    if events[0].id > after + 1:
        raise JournalError(f"the event {after + 1} was trimmed before this server had read it")
    return events


def read_id(name: str) -> int:
    """Return the id of the event that stands in the stream as `name`."""
    return int(name.partition("-")[0])


def read_snapshot(text: str) -> Snapshot:
    """Return the snapshot that was kept as `text`."""
    return Snapshot(*json.loads(text))


def without_password(url: str) -> str:
    """Return `url` without its password, wherever that stands."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
