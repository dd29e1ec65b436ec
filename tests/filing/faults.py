"""What goes wrong at an end, and when: scripted by a test, raised by the models of both ends."""

from collections import Counter, deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from formcase.messages import message
from formcase.outcomes import Outcome, Passing, Setup, Unknown

T = TypeVar("T")
TRIED = message("Trying")


def answered(kind: type[Outcome], text: str = "It answered so.", **more: object) -> Callable[[], Exception]:
    """An outcome of this kind, made anew for each time."""
    return lambda: kind(TRIED, message("{text}", text=text), **more)


BUSY = answered(Passing, "It answered 503.")
LOST = answered(Unknown, "The connection broke.")
NOT_LET_IN = answered(Setup, "It answered 401.")


class Killed(BaseException):
    """The worker dies here: nothing after this happens, not even an `except Exception`."""


@dataclass(slots=True)
class Fault:
    """raised: what is raised. before: before the request has an effect, else after it. skip: how many requests go
    well before it. late: the request has its effect when the test says so, after the fault."""

    raised: Callable[[], BaseException]
    before: bool = True
    skip: int = 0
    late: bool = False


class Faulty:
    """Counts requests by method and lets them fail as scripted. away: what every request is answered for as long as
    nobody is there. standstill: awaited before and after each request, with what it is, so that a test can let others
    go on meanwhile."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.script: dict[str, deque[Fault]] = {}
        self.late: list[Callable[[], object]] = []
        self.away: Callable[[], BaseException] | None = None
        self.standstill: Callable[[str], Awaitable[None]] | None = None

    def fails(self, method: str, *faults: Fault | Callable[[], BaseException], times: int = 1) -> None:
        """The next requests of this method fail, one after the other."""
        made = [fault if isinstance(fault, Fault) else Fault(fault) for fault in faults] * times
        self.script.setdefault(method, deque()).extend(made)

    def heals(self) -> None:
        self.script.clear()

    def carry_out_late(self, most: int | None = None) -> None:
        """What was sent before, and seemed lost, arrives now. most: only so many, the oldest."""
        arrived = self.late[:most]
        del self.late[:most]
        for effect in arrived:
            with suppress(Outcome):  # nobody is there any more to hear what came of it
                effect()

    async def _request(self, method: str, effect: Callable[[], T] | Callable[[], Coroutine[None, None, T]]) -> T:
        if self.standstill is None:
            return await self._carried_out(method, effect)
        await self.standstill(f"before {method}")
        result = await self._carried_out(method, effect)
        await self.standstill(f"after {method}")
        return result

    async def _carried_out(self, method: str, effect: Callable[[], T] | Callable[[], Coroutine[None, None, T]]) -> T:
        self.requests[method] += 1
        if self.away is not None:
            raise self.away()
        fault = self._next(method)
        if fault is not None and fault.late:
            self.late.append(effect)
            raise fault.raised()
        if fault is not None and fault.before:
            raise fault.raised()
        result = effect()
        if isinstance(result, Coroutine):
            result = await result
        if fault is not None:
            raise fault.raised()
        return result

    def _next(self, method: str) -> Fault | None:
        faults = self.script.get(method)
        if not faults:
            return None
        if faults[0].skip:
            faults[0].skip -= 1
            return None
        return faults.popleft()
