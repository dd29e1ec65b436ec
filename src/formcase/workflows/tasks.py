"""What the job engine runs: file one submission, watch one workflow. What they need is put there by the worker."""

from dataclasses import dataclass
from typing import cast

import structlog
from procrastinate import JobContext
from procrastinate.contrib.django import app

from formcase.filing.filing import file_submission as bring_forward
from formcase.filing.journal import Superseded
from formcase.workflows.connections import Connections
from formcase.workflows.enqueueing import FILING_QUEUE, FILING_TASK, WATCH_QUEUE, WATCH_TASK
from formcase.workflows.installation import translation
from formcase.workflows.journal import Pool, PostgresJournal
from formcase.workflows.watch import Watcher

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a worker has at hand."""

    pool: Pool
    journal: PostgresJournal
    connections: Connections
    watcher: Watcher


WORKSHOP = "workshop"  # under which name a job finds it in its context


@app.task(name=FILING_TASK, queue=FILING_QUEUE, pass_context=True)
async def file_submission(context: JobContext, submission: int) -> None:
    """Bring one submission forward; the journal says what happens next, whatever this job's end."""
    here = cast(Workshop, context.additional_context[WORKSHOP])
    row = await _workflow_of(here, submission)
    if row is None:
        return
    workflow, language = row
    try:
        await bring_forward(submission, lambda: here.connections.ends(workflow), here.journal, translation(language))
    except Superseded:
        log.info("superseded", submission=submission)


@app.task(name=WATCH_TASK, queue=WATCH_QUEUE, pass_context=True)
async def watch(context: JobContext, workflow: int) -> None:
    """Watch one workflow's form service until its next round is due."""
    await cast(Workshop, context.additional_context[WORKSHOP]).watcher.watch(workflow)


async def _workflow_of(here: Workshop, submission: int) -> tuple[int, str] | None:
    async with here.pool.connection() as connection:
        cursor = await connection.execute(
            "select w.id, w.language from workflows_submissionrecord s "
            "join workflows_serviceworkflow w on w.id = s.workflow_id where s.id = %s",
            (submission,),
        )
        row = await cursor.fetchone()
    return None if row is None else (cast(int, row["id"]), str(row["language"]))
