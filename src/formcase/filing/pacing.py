"""Keeps a worker from trying every submission at ends that are out of reach: one of them tries for all.

What is seen here is this worker's own and is forgotten with it; the journal's block of a whole workflow comes later,
and for all workers.
"""

import time
from collections.abc import Callable

from formcase.filing import waiting
from formcase.filing.journal import Entry, State, SubmissionKey
from formcase.outcomes import Outcome

DIFFERENT_ONES = 3  # so many submissions must fail in a row, with none that gets through, before the others wait


class Pace:
    """What a worker has seen lately of the ends of one service workflow. clock: seconds that only go forward."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed: set[SubmissionKey] = set()
        self._tries = 0
        self._next = 0.0
        self._last: Outcome | None = None

    @property
    def out_of_reach(self) -> Outcome | None:
        """What came of the last try, where the ends seem to be out of reach; else None."""
        return self._last if len(self._failed) >= DIFFERENT_ONES else None

    @property
    def seconds(self) -> float:
        """Until the next one may try."""
        return max(0.0, self._next - self._clock())

    def admits(self, entry: Entry) -> bool:
        """Whether this submission may try now; while the ends are out of reach it does so for all. What tries for a
        blocked workflow, or is only to be reported, always may."""
        if self.out_of_reach is None or entry.state is not State.WAITING:
            return True
        if self.seconds:
            return False
        self._set_next(entry)
        return True

    def failed(self, entry: Entry, outcome: Outcome) -> None:
        """No end answered, or it said that it can't just now."""
        self._failed.add(entry.key)
        self._last = outcome
        if len(self._failed) == DIFFERENT_ONES and not self.seconds:
            self._set_next(entry)

    def answered(self) -> None:
        """Something got through."""
        self._failed.clear()
        self._tries, self._next, self._last = 0, 0.0, None

    def _set_next(self, entry: Entry) -> None:
        """Soon at first, at the latest after one interval of the watch."""
        longest = max(entry.terms.watch_interval, waiting.FIRST_WAIT)
        wait = min(longest, waiting.FIRST_WAIT * float(2 ** min(self._tries, 20)))
        self._tries += 1
        self._next = self._clock() + wait.total_seconds()
