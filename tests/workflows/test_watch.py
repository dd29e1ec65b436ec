"""One workflow's watch: rounds, what is told at once, and how it ends."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import sync_to_async

from filing.faults import BUSY, NOT_LET_IN, answered
from filing.form_service import ModelFormService
from filing.world import CASE
from formcase.outcomes import Passing
from formcase.sources.port import Status
from formcase.workflows import managing, watch
from formcase.workflows.models import LogEntry, ServiceWorkflow, SubmissionRecord
from formcase.workflows.watch import Watcher
from workflows.bench import PARAMETERS, Bench


class HoldingFormService(ModelFormService):
    """Holds an answer until something newer is submitted, as the API says. holds: whether it does."""

    holds = True

    async def submissions(self, form_ids, *, state="open", after=None, limit=100, wait=0):
        page = await super().submissions(form_ids, state=state, after=after, limit=limit)
        if wait and self.holds:
            deadline = asyncio.get_running_loop().time() + wait
            while not page.submissions and asyncio.get_running_loop().time() < deadline:
                await asyncio.sleep(0.02)
                page = self._page(form_ids, state, after, limit)
        return page


class Connected:
    """What a worker holds of its ends."""

    def __init__(self, service: HoldingFormService) -> None:
        self.service = service
        self.failure: Exception | None = None

    async def form_service(self, address):
        if self.failure is not None:
            raise self.failure
        return self.service


class Watched:
    """A watch under way."""

    def __init__(self, bench: Bench, workflow: ServiceWorkflow) -> None:
        self.bench = bench
        self.workflow = workflow
        self.service = HoldingFormService()
        self.connected = Connected(self.service)
        self.stopping = asyncio.Event()
        self.watcher = Watcher(bench.pool, bench.app, bench.journal, self.connected, self.stopping)
        self.task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        self.task = asyncio.create_task(self.watcher.watch(self.workflow.pk))

    async def ended(self, within: float = 3.0) -> None:
        await asyncio.wait_for(self.task, within)

    async def once(self) -> None:
        """One round, and no waiting for more."""
        self.stopping.set()
        self.begin()
        await self.ended()
        self.stopping.clear()

    async def next_in(self) -> float | None:
        """Seconds until the next watch's job; None where there is no job."""
        rows = await self.bench.rows(
            "select extract(epoch from coalesce(scheduled_at, now()) - now())::float as seconds "
            "from procrastinate_jobs "
            "where queueing_lock = %s and status = 'todo'",
            f"watch:{self.workflow.pk}",
        )
        return rows[0]["seconds"] if rows else None

    async def now(self) -> ServiceWorkflow:
        return await ServiceWorkflow.objects.aget(pk=self.workflow.pk)

    async def events(self) -> list[str]:
        rows = LogEntry.objects.filter(workflow=self.workflow, submission=None).order_by("id")
        return [entry.event async for entry in rows]


@pytest.fixture
async def watched(bench, workflow, monkeypatch) -> AsyncIterator[Watched]:
    monkeypatch.setattr(watch, "LOOK_FOR_CHANGES", 0.05)
    await bench.rows("delete from procrastinate_jobs")
    made = Watched(bench, workflow)
    yield made
    if made.task is not None:
        made.task.cancel()
        await asyncio.gather(made.task, return_exceptions=True)


async def until(condition, seconds: float = 3.0) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not await condition():
        assert asyncio.get_running_loop().time() < deadline, "it did not happen"
        await asyncio.sleep(0.02)


async def test_a_round_records_all_pages_with_a_job_each_and_says_delivered(watched, monkeypatch):
    monkeypatch.setattr("formcase.filing.watching.PAGE_SIZE", 3)
    for number in range(8):
        watched.service.submit(f"R-{number}", (CASE,))
    await watched.once()
    assert await SubmissionRecord.objects.acount() == 8
    assert len([task for task, _ in await watched.bench.jobs() if task == "formcase.file_submission"]) == 8
    assert all(stored.status is Status.DELIVERED for stored in watched.service.stored.values())
    assert (await watched.now()).last_round_at is not None


async def test_what_is_submitted_while_it_listens_is_recorded_at_once(watched):
    watched.begin()

    async def listening() -> bool:
        return watched.service.requests["submissions"] >= 2

    await until(listening)
    watched.service.submit("8KS-SQ5", (CASE,))

    async def recorded() -> bool:
        return await SubmissionRecord.objects.acount() == 1

    await until(recorded, 1.0)
    watched.service.submit("8KS-SQ6", (CASE,))

    async def both() -> bool:
        return await SubmissionRecord.objects.acount() == 2

    await until(both, 1.0)


async def test_a_service_that_does_not_hold_its_answers_is_asked_no_more_than_the_interval_says(watched):
    watched.service.holds = False
    watched.begin()
    await watched.ended()
    assert watched.service.requests["submissions"] == 2
    assert 55 < await watched.next_in() <= 60


async def test_an_answer_that_something_in_between_cuts_is_no_failure_of_the_watch(watched):
    watched.service.fails("submissions", BUSY)
    watched.service.script["submissions"][0].skip = 1
    watched.begin()
    await watched.ended()
    assert (await watched.now()).watch_problem is None
    assert await watched.events() == []
    assert 55 < await watched.next_in() <= 60


async def test_a_change_of_the_workflow_ends_the_wait_and_the_next_round_comes_at_once(watched):
    watched.begin()
    await asyncio.sleep(0.2)
    await sync_to_async(managing.change)(watched.workflow, {"WatchInterval": "120"})
    await watched.ended(1.5)
    assert await watched.next_in() <= 0.1


async def test_a_workflow_that_is_disabled_meanwhile_gets_no_next_round(watched):
    watched.begin()
    await asyncio.sleep(0.2)
    await sync_to_async(managing.disable)(watched.workflow)
    await watched.ended(1.5)
    assert await watched.next_in() is None


async def test_a_worker_that_is_asked_to_end_lets_go_at_once_and_another_listens_on(watched):
    watched.begin()
    await asyncio.sleep(0.2)
    watched.stopping.set()
    await watched.ended(1.0)
    assert await watched.next_in() <= 2


async def test_a_failed_round_is_shown_said_once_and_over_with_the_first_that_works(watched):
    for _ in range(3):
        watched.service.fails("submissions", NOT_LET_IN)
        await watched.once()
    assert "401" in str((await watched.now()).watch_problem)
    assert await watched.events() == ["watch failed"]
    await watched.once()
    assert (await watched.now()).watch_problem is None
    assert await watched.events() == ["watch failed", "watch works again"]


async def test_a_form_service_that_asks_to_be_left_alone_is_left_alone(watched):
    asked = timedelta(minutes=10)
    watched.service.fails("submissions", answered(Passing, retry_after=asked))
    watched.begin()
    await watched.ended()
    assert asked.total_seconds() - 5 < await watched.next_in() < asked.total_seconds() + 5


async def test_a_form_service_that_cant_be_connected_is_shown(watched):
    watched.connected.failure = NOT_LET_IN()
    watched.begin()
    await watched.ended()
    assert (await watched.now()).watch_problem is not None
    assert await watched.next_in() is not None


async def test_a_fault_of_our_own_does_not_let_the_watch_run_hot(watched):
    watched.service.fails("submissions", lambda: ZeroDivisionError("0101901234"))
    watched.begin()
    await watched.ended()
    workflow = await watched.now()
    assert "ZeroDivisionError" in str(workflow.watch_problem)
    assert "0101901234" not in str(workflow.watch_problem)
    assert await watched.next_in() > 1


async def test_forms_that_an_older_workflow_covers_are_left_alone_and_it_says_so_once(watched):
    younger = await sync_to_async(managing.create)("Second", "interact", {**PARAMETERS, "FormIds": "800636"})
    await sync_to_async(managing.enable)(younger)
    first, watched.workflow = watched.workflow, younger
    watched.service.submit("8KS-SQ5", (CASE,))
    for _ in range(2):
        await watched.once()
    assert await SubmissionRecord.objects.acount() == 0
    assert watched.service.stored["s-1"].status is Status.SUBMITTED
    assert (await watched.now()).left_alone == ["800636"]
    assert await watched.events() == ["left alone"]
    await sync_to_async(managing.disable)(first)
    await watched.once()
    record = await SubmissionRecord.objects.aget()
    assert record.workflow_id == younger.pk


async def test_delivered_that_cant_be_said_stops_neither_the_round_nor_the_filing(watched):
    for number in range(3):
        watched.service.submit(f"R-{number}", (CASE,))
    watched.service.fails("report Delivered", BUSY, NOT_LET_IN)
    await watched.once()
    assert await SubmissionRecord.objects.acount() == 3
    delivered = [record.delivered_at is not None async for record in SubmissionRecord.objects.order_by("id")]
    assert sorted(delivered) == [False, False, True]
    assert (await watched.now()).watch_problem is None


async def test_what_is_known_is_not_told_again_each_round(watched):
    watched.service.submit("8KS-SQ5", (CASE,))
    for _ in range(3):
        await watched.once()
    assert watched.service.requests["report Delivered"] == 1
    assert await SubmissionRecord.objects.acount() == 1


async def test_a_version_of_a_form_as_large_as_the_interface_allows_can_be_recorded(watched):
    from dataclasses import replace

    watched.service.submit("8KS-SQ5", (CASE,))
    stored = watched.service.stored["s-1"]
    stored.summary = replace(stored.summary, form_version=2**53)
    await watched.once()
    assert (await SubmissionRecord.objects.aget()).form_version == 2**53


async def test_the_next_round_is_known_to_the_pages(watched):
    before = datetime.now(UTC)
    await watched.once()
    workflow = await watched.now()
    assert timedelta(seconds=55) < workflow.next_round_at - before < timedelta(seconds=65)
