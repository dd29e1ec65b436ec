"""A minute without an end, in real time: connections are refused, and those that there are reset. The longer outages of
`test_outages` pass on a clock that jumps."""

import time
from collections import Counter
from collections.abc import Iterator

import pytest

from faults.between import Between, proxies
from faults.nurseries import Nursery
from faults.proxy import Proxy
from faults.ways import assert_all_there_once, building_permits, found, permits, wait_for_imported, wrong_permits
from integration.conftest import Installation, wait_until
from integration.form_service_desk import Desk

pytestmark = pytest.mark.long

MINUTE = 60
ENDS = ["case system", "form service", "both"]


@pytest.fixture(scope="module")
def desk(installation: Installation) -> Iterator[Desk]:
    made = Desk(installation.environment())
    yield made
    made.close()


def away(between: Between, ends: str) -> list[Proxy]:
    """The proxies of the ends that go away."""
    by_name = {"case system": [between.case_system], "form service": [between.form_service]}
    return by_name.get(ends, [between.case_system, between.form_service])


@pytest.mark.parametrize("ends", ENDS)
def test_a_minute_without_an_end_loses_and_doubles_nothing(installation, desk, ends, figures):
    assert installation.run("workflow", "set", "Sample forms", "WatchInterval=5").returncode == 0
    first = 8000 + 100 * ENDS.index(ends)
    with (
        proxies(installation) as between,
        Nursery(installation, workers=2, concurrency=4, **between.environment) as nursery,
    ):
        for proxy in away(between, ends):
            proxy.goes_away()
        began = time.monotonic()
        ways = [*permits(desk, range(first, first + 12)), *building_permits(desk, 4), *wrong_permits(desk, 4)]
        references = {way.reference for way in ways}
        time.sleep(max(0, MINUTE - (time.monotonic() - began)))
        assert not references & set(found(installation).cases), "nothing gets through"
        for proxy in away(between, ends):
            proxy.comes_back()
        ended = time.monotonic()
        wait_until(lambda: bool(references & set(found(installation).cases)), 300, lambda: "none is filed")
        took = time.monotonic() - ended
        wait_for_imported(installation, desk, ways, 300)
        assert nursery.fell() == []
    cases = Counter({reference: len(numbers) for reference, numbers in found(installation).cases.items()})
    figures(
        away=ends,
        seconds=MINUTE,
        submissions=len(ways),
        lost=sum(not cases[way.reference] for way in ways),
        doubled=sum(cases[way.reference] > way.cases for way in ways),
        first=took,
        last=time.monotonic() - ended,
    )
    assert_all_there_once(installation, desk, ways)
