"""What Redis keeps of the past: a snapshot of the room, and the events that follow it.

The two must fit. Servers replace the snapshot whenever they trim the stream; where somebody trimmed
it by hand, a server that has seen all of it puts the room of today in the snapshot's place.
"""

import json
from collections.abc import Sequence
from typing import Any

from chat.journal import JournalError, Snapshot, fold
from chat.journal.stream import EVENTS, IDENTITY, SNAPSHOT, read_event, read_id, read_snapshot

# Each of these as of one moment: the stream is KEYS[1], the snapshot KEYS[2], the identity KEYS[3].

# Returns the snapshot and the entries from there up to ARGV[1].
_READ = """
local snapshot = redis.call('GET', KEYS[2])
local id = cjson.decode(snapshot)[1]
local last = tonumber(ARGV[1])
if last <= id then return {snapshot, {}} end
return {snapshot, redis.call('XRANGE', KEYS[1],
  string.format('%d-0', id + 1), string.format('%d-0', last))}
"""
# Trims up to ARGV[3] and leaves the snapshot ARGV[2], if the one read before is still ARGV[1].
_TRIM = """
if redis.call('GET', KEYS[2]) == ARGV[1] then
  redis.call('SET', KEYS[2], ARGV[2])
  redis.call('XTRIM', KEYS[1], 'MINID', string.format('%d-0', ARGV[3] + 1))
end
"""
# Returns the id of the oldest event, or 0. Where that does not follow the snapshot, leaves ARGV[1],
# and the identity ARGV[2] unless that is empty.
_MEND = """
local snapshot = redis.call('GET', KEYS[2])
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
if not snapshot or not first then return 0 end
local oldest = tonumber(string.match(first[1], '%d+'))
if oldest > cjson.decode(snapshot)[1] + 1 then
  redis.call('SET', KEYS[2], ARGV[1])
  if ARGV[2] ~= '' then redis.call('SET', KEYS[3], ARGV[2]) end
end
return oldest
"""


class Kept:
    """The snapshot and the stream behind it. Every method may raise what `redis` raises."""

    def __init__(self, redis: Any) -> None:
        self._redis = redis
        self._keys = [EVENTS, SNAPSHOT, IDENTITY]
        self._read = redis.register_script(_READ)
        self._trim = redis.register_script(_TRIM)
        self._mend = redis.register_script(_MEND)

    async def snapshot(self, last: int) -> Snapshot:
        """Return the room after the event `last`, or after a later one if that is trimmed away.

        Raises `JournalError` where events are missing that nobody can know.
        """
        return (await self._fold(last))[1]

    async def trim(self, last: int) -> None:
        """Forget the events up to `last`.

        The snapshot may be ahead of them. Raises as `snapshot` does, and forgets nothing then.
        """
        before, after = await self._fold(last)
        await self._trim(self._keys, [before, json.dumps(after), last])

    async def mend(self, seen: Snapshot, identity: str = "") -> int:
        """Keep the room as it was `seen`, where what is kept does not follow the snapshot.

        With an `identity` it is another history from then on. Returns the id of the last event that
        is gone.
        """
        oldest: int = await self._mend(self._keys, [json.dumps(seen), identity])
        return oldest - 1

    async def span(self) -> tuple[int, int]:
        """Return the ids of the last event that is gone and of the newest one."""
        first = await self._redis.xrange(EVENTS, count=1)
        newest = await self._redis.xrevrange(EVENTS, count=1)
        kept = await self._redis.get(SNAPSHOT)
        known = read_snapshot(kept).id if kept else 0
        return _id(first, known + 1) - 1, _id(newest, known)

    async def missing(self) -> int:
        """Return the id of the last event that is in neither, 0 if there is none."""
        # In this order, lest a trim in between should look like a hole.
        first = await self._redis.xrange(EVENTS, count=1)
        known = read_snapshot(await self._redis.get(SNAPSHOT)).id
        gone = _id(first, 1) - 1
        return gone if gone > known else 0

    async def _fold(self, last: int) -> tuple[str, Snapshot]:
        kept, rows = await self._read(self._keys, [last])
        before = read_snapshot(kept)
        after = max(before.id, last)
        begins_late = not rows or read_id(rows[0][0]) > before.id + 1
        if after > before.id and begins_late:
            raise JournalError("events are missing: the stream was trimmed by hand")
        return kept, Snapshot(after, fold(before.room, map(read_event, rows)))


def _id(entries: Sequence[Any], default: int) -> int:
    return read_id(entries[0][0]) if entries else default


def nobody(last: int) -> Snapshot:
    """Return the room without anybody in it, right after the event `last`."""
    return Snapshot(last, fold(None, ()))
