"""What is slow to ask for, kept and asked for again: whoever wants it waits no longer than a moment once it was known.

What was asked for lately is given as it is. Later it is asked for again; where the answer does not come within the
moment, the one before it is given with its age, and the new one is there for whoever comes next. Knows nothing of what
it keeps. Belongs to one event loop.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Generic, TypeVar

from formcase.outcomes import Outcome

_K = TypeVar("_K")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Terms:
    """In seconds. fresh: how long an answer is given without asking again; moment: how long one waits for a newer
    answer where there is one already; kept: how long an answer that nobody wants is kept."""

    fresh: float = 20.0
    moment: float = 0.05
    kept: float = 3600.0


@dataclass(frozen=True, slots=True)
class Known(Generic[_T]):
    """An answer. at: when it was asked for; problem: why it could not be asked for again since."""

    value: _T
    at: datetime
    problem: Outcome | None = None


@dataclass(slots=True)
class _Entry(Generic[_T]):
    known: Known[_T]
    asked: float  # on the monotonic clock, as is wanted
    wanted: float


class Renewing(Generic[_K, _T]):
    """Answers by what they are of. drop: what becomes of an answer that another one replaces."""

    def __init__(
        self,
        terms: Terms,
        drop: Callable[[_T], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._terms = terms
        self._drop = drop
        self._clock = clock
        self._entries: dict[_K, _Entry[_T]] = {}
        self._asking: dict[_K, asyncio.Task[Known[_T]]] = {}

    async def get(self, key: _K, ask: Callable[[], Awaitable[_T]], *, anew: bool = False) -> Known[_T]:
        """The answer. anew: whatever is known, ask now and wait. Raises what asking raises where nothing is known."""
        now = self._clock()
        self._forget(now)
        entry = self._entries.get(key)
        if entry is None or anew:
            return await asyncio.shield(self._ask(key, ask))
        entry.wanted = now
        if now - entry.asked < self._terms.fresh and entry.known.problem is None:
            return entry.known
        asking = self._ask(key, ask)
        with suppress(Outcome):
            done, _ = await asyncio.wait({asking}, timeout=self._terms.moment)
            if done:
                return asking.result()
        return self._entries[key].known

    def _ask(self, key: _K, ask: Callable[[], Awaitable[_T]]) -> asyncio.Task[Known[_T]]:
        """The question that is under way, or a new one; however many want the answer, one is."""
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.create_task(self._answered(key, ask))
            asking.add_done_callback(lambda task: self._ended(key, task))
        return asking

    async def _answered(self, key: _K, ask: Callable[[], Awaitable[_T]]) -> Known[_T]:
        at, asked = datetime.now(UTC), self._clock()
        try:
            value = await ask()
        except Outcome as outcome:
            entry = self._entries.get(key)
            if entry is not None:
                entry.known = replace(entry.known, problem=outcome)
            raise
        before = self._entries.pop(key, None)
        known = Known(value, at)
        self._entries[key] = _Entry(known, asked, self._clock())
        if before is not None:
            self._let_go(before)
        return known

    def _ended(self, key: _K, task: "asyncio.Task[Known[_T]]") -> None:
        self._asking.pop(key, None)
        if not task.cancelled():
            task.exception()  # is told to whoever waits; nobody may

    def _forget(self, now: float) -> None:
        for key, entry in list(self._entries.items()):
            if now - entry.wanted > self._terms.kept and key not in self._asking:
                self._let_go(self._entries.pop(key))

    def _let_go(self, entry: _Entry[_T]) -> None:
        if self._drop is not None:
            self._drop(entry.known.value)
