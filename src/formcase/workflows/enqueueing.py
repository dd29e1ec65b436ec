"""Jobs, made in the transaction that makes them necessary. A job is only a nudge: the journal says what is to do."""

from dataclasses import dataclass
from datetime import datetime

from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued
from psycopg import AsyncConnection
from psycopg.rows import DictRow

from formcase.workflows.sql import statement

FILING_QUEUE = "filing"
WATCH_QUEUE = "watch"
FILING_TASK = "formcase.file_submission"
WATCH_TASK = "formcase.watch"
CHECK_QUEUE = "checks"
CHECK_TASK = "formcase.check"
RECONCILE_QUEUE = "reconcile"
RECONCILE_TASK = "formcase.reconcile"
GROUP_QUEUE = "groups"
GROUP_TASK = "formcase.file_group_again"


async def enqueue_filing(app: App, connection: AsyncConnection[DictRow], key: int, at: datetime | None = None) -> None:
    """A job for this submission, at once or then; at most one waits, at most one runs."""
    job = _Job(FILING_TASK, FILING_QUEUE, f"submission:{key}", at)
    await _enqueue(app, connection, job, submission=key)


async def enqueue_watch(
    app: App, connection: AsyncConnection[DictRow], workflow: int, at: datetime | None = None
) -> None:
    """A job that watches this workflow's form service, at once or then."""
    job = _Job(WATCH_TASK, WATCH_QUEUE, f"watch:{workflow}", at)
    await _enqueue(app, connection, job, workflow=workflow)


async def enqueue_check(app: App, connection: AsyncConnection[DictRow], workflow: int) -> None:
    """A job that looks whether this workflow's checks must be run again, and runs them."""
    await _enqueue(app, connection, _Job(CHECK_TASK, CHECK_QUEUE, f"check:{workflow}", None), workflow=workflow)


async def enqueue_reconciliation(app: App, connection: AsyncConnection[DictRow]) -> None:
    """A job that compares all enabled workflows with both ends."""
    await _enqueue(app, connection, _Job(RECONCILE_TASK, RECONCILE_QUEUE, "reconcile", None))


async def enqueue_group(app: App, connection: AsyncConnection[DictRow], group: int) -> None:
    """A job that carries on the filing of a group of error cases."""
    await _enqueue(app, connection, _Job(GROUP_TASK, GROUP_QUEUE, f"group:{group}", None), group=group)


@dataclass(frozen=True, slots=True)
class _Job:
    """name: of its lock, so that at most one waits and at most one runs. at: None at once."""

    task: str
    queue: str
    name: str
    at: datetime | None


async def _enqueue(app: App, connection: AsyncConnection[DictRow], job: _Job, **arguments: int) -> None:
    deferrer = app.configure_task(
        job.task,
        allow_unknown=True,
        queue=job.queue,
        lock=job.name,
        queueing_lock=job.name,
        schedule_at=job.at,
        connection=connection,
    )
    try:
        async with connection.transaction():
            await deferrer.defer_async(**arguments)
    except AlreadyEnqueued:
        # the one that waits will find what there is to do, but not later than asked for here
        await connection.execute(statement("bring_forward"), {"name": job.name, "at": job.at})
