"""Writing to the workflow log: one line for everything that happens, without anything that a person wrote in a form."""

from collections.abc import Mapping

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, TextField, Value
from django.utils import timezone
from psycopg import AsyncConnection
from psycopg.rows import DictRow

from formcase.filing.journal import Note, SubmissionKey, WorkflowKey
from formcase.messages import Message, discreet_data, message
from formcase.workflows.log_words import words_of
from formcase.workflows.models import LogEntry, SubmissionRecord
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


def entry_by_hand(record: SubmissionRecord, event: str, text: Message, by: str) -> LogEntry:
    """A line, to be saved, about what a person did with a submission."""
    said = message("{text} ({by})", text=text, by=by) if by else text
    return LogEntry(
        at=timezone.now(),
        workflow_id=record.workflow_id,
        submission=record,
        attempt=record.attempt,
        level="info",
        event=event,
        message=discreet_data(said),
        form_id=record.form_id,
        search=_vector(words_of(event, said)),
    )


def entry_of_workflow(workflow: WorkflowKey, note: Note, by: str = "") -> LogEntry:
    """A line, to be saved, about a workflow."""
    said = message("{text} ({by})", text=note.message, by=by) if by else note.message
    return LogEntry(
        at=timezone.now(),
        workflow_id=workflow,
        level=note.level,
        event=note.event,
        message=discreet_data(said),
        search=_vector(words_of(note.event, said)),
    )


def _vector(words: list[str]) -> Func:
    return Func(Value(words, output_field=ArrayField(TextField())), function="workflows_log_words")
