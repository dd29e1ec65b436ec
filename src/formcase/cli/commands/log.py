"""`formcase log`: everything that happened, newest first."""

from typing import Annotated

from cyclopts import Parameter

from formcase.cli import output
from formcase.cli.failures import WRONG_USE, CommandFailed
from formcase.cli.options import Json, Limit
from formcase.cli.runtime import prepared

LEVELS = ("debug", "info", "warning", "error")


def log(
    *,
    workflow: str | None = None,
    reference: Annotated[str | None, Parameter(help="The log of one submission, by its reference ID or id.")] = None,
    level: Annotated[str, Parameter(help=f"The least that is shown: {', '.join(LEVELS)}.")] = "info",
    limit: Limit = 100,
    json: Json = False,
) -> None:
    """Print the workflow log, newest first."""
    if level not in LEVELS:
        raise CommandFailed(f"There is no level “{level}”. There are: {', '.join(LEVELS)}.", WRONG_USE)
    with prepared():
        from formcase.messages import from_data
        from formcase.workflows import managing, submissions
        from formcase.workflows.models import LogEntry

        entries = LogEntry.objects.select_related("workflow", "submission").order_by("-id")
        entries = entries.filter(level__in=LEVELS[LEVELS.index(level) :])
        if workflow is not None:
            entries = entries.filter(workflow=managing.find(workflow))
        if reference is not None:
            entries = entries.filter(submission=submissions.find(reference))
        rows: list[dict[str, output.Cell]] = [
            {
                "at": entry.at.astimezone().isoformat(timespec="seconds"),
                "level": entry.level,
                "workflow": entry.workflow.name if entry.workflow else None,
                "referenceId": entry.submission.reference_id if entry.submission else None,
                "event": entry.event,
                "text": from_data(entry.message).text(),
            }
            for entry in entries[:limit]
        ]
    columns = {"at": "Time", "level": "Level", "workflow": "Workflow", "referenceId": "Reference ID", "text": "What"}
    output.print_rows(columns, rows, as_json=json, name="log")
