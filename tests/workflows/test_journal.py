"""What is PostgreSQL's own in the journal; what every journal promises is in tests/conformance/test_journal_port.py."""

import asyncio
from datetime import UTC, datetime

import pytest

from formcase.filing.journal import Filed, Note, Scope
from formcase.messages import message
from formcase.planning.plan import PlanKind
from formcase.targets.port import CaseReference, Receipt
from formcase.workflows.models import LogEntry, SubmissionRecord
from workflows.listed import summary

NOTE = Note("tested", message("Tested"))
FILED = Filed(PlanKind.MAPPED, Receipt((CaseReference("17", "2026-02.15-00001", None),)))


async def begun(bench, workflow, number=1):
    recorded = await bench.journal.record(workflow.pk, "https://a", [summary(number)])
    return await bench.journal.begin(recorded[0].key)


@pytest.mark.parametrize("watch_first", [True, False])
async def test_a_submission_that_watch_and_filing_both_deliver_is_delivered_once_in_the_log(
    bench, workflow, watch_first
):
    attempt = await begun(bench, workflow)
    steps = [lambda: bench.journal.mark_delivered(attempt.entry.key), attempt.delivered]
    for step in steps if watch_first else reversed(steps):
        await step()
    assert await LogEntry.objects.filter(event="delivered").acount() == 1


async def test_the_log_holds_nothing_that_a_person_wrote(bench, workflow):
    attempt = await begun(bench, workflow)
    secret = message("the value {value} is wrong", value="0101901234", hidden=("value",))
    await attempt.note(Note("refused", message("{inner}", inner=secret)))
    rows = [entry.message async for entry in LogEntry.objects.all()]
    assert rows
    assert "0101901234" not in str(rows)


async def test_blocks_and_lifts_at_once_end_without_a_deadlock(bench, workflow):
    """Each holds its own submission and wants the workflow's row."""
    for round_number in range(4):
        attempts = [await begun(bench, workflow, 10 * round_number + number) for number in range(8)]
        await asyncio.gather(
            *(
                attempt.filed(FILED, NOTE)
                if number % 2
                else attempt.block(message("no"), Scope.WORKFLOW, datetime.now(UTC), NOTE, reported=True)
                for number, attempt in enumerate(attempts)
                if attempt is not None
            )
        )
        await bench.rows("update workflows_serviceworkflow set blocked_since = null")
    assert await SubmissionRecord.objects.filter(state="filed").acount() == 16


async def test_a_person_and_the_journal_do_not_wait_for_each_other_for_ever(bench, workflow):
    """A person who changes a workflow holds its row while every step of the journal refers to it."""
    from asgiref.sync import sync_to_async

    from formcase.workflows import managing

    keys = [(await bench.journal.record(workflow.pk, "https://a", [summary(n)]))[0].key for n in range(30)]

    async def changes() -> None:
        for number in range(6):
            await sync_to_async(managing.change)(workflow, {"WatchInterval": str(60 + number)})

    async def steps(key: int) -> None:
        await bench.journal.mark_delivered(key)
        attempt = await bench.journal.begin(key)
        await attempt.note(NOTE)
        await attempt.block(message("no"), Scope.SUSPECT, datetime.now(UTC), NOTE, reported=True)

    await asyncio.wait_for(asyncio.gather(changes(), *(steps(key) for key in keys)), 20)
