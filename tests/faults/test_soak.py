"""Thousands of submissions of every kind while writes go wrong, workers die and stand still, ends and database go away.

`make soak` runs it with ten thousand (SUBMISSIONS=…, for at most MINUTES=…), `make test-long` with a few hundred. What
goes wrong is drawn from SOAK_SEED; without one, a seed is drawn and printed.
"""

import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from faults.between import Between, proxies
from faults.nurseries import Nursery
from faults.troubles import Troubles
from faults.ways import (
    Way,
    assert_all_there_once,
    building_permits,
    found,
    permits,
    updates,
    wait_for_imported,
    wrong_permits,
)
from integration.conftest import Installation, wait_until
from integration.form_service_desk import Desk

pytestmark = pytest.mark.long

SUBMISSIONS = int(os.environ.get("SOAK_SUBMISSIONS", "300"))
SECONDS = 60 * float(os.environ.get("SOAK_MINUTES", "inf"))
WAVE = 50
MOST_OPEN = 200
RATE = 0.01  # of the writes
PATIENCE = 900  # seconds without an end to what is open


@dataclass(slots=True)
class Soak:
    """What is handed in, wave by wave. wanted: how many submissions, if there is time."""

    installation: Installation
    desk: Desk
    chance: random.Random
    wanted: int
    ways: list[Way] = field(default_factory=list)
    made: list[Way] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def done(self) -> bool:
        """Whether enough were handed in."""
        return len(self.ways) >= self.wanted or time.monotonic() - self.began > SECONDS

    def hand_in(self) -> None:
        """A wave of every kind: new cases of persons that may be known, two cases at once, wrong ones, updates."""
        persons = [self.chance.randrange(3000) for _ in range(WAVE * 6 // 10)]
        made = permits(self.desk, persons)
        known = self.desk.all_cases([way.reference for way in self.made[-WAVE:]])
        numbers = self.chance.sample(known, min(len(known), WAVE // 5))
        more = updates(self.desk, numbers)
        several = building_permits(self.desk, WAVE // 10)
        self.made = made
        self.ways += [*made, *more, *several, *wrong_permits(self.desk, WAVE - len(made) - len(more) - len(several))]

    def open(self) -> int:
        """How many are not Imported yet."""
        return sum(status != "Imported" for status in self.desk.statuses().values())


@pytest.fixture
def desk(installation: Installation) -> Iterator[Desk]:
    made = Desk(installation.environment())
    yield made
    made.close()


@pytest.mark.parametrize("submissions", [SUBMISSIONS])  # what came of a long one is told beside that of a short one
def test_whatever_befalls_thousands_of_submissions_everything_is_there_once(installation, desk, figures, submissions):
    seed = int(os.environ.get("SOAK_SEED") or 0) or time.time_ns() % 100_000
    print(f"\nthe same again with SOAK_SEED={seed}")
    assert installation.run("workflow", "set", "Sample forms", "WatchInterval=5").returncode == 0
    soak = Soak(installation, desk, random.Random(seed), submissions)
    with (
        proxies(installation) as between,
        Nursery(installation, workers=2, concurrency=8, FORMCASE_HEARTBEAT="3", **between.environment) as nursery,
    ):
        troubles = Troubles(seed, installation, between, nursery)
        through_all(soak, seed, between, troubles)
        fell = nursery.fell()
        seconds = time.monotonic() - soak.began
        told = installation.json("reconcile")
    faults = len(between.form_service.plan.happened) + len(between.case_system.plan.happened)
    cases = found(installation).cases
    lost = sum(not cases[way.reference] for way in soak.ways)
    doubled = sum(len(cases[way.reference]) > way.cases for way in soak.ways)
    figures(
        seed=seed,
        submissions=len(soak.ways),
        cases=len({number for way in soak.ways for number in cases[way.reference]}),
        seconds=seconds,
        faults=faults,
        **troubles.met,
        lost=lost,
        doubled=doubled,
        silent_failures=told["silentFailures"],
    )
    assert (told["silentFailures"], lost, doubled) == (0, 0, 0)
    assert fell == []
    assert_all_there_once(installation, desk, soak.ways)


def through_all(soak: Soak, seed: int, between: Between, troubles: Troubles) -> None:
    """Hand in until it is enough, with something amiss all the time, and wait for the rest in peace."""
    between.form_service.plan.at_random(seed, RATE)
    between.case_system.plan.at_random(seed + 1, RATE)
    while not soak.done():
        soak.hand_in()
        troubles.next()
        wait_until(lambda: soak.open() < MOST_OPEN, PATIENCE, lambda: f"{soak.open()} are open; met: {troubles.met}")
        seconds = time.monotonic() - soak.began
        print(f"{len(soak.ways)} handed in, {soak.open()} open after {seconds:.0f} s", flush=True)
    between.form_service.plan.forget()
    between.case_system.plan.forget()
    wait_until(lambda: soak.open() == 0, PATIENCE, lambda: f"{soak.open()} are open; met: {troubles.met}")
    wait_for_imported(soak.installation, soak.desk, soak.ways, PATIENCE)
