"""What the job engine runs: file one submission, watch one workflow. What they need is put there by the worker.

No exception leaves a job: the engine would log it with everything that it says. What broke off is found by the sweep.
"""

import traceback
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import cast

import structlog
from procrastinate import JobContext
from procrastinate.contrib.django import app

from formcase.filing.filing import file_submission as bring_forward
from formcase.filing.journal import Journal, Superseded
from formcase.workflows import check_runs, group_filing
from formcase.workflows.connections import Connections, FormServiceAddress
from formcase.workflows.enqueueing import (
    CHECK_QUEUE,
    CHECK_TASK,
    FILING_QUEUE,
    FILING_TASK,
    GROUP_QUEUE,
    GROUP_TASK,
    RECONCILE_QUEUE,
    RECONCILE_TASK,
    WATCH_QUEUE,
    WATCH_TASK,
)
from formcase.workflows.pool import Pool
from formcase.workflows.reconciling import comparing
from formcase.workflows.sql import statement
from formcase.workflows.translation import translation
from formcase.workflows.watch import Watcher

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a worker has at hand."""

    pool: Pool
    journal: Journal
    connections: Connections
    watcher: Watcher


WORKSHOP = "workshop"  # under which name a job finds it in its context


@app.task(name=FILING_TASK, queue=FILING_QUEUE, pass_context=True)
async def file_submission(context: JobContext, submission: int) -> None:
    """Bring one submission forward; the journal says what happens next, whatever this job's end."""
    here = cast(Workshop, context.additional_context[WORKSHOP])
    await _guarded(_file(here, submission), submission=submission)


@app.task(name=WATCH_TASK, queue=WATCH_QUEUE, pass_context=True)
async def watch(context: JobContext, workflow: int) -> None:
    """Watch one workflow's form service until its next round is due."""
    here = cast(Workshop, context.additional_context[WORKSHOP])
    await _guarded(here.watcher.watch(workflow), workflow=workflow)


@app.task(name=CHECK_TASK, queue=CHECK_QUEUE, pass_context=True)
async def check(context: JobContext, workflow: int) -> None:
    """Run one workflow's checks again, where there is a reason to."""
    await _guarded(check_runs.look(workflow), workflow=workflow)


@app.task(name=RECONCILE_TASK, queue=RECONCILE_QUEUE, pass_context=True)
async def reconcile(context: JobContext) -> None:
    """Compare all enabled workflows with both ends."""
    await _guarded(comparing.reconcile_enabled())


@app.task(name=GROUP_TASK, queue=GROUP_QUEUE, pass_context=True)
async def file_group_again(context: JobContext, group: int) -> None:
    """Carry on filing a group of error cases again."""
    await _guarded(group_filing.carry_on(group), group=group)


async def _guarded(work: Awaitable[None], **about: int) -> None:
    try:
        await work
    except Superseded:
        log.info("superseded", **about)
    except Exception as fault:  # noqa: BLE001 - most likely the database is away; the sweep goes on from what it says
        frames = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(fault.__traceback__)]
        log.warning("job broke off", kind=type(fault).__name__, frames=frames, **about)


async def _file(here: Workshop, submission: int) -> None:
    async with here.pool.connection() as connection:
        cursor = await connection.execute(statement("filing_for"), {"key": submission})
        row = await cursor.fetchone()
    if row is None:
        return
    address = FormServiceAddress(
        workflow=cast(int, row["workflow_id"]),
        version=cast(int, row["version"]),
        url=str(row["source"]),
        client_id=str(row["client_id"]),
        certificate_thumbprint=str(row["certificate_thumbprint"]),
    )
    translate = translation(str(row["language"]))
    await bring_forward(submission, lambda: here.connections.ends(address), here.journal, translate)
