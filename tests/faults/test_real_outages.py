"""A minute without an end or without the database, in real time: connections are refused, and those that there are
reset. And one without the network: whatever is sent does not arrive, and nobody is told. The longer outages of
`test_outages` pass on a clock that jumps."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from faults.between import Between, proxies
from faults.nurseries import Nursery
from faults.proxy import Proxy
from faults.relay import Relay
from faults.ways import (
    assert_all_there_once,
    building_permits,
    found,
    journal,
    permits,
    wait_for_imported,
    wrong_permits,
)
from integration.conftest import Installation, wait_until
from integration.form_service_desk import Desk

pytestmark = pytest.mark.long

MINUTE = 60
OUTAGES = ["case system", "form service", "both", "database", "network"]
NOTICED = 3  # seconds after which nothing that was under way may still be answered
ROUNDS = 2 * MINUTE // 5 + 20  # requests that a minute of watching and probing every 5 seconds may come to, and some


@pytest.fixture(scope="module")
def desk(installation: Installation) -> Iterator[Desk]:
    made = Desk(installation.environment())
    yield made
    made.close()


@dataclass(frozen=True, slots=True)
class Outage:
    """What is away, and how it goes and comes back."""

    between: Between
    database: Relay
    kind: str

    def begin(self) -> None:
        """Now it is away."""
        if self.kind == "network":
            for each in self._all():
                each.falls_silent()
        for each in self._refusing():
            each.goes_away()

    def end(self) -> None:
        """Now it is there again."""
        for each in self._refusing():
            each.comes_back()
        for each in self._all():
            each.speaks_again()

    def _all(self) -> Sequence[Proxy | Relay]:
        return [self.database, self.between.case_system, self.between.form_service]

    def _refusing(self) -> Sequence[Proxy | Relay]:
        by_kind: dict[str, Sequence[Proxy | Relay]] = {
            "case system": [self.between.case_system],
            "form service": [self.between.form_service],
            "both": [self.between.case_system, self.between.form_service],
            "database": [self.database],
        }
        return by_kind.get(self.kind, [])

    def asked(self) -> tuple[int, int]:
        """The requests that came to the case system and to the form service so far."""
        ends = self.between.case_system, self.between.form_service
        of_case_system, of_form_service = (end.plan.requests.total() for end in ends)
        return of_case_system, of_form_service


@pytest.mark.parametrize("kind", OUTAGES)
def test_a_minute_without_an_end_loses_and_doubles_nothing(installation, desk, kind, figures):
    assert installation.run("workflow", "set", "Sample forms", "WatchInterval=5").returncode == 0
    first = 8000 + 100 * OUTAGES.index(kind)
    with (
        proxies(installation) as between,
        Relay(installation.data) as database,
        Nursery(
            installation, workers=2, concurrency=4, FORMCASE_DATABASE_URL=database.url, **between.environment
        ) as nursery,
    ):
        outage = Outage(between, database, kind)
        before = permits(desk, range(first + 50, first + 56))
        begun = {way.reference for way in before}
        wait_until(lambda: bool(begun & set(journal(installation))), 90, lambda: "the workers do not begin")
        outage.begin()
        began = time.monotonic()
        ways = [*permits(desk, range(first, first + 12)), *building_permits(desk, 4), *wrong_permits(desk, 4)]
        references = {way.reference for way in ways}
        time.sleep(NOTICED)
        asked = outage.asked()
        time.sleep(max(0, MINUTE - (time.monotonic() - began)))
        assert not references & set(found(installation).cases), "nothing gets through"
        asked_cases, asked_forms = (now - then for now, then in zip(outage.asked(), asked, strict=True))
        outage.end()
        ended = time.monotonic()
        wait_until(lambda: bool(references & set(found(installation).cases)), 300, lambda: "none is filed")
        took = time.monotonic() - ended
        wait_for_imported(installation, desk, [*before, *ways], 300)
        assert nursery.fell() == []
    cases = Counter({reference: len(numbers) for reference, numbers in found(installation).cases.items()})
    figures(
        away=kind,
        seconds=MINUTE,
        submissions=len([*before, *ways]),
        lost=sum(not cases[way.reference] for way in [*before, *ways]),
        doubled=sum(cases[way.reference] > way.cases for way in [*before, *ways]),
        first=took,
        last=time.monotonic() - ended,
        asked_case_system=asked_cases,
        asked_form_service=asked_forms,
    )
    if kind in ("database", "network"):
        assert (asked_cases, asked_forms) == (0, 0), "who can write nothing down asks nobody"
    assert asked_cases + asked_forms <= 6 * ROUNDS, "one tries for all"
    assert_all_there_once(installation, desk, [*before, *ways])
