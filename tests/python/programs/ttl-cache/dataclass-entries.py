# passes
import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Entry:
    value: Any
    expires_at: float


class AsyncTTLCache:
    def __init__(self, ttl_seconds: float) -> None:
        self._ttl = ttl_seconds
        self._entries: dict[str, Entry] = {}
        self._inflight: dict[str, asyncio.Task] = {}

    async def get_or_fetch(self, key: str, fetch_fn: Callable[[], Awaitable[Any]]) -> Any:
        entry = self._entries.get(key)
        if entry is not None and time.monotonic() < entry.expires_at:
            return entry.value
        task = self._inflight.get(key)
        if task is None:
            task = asyncio.create_task(self._fetch(key, fetch_fn))
            self._inflight[key] = task
        return await asyncio.shield(task)

    async def _fetch(self, key, fetch_fn):
        try:
            value = await fetch_fn()
            self._entries[key] = Entry(value, time.monotonic() + self._ttl)
            return value
        finally:
            self._inflight.pop(key, None)
