"""Two, four, eight workers at once: nobody does what another one has done, also not one that was thought dead."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from faults.nurseries import Nursery
from faults.nursery import Doom
from faults.ways import (
    assert_all_there_once,
    building_permits,
    flag_answers,
    found,
    permits,
    updates,
    wait_for_imported,
    wrong_permits,
)
from integration.conftest import Installation, wait_until
from integration.form_service_desk import Desk

pytestmark = pytest.mark.long

STANDSTILLS = (
    "before journal: intend",
    "after case system: upload",
    "before case system: apply",
    "after case system: apply",
    "before journal: filed",
    "before form service: report Imported",
    "before journal: imported",
)


@pytest.fixture(scope="module")
def desk(installation: Installation) -> Iterator[Desk]:
    made = Desk(installation.environment())
    yield made
    made.close()


@pytest.mark.parametrize("workers", [2, 4, 8])
def test_so_many_workers_file_everything_once(installation, desk, workers, figures):
    first = 6000 + 100 * workers
    ways = [*permits(desk, range(first, first + 40)), *building_permits(desk, 10), *wrong_permits(desk, 10)]
    began = time.monotonic()
    with Nursery(installation, workers=workers, concurrency=4) as nursery:
        wait_for_imported(installation, desk, ways, 200)
        assert nursery.fell() == []
        figures(workers=workers, submissions=len(ways), seconds=time.monotonic() - began)
    assert_all_there_once(installation, desk, ways)


def test_workers_that_stood_still_while_others_took_over_change_nothing_when_they_go_on(installation, desk):
    ways = permits(desk, range(7000, 7000 + len(STANDSTILLS)))
    dooms = [Doom(point, way.reference, stop=True) for way, point in zip(ways, STANDSTILLS, strict=True)]
    with Nursery(installation, dooms, workers=len(dooms) + 2) as nursery:
        wait_until(lambda: len(nursery.standing_still()) == len(dooms), 90, lambda: f"{nursery.unmet()}")
        stopped = nursery.standing_still()
        wait_for_imported(installation, desk, ways, 60)  # by the others
        assert_all_there_once(installation, desk, ways)
        for worker in stopped:
            os.kill(worker, signal.SIGCONT)
        more = permits(desk, range(7100, 7100 + 20))  # those that have woken up work on, too
        wait_for_imported(installation, desk, more, 60)
        time.sleep(5)
        assert nursery.standing_still() == []
        assert nursery.fell() == []
        assert sorted(nursery.living()) == sorted({*nursery.living(), *stopped})
    assert_all_there_once(installation, desk, [*ways, *more])


def test_many_workers_at_one_contact_and_one_case_make_one_contact_and_lose_no_update(installation, desk):
    (first,) = permits(desk, [7200])
    with Nursery(installation, workers=4, concurrency=4) as nursery:
        wait_for_imported(installation, desk, [first], 60)
        (number,) = found(installation).cases[first.reference]
        references = desk.submit_many("800636", [flag_answers("190885-1908")] * 40, (), 3)
        more = updates(desk, [number] * 30)
        wait_until(
            lambda: all(desk.all_seen()[reference].status == "Imported" for reference in references),
            200,
            lambda: "not all Imported",
        )
        wait_for_imported(installation, desk, more, 200)
        assert nursery.fell() == []
    (contact,) = installation.every("Contacts?$filter=NameType_Value eq 'P' and NameCode eq '1908851908'")
    parties = installation.every(f"FileContacts?$filter=Name/ID eq '{contact['ID']}'&$expand=File($expand=Infos)")
    assert Counter(row["Info_Value"] for party in parties for row in party["File"]["Infos"]) == Counter(references)
    assert_all_there_once(installation, desk, [first, *more])


def test_a_dead_workers_submission_is_taken_over_within_half_a_minute(installation, desk, figures):
    ways = permits(desk, range(7300, 7304))
    dooms = [Doom("after case system: apply", way.reference) for way in ways]
    with Nursery(installation, dooms, workers=2, FORMCASE_HEARTBEAT="5") as nursery:
        wait_until(lambda: not nursery.unmet(), 60, lambda: f"{nursery.unmet()}")
        died = time.monotonic()
        wait_for_imported(installation, desk, ways, 40)
        took = time.monotonic() - died
        figures(seconds=took)
        assert took < 30
    assert_all_there_once(installation, desk, ways)
