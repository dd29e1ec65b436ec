import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from formcase.filing.journal import Filed, Intent, Note, Scope, State, Superseded
from formcase.messages import message
from formcase.planning.plan import CreateCase, Entry, Plan, PlanKind
from formcase.sources.port import Status, SubmissionSummary
from formcase.submission.model import FieldPath, FileDescription, Step
from formcase.targets.port import CaseReference, Receipt
from formcase.workflows.models import LogEntry, ServiceWorkflow, SubmissionRecord

NOTE = Note("tested", message("Tested"))
FILED = Filed(PlanKind.MAPPED, Receipt((CaseReference("17", "2026-02.15-00001", None),)))
XML = FileDescription("application/xml", 10, "0" * 64)


def summary(number: int, reference: str | None = None) -> SubmissionSummary:
    return SubmissionSummary(
        id=f"s-{number}",
        reference_id=reference or f"REF-{number}",
        form_id="800636",
        form_title="Flags",
        form_version=3,
        submitted_at=datetime(2026, 11, 20, tzinfo=UTC),
        status=Status.SUBMITTED,
        xml=XML,
        pdf=None,
        attachments=(),
    )


def intent() -> Intent:
    path = FieldPath((Step("WZ_ODATA"), Step("Files"), Step("BUILDAREA")))
    entry = Entry({"Title": "Ærø", "BUILDAREA": Decimal("62.50")}, origins={"BUILDAREA": (path,)})
    return Intent(
        plan=Plan(PlanKind.MAPPED, "REF-1", (CreateCase("case-1", entry),)),
        request_ids=(uuid4(),),
        first_sent=datetime.now(UTC),
        executing_user="SBH",
        reasons=(message("because of {value}", value="0101901234", hidden=("value",)),),
    )


async def begun(bench, workflow, number=1):
    recorded = await bench.journal.record(workflow.pk, "https://a", [summary(number)])
    return await bench.journal.begin(recorded[0].key)


async def test_a_submission_and_its_job_are_recorded_once(bench, workflow):
    first = await bench.journal.record(workflow.pk, "https://a", [summary(1), summary(2)])
    again = await bench.journal.record(workflow.pk, "https://a", [summary(1), summary(2)])
    assert [one.new for one in first] == [True, True]
    assert [one.new for one in again] == [False, False]
    assert [one.key for one in first] == [one.key for one in again]
    jobs = await bench.jobs()
    assert [lock for task, lock in jobs if task == "formcase.file_submission"] == [
        f"submission:{one.key}" for one in first
    ]


@pytest.mark.parametrize("watch_first", [True, False])
async def test_a_submission_that_watch_and_filing_both_deliver_is_delivered_once_in_the_log(
    bench, workflow, watch_first
):
    attempt = await begun(bench, workflow)
    steps = [lambda: bench.journal.mark_delivered(attempt.entry.key), attempt.delivered]
    for step in steps if watch_first else reversed(steps):
        await step()
    assert await LogEntry.objects.filter(event="delivered").acount() == 1


async def test_two_watches_at_once_record_a_submission_once(bench, workflow):
    pages = await asyncio.gather(
        *(bench.journal.record(workflow.pk, "https://a", [summary(n) for n in range(20)]) for _ in range(4))
    )
    assert await SubmissionRecord.objects.acount() == 20
    assert sum(one.new for page in pages for one in page) == 20


async def test_a_reference_id_that_another_submission_has_is_not_adopted(bench, workflow):
    await bench.journal.record(workflow.pk, "https://a", [summary(1, "8KS-SQ5")])
    second = await bench.journal.record(workflow.pk, "https://b", [summary(7, "8KS-SQ5")])
    attempt = await bench.journal.begin(second[0].key)
    assert attempt.entry.reference_owner == "s-1"


async def test_the_newest_attempt_alone_may_write(bench, workflow):
    first = await begun(bench, workflow)
    second = await bench.journal.begin(first.entry.key)
    assert second.entry.attempt == first.entry.attempt + 1
    assert second.entry.taken_over
    for write in (
        first.delivered(),
        first.intend(intent()),
        first.claim(["contact:P:1"]),
        first.filed(Filed(PlanKind.MAPPED, Receipt(())), NOTE),
        first.imported(NOTE),
        first.note(NOTE),
        first.again(datetime.now(UTC), NOTE),
        first.block(message("no"), Scope.SUBMISSION, datetime.now(UTC), NOTE, reported=False),
    ):
        with pytest.raises(Superseded):
            await write
    await second.delivered()
    record = await SubmissionRecord.objects.aget(pk=first.entry.key)
    assert (record.state, record.intent, record.filed) == ("waiting", None, None)


async def test_an_ended_attempt_may_not_write_either(bench, workflow):
    attempt = await begun(bench, workflow)
    await attempt.again(datetime.now(UTC), NOTE)
    with pytest.raises(Superseded):
        await attempt.delivered()


async def test_an_intent_survives_with_everything_that_a_repetition_needs(bench, workflow):
    attempt = await begun(bench, workflow)
    meant = intent()
    await attempt.intend(meant)
    await attempt.uploaded("document-1", "D1")
    await attempt.uploaded("document-2", "D2")
    await attempt.sending()
    found = (await bench.journal.begin(attempt.entry.key)).entry.intent
    assert found.plan == meant.plan
    assert found.request_ids == meant.request_ids
    assert found.first_sent == meant.first_sent
    assert found.reasons == meant.reasons
    assert found.documents == {"document-1": "D1", "document-2": "D2"}
    assert found.sent_at is not None


async def test_what_was_filed_survives_and_the_intent_is_over(bench, workflow):
    attempt = await begun(bench, workflow)
    await attempt.intend(intent())
    await attempt.sending()
    filed = Filed(PlanKind.MAPPED, Receipt((CaseReference("17", "2026-02.15-00001", None),)))
    await attempt.filed(filed, NOTE)
    entry = (await bench.journal.begin(attempt.entry.key)).entry
    assert entry.filed == filed
    assert entry.intent is None
    assert entry.state is State.FILED


async def test_two_filings_of_one_contact_take_turns(bench, workflow):
    one, two = await begun(bench, workflow, 1), await begun(bench, workflow, 2)
    assert await one.claim(["contact:P:1", "case:7"])
    assert not await two.claim(["case:9", "contact:P:1"])
    assert await two.claim(["case:9"])
    await one.imported(NOTE)
    assert await two.claim(["case:9", "contact:P:1"])


async def test_claims_of_an_attempt_that_was_taken_over_are_void(bench, workflow):
    dead, other = await begun(bench, workflow, 1), await begun(bench, workflow, 2)
    assert await dead.claim(["contact:P:1"])
    await bench.journal.begin(dead.entry.key)
    assert await other.claim(["contact:P:1"])


async def test_of_many_that_claim_at_once_one_gets_it(bench, workflow):
    attempts = [await begun(bench, workflow, number) for number in range(8)]
    names = ["contact:P:1", "contact:F:2", "case:3"]
    granted = await asyncio.gather(
        *(attempt.claim(names[number % 3 :] + names[: number % 3]) for number, attempt in enumerate(attempts))
    )
    assert sum(granted) == 1


async def test_a_setup_problem_blocks_the_workflow_and_the_first_success_lifts_it(bench, workflow):
    failing, parked = await begun(bench, workflow, 1), await begun(bench, workflow, 2)
    await parked.again(datetime.now(UTC), NOTE)
    await failing.block(message("token refused"), Scope.WORKFLOW, datetime.now(UTC), NOTE, reported=True)
    assert await bench.journal.begin(parked.entry.key) is None
    said = await bench.journal.park(parked.entry.key)
    assert (said.submission_id, said.reason.text()) == ("s-2", "token refused")
    await bench.journal.mark_blocked_reported(parked.entry.key)
    assert await bench.journal.park(parked.entry.key) is None

    await ServiceWorkflow.objects.filter(pk=workflow.pk).aupdate(probe_submission=failing.entry.key)
    probe = await bench.journal.begin(failing.entry.key)
    await probe.filed(FILED, NOTE)
    lifted = await ServiceWorkflow.objects.aget(pk=workflow.pk)
    assert lifted.blocked_since is None
    record = await SubmissionRecord.objects.aget(pk=parked.entry.key)
    assert (record.state, record.due_at is not None) == ("waiting", True)
    assert await bench.journal.begin(parked.entry.key) is not None


async def test_three_refused_error_cases_in_a_row_block_the_workflow_but_not_one(bench, workflow):
    for number, blocked in ((1, False), (2, False), (3, True)):
        attempt = await begun(bench, workflow, number)
        await attempt.block(message("refused"), Scope.SUSPECT, datetime.now(UTC), NOTE, reported=False)
        row = await ServiceWorkflow.objects.aget(pk=workflow.pk)
        assert (row.blocked_since is not None) is blocked


async def test_a_filing_in_between_clears_the_suspicion(bench, workflow):
    for number in (1, 2):
        attempt = await begun(bench, workflow, number)
        await attempt.block(message("refused"), Scope.SUSPECT, datetime.now(UTC), NOTE, reported=False)
    good = await begun(bench, workflow, 3)
    await good.filed(FILED, NOTE)
    attempt = await begun(bench, workflow, 4)
    await attempt.block(message("refused"), Scope.SUSPECT, datetime.now(UTC), NOTE, reported=False)
    assert (await ServiceWorkflow.objects.aget(pk=workflow.pk)).blocked_since is None


async def test_a_disabled_workflow_files_nothing(bench, workflow):
    attempt = await begun(bench, workflow)
    await attempt.again(datetime.now(UTC), NOTE)
    await ServiceWorkflow.objects.filter(pk=workflow.pk).aupdate(enabled=False)
    assert await bench.journal.begin(attempt.entry.key) is None


async def test_what_was_reported_long_ago_and_is_still_listed_is_reported_again(bench, workflow):
    attempt = await begun(bench, workflow)
    filed = Filed(PlanKind.MAPPED, Receipt((CaseReference("17", "2026-02.15-00001", None),)))
    await attempt.filed(filed, NOTE)
    await attempt.imported(NOTE)
    await bench.journal.record(workflow.pk, "https://a", [summary(1)])
    assert await bench.journal.begin(attempt.entry.key) is None  # just now: the listing was older than the report
    await SubmissionRecord.objects.filter(pk=attempt.entry.key).aupdate(
        reported_at=datetime.now(UTC) - timedelta(hours=1)
    )
    await bench.journal.record(workflow.pk, "https://a", [summary(1)])
    assert (await bench.journal.begin(attempt.entry.key)).entry.filed == filed


async def test_the_log_holds_nothing_that_a_person_wrote(bench, workflow):
    attempt = await begun(bench, workflow)
    secret = message("the value {value} is wrong", value="0101901234", hidden=("value",))
    await attempt.note(Note("refused", message("{inner}", inner=secret)))
    rows = [entry.message async for entry in LogEntry.objects.all()]
    assert rows
    assert "0101901234" not in str(rows)
