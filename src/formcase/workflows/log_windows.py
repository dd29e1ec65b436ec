"""The windows of time that a search looks through, one after the other, away from where it begins: each longer than the
one before, but none longer than the patience of who waits allows. Pure; the search itself is in `log_search`."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_WINDOW = timedelta(hours=1)
WIDENING = 8.0
_NARROWEST = timedelta(seconds=1)


@dataclass(slots=True)
class Windows:
    """The windows between the first and the last line. near: where the next one begins; older: whether they go back in
    time; patience: seconds after which no further one is begun, None for none. stopped_at: where the next one would
    begin that was not looked through any more; None where all were."""

    near: datetime
    first: datetime
    last: datetime
    older: bool
    patience: float | None = None
    clock: Callable[[], float] = time.monotonic
    stopped_at: datetime | None = None

    def __iter__(self) -> Iterator[tuple[datetime, datetime]]:
        """Where each window begins, and where it ends; looked through by whoever asks for the next."""
        begun, span = self.clock(), FIRST_WINDOW
        while self.first <= self.near <= self.last:
            if self.patience is not None and span is not FIRST_WINDOW and self.clock() - begun >= self.patience:
                self.stopped_at = self.near
                return
            far = self.near - span if self.older else self.near + span
            looked = self.clock()
            yield self.near, far
            span = max(span * self._widening(self.clock() - looked), _NARROWEST)
            self.near = far

    def _widening(self, took: float) -> float:
        """How much longer the next window may be, so that it takes half of the patience at most."""
        if self.patience is None or took * WIDENING <= self.patience / 2:
            return WIDENING
        return self.patience / 2 / took
