"""The worker process: watches, files and sweeps until it is asked to end. Any number of them, on any machines."""

import asyncio
import signal
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

import psycopg
import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import Error, close_old_connections
from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django import app as django_app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ProcrastinateException

from formcase.filing import crash_points
from formcase.workflows.connections import Connections
from formcase.workflows.database_history import OneHistory, OtherHistory
from formcase.workflows.enqueueing import CHECK_QUEUE, FILING_QUEUE, GROUP_QUEUE, RECONCILE_QUEUE, WATCH_QUEUE
from formcase.workflows.installation import installation
from formcase.workflows.journal import PostgresJournal
from formcase.workflows.journal_mark import doubt_older_journal, remember
from formcase.workflows.pool import Pool, open_pool, settle_session
from formcase.workflows.retention import Removed, remove_due
from formcase.workflows.sweeping import BEATS_MISSED, sweep
from formcase.workflows.tasks import WORKSHOP, Workshop  # registers the jobs, too
from formcase.workflows.watch import Watcher

WATCHES = 100  # a watch only waits, so many fit into one worker
CHECKS = 1  # they must not hold up what is filed
RECONCILIATIONS = 1
GROUPS = 1
SWEEP_EVERY = 1.0  # seconds
REMOVE_EVERY = 60.0  # seconds
REMEMBER_EVERY = 20.0  # seconds
POLL = 1.0  # seconds between two looks for scheduled jobs
GRACE = 20.0  # seconds that running filings are given when the worker is asked to end
RESTART_WAIT = 3.0  # seconds before the next try after the database was lost

# The engine wraps what the driver says. PoolTimeout is an OperationalError, too.
DATABASE_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, ProcrastinateException, OSError)

log = structlog.get_logger()


def run(concurrency: int) -> None:
    """Work until SIGTERM or SIGINT."""
    asyncio.run(_work(concurrency))


async def _work(concurrency: int) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_unheard)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    log.info("worker started", concurrency=concurrency)
    while not stopping.is_set():
        try:
            await _shift(concurrency, stopping)
        except DATABASE_AWAY as error:
            # what was begun is taken up again
            log.warning("database out of reach", kind=type(error).__name__)
        if not stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), RESTART_WAIT)
    log.info("worker ended")


def _unheard(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A job that was taken over while this worker gave no sign of life can't be ended by it: no cause for alarm."""
    if isinstance(context.get("exception"), ProcrastinateException):
        log.info("a job was taken over, or its end could not be written down")
    else:
        loop.default_exception_handler(context)


async def _shift(concurrency: int, stopping: asyncio.Event) -> None:
    """Work for as long as the database is there, or until one of the parts has ended by itself."""
    parameters = cast(Mapping[str, object], await sync_to_async(connector_params)())
    connections = Connections()
    history = OneHistory()

    async def settle(connection: psycopg.AsyncConnection[Any]) -> None:
        await settle_session(connection)
        await history.demand(connection)

    pool = open_pool(parameters, concurrency + 8, settle)
    engines_pool = open_pool(parameters, 8, settle)
    try:
        async with pool, engines_pool:
            await pool.wait(timeout=15)
            await doubt_older_journal(pool)
            with django_app.replace_connector(PsycopgConnector()) as app:
                async with app.open_async(engines_pool):
                    shift = asyncio.create_task(_run_all(app, pool, connections, concurrency, stopping))
                    await _in_one_history(shift, history, pool, engines_pool)
    finally:
        await connections.close()


async def _in_one_history(shift: "asyncio.Task[None]", history: OneHistory, *pools: Pool) -> None:
    """Let a shift go on until its end, or until a connection has led to another history of the database. Then nobody is
    to wait for one that leads back."""
    left = asyncio.create_task(history.left.wait())
    try:
        await asyncio.wait([shift, left], return_when=asyncio.FIRST_COMPLETED)
        if not shift.done():
            log.warning("the database was failed over or restored: beginning anew with it")
            for pool in pools:
                await pool.close(timeout=1)
            shift.cancel()
            await asyncio.gather(shift, return_exceptions=True)
            raise OtherHistory("The database was failed over or restored.")
        shift.result()
    finally:
        left.cancel()
        shift.cancel()
        await asyncio.gather(shift, left, return_exceptions=True)


async def _run_all(app: App, pool: Pool, connections: Connections, concurrency: int, stopping: asyncio.Event) -> None:
    journal = crash_points.of_journal(PostgresJournal(pool, app, await sync_to_async(installation)()))
    workshop = Workshop(pool, journal, connections, Watcher(pool, app, journal, connections, stopping))
    parts = [
        asyncio.create_task(_queue(app, FILING_QUEUE, concurrency, workshop)),
        asyncio.create_task(_queue(app, WATCH_QUEUE, WATCHES, workshop)),
        asyncio.create_task(_queue(app, CHECK_QUEUE, CHECKS, workshop)),
        asyncio.create_task(_queue(app, RECONCILE_QUEUE, RECONCILIATIONS, workshop)),
        asyncio.create_task(_queue(app, GROUP_QUEUE, GROUPS, workshop)),
        asyncio.create_task(_keep_sweeping(pool, app)),
        asyncio.create_task(_keep_removing()),
        asyncio.create_task(_keep_remembering(pool)),
    ]
    asked = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait([*parts, asked], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for part in (*parts, asked):
            part.cancel()
        ended = await asyncio.gather(*parts, return_exceptions=True)
    for end in ended:
        if isinstance(end, BaseException) and not isinstance(end, asyncio.CancelledError):
            raise end


async def _queue(app: App, queue: str, concurrency: int, workshop: Workshop) -> None:
    await app.run_worker_async(
        queues=[queue],
        name=queue,
        concurrency=concurrency,
        fetch_job_polling_interval=POLL,
        delete_jobs="always",
        install_signal_handlers=False,
        listen_notify=True,
        update_heartbeat_interval=settings.HEARTBEAT,
        stalled_worker_timeout=BEATS_MISSED * settings.HEARTBEAT,
        shutdown_graceful_timeout=GRACE,
        additional_context={WORKSHOP: workshop},
    )


async def _keep_sweeping(pool: Pool, app: App) -> None:
    while True:
        try:
            with crash_points.around("journal: sweep"):
                await sweep(pool, app, settings.HEARTBEAT)
        except psycopg.Error as error:
            # where the database is away the other parts say so, too
            log.warning("sweep failed", kind=type(error).__name__)
        await asyncio.sleep(SWEEP_EVERY)


async def _keep_remembering(pool: Pool) -> None:
    """Remember how far the journal has come, for the day on which it is restored from a backup."""
    while True:
        try:
            await remember(pool)
        except psycopg.Error as error:
            log.warning("journal not remembered", kind=type(error).__name__)
        await asyncio.sleep(REMEMBER_EVERY)


async def _keep_removing() -> None:
    """Remove content whose time is over; small batches, so that nothing waits for it."""
    while True:
        try:
            removed = await sync_to_async(_remove_due)()
            if removed.submissions:
                log.info("content removed", submissions=removed.submissions)
        except Error as error:
            log.warning("content not removed", kind=type(error).__name__)
        await asyncio.sleep(REMOVE_EVERY)


def _remove_due() -> Removed:
    close_old_connections()
    return remove_due()
