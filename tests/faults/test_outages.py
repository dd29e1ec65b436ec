"""An end, both, the database, or the whole network out of reach for a minute, ten minutes, an hour, a day: nothing is
lost or doubled, filing goes on within one `WatchInterval`, and neither end is hammered meanwhile."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import psycopg
import pytest

from faults.clockwork import Clockwork
from faults.scenarios import Stage
from filing.faults import LOST, answered
from filing.world import ANNA, CASE, World
from formcase.filing.pacing import DIFFERENT_ONES
from formcase.outcomes import Passing
from formcase.sources.port import Status
from formcase.workflows.models import SubmissionRecord

REFUSED = answered(Passing, "The connection was refused.")
MINUTE, HOUR = 60, 3600
DAY = 24 * HOUR
WATCH_INTERVAL = 60  # seconds
LONG_INTERVAL = 300  # for what lasts a day
COUNT = 20
BLOCK_AFTER = 600  # seconds, unless a workflow sets it
DURATIONS = [
    pytest.param(MINUTE, id="a minute", marks=pytest.mark.long),
    pytest.param(10 * MINUTE, id="ten minutes"),
    pytest.param(HOUR, id="an hour", marks=pytest.mark.long),
    pytest.param(DAY, id="a day", marks=pytest.mark.long),
]
ENDS = ["case system", "form service", "both", "database", "network"]
BREAK_OFF = {
    "database": ("intend", "uploaded", "sending", "filed", "imported"),
    "network": (
        "intend",
        "before case system: upload",
        "before case system: apply",
        "after case system: apply",
        "filed",
    ),
}
"""Where attempts are when the database, or everything, is out of reach all at once."""


class Gone:
    """From a point on the journal can't be reached, and nothing else either where no end can."""

    def __init__(self, point: str) -> None:
        self._point = point if ": " in point else f"before journal: {point}"
        self._gone = False

    def __call__(self, point: str) -> None:
        self._gone = self._gone or point == self._point
        if self._gone and point.startswith("before journal:"):
            raise psycopg.OperationalError("The connection was refused.")
        if point == self._point:
            raise LOST()


@dataclass(frozen=True, slots=True)
class Outage:
    """What an outage came to. to_form_service, to_case_system: the requests while it lasted, by kind; first, last:
    seconds from its end until the first and the last submission was filed."""

    to_form_service: Counter[str]
    to_case_system: Counter[str]
    first: float
    last: float


def interval_for(seconds: float) -> float:
    """The `WatchInterval` of the workflow that lives through it."""
    return LONG_INTERVAL if seconds >= DAY else WATCH_INTERVAL


def hand_in(world: World, count: int) -> None:
    """So many permits of so many persons."""
    for number in range(count):
        person = ("Contacts", {**ANNA[1], "NameCode": f"0101{number:06}"})
        world.forms.submit(f"R-{number}", (CASE, person), [f"flag {number}".encode()])


async def lived_through(stage: Stage, ends: str, seconds: float) -> tuple[World, Outage]:
    world = await stage.world()
    interval = interval_for(seconds)
    await world.set(watch_interval=interval)
    clock = Clockwork(world, interval)
    hand_in(world, COUNT)
    await world.watch()  # they are recorded before anything happens
    if ends in BREAK_OFF:
        await break_off(world, BREAK_OFF[ends])
    world.cases.requests.clear()
    world.forms.requests.clear()
    there = len(world.cases.cases)
    world.cases.away = REFUSED if ends in ("case system", "both", "network") else None
    world.forms.away = REFUSED if ends in ("form service", "both", "network") else None
    await (clock.stands_still(seconds) if ends in BREAK_OFF else clock.runs(seconds))
    meanwhile = world.forms.requests.copy(), world.cases.requests.copy()
    if ends == "case system" and seconds > BLOCK_AFTER + 2 * interval:
        said = [stored.status for stored in world.forms.stored.values()]
        assert said == [Status.TEMPORARY_BLOCKED] * COUNT, "the form service shows the truth"
    world.cases.away = world.forms.away = None
    ended = clock.passed
    await clock.runs(HOUR, until=lambda: len(world.cases.cases) > there)
    first = clock.passed - ended
    await clock.runs(HOUR, until=lambda: len(world.cases.cases) == COUNT)
    last = clock.passed - ended
    await clock.runs(3 * interval)
    return world, Outage(*meanwhile, first, last)


async def break_off(world: World, points: Sequence[str]) -> None:
    """Let workers begin submissions and not get any further than that; their jobs die with them."""
    keys = [record.pk async for record in SubmissionRecord.objects.order_by("pk")[: len(points)]]
    for key, point in zip(keys, points, strict=True):
        await world.bench.rows("delete from procrastinate_jobs where lock = %s", f"submission:{key}")
        world.passing = Gone(point)
        with suppress(psycopg.OperationalError):
            await world.tries(key)
        assert (await world.bench.record(key)).attempt_open, point
    world.passing = None


@pytest.mark.parametrize("seconds", DURATIONS)
@pytest.mark.parametrize("ends", ENDS)
async def test_an_outage_loses_and_doubles_nothing_and_is_over_within_one_watch_interval(stage, ends, seconds, figures):
    world, outage = await lived_through(stage, ends, seconds)
    filed = [len(world.cases.cases_of(f"R-{number}")) for number in range(COUNT)]
    figures(
        away=ends,
        seconds=seconds,
        submissions=COUNT,
        lost=filed.count(0),
        doubled=sum(count > 1 for count in filed),
        first=outage.first,
        last=outage.last,
        asked_case_system=outage.to_case_system.total(),
        asked_form_service=outage.to_form_service.total(),
    )
    for number in range(COUNT):
        (case,) = world.cases.cases_of(f"R-{number}")
        assert len(case.documents) == len({content for _, content in case.documents}) == 3
    assert {len(stored.said(Status.IMPORTED)) for stored in world.forms.stored.values()} == {1}
    assert await SubmissionRecord.objects.exclude(state="imported").acount() == 0
    assert outage.first <= interval_for(seconds) + 2
    assert outage.last <= interval_for(seconds) + 5

    # one tries for all, at most twice in each interval once the first waits are over
    probes = DIFFERENT_ONES + 6 + 2.6 * seconds / interval_for(seconds)
    assert outage.to_case_system["metadata"] + outage.to_case_system["knowledge"] <= probes
    assert outage.to_form_service["submission"] <= probes
    assert outage.to_form_service["xml"] <= probes


async def test_without_an_outage_nobody_waits_for_anybody(stage):
    world = await stage.world()
    clock = Clockwork(world, WATCH_INTERVAL)
    hand_in(world, COUNT)
    world.cases.fails("metadata", REFUSED, times=DIFFERENT_ONES - 1)  # two go wrong, and another one gets through
    await clock.runs(WATCH_INTERVAL, until=lambda: len(world.cases.cases) == COUNT - 2)
    assert clock.passed < 3


async def test_a_submission_that_always_fails_alone_holds_up_nobody(stage):
    world = await stage.world()
    clock = Clockwork(world, WATCH_INTERVAL)
    hand_in(world, 1)
    world.forms.fails("xml", REFUSED, times=50)
    await clock.runs(5 * MINUTE)
    world.forms.heals()
    world.cases.away = None
    hand_in_more = world.forms.submit("R-more", (CASE, ANNA), [b"a flag"])
    await clock.runs(WATCH_INTERVAL + 2, until=lambda: len(world.cases.cases_of("R-more")) == 1)
    assert hand_in_more.reference_id == "R-more"
    assert len(world.cases.cases_of("R-more")) == 1
