"""The safety net below the jobs: what is due and has no job gets one, dead workers' jobs are cleared away, a blocked
workflow sends out its next probe. Every worker sweeps; one at a time does the work."""

from typing import cast

import structlog
from procrastinate import App
from psycopg import AsyncConnection
from psycopg.rows import DictRow

from formcase.filing.journal import Note
from formcase.messages import message
from formcase.workflows.enqueueing import (
    enqueue_check,
    enqueue_filing,
    enqueue_group,
    enqueue_reconciliation,
    enqueue_watch,
)
from formcase.workflows.logbook import write_log
from formcase.workflows.pool import Pool
from formcase.workflows.sql import statement

SWEEP_LOCK = 7361001
BEATS_MISSED = 3  # after so many a worker is dead
AT_ONCE = 500

log = structlog.get_logger()


async def sweep(pool: Pool, app: App, heartbeat: float) -> None:
    """One pass. heartbeat: the seconds within which each worker gives a sign of life."""
    async with pool.connection() as connection, connection.transaction():
        cursor = await connection.execute("select pg_try_advisory_xact_lock(%s) as mine", (SWEEP_LOCK,))
        row = await cursor.fetchone()
        if row is None or not row["mine"]:
            return
        await _bury(connection, BEATS_MISSED * heartbeat)
        await _close_lost_attempts(connection, heartbeat)
        cursor = await connection.execute(statement("choose_probe"))
        for probe in await cursor.fetchall():
            if probe["probe_submission"] is not None:
                await enqueue_filing(app, connection, cast(int, probe["probe_submission"]))
        cursor = await connection.execute(statement("due_without_job"), {"limit": AT_ONCE})
        for due in await cursor.fetchall():
            await enqueue_filing(app, connection, cast(int, due["id"]))
        cursor = await connection.execute(statement("unwatched"))
        for unwatched in await cursor.fetchall():
            await enqueue_watch(app, connection, cast(int, unwatched["id"]))
        cursor = await connection.execute(statement("unchecked"))
        for unchecked in await cursor.fetchall():
            await enqueue_check(app, connection, cast(int, unchecked["id"]))
        cursor = await connection.execute(statement("unfinished_groups"))
        for group in await cursor.fetchall():
            await enqueue_group(app, connection, cast(int, group["id"]))
        cursor = await connection.execute(statement("unreconciled"))
        if await cursor.fetchall():
            await enqueue_reconciliation(app, connection)


async def _bury(connection: AsyncConnection[DictRow], dead_after: float) -> None:
    cursor = await connection.execute(statement("dead_jobs"), {"dead_after": dead_after})
    for job in await cursor.fetchall():
        log.warning("taking over a dead worker's job", job=job["id"], task=job["task_name"])


async def _close_lost_attempts(connection: AsyncConnection[DictRow], begun_before: float) -> None:
    cursor = await connection.execute(statement("lost_attempts"), {"begun_before": begun_before})
    for lost in await cursor.fetchall():
        note = Note("broke off", message("A try broke off; it is taken up again"), "warning")
        workflow, key, attempt = (cast(int, lost[name]) for name in ("workflow_id", "id", "attempt"))
        await write_log(connection, note, workflow=workflow, key=key, attempt=attempt)
