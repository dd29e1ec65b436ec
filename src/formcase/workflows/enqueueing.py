"""Jobs, made in the transaction that makes them necessary. A job is only a nudge: the journal says what is to do."""

from datetime import datetime

from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued
from psycopg import AsyncConnection
from psycopg.rows import DictRow

FILING_QUEUE = "filing"
WATCH_QUEUE = "watch"
FILING_TASK = "formcase.file_submission"
WATCH_TASK = "formcase.watch"


async def enqueue_filing(app: App, connection: AsyncConnection[DictRow], key: int, at: datetime | None = None) -> None:
    """A job for this submission, at once or then; at most one waits, at most one runs."""
    name = f"submission:{key}"
    deferrer = app.configure_task(
        FILING_TASK,
        allow_unknown=True,
        queue=FILING_QUEUE,
        lock=name,
        queueing_lock=name,
        schedule_at=at,
        connection=connection,
    )
    try:
        async with connection.transaction():
            await deferrer.defer_async(submission=key)
    except AlreadyEnqueued:
        return  # the one that waits will find what there is to do


async def enqueue_watch(
    app: App, connection: AsyncConnection[DictRow], workflow: int, at: datetime | None = None
) -> None:
    """A job that watches this workflow's form service, at once or then."""
    name = f"watch:{workflow}"
    deferrer = app.configure_task(
        WATCH_TASK,
        allow_unknown=True,
        queue=WATCH_QUEUE,
        lock=name,
        queueing_lock=name,
        schedule_at=at,
        connection=connection,
    )
    try:
        async with connection.transaction():
            await deferrer.defer_async(workflow=workflow)
    except AlreadyEnqueued:
        return
