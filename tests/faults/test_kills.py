"""Real worker processes that are killed (SIGKILL) before, amid and after writes, commits and reports, at real ends.

The points are the same as in `test_crash_points`, which tries all of them in memory.
"""

import time
from collections.abc import Iterator, Sequence

import pytest

from faults.nurseries import Nursery
from faults.nursery import Doom
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
from formcase.filing.crash_points import AMID_UPLOAD
from integration.conftest import Installation
from integration.form_service_desk import Desk

pytestmark = pytest.mark.long

STEPS = (
    "journal: claim",
    "journal: intend",
    "case system: upload",
    "journal: uploaded",
    "journal: sending",
    "case system: apply",
    "journal: filed",
    "form service: report Imported",
    "journal: imported",
)
BOTH_SIDES = tuple(f"{side} {step}" for step in STEPS for side in ("before", "after"))
PASSES = (
    *((point, 1) for point in (*BOTH_SIDES, "after journal: begin", AMID_UPLOAD)),
    *((f"{side} {step}", 2) for side in ("before", "after") for step in ("case system: upload", "journal: uploaded")),
)
"""Where every submission passes that is filed and names a contact, and at which time."""
WITHOUT_CONTACT = tuple((point, time) for point, time in PASSES if "claim" not in point)
FIRST_COME = tuple(
    Doom(f"{side} {step}")  # of whichever submission
    for side in ("before", "after")
    for step in (
        "journal: record",
        "journal: mark_delivered",
        "journal: round done",
        "journal: next round",
        "journal: sweep",
        "form service: report Delivered",
        "journal: begin",
        "journal: note",
    )
)
"""Where it is not known which submission is under way, or of no matter: whoever comes there first dies."""


def each_at_its_point(ways: Sequence[Way], passes: Sequence[tuple[str, int]] = PASSES) -> list[Doom]:
    return [Doom(point, way.reference, time) for way, (point, time) in zip(ways, passes, strict=True)]


@pytest.fixture(scope="module")
def desk(installation: Installation) -> Iterator[Desk]:
    made = Desk(installation.environment())
    yield made
    made.close()


def killed_on_the_way(
    installation: Installation, desk: Desk, ways: Sequence[Way], dooms: Sequence[Doom], times: int = 1
) -> None:
    """Let workers file these, and die as they are doomed to, until all are Imported."""
    with Nursery(installation, dooms) as nursery:
        wait_for_imported(installation, desk, ways, 400, times)
        assert nursery.unmet() == []
        assert nursery.fell() == []
        assert nursery.deaths() == len(dooms)


def test_workers_killed_while_they_watch_sweep_and_begin_lose_no_submission(installation, desk, figures):
    assert installation.run("workflow", "set", "Sample forms", "WatchInterval=5").returncode == 0
    ways: list[Way] = []
    with Nursery(installation, FIRST_COME, workers=2) as nursery:
        for number in range(60):
            ways += permits(desk, [3000 + number])
            time.sleep(1)
            if not nursery.unmet():
                break
        wait_for_imported(installation, desk, ways, 100)
        figures(submissions=len(ways), killed=nursery.deaths())
        assert nursery.unmet() == []
        assert nursery.fell() == []
    assert_all_there_once(installation, desk, ways)


def test_workers_killed_at_every_point_of_every_way_leave_everything_there_once(installation, desk, figures):
    count = len(PASSES)
    made = permits(desk, range(count))
    several = building_permits(desk, count)
    wrong = wrong_permits(desk, len(WITHOUT_CONTACT))
    first = [*made, *several, *wrong]
    dooms = [*each_at_its_point(made), *each_at_its_point(several), *each_at_its_point(wrong, WITHOUT_CONTACT)]
    killed_on_the_way(installation, desk, first, dooms)
    assert_all_there_once(installation, desk, first)

    # the contacts and the cases of the first are there now
    numbers = [found(installation).cases[way.reference][0] for way in made]
    known = permits(desk, range(count))
    more = updates(desk, numbers)
    again = [*each_at_its_point(known), *each_at_its_point(more)]
    killed_on_the_way(installation, desk, [*known, *more], again)
    assert_all_there_once(installation, desk, [*first, *known, *more])
    figures(submissions=len([*first, *known, *more]), killed=len([*dooms, *again]))


def test_workers_killed_while_error_cases_are_filed_again_make_each_mapped_case_once(installation, desk, figures):
    notes = tuple(f"{side} case system: add_note" for side in ("before", "after"))
    passes = (*WITHOUT_CONTACT, *((note, 1) for note in notes))
    wrong = wrong_permits(desk, len(passes))
    killed_on_the_way(installation, desk, wrong, [])
    before = found(installation)
    desk.add_case_group("99.99", "Flags of other nations")
    references = [way.reference for way in wrong]
    done = installation.run("submission", "retry", *references)
    assert done.returncode == 0, done.stderr
    killed_on_the_way(installation, desk, wrong, each_at_its_point(wrong, passes), times=2)
    after, seen = found(installation), desk.all_seen()
    for reference in references:
        (error,) = before.cases[reference]
        (mapped,) = set(after.cases[reference]) - {error}
        assert len(after.cases[reference]) == 2
        assert after.every[mapped]["FileClass_Value"] == "99.99"
        assert len(after.every[mapped]["FileRecords"]) == 2
        assert seen[reference].cases == (mapped,)
        assert seen[reference].history.count("Imported") == 2
    figures(submissions=len(wrong), killed=len(passes))
