"""What the form service says, and what becomes of a submission by it: withdrawn, Imported, unreadable, another one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from filing.faults import BUSY, LOST, Fault, answered
from filing.form_service import described
from filing.world import CASE
from formcase.messages import message
from formcase.outcomes import AlreadyImported, Unreadable
from formcase.sources.port import ReportedCase, Status, StatusEntry, UnreadableEntry
from formcase.workflows.managing import create, delete, enable
from formcase.workflows.models import SubmissionRecord
from workflows.bench import PARAMETERS, SOURCE


async def test_what_was_withdrawn_is_closed_and_no_case_is_made(world):
    key = await world.submitted()
    world.forms.withdraw("s-1")
    record = await world.tries(key)
    assert record.state == "withdrawn"
    assert world.cases.cases == []
    assert "withdrawn" in await world.events(key)


async def test_what_was_withdrawn_after_its_change_set_was_carried_out_is_adopted(world):
    key = await world.submitted()
    world.cases.fails("apply", Fault(LOST, before=False))
    await world.tries(key)
    world.forms.withdraw("s-1")
    record = await world.tries(key)
    assert (record.state, record.filed["cases"][0]["number"]) == ("imported", world.cases.cases[0].number)


async def test_what_was_withdrawn_in_doubt_is_not_closed_before_the_doubt_is_over(world):
    key = await world.submitted()
    world.cases.fails("apply", Fault(LOST, late=True))
    await world.tries(key)
    world.forms.withdraw("s-1")
    record = await world.tries(key)
    assert record.state == "waiting", "the change set may still be carried out"
    world.cases.carry_out_late()
    assert (await world.ends(key)).state == "imported"


async def test_what_was_withdrawn_in_doubt_is_closed_when_nothing_came_of_it(world):
    key = await world.submitted()
    world.cases.fails("apply", Fault(LOST))
    await world.tries(key)
    world.forms.withdraw("s-1")
    assert (await world.ends(key)).state == "withdrawn"
    assert world.cases.cases == []


async def test_what_was_withdrawn_after_it_was_filed_is_imported(world):
    key = await world.submitted()
    world.forms.fails("report Imported", BUSY)
    assert (await world.tries(key)).state == "filed"
    world.forms.withdraw("s-1")
    assert (await world.tries(key)).state == "imported"


async def test_what_is_listed_again_after_it_was_withdrawn_is_taken_up_again(world):
    key = await world.submitted()
    stored = world.forms.stored["s-1"]
    world.forms.withdraw("s-1")
    await world.tries(key)
    world.forms.stored["s-1"] = stored
    await world.watch()
    assert (await world.ends(key)).state == "imported"
    assert len(world.cases.cases) == 1


def said_imported(world, *numbers: str) -> None:
    entry = StatusEntry(Status.IMPORTED, None, tuple(ReportedCase(number) for number in numbers), datetime.now(UTC))
    world.forms.stored["s-1"].history.append(entry)


async def test_what_the_form_service_says_is_imported_is_so_where_nothing_was_filed_from_here(world):
    key = await world.submitted()
    said_imported(world, "2026-99-00001")
    record = await world.tries(key)
    assert (record.state, record.filed["cases"][0]["number"]) == ("imported", "2026-99-00001")
    assert world.cases.cases == []
    assert "imported elsewhere" in await world.events(key)


async def test_imported_from_elsewhere_with_a_case_that_carries_the_reference_is_adopted(world):
    key = await world.submitted()
    case = world.cases.add_case()
    case.references.append("8KS-SQ5")
    said_imported(world, case.number)
    record = await world.tries(key)
    assert (record.state, record.filed["cases"][0]["number"]) == ("imported", case.number)
    assert len(world.cases.cases) == 1


async def test_a_409_to_delivered_is_answered_by_reading_the_submission(world):
    world.forms.fails("report Delivered", BUSY)
    key = await world.submitted()
    said_imported(world, "2026-99-00001")
    assert (await world.tries(key)).state == "imported"


async def test_a_409_to_delivered_while_the_submission_cant_be_read_does_not_run_hot(world):
    world.forms.fails("report Delivered", BUSY, answered(AlreadyImported))
    key = await world.submitted()
    world.forms.fails("submission", BUSY)
    record = await world.tries(key)
    assert (record.state, record.attempt_open, record.tries) == ("waiting", False, 1)
    assert record.due_at is not None


async def test_imported_is_said_again_until_it_is_heard_and_stands_once(world):
    key = await world.submitted()
    world.forms.fails("report Imported", Fault(BUSY, before=False), BUSY)
    record = await world.ends(key)
    assert record.state == "imported"
    assert world.forms.requests["report Imported"] == 3
    assert len(world.stored(record).said(Status.IMPORTED)) == 1
    assert world.cases.requests["apply"] == 1


async def test_what_is_still_listed_as_open_long_after_it_was_imported_is_reported_again(world):
    key = await world.submitted()
    record = await world.ends(key)
    stored = world.stored(record)
    stored.history = stored.history[:2]  # the form service was restored from a backup
    await world.watch()
    assert (await world.bench.record(key)).state == "imported", "the listing may be older than the report"
    await world.bench.passes(61, key)
    await world.watch()
    await world.ends(key)
    assert len(stored.said(Status.IMPORTED)) == 1
    assert len(world.cases.cases) == 1


async def test_what_cant_be_read_is_tried_three_times_over_ten_minutes_then_blocked_alone_and_daily(world):
    key, other = await world.submitted("R-1"), await world.submitted("R-2")
    wrong = answered(Unreadable, "The digest is wrong.")
    world.forms.fails("xml", wrong, times=3)
    waits = []
    for _ in range(3):
        record = await world.tries(key)
        waits.append((record.due_at - record.attempt_started_at).total_seconds())
    assert record.state == "blocked"
    assert waits[0] + waits[1] == pytest.approx(600, abs=2)
    assert waits[2] == pytest.approx(24 * 3600, abs=2)
    assert len(world.stored(record).said(Status.TEMPORARY_BLOCKED)) == 1
    assert (await world.ends(other)).state == "imported"
    world.forms.fails("xml", wrong)
    record = await world.tries(key)
    assert (record.due_at - record.attempt_started_at).total_seconds() == pytest.approx(24 * 3600, abs=2)
    assert (await world.tries(key)).state == "imported"
    assert len(world.cases.cases) == 2


async def test_xml_that_disagrees_with_the_listing_makes_no_case(world):
    key = await world.submitted()
    stored = world.forms.stored["s-1"]
    stored.summary = replace(stored.summary, form_title="Another form")
    record = await world.tries(key)
    assert (record.state, record.unreadable_tries) == ("waiting", 1)
    assert world.cases.cases == []


async def test_a_submission_that_becomes_another_one_makes_no_case(world):
    key = await world.submitted()
    other = world.forms.submit("OTHER", (CASE,))
    stored = world.forms.stored.pop(other.id)
    xml = stored.xml.replace(b'id="s-2"', b'id="s-1"')
    listed = replace(other, id="s-1", xml=described(xml, "application/xml"))
    world.forms.stored["s-1"] = replace(stored, summary=listed, xml=xml)
    record = await world.tries(key)
    assert (record.state, record.unreadable_tries) == ("waiting", 1)
    assert world.cases.cases == []


async def test_an_entry_of_which_only_the_id_can_be_read_is_recorded_blocked_and_filed_once_it_is_mended(world):
    stored_summary = world.forms.submit("8KS-SQ5", (CASE,))
    stored = world.forms.stored.pop(stored_summary.id)
    world.forms.unreadable.append(UnreadableEntry(stored_summary.id, None, message("wrong")))
    await world.watch()
    record = await SubmissionRecord.objects.aget()
    world.forms.stored[stored_summary.id] = stored
    world.forms.fails("submission", answered(Unreadable))
    await world.tries(record.pk)
    world.cases.fails("apply", Fault(LOST, before=False))
    await world.tries(record.pk)
    record = await world.ends(record.pk)
    assert (record.reference_id, record.form_id, record.form_title) == ("8KS-SQ5", "800636", "Flag permit")
    assert len(world.cases.cases) == 1, "it was looked up under its own reference ID"


async def test_a_reference_id_that_another_submission_has_is_blocked_and_says_which(world):
    first = await world.submitted("SAME")
    second = await world.submitted("SAME")
    record = await world.tries(second)
    assert (record.state, record.blocked_scope) == ("blocked", "submission")
    assert "s-1" in world.stored(record).said(Status.TEMPORARY_BLOCKED)[0].message
    assert (await world.ends(first)).state == "imported"
    await world.tries(second)
    assert len(world.cases.cases) == 1
    assert (await world.workflow_now()).blocked_since is None


async def test_a_second_of_one_reference_id_that_is_withdrawn_or_imported_there_is_closed(world):
    await world.submitted("SAME")
    second, third = await world.submitted("SAME"), await world.submitted("SAME")
    assert (await world.tries(second)).state == "blocked"
    world.forms.withdraw("s-2")
    assert (await world.tries(second)).state == "withdrawn"
    entry = StatusEntry(Status.IMPORTED, None, (ReportedCase("2026-99-00001"),), datetime.now(UTC))
    world.forms.stored["s-3"].history.append(entry)
    record = await world.tries(third)
    assert (record.state, record.filed["cases"][0]["number"]) == ("imported", "2026-99-00001")


async def test_an_unreadable_one_that_turns_out_to_have_anothers_reference_id_is_blocked(world):
    await world.submitted("SAME")
    summary = world.forms.submit("SAME", (CASE,))
    stored = world.forms.stored.pop(summary.id)
    world.forms.unreadable.append(UnreadableEntry(summary.id, None, message("wrong")))
    await world.watch()
    world.forms.stored[summary.id] = stored
    record = await SubmissionRecord.objects.aget(submission_id=summary.id)
    record = await world.tries(record.pk)
    assert (record.state, record.owns_reference) == ("blocked", False)


async def test_a_form_service_at_a_new_address_brings_no_submission_twice(world):
    done, waiting = await world.submitted("R-1"), await world.submitted("R-2")
    await world.ends(done)
    world.forms.stored["s-1"].history.pop()  # and it was restored from a backup, too
    await world.bench.passes(61, done)
    await world.watch(source="https://new.example/interact")
    assert await SubmissionRecord.objects.acount() == 2
    assert {record.source async for record in SubmissionRecord.objects.all()} == {"https://new.example/interact"}
    for key in (done, waiting):
        assert (await world.ends(key)).state == "imported"
    assert len(world.cases.cases) == 2


async def test_another_form_service_with_the_same_reference_id_is_not_taken_for_a_move(world):
    first = await world.submitted("SAME")
    stored = world.forms.stored["s-1"]
    stored.summary = replace(stored.summary, submitted_at=stored.summary.submitted_at + timedelta(hours=1))
    await world.watch(source="https://other.example/interact")
    assert await SubmissionRecord.objects.acount() == 2
    second = await SubmissionRecord.objects.exclude(pk=first).aget()
    assert (await world.bench.journal.begin(second.pk)).entry.reference_owner == "s-1"


async def test_what_a_deleted_workflow_left_open_is_taken_up_by_another_one_that_lists_it(world):
    from asgiref.sync import sync_to_async

    key = await world.submitted()
    assert await world.bench.journal.begin(key) is not None  # and its worker has died in the middle
    await sync_to_async(delete)(world.workflow, anyway=True)
    world.workflow = await sync_to_async(create)("Another", "interact", {**PARAMETERS, "Url": SOURCE})
    await sync_to_async(enable)(world.workflow)
    await world.watch()
    record = await world.ends(key)
    assert (record.state, record.workflow_id) == ("imported", world.workflow.pk)
    assert len(world.cases.cases) == 1


async def test_delivered_that_comes_after_temporary_blocked_is_put_right(world):
    """The watch says Delivered while filing has blocked it already."""
    summary = world.forms.submit("8KS-SQ5", (CASE,))
    reported = world.forms.report
    world.cases.unknown_users.add("SBH")

    async def report(submission_id, status, *rest):
        if status is Status.DELIVERED and world.forms.report is report:
            world.forms.report = reported
            record = await SubmissionRecord.objects.aget(submission_id=submission_id)
            await world.tries(record.pk)
        await reported(submission_id, status, *rest)

    world.forms.report = report
    await world.watch()
    stored = world.forms.stored[summary.id]
    record = await SubmissionRecord.objects.aget(submission_id=summary.id)
    assert record.state == "blocked"
    await world.tries(record.pk)
    assert stored.status is Status.TEMPORARY_BLOCKED
