"""The safety net below the jobs."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import sync_to_async

from formcase.filing.journal import Note, Scope
from formcase.messages import message
from formcase.workflows import managing
from formcase.workflows.sweeping import SWEEP_LOCK
from workflows.listed import summary

NOTE = Note("tested", message("Tested"))
LATER = timedelta(minutes=10)


@pytest.fixture
async def key(bench, workflow) -> int:
    """A submission whose job has been taken."""
    (recorded,) = await bench.journal.record(workflow.pk, "https://a", [summary(1)])
    await bench.rows("delete from procrastinate_jobs")
    return recorded.key


async def filing_jobs(bench) -> list[str]:
    return [lock for task, lock in await bench.jobs() if task == "formcase.file_submission"]


async def a_worker(bench, seconds_ago: float) -> int:
    """A worker that gave its last sign of life so long ago."""
    rows = await bench.rows(
        "insert into procrastinate_workers (last_heartbeat) values (now() - make_interval(secs => %s)) returning id",
        seconds_ago,
    )
    return rows[0]["id"]


async def a_running_job(bench, key: int, worker: int | None) -> None:
    await bench.rows(
        "insert into procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status, worker_id) "
        "values ('filing', 'formcase.file_submission', %s, %s, '{}', 'doing', %s)",
        f"submission:{key}",
        f"submission:{key}",
        worker,
    )


async def test_what_is_due_and_has_no_job_gets_one(bench, key):
    await bench.sweep()
    assert await filing_jobs(bench) == [], "its own job may be on its way"
    await bench.passes(2, key)
    await bench.sweep()
    await bench.sweep()
    assert await filing_jobs(bench) == [f"submission:{key}"]


async def test_what_is_not_due_gets_none(bench, key):
    attempt = await bench.journal.begin(key)
    await attempt.again(datetime.now(UTC) + LATER, NOTE)
    await bench.rows("delete from procrastinate_jobs")
    await bench.sweep()
    assert await filing_jobs(bench) == []


async def test_a_job_that_waits_for_a_later_time_is_brought_forward_when_its_submission_is_due(bench, key):
    attempt = await bench.journal.begin(key)
    await attempt.again(datetime.now(UTC) + LATER, NOTE)
    await bench.passes(LATER.total_seconds() + 2, key)
    await bench.sweep()
    rows = await bench.rows("select scheduled_at from procrastinate_jobs where lock = %s", f"submission:{key}")
    assert [row["scheduled_at"] for row in rows] == [None]


async def test_a_workflow_that_is_switched_on_again_goes_on_with_what_waits(bench, workflow, key):
    attempt = await bench.journal.begin(key)
    await attempt.again(datetime.now(UTC) + LATER, NOTE)
    await sync_to_async(managing.disable)(workflow)
    await bench.rows("delete from procrastinate_jobs")
    await bench.passes(3600, key)
    await bench.sweep()
    assert await bench.jobs() == []
    await sync_to_async(managing.enable)(workflow)
    await bench.passes(2, key)
    await bench.sweep()
    assert await filing_jobs(bench) == [f"submission:{key}"]


async def test_a_change_of_settings_brings_forward_what_waits_and_what_is_blocked(bench, workflow, key):
    attempt = await bench.journal.begin(key)
    await attempt.block(message("no"), Scope.SUBMISSION, datetime.now(UTC) + timedelta(days=1), NOTE, reported=True)
    await sync_to_async(managing.change)(workflow, {"ExecutingUser": "MKT"})
    await bench.passes(2, key)
    await bench.sweep()
    rows = await bench.rows("select scheduled_at from procrastinate_jobs where lock = %s", f"submission:{key}")
    assert [row["scheduled_at"] for row in rows] == [None]


async def test_a_dead_workers_job_is_taken_over_within_thirty_seconds(bench, key):
    await bench.journal.begin(key)
    await a_running_job(bench, key, await a_worker(bench, 16))
    await bench.passes(16, key)
    await bench.sweep()
    await bench.passes(2, key)
    await bench.sweep()
    assert await bench.jobs("doing") == []
    assert await filing_jobs(bench) == [f"submission:{key}"]
    assert (await bench.record(key)).attempt_open is False


async def test_a_job_whose_worker_is_gone_altogether_is_taken_over_too(bench, key):
    await a_running_job(bench, key, None)
    await bench.passes(16, key)
    await bench.sweep()
    assert await bench.jobs("doing") == []
    assert await filing_jobs(bench) == [f"submission:{key}"]


async def test_a_dead_workers_job_is_taken_over_though_another_one_waits_for_the_same_submission(bench, key):
    """The two may not both wait: the job engine holds that to be an error, which must not stop the worker."""
    await bench.journal.begin(key)
    await a_running_job(bench, key, await a_worker(bench, 16))
    await sync_to_async(managing.file_now)(key)
    await bench.sweep()
    assert await bench.jobs("doing") == []
    assert await filing_jobs(bench) == [f"submission:{key}"]


async def test_a_worker_that_lives_keeps_its_job_and_its_attempt(bench, key):
    await bench.journal.begin(key)
    await a_running_job(bench, key, await a_worker(bench, 6))
    await bench.passes(600, key)
    await bench.sweep()
    assert len(await bench.jobs("doing")) == 1
    assert (await bench.record(key)).attempt_open is True
    assert await filing_jobs(bench) == []


async def test_many_workers_that_sweep_at_once_are_in_nobodys_way(bench, key):
    await a_running_job(bench, key, await a_worker(bench, 60))
    await bench.passes(60, key)
    await asyncio.gather(*(bench.sweep() for _ in range(8)))
    await bench.sweep()
    assert await filing_jobs(bench) == [f"submission:{key}"]


async def test_while_another_worker_sweeps_this_one_does_not(bench, key):
    await bench.passes(60, key)
    async with bench.pool.connection() as other:
        await other.execute("select pg_advisory_xact_lock(%s)", (SWEEP_LOCK,))
        await bench.sweep()
        assert await filing_jobs(bench) == []
    await bench.sweep()
    assert await filing_jobs(bench) == [f"submission:{key}"]


async def test_a_worker_that_is_stopped_within_a_transaction_does_not_hold_a_submission(bench, key):
    async with bench.pool.connection() as stopped:
        timeout = await (await stopped.execute("show idle_in_transaction_session_timeout")).fetchone()
    assert timeout["idle_in_transaction_session_timeout"] == "10s"


async def test_an_enabled_workflow_that_nobody_watches_is_watched(bench, workflow):
    await bench.rows("delete from procrastinate_jobs")
    await bench.sweep()
    await bench.sweep()
    assert [lock for task, lock in await bench.jobs() if task == "formcase.watch"] == [f"watch:{workflow.pk}"]


async def test_a_disabled_or_deleted_workflow_is_not_watched(bench, workflow):
    await sync_to_async(managing.disable)(workflow)
    await bench.rows("delete from procrastinate_jobs")
    await bench.sweep()
    await sync_to_async(managing.delete)(workflow)
    await bench.sweep()
    assert [task for task, _ in await bench.jobs() if task == "formcase.watch"] == []


async def test_what_was_filed_leaves_no_job_and_no_claim_behind(bench, workflow):
    for number in range(5):
        (recorded,) = await bench.journal.record(workflow.pk, "https://a", [summary(number)])
        died = await bench.journal.begin(recorded.key)
        assert await died.claim([f"contact:P:{number}", "case:1"])
        attempt = await bench.journal.begin(recorded.key)
        assert await attempt.claim([f"contact:P:{number}"])
        await attempt.imported(NOTE)
    assert await bench.rows("select * from workflows_claim") == []


async def test_looking_for_lost_attempts_reads_no_submission_that_has_ended(bench, workflow):
    from formcase.workflows.sql import statement

    await bench.rows(
        "insert into workflows_submissionrecord (workflow_id, source, submission_id, reference_id, owns_reference, "
        "form_id, form_title, form_version, submitted_at, recorded_at, state, attempt, attempt_open, tries, "
        "unreadable_tries, blocked_scope, blocked_reported, documents) "
        "select %s, 'https://a', 'old-' || n, 'OLD-' || n, true, '1', '', 1, now(), now(), 'imported', 1, false, 0, 0, "
        "'', false, '{}' from generate_series(1, 5000) as n",
        workflow.pk,
    )
    await bench.rows("analyze workflows_submissionrecord")
    for name in ("lost_attempts", "due_without_job"):
        async with bench.pool.connection() as connection:
            cursor = await connection.execute("explain " + statement(name), {"limit": 500, "begun_before": 5})  # type: ignore[arg-type]
            plan = "\n".join(str(row["QUERY PLAN"]) for row in await cursor.fetchall())
        assert "Seq Scan on workflows_submissionrecord s" not in plan, plan
