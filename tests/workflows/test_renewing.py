"""What the ends said is given at once, renewed behind the reader's back, and never passed off as newer than it is."""

import asyncio
from dataclasses import dataclass, field

import pytest

from formcase.messages import message
from formcase.outcomes import Passing
from formcase.workflows.renewing import Renewing, Terms

TERMS = Terms(fresh=20, moment=0.05, kept=100)
AWAY = Passing(message("Asking the case system"), message("It does not answer."))


@dataclass
class End:
    """Answers 1, 2, 3 …; slow: not before it is let; away: not at all."""

    asked: int = 0
    away: bool = False
    slow: bool = False
    let: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self) -> int:
        self.asked += 1
        number = self.asked
        if self.slow:
            await self.let.wait()
        if self.away:
            raise AWAY
        return number


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_what_was_asked_for_lately_is_not_asked_for_again(clock):
    end, kept = End(), Renewing[str, int](TERMS, clock=clock)
    assert (await kept.get("a", end.answer)).value == 1
    clock.now += 19
    assert (await kept.get("a", end.answer)).value == 1
    assert end.asked == 1


async def test_an_end_that_answers_at_once_is_believed_at_once(clock):
    end, kept = End(), Renewing[str, int](TERMS, clock=clock)
    await kept.get("a", end.answer)
    clock.now += 21
    assert (await kept.get("a", end.answer)).value == 2


async def test_nobody_waits_for_a_slow_end_and_the_next_reader_has_its_answer(clock):
    end, kept = End(), Renewing[str, int](TERMS, clock=clock)
    first = await kept.get("a", end.answer)
    clock.now += 21
    end.slow = True
    assert await kept.get("a", end.answer) == first
    assert await kept.get("a", end.answer) == first
    assert end.asked == 2, "one question is under way, however many look"
    end.let.set()
    await asyncio.sleep(0)
    second = await kept.get("a", end.answer)
    assert second.value == 2
    assert second.at > first.at


async def test_an_end_that_is_away_is_told_with_what_it_said_before(clock):
    end, kept = End(), Renewing[str, int](TERMS, clock=clock)
    first = await kept.get("a", end.answer)
    clock.now += 21
    end.away = True
    found = await kept.get("a", end.answer)
    assert (found.value, found.at, found.problem) == (1, first.at, AWAY)
    end.away = False
    again = await kept.get("a", end.answer)
    assert (again.value, again.problem) == (3, None)


async def test_where_nothing_is_known_or_wanted_anew_one_waits_and_is_told(clock):
    end, kept = End(away=True), Renewing[str, int](TERMS, clock=clock)
    with pytest.raises(Passing):
        await kept.get("a", end.answer)
    end.away = False
    await kept.get("a", end.answer)
    assert (await kept.get("a", end.answer, anew=True)).value == 3


async def test_what_is_replaced_or_not_wanted_any_more_is_let_go(clock):
    dropped: list[int] = []
    end, kept = End(), Renewing[str, int](TERMS, dropped.append, clock)
    await kept.get("a", end.answer)
    clock.now += 21
    await kept.get("a", end.answer)
    assert dropped == [1]
    clock.now += 101
    await kept.get("b", end.answer)
    assert dropped == [1, 2]
