"""Whatever one of the three sides can't account for is found, told, and put right where it can be; nothing is filed
twice by it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import sync_to_async

from filing.faults import BUSY, LOST, Fault
from filing.world import ANNA, CASE, WRONG_GROUP, World
from formcase.messages import message
from formcase.outcomes import Setup
from formcase.sources.port import Status
from formcase.workflows import actions, figures, journal_mark
from formcase.workflows.models import (
    DatabaseHistory,
    FiledCase,
    Finding,
    LogEntry,
    PersonIndex,
    Reconciliation,
    ServiceWorkflow,
    SubmissionRecord,
)
from formcase.workflows.reconciling import comparing, runs
from formcase.workflows.reconciling.comparing import Wish, reconcile
from formcase.workflows.reconciling.judging import Kind
from formcase.workflows.reconciling.repairing import Repairs
from workflows import backups

DAILY = Wish()


@pytest.fixture
async def world(workflow, bench, monkeypatch) -> World:
    made = World(bench, workflow)
    monkeypatch.setattr(comparing, "connect_case_system", lambda: made.cases)
    monkeypatch.setattr(comparing, "connect_form_service", lambda _workflow: made.forms)
    await ServiceWorkflow.objects.aupdate(created_at=datetime(2026, 11, 1, tzinfo=UTC))
    await compared(made)  # the first one: what there is of others is theirs
    return made


async def compared(world: World, wish: Wish = DAILY, *, repair: bool = False) -> dict[str, Kind]:
    """What is unaccounted for, by reference ID."""
    chosen = [await ServiceWorkflow.objects.aget()]
    opened = Repairs(world.bench.pool, world.bench.journal) if repair else None
    done = await reconcile(chosen, wish, opened)
    assert all(run.problem is None for run in done), done
    return {found.reference_id: found.kind for run in done for found in run.found}


async def later(world: World) -> None:
    """An hour goes by for everything that the journal has."""
    names = ("recorded_at", "filed_at", "reported_at", "ended_at", "attempt_started_at", "delivered_at", "submitted_at")
    changes = ", ".join(f"{name} = {name} - interval '1 hour'" for name in names)
    await world.bench.rows(f"update workflows_submissionrecord set {changes}")


async def dumped(world: World) -> None:
    await backups.dump(world.bench)


async def restored(world: World) -> None:
    """The journal is what it was when it was dumped; the ends are not."""
    await backups.restore(world.bench)
    await backups.drop(world.bench)
    world.cases.restart()


async def all_end(world: World) -> None:
    async for record in SubmissionRecord.objects.all():
        await world.ends(record.pk)


async def test_where_all_three_sides_agree_nothing_is_found(world):
    await world.ends(await world.submitted("ONE-1"))
    await world.ends(await world.submitted("TWO-2", groups=(WRONG_GROUP, ANNA)))
    await world.submitted("OPEN-3")
    again = await world.submitted("AGAIN-4", groups=(WRONG_GROUP, ANNA))
    await world.ends(again)
    await sync_to_async(actions.file_again)([again], "Lone")
    await world.ends(again)
    await later(world)
    assert await compared(world) == {}
    standing = await sync_to_async(runs.standing)()
    assert (standing.silent_failures, standing.well) == (0, True)
    assert [one.kind for one in await sync_to_async(figures.attention)() if one.kind == "unaccounted"] == []


@pytest.mark.parametrize("repair", [False, True])
async def test_a_form_service_that_has_moved_is_no_alarm_and_nothing_is_recorded_again(world, repair):
    await world.ends(await world.submitted("ONE-1"))
    await world.ends(await world.submitted("TWO-2", groups=(WRONG_GROUP, ANNA)))
    await later(world)
    for stored in world.forms.stored.values():  # it knows as well that an hour has gone by
        stored.summary = replace(stored.summary, submitted_at=stored.summary.submitted_at - timedelta(hours=1))
    await world.set(url="https://new.example/interact")
    assert await compared(world, repair=repair) == {}
    assert {record.source async for record in SubmissionRecord.objects.all()} == {"https://new.example/interact"}
    assert await SubmissionRecord.objects.acount() == 2


async def test_whatever_is_missing_anywhere_is_found_and_alarmed(world):
    keys = {name: await world.submitted(name) for name in ("NO-CASE", "GONE-1", "OPEN-THERE", "DOUBLE-1", "LOST-1")}
    for name, key in keys.items():
        if name != "GONE-1":
            await world.ends(key)
    await later(world)
    cases = {case.references[0]: case for case in world.cases.cases}
    there = world.forms.stored[(await world.bench.record(keys["OPEN-THERE"])).submission_id]
    there.history = [entry for entry in there.history if entry.status is not Status.IMPORTED]
    world.cases.add_case().references.append("DOUBLE-1")
    world.cases.add_case().references.append("NOBODYS-1")
    await SubmissionRecord.objects.filter(pk=keys["LOST-1"]).adelete()
    world.forms.submit("NEVER-1", (CASE, ANNA))
    del world.cases.contents.cases[cases["NO-CASE"].id]
    world.forms.withdraw((await world.bench.record(keys["GONE-1"])).submission_id)
    found = await compared(world)
    assert found == {
        "NO-CASE": Kind.CASE_MISSING,
        "GONE-1": Kind.GONE,
        "OPEN-THERE": Kind.OPEN_THERE,
        "DOUBLE-1": Kind.CASE_UNKNOWN,
        "LOST-1": Kind.IMPORTED_ELSEWHERE,
        "NOBODYS-1": Kind.NOBODYS,
        "NEVER-1": Kind.NOT_RECORDED,
    }
    assert (await sync_to_async(runs.standing)()).silent_failures == 7
    told = [one for one in await sync_to_async(figures.attention)() if one.kind == "unaccounted"]
    assert sorted(one.count for one in told) == [1, 6]
    assert all(one.grave for one in told)
    assert await LogEntry.objects.filter(event="reconciled", level="error").acount() == 1
    await compared(world, Wish(accept=True))
    assert "NOBODYS-1" not in await compared(world)


async def test_what_is_under_way_is_not_called_lost(world):
    key = await world.submitted("ONE-1")
    world.cases.fails("apply", Fault(LOST, before=False))
    await world.tries(key)
    assert await compared(world) == {}, "sent, and nobody knows yet"
    await world.ends(key)
    assert await compared(world) == {}, "just now"


async def test_an_end_that_does_not_answer_is_a_problem_of_the_comparison_and_no_finding(world, monkeypatch):
    await world.ends(await world.submitted())

    def refused(_workflow):
        raise Setup(message("Connecting"), message("no certificate."))

    monkeypatch.setattr(comparing, "connect_form_service", refused)
    await comparing.reconcile_enabled()
    row = await Reconciliation.objects.alatest("id")
    assert (row.findings, "certificate" in str(row.problem)) == (0, True)
    world.cases.fails("references", BUSY)
    await comparing.reconcile_enabled()
    standing = await sync_to_async(runs.standing)()
    assert (standing.silent_failures, standing.problems, standing.well) == (0, 1, False)
    assert {one.kind for one in await sync_to_async(figures.attention)()} >= {"not reconciled"}


@pytest.mark.parametrize("remembers", [True, False])
async def test_a_journal_of_yesterday_goes_on_and_nothing_is_filed_twice(world, remembers):
    world.cases.remembers = remembers
    world.cases.restart()
    old = await world.submitted("OLD-1")
    await world.ends(old)
    waiting = await world.submitted("WAITING-1")  # recorded before the backup, filed and Imported after it
    unreported = await world.submitted("UNREPORTED-1")  # filed after the backup, and the form service was not told
    sent = await world.submitted("SENT-1")  # its change set left before the backup, and was carried out
    world.cases.fails("apply", Fault(LOST, before=False))
    await world.tries(sent)
    wrong = await world.submitted("WRONG-1", groups=(WRONG_GROUP, ANNA))
    await world.ends(wrong)
    again = await world.submitted("AGAIN-1", attachments=[b"x"])
    await sync_to_async(actions.send_to_error_case)([again], "", "Lone")
    await world.ends(again)
    await later(world)
    await dumped(world)
    await world.ends(waiting)
    world.forms.fails(f"report {Status.IMPORTED.value}", BUSY)
    await world.tries(unreported)
    await sync_to_async(actions.file_again)([again], "Lone")
    await world.ends(again)
    await world.ends(await world.submitted("NEW-1"))
    await world.ends(await world.submitted("NEW-2", groups=(WRONG_GROUP, ANNA)))
    await world.submitted("NEW-3")
    before = {
        reference: len(world.cases.cases_of(reference)) for case in world.cases.cases for reference in case.references
    }
    await restored(world)
    await compared(world, repair=True)
    await world.watch()
    await all_end(world)
    after = {
        reference: len(world.cases.cases_of(reference)) for case in world.cases.cases for reference in case.references
    }
    assert after == {**before, "NEW-3": 1}
    assert before["AGAIN-1"] == 2
    assert {stored.status for stored in world.forms.stored.values()} == {Status.IMPORTED}
    records = {record.reference_id: record async for record in SubmissionRecord.objects.all()}
    assert {record.state for record in records.values()} == {"imported"}
    assert records.keys() == {stored.summary.reference_id for stored in world.forms.stored.values()}
    assert {name: record.filed_kind for name, record in records.items() if record.filed_kind != "mapped"} == {
        "WRONG-1": "error case",
        "NEW-2": "error case",
    }
    await later(world)
    assert await compared(world) == {}


async def test_without_the_repair_a_journal_of_yesterday_would_file_twice(world):
    """What the repair is for: should this fail one day, the repair may be needless."""
    key = await world.submitted("ONE-1")
    await dumped(world)
    world.forms.fails(f"report {Status.IMPORTED.value}", BUSY)
    await world.tries(key)
    await restored(world)
    await all_end(world)
    assert len(world.cases.cases_of("ONE-1")) == 2


async def test_a_machine_that_remembers_a_newer_journal_doubts_the_older_one_by_itself(world, settings, tmp_path):
    settings.DATA_FOLDER = tmp_path
    assert not await journal_mark.doubt_older_journal(world.bench.pool), "it remembers nothing yet"
    key = await world.submitted("ONE-1")
    await dumped(world)
    (line,) = await world.bench.rows("select last_value from workflows_logentry_id_seq")
    world.forms.fails(f"report {Status.IMPORTED.value}", BUSY)
    await world.tries(key)
    await journal_mark.remember(world.bench.pool)
    assert not await journal_mark.doubt_older_journal(world.bench.pool), "it is as new as it was"
    await restored(world)
    await world.bench.rows("select setval('workflows_logentry_id_seq', %s)", line["last_value"])
    assert await journal_mark.doubt_older_journal(world.bench.pool)
    assert not await journal_mark.doubt_older_journal(world.bench.pool), "once is enough"
    await all_end(world)
    assert len(world.cases.cases_of("ONE-1")) == 1


async def test_what_a_newer_journal_had_sent_is_given_time_though_the_database_is_the_same(world, settings, tmp_path):
    """The backup was put back into the database itself, so that PostgreSQL tells of no other history."""
    settings.DATA_FOLDER = tmp_path
    assert not await journal_mark.doubt_older_journal(world.bench.pool)
    await DatabaseHistory.objects.aupdate(begun_at=datetime.now(UTC) - timedelta(days=9))
    world.cases.remembers = False
    world.cases.restart()
    world.cases.add_contact("P", "0101901234")
    key = await world.submitted("ONE-1")
    await dumped(world)
    (line,) = await world.bench.rows("select last_value from workflows_logentry_id_seq")
    world.cases.fails("apply", Fault(LOST, late=True))
    await world.tries(key)
    await journal_mark.remember(world.bench.pool)
    await restored(world)
    await world.bench.rows("select setval('workflows_logentry_id_seq', %s)", line["last_value"])
    assert await journal_mark.doubt_older_journal(world.bench.pool)
    await world.tries(key)
    world.cases.carry_out_late()
    await DatabaseHistory.objects.aupdate(begun_at=datetime.now(UTC) - timedelta(seconds=61))
    await all_end(world)
    assert len(world.cases.cases_of("ONE-1")) == 1


async def test_what_was_filed_after_a_backup_and_then_withdrawn_is_not_called_withdrawn(world):
    key = await world.submitted("ONE-1")
    await dumped(world)
    await world.ends(key)
    world.forms.withdraw((await world.bench.record(key)).submission_id)
    await restored(world)
    await compared(world, repair=True)
    await all_end(world)
    record = await world.bench.record(key)
    (case,) = world.cases.cases_of("ONE-1")
    assert (record.state, [one["number"] for one in record.filed["cases"]]) == ("imported", [case.number])


async def test_a_doubt_of_yesterday_settles_anew_in_a_restored_journal(world):
    """What was sent after the backup may still be on its way, whatever the backup says of an earlier sending."""
    world.cases.remembers = False
    world.cases.restart()
    world.cases.add_contact("P", "0101901234")
    key = await world.submitted("ONE-1")
    world.cases.fails("apply", Fault(LOST))
    await world.tries(key)
    await world.tries(key)  # looks and finds nothing
    await world.bench.passes(61, key)
    await dumped(world)
    world.cases.fails("apply", Fault(LOST, late=True))
    await world.tries(key)
    await restored(world)
    await DatabaseHistory.objects.acreate(system=1, database=2, timeline=1, begun_at=datetime.now(UTC))
    await compared(world, repair=True)
    await world.set(executing_user="MKT")  # nothing is sent again as it was
    await world.tries(key)
    world.cases.carry_out_late()
    await DatabaseHistory.objects.aupdate(begun_at=datetime.now(UTC) - timedelta(seconds=61))
    await all_end(world)
    assert len(world.cases.cases_of("ONE-1")) == 1


async def test_an_error_case_that_was_filed_again_and_forgotten_is_not_filed_a_third_time(world):
    key = await world.submitted("ONE-1")
    await sync_to_async(actions.send_to_error_case)([key], "", "Lone")
    await world.ends(key)
    await dumped(world)
    await sync_to_async(actions.file_again)([key], "Lone")
    await world.ends(key)
    await restored(world)
    await sync_to_async(actions.file_again)([key], "Lone")
    record = await world.ends(key)
    assert record.filed_kind == "mapped"
    assert len(world.cases.cases_of("ONE-1")) == 2


@pytest.mark.parametrize("remembers", [True, False])
async def test_a_journal_that_is_lost_altogether_is_rebuilt_from_the_two_ends(world, remembers):
    world.cases.remembers = remembers
    world.cases.restart()
    for name, groups in (("ONE-1", (CASE, ANNA)), ("TWO-2", (WRONG_GROUP, ANNA)), ("THREE-3", (CASE, CASE, ANNA))):
        await world.ends(await world.submitted(name, groups=groups))
    world.forms.fails(f"report {Status.IMPORTED.value}", BUSY)
    await world.tries(await world.submitted("UNREPORTED-4"))
    await world.submitted("OPEN-5")
    before = {
        record.reference_id: (record.filed_kind, record.filed["cases"])
        async for record in SubmissionRecord.objects.filter(state="imported")
    }
    filed = len(world.cases.cases)
    persons = await PersonIndex.objects.acount()
    await world.bench.rows("truncate workflows_submissionrecord cascade")
    world.cases.restart()
    await compared(world, repair=True)
    await world.watch()
    await all_end(world)
    assert len(world.cases.cases) == filed + 1, "the open one, and nothing twice"
    after = {
        record.reference_id: (record.filed_kind, record.filed["cases"])
        async for record in SubmissionRecord.objects.all()
    }
    assert {name: after[name] for name in before} == before
    assert set(after) == {*before, "UNREPORTED-4", "OPEN-5"}
    assert await PersonIndex.objects.acount() >= persons - 1
    assert await FiledCase.objects.acount() == sum(len(cases) for _, cases in after.values())
    again = await SubmissionRecord.objects.aget(reference_id="TWO-2")
    (answer,) = (await sync_to_async(actions.file_again)([again.pk], "Lone")).each
    assert answer.done
    await later(world)
    await world.ends(again.pk)
    await later(world)
    assert await compared(world) == {}


async def test_what_can_t_be_put_right_is_told_and_left(world):
    key = await world.submitted("NO-CASE")
    await world.ends(key)
    await later(world)
    world.cases.contents.cases.clear()
    assert await compared(world, repair=True) == {"NO-CASE": Kind.CASE_MISSING}
    assert world.cases.cases == []
    assert (await world.bench.record(key)).state == "imported"


async def test_findings_beyond_what_is_kept_are_counted(world, monkeypatch):
    monkeypatch.setattr(comparing, "MOST_KEPT", 3)
    monkeypatch.setattr(comparing, "AT_ONCE", 2)
    for number in range(7):
        world.cases.add_case().references.append(f"NOBODYS-{number}")
        world.forms.submit(f"NEVER-{number}", (CASE, ANNA))
    found = await compared(world)
    assert len(found) == 6
    rows = [row async for row in Reconciliation.objects.order_by("-id")[:2]]
    assert [row.findings for row in rows] == [7, 7]
    assert await Finding.objects.acount() == 6


async def test_a_comparison_is_made_daily_by_itself(world):
    await world.bench.sweep()
    assert [task for task, _ in await world.bench.jobs() if task == "formcase.reconcile"] == ["formcase.reconcile"]
    await world.bench.rows("delete from procrastinate_jobs")
    await world.bench.sweep()
    assert [task for task, _ in await world.bench.jobs() if task == "formcase.reconcile"] == []
    await ServiceWorkflow.objects.aupdate(next_reconciliation_at=datetime.now(UTC) - timedelta(seconds=1))
    await world.bench.sweep()
    assert [task for task, _ in await world.bench.jobs() if task == "formcase.reconcile"] == ["formcase.reconcile"]


async def test_the_ends_are_read_in_pages_however_much_there_is(world, monkeypatch):
    from formcase.workflows.reconciling import seen

    monkeypatch.setattr(seen, "PAGE_SIZE", 10)
    for number in range(35):
        world.forms.submit(f"R-{number}", (CASE, ANNA))
    asked = world.forms.requests["submissions"]
    assert len(await compared(world)) == 35
    assert world.forms.requests["submissions"] - asked == 4
