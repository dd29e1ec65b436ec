"""A form service that has moved: its submissions are known from another address, and are recognised at the new one."""

from collections.abc import Sequence
from typing import cast

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from formcase.filing.journal import Note, WorkflowKey
from formcase.messages import message
from formcase.sources.port import SubmissionSummary
from formcase.workflows.logbook import write_log
from formcase.workflows.sql import statement


async def recognise_moved(
    connection: AsyncConnection[DictRow], workflow: WorkflowKey, source: str, summaries: Sequence[SubmissionSummary]
) -> bool:
    """Take those of these that are known from another address to the new one, and say so in their logs. Whether any
    was. The connection must be in a transaction."""
    cursor = await connection.execute(
        statement("moved"),
        {
            "workflow": workflow,
            "source": source,
            "submission_ids": [summary.id for summary in summaries],
            "reference_ids": [summary.reference_id for summary in summaries],
            "form_ids": [summary.form_id for summary in summaries],
            "times": [summary.submitted_at for summary in summaries],
        },
    )
    moved = await cursor.fetchall()
    for row in moved:
        note = Note("moved", message("The form service lists it under a new address"))
        await write_log(connection, note, workflow=workflow, key=cast(int, row["id"]))
    return bool(moved)


async def may_have_moved(connection: AsyncConnection[DictRow], workflow: WorkflowKey, source: str) -> bool:
    """Whether anything of this workflow is known from another address than this one."""
    cursor = await connection.execute(
        "select exists (select 1 from workflows_submissionrecord s join workflows_serviceworkflow w "
        "on w.id = s.workflow_id where (w.id = %s or w.deleted_at is not null) and s.source <> %s) as moved",
        (workflow, source),
    )
    row = await cursor.fetchone()
    return row is not None and bool(row["moved"])
