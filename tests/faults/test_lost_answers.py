"""Requests and answers that are dropped, delayed, doubled, cut and reset between Formcase and real ends, over TLS."""

import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from faults.between import Between, proxies
from faults.nurseries import Nursery
from faults.proxy import Fault, Planned, Write, every, seeded
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

AT_THE_FORM_SERVICE = (Write.DELIVERED, Write.IMPORTED)
AT_THE_CASE_SYSTEM = (Write.UPLOAD, Write.CHANGE_SET)
PATIENCE = 480  # seconds: a hundred faults, each met by one that tries for all
SETTLE = 6  # seconds; what is late is at most 4 seconds late


@pytest.fixture(scope="module")
def desk(installation: Installation) -> Iterator[Desk]:
    made = Desk(installation.environment())
    yield made
    made.close()


@pytest.fixture(scope="module", autouse=True)
def _tried_often(installation: Installation) -> None:
    """While faults come one after the other, one submission tries for all, at least once in each interval."""
    assert installation.run("workflow", "set", "Sample forms", "WatchInterval=5").returncode == 0


def filed_through(installation: Installation, desk: Desk, between: Between, ways: Sequence[Way]) -> int:
    """Let two workers file these through the proxies; nothing may go wrong that was not planned. How much did."""
    before = len(happened(between))
    with Nursery(installation, workers=2, concurrency=4, **between.environment) as nursery:
        wait_for_imported(installation, desk, ways, PATIENCE)
        assert nursery.fell() == []
    assert_all_there_once(installation, desk, ways)
    return len(happened(between)) - before


def happened(between: Between) -> list[Planned]:
    """What has gone wrong so far."""
    return [*between.form_service.plan.happened, *between.case_system.plan.happened]


def events(installation: Installation, ways: Sequence[Way]) -> Counter[str]:
    """What the workflow log tells of these, how many times."""
    references = {way.reference for way in ways}
    lines = installation.run("log", "--level", "debug", "--json-lines").stdout.splitlines()
    told = [json.loads(line) for line in lines]
    return Counter(line["event"] for line in told if line["referenceId"] in references)


def test_every_fault_at_every_write_leaves_everything_there_once(installation, desk, figures):
    with proxies(installation) as between:
        between.form_service.plan.add(every(AT_THE_FORM_SERVICE))
        between.case_system.plan.add(every(AT_THE_CASE_SYSTEM))
        ways = [*permits(desk, range(4000, 4024)), *building_permits(desk, 4), *wrong_permits(desk, 4)]
        filed_through(installation, desk, between, ways)
        assert between.form_service.plan.left() == between.case_system.plan.left() == 0
        numbers = [found(installation).cases[way.reference][0] for way in ways[:22]]
        between.form_service.plan.add(every(AT_THE_FORM_SERVICE))
        between.case_system.plan.add(every(AT_THE_CASE_SYSTEM))
        more = updates(desk, numbers)
        filed_through(installation, desk, between, more)
        assert between.form_service.plan.left() == between.case_system.plan.left() == 0
        figures(submissions=len([*ways, *more]), faults=len(happened(between)))
    assert_all_there_once(installation, desk, [*ways, *more])


def test_a_change_set_carried_out_after_the_look_up_is_answered_from_the_case_systems_memory(installation, desk):
    with proxies(installation) as between:
        (warm,) = permits(desk, [4100])  # so that it is known that the case system keeps requests
        filed_through(installation, desk, between, [warm])
        between.case_system.plan.add([Planned(Write.CHANGE_SET, Fault.LATE_REQUEST, 12)])
        (way,) = permits(desk, [4101])
        filed_through(installation, desk, between, [way])
        assert between.case_system.plan.requests["change set"] == 3, "sent again, though the first was not there yet"
        time.sleep(13)  # the first arrives
        assert_all_there_once(installation, desk, [way])
    assert events(installation, [way])["repeated"] == 1


def test_a_case_system_without_repeatability_is_given_time_and_looked_at_a_second_time(installation, desk, figures):
    assert installation.run("workflow", "set", "Sample forms", f"settle={SETTLE}").returncode == 0
    with proxies(installation, forgetful=True) as between:
        plan = between.case_system.plan
        plan.add(every(AT_THE_CASE_SYSTEM, seconds=4))
        plan.add([Planned(Write.CHANGE_SET, Fault.LATE_REQUEST, 4)] * 3)
        between.form_service.plan.add(every(AT_THE_FORM_SERVICE))
        ways = [*permits(desk, range(4200, 4224)), *building_permits(desk, 4), *wrong_permits(desk, 4)]
        faults = filed_through(installation, desk, between, ways)
        assert between.form_service.plan.left() == plan.left() == 0
        figures(submissions=len(ways), faults=faults)
    told = events(installation, ways)
    assert told["adopted"] >= 5, "what was late, and whose answers were lost"
    assert told["settles"] >= 2, "what never arrived"


@pytest.mark.parametrize("forgetful", [False, True], ids=["remembering", "forgetful"])
def test_whatever_a_seeded_plan_lets_go_wrong_everything_is_there_once(installation, desk, forgetful, figures):
    seed = int(os.environ.get("FAULTS_SEED", "0")) or time.time_ns() % 100_000
    print(f"\nreplay with FAULTS_SEED={seed}")
    with proxies(installation, forgetful=forgetful) as between:
        between.form_service.plan.add(seeded(seed, AT_THE_FORM_SERVICE, 20))
        between.case_system.plan.add(seeded(seed + 1, AT_THE_CASE_SYSTEM, 40))
        ways = [*permits(desk, range(4300, 4320)), *building_permits(desk, 5), *wrong_permits(desk, 5)]
        faults = filed_through(installation, desk, between, ways)
        figures(submissions=len(ways), faults=faults, seed=seed)


def test_every_fault_at_the_word_that_a_workflow_is_blocked_leaves_it_said_once_and_loses_nothing(
    installation, desk, figures
):
    right = installation.json("workflow", "show", "Sample forms")["parameters"]["ExecutingUser"]
    with (
        proxies(installation) as between,
        Nursery(installation, workers=2, concurrency=4, **between.environment) as nursery,
    ):
        set_user(installation, "NOBODY")
        between.form_service.plan.add(every([Write.BLOCKED]))
        ways = permits(desk, range(4500, 4514))

        def not_said() -> list[Way]:
            seen = desk.all_seen()
            return [way for way in ways if "TemporaryBlocked" not in seen[way.reference].history]

        wait_until(lambda: not not_said(), PATIENCE, lambda: f"not said of {not_said()}")
        wait_until(lambda: not between.form_service.plan.left(), PATIENCE, lambda: "not all went wrong")
        set_user(installation, right)
        wait_for_imported(installation, desk, ways, PATIENCE)
        assert nursery.fell() == []
        figures(submissions=len(ways), faults=len(happened(between)))
    assert_all_there_once(installation, desk, ways)
    seen = desk.all_seen()
    assert {seen[way.reference].history.count("TemporaryBlocked") for way in ways} == {1}


def test_every_fault_at_the_note_of_an_error_case_that_was_filed_again_leaves_one_note(installation, desk, figures):
    """The last one here: from now on there is the case group that was missing."""
    with proxies(installation) as between:
        ways = wrong_permits(desk, len(Fault))
        filed_through(installation, desk, between, ways)
        errors = {way.reference: found(installation).cases[way.reference][0] for way in ways}
        desk.add_case_group("99.99", "Flags of other nations")
        between.case_system.plan.add(every([Write.NOTE]))
        done = installation.run("submission", "retry", *errors)
        assert done.returncode == 0, done.stderr
        with Nursery(installation, workers=2, concurrency=4, **between.environment) as nursery:
            wait_for_imported(installation, desk, ways, PATIENCE, times=2)
            assert nursery.fell() == []
        assert between.case_system.plan.left() == 0
        figures(submissions=len(ways), faults=len(happened(between)))
    after = found(installation)
    for reference, error in errors.items():
        (mapped,) = set(after.cases[reference]) - {error}
        note = installation.case(error)["Note"]["Text"]
        assert note.count(mapped) == 1, note


def set_user(installation: Installation, user: str) -> None:
    """Say who the executing user is."""
    done = installation.run("workflow", "set", "Sample forms", f"ExecutingUser={user}")
    assert done.returncode == 0, done.stderr
