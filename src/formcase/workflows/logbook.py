"""The workflow log: one line for everything that happens, without anything that a person wrote in a form."""

from collections.abc import Mapping

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from formcase.filing.journal import Note, SubmissionKey, WorkflowKey
from formcase.messages import discreet_data
from formcase.workflows.log_words import words_of
from formcase.workflows.sql import statement
from formcase.workflows.stored import kept


async def write_log(
    connection: AsyncConnection[DictRow],
    note: Note,
    *,
    workflow: WorkflowKey | None,
    key: SubmissionKey | None = None,
    attempt: int | None = None,
) -> None:
    """One line of the workflow log."""
    values: Mapping[str, object] = {
        "workflow": workflow,
        "key": key,
        "attempt": attempt,
        "level": note.level,
        "event": note.event,
        "message": kept(discreet_data(note.message)),
        "words": words_of(note.event, note.message),
        "duration": note.duration.total_seconds() if note.duration is not None else None,
    }
    await connection.execute(statement("log"), values)
