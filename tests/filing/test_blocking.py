"""Temporary blocked: one submission or the whole workflow, one probe at a time, and healing by itself."""

import asyncio

import pytest

from filing.faults import BUSY, NOT_LET_IN, Fault, Killed
from filing.world import ANNA, CASE, World
from formcase.sources.port import Status
from formcase.workflows.models import SubmissionRecord


async def several(world: World, count: int, first: int = 1) -> list[int]:
    groups = [(CASE, ("Contacts", {**ANNA[1], "NameCode": f"01019012{number:02}"})) for number in range(count)]
    return [await world.submitted(f"R-{first + number}", groups=groups[number]) for number in range(count)]


async def states(keys: list[int]) -> list[str]:
    return [(await SubmissionRecord.objects.aget(pk=key)).state for key in keys]


async def due(world: World) -> list[int]:
    """The keys of the submissions that the sweep makes jobs for now; the jobs are taken."""
    await world.bench.rows("delete from procrastinate_jobs")
    await world.bench.sweep()
    return sorted(int(lock.partition(":")[2]) for _, lock in await world.bench.jobs() if lock.startswith("submission"))


async def probe_is_due(world: World) -> None:
    await world.bench.rows("update workflows_serviceworkflow set probe_due = now()")


async def test_what_waits_behind_a_block_is_set_aside_and_told_and_not_tried(world):
    first, second = await several(world, 2)
    world.cases.fails("metadata", NOT_LET_IN)
    await world.tries(first)
    requests = world.cases.requests.total()
    record = await world.tries(second)
    assert record.state == "blocked"
    assert world.cases.requests.total() == requests
    assert len(world.stored(record).said(Status.TEMPORARY_BLOCKED)) == 1
    await world.tries(second)
    assert world.forms.requests["report TemporaryBlocked"] == 2, "told once of each"


async def test_what_could_not_be_told_of_a_parked_submission_is_told_later(world):
    first, second = await several(world, 2)
    world.cases.fails("metadata", NOT_LET_IN)
    await world.tries(first)
    world.forms.fails("report TemporaryBlocked", BUSY)
    record = await world.tries(second)
    assert record.blocked_reported is False
    assert record.due_at is not None
    await world.bench.rows("update workflows_serviceworkflow set probe_due = now() + interval '1 hour'")
    assert await due(world) == []
    await world.bench.passes(1800, second)
    assert await due(world) == [second]
    record = await world.tries(second)
    assert record.blocked_reported is True
    assert len(world.stored(record).said(Status.TEMPORARY_BLOCKED)) == 1


async def test_one_probe_at_a_time_until_it_heals_and_then_all_go_on(world):
    keys = await several(world, 4)
    world.cases.fails("metadata", NOT_LET_IN, times=2)
    for key in keys:
        await world.tries(key)
    assert await states(keys) == ["blocked"] * 4
    assert await due(world) == [], "not before the probe's time"
    await probe_is_due(world)
    (probe,) = await due(world)
    assert await due(world) == [probe], "one at a time; a job that was lost is made again"
    assert (await world.tries(probe)).state == "blocked"
    await probe_is_due(world)
    (next_probe,) = await due(world)
    assert next_probe != probe, "the one that was tried longest ago"
    assert (await world.tries(next_probe)).state == "imported"
    assert (await world.workflow_now()).blocked_since is None
    await world.bench.rows("update workflows_submissionrecord set due_at = due_at - interval '2 seconds'")
    assert await due(world) == sorted(set(keys) - {next_probe})
    for key in keys:
        await world.tries(key)
    assert await states(keys) == ["imported"] * 4
    assert len(world.cases.cases) == 4


async def test_a_probe_that_takes_long_is_not_joined_by_another(world):
    keys = await several(world, 3)
    world.cases.fails("metadata", NOT_LET_IN)
    for key in keys:
        await world.tries(key)
    await probe_is_due(world)
    (probe,) = await due(world)
    assert await world.bench.journal.begin(probe) is not None
    await probe_is_due(world)
    assert await due(world) == []


async def test_what_is_filed_already_is_reported_behind_a_block(world):
    first, second = await several(world, 2)
    world.forms.fails("report Imported", BUSY)
    assert (await world.tries(first)).state == "filed"
    world.cases.fails("metadata", NOT_LET_IN)
    await world.tries(second)
    await world.bench.passes(600, first)
    assert await due(world) == [first]
    assert (await world.tries(first)).state == "imported"
    assert (await world.workflow_now()).blocked_since is not None, "a report proves nothing about filing"


async def test_the_cases_exist_so_a_report_that_fails_never_makes_it_temporary_blocked(world):
    key = await world.submitted()
    world.forms.fails("report Imported", BUSY, NOT_LET_IN, BUSY, NOT_LET_IN)
    for _ in range(4):
        record = await world.tries(key)
        assert record.state == "filed"
        assert record.due_at is not None
        await world.bench.passes(3600, key)
    assert (await world.workflow_now()).blocked_since is None
    assert (await world.tries(key)).state == "imported"
    assert world.stored(record).said(Status.TEMPORARY_BLOCKED) == []
    assert len(world.cases.cases) == 1


async def test_a_submission_that_alone_breaks_the_setup_does_not_hold_up_the_others(world):
    """Its error case is refused for ever; a hundred others go through."""
    poison = await world.submitted("R-0", attachments=[b"x" * 2000])
    world.cases.largest = 1000
    others = await several(world, 10)
    for _ in range(3):
        for key in (poison, *others[:5]):
            await world.tries(key)
    for key in (poison, *others):
        await world.tries(key)
    assert await states(others) == ["imported"] * 10
    assert (await world.workflow_now()).blocked_since is None
    record = await world.bench.record(poison)
    assert (record.state, record.blocked_scope) == ("blocked", "suspect")
    assert record.due_at is not None


async def test_one_that_blocks_the_workflow_again_after_others_were_filed_is_alone_from_then_on(world):
    poison, *others = await several(world, 4)
    applied = world.cases.knowledge

    async def knowledge(submission, user, rules):
        if submission.reference_id == "R-1":
            raise NOT_LET_IN()
        return await applied(submission, user, rules)

    world.cases.knowledge = knowledge
    await world.tries(poison)
    assert (await world.workflow_now()).blocked_since is not None
    for key in others:
        await world.tries(key)
    await probe_is_due(world)
    (probe,) = await due(world)
    assert probe != poison
    await world.tries(probe)
    record = await world.tries(poison)
    assert (record.state, record.blocked_scope) == ("blocked", "suspect")
    assert (await world.workflow_now()).blocked_since is None
    for key in others:
        await world.tries(key)
    assert await states(others) == ["imported"] * 3


async def test_three_different_ones_in_a_row_block_the_workflow_but_not_one_three_times(world):
    keys = await several(world, 3)
    world.cases.readers.add("SBH")
    for _ in range(4):
        await world.tries(keys[0])
    assert (await world.workflow_now()).blocked_since is None
    await world.tries(keys[1])
    assert (await world.workflow_now()).blocked_since is None
    await world.tries(keys[2])
    workflow = await world.workflow_now()
    assert workflow.blocked_since is not None
    assert "SBH" in str(workflow.blocked_reason)
    assert world.cases.cases == []


async def test_missing_rights_name_user_and_rights_and_heal_with_another_user(world):
    await world.set(executing_user="LBR")
    key = await world.submitted()
    record = await world.tries(key)
    (blocked,) = world.stored(record).said(Status.TEMPORARY_BLOCKED)
    for part in ("LBR", "Create on Case", "Create on Document"):
        assert part in blocked.message
    await world.set(executing_user="SBH")
    record = await world.ends(key)
    assert record.filed["kind"] == "mapped"
    assert len(world.cases.cases) == 1
    assert len(world.stored(record).said(Status.IMPORTED)) == 1


async def test_a_block_and_a_lift_at_the_same_moment_leave_nobody_behind(world):
    """One is filed while others fail: whoever was set aside in that moment is found by the sweep."""
    for round_number in range(6):
        keys = await several(world, 6, first=10 * round_number)
        applied = world.cases.knowledge
        failing = {f"R-{10 * round_number + number}" for number in range(0, 6, 2)}

        async def knowledge(submission, user, rules, applied=applied, failing=failing):
            if submission.reference_id in failing:
                raise NOT_LET_IN()
            return await applied(submission, user, rules)

        world.cases.knowledge = knowledge
        await asyncio.gather(*(world.tries(key) for key in keys))
        world.cases.knowledge = applied
        for _ in range(12):
            await probe_is_due(world)
            await world.bench.rows("update workflows_submissionrecord set due_at = due_at - interval '1 hour'")
            found = await due(world)
            for key in found:
                await world.tries(key)
            if not found:
                break
        assert await states(keys) == ["imported"] * 6


async def test_settings_that_change_while_an_attempt_is_open_are_tried_at_once(world):
    key = await world.submitted()
    world.cases.readers.add("SBH")

    async def mended() -> None:
        await world.bench.rows("update workflows_serviceworkflow set executing_user = 'MKT', version = version + 1")

    reported = world.forms.report

    async def report(*arguments):
        await mended()
        await reported(*arguments)

    world.forms.report = report
    record = await world.tries(key)
    assert record.state == "blocked"
    assert record.due_at <= (await world.bench.rows("select now() as now"))[0]["now"]
    world.forms.report = reported
    assert (await world.tries(key)).state == "imported"


async def test_a_killed_probe_is_taken_over(world):
    key = await world.submitted()
    world.cases.fails("metadata", NOT_LET_IN)
    await world.tries(key)
    await probe_is_due(world)
    assert await due(world) == [key]
    world.cases.fails("knowledge", Fault(Killed))
    assert (await world.tries(key)).attempt_open
    assert await due(world) == [], "its worker may still be at it"
    await world.bench.passes(20, key)
    await world.bench.sweep()
    await world.bench.passes(5, key)
    assert await due(world) == [key]
    assert "broke off" in await world.events(key)
    assert (await world.tries(key)).state == "imported"


async def test_a_dead_attempt_behind_a_block_does_not_keep_what_it_has_claimed(world):
    """The probe needs the contact that the dead one holds, and nobody may take the dead one over."""
    dead, probe = await world.submitted("R-1"), await world.submitted("R-2")
    world.cases.fails("apply", Fault(Killed))
    await world.tries(dead)
    world.cases.fails("metadata", NOT_LET_IN)
    assert (await world.tries(probe)).state == "blocked"
    assert (await world.tries(dead)).attempt_open
    await world.bench.passes(20, dead)
    await probe_is_due(world)
    await world.bench.sweep()
    await world.bench.passes(5, dead)
    assert await due(world) == [dead, probe], "the dead one is set aside, the other one tries for all"
    assert (await world.tries(dead)).state == "blocked"
    assert (await world.tries(probe)).state == "imported"
    assert (await world.ends(dead)).state == "imported"
    assert len(world.cases.contents.contacts) == 1


async def test_a_fault_in_telling_the_form_service_leaves_no_attempt_open(world):
    key = await world.submitted()
    world.cases.fails("metadata", NOT_LET_IN)
    world.forms.fails("report TemporaryBlocked", lambda: ZeroDivisionError("0101901234"))
    record = await world.tries(key)
    assert (record.state, record.attempt_open) == ("waiting", False)
    assert record.due_at is not None


@pytest.mark.parametrize("workers", [8])
async def test_of_many_workers_on_one_submission_one_files_it(world, workers):
    key = await world.submitted(attachments=[b"a flag"])
    await asyncio.gather(*(world.tries(key) for _ in range(workers)))
    await world.ends(key) if (await world.bench.record(key)).state != "imported" else None
    assert len(world.cases.cases) == 1
    assert len(world.cases.cases[0].documents) == 3


async def test_many_submissions_about_one_contact_make_one_contact_and_a_case_each(world):
    keys = [await world.submitted(f"R-{number}") for number in range(12)]
    for _ in range(30):
        open_ones = [key for key, state in zip(keys, await states(keys), strict=True) if state != "imported"]
        if not open_ones:
            break
        await asyncio.gather(*(world.tries(key) for key in open_ones))
    assert await states(keys) == ["imported"] * 12
    assert len(world.cases.contents.contacts) == 1
    assert len(world.cases.cases) == 12
