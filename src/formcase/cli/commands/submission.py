"""`formcase submissions` and `formcase submission …`: where each submission is, and what can be done with one."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from formcase.cli import output
from formcase.cli.answers import ACTOR, person_here, print_answers
from formcase.cli.failures import WRONG_USE, CommandFailed
from formcase.cli.options import Json, Limit
from formcase.cli.runtime import prepared

if TYPE_CHECKING:
    from formcase.workflows.models import LogEntry, SubmissionRecord
    from formcase.workflows.submissions import SubmissionView

STATUSES = ("Delivered", "Temporary blocked", "Imported", "Withdrawn", "Handled by hand")


def list_(
    *,
    workflow: str | None = None,
    status: Annotated[str | None, Parameter(help=f"One of: {', '.join(STATUSES)}.")] = None,
    form: Annotated[str | None, Parameter(help="A form ID.")] = None,
    limit: Limit = 100,
    json: Json = False,
) -> None:
    """List submissions, newest first."""
    wanted = None if status is None else _status(status)
    with prepared():
        from formcase.workflows import managing, submissions

        chosen = managing.find(workflow) if workflow is not None else None
        records = submissions.matching(chosen, wanted, form)[:limit]
        rows = [_row(submissions.view(record)) for record in records]
    columns = {
        "referenceId": "Reference ID",
        "formId": "Form",
        "form": "Title",
        "status": "Status",
        "errorCase": "Error case",
        "caseNumbers": "Cases",
        "seconds": "Seconds",
    }
    if json:
        for row in rows:
            row["cases"] = [case for case in str(row.pop("caseNumbers")).split(", ") if case]  # type: ignore[assignment]
    output.print_rows(columns, rows, as_json=json, name="submissions")


def show(reference: str, *, json: Json = False) -> None:
    """Show one submission: where it is, why, and everything that happened."""
    with prepared():
        from formcase.workflows import looking, submissions

        record = submissions.find(reference)
        looking.record_look(person_here(), record)
        seen = submissions.whole_view(record)
        events = [_event(entry) for entry in submissions.timeline(record)]
        document: dict[str, object] = {
            **_row(seen),
            "cases": list(seen.cases),
            "reasons": [reason.text() for reason in seen.reasons],
            "attempts": seen.attempts,
            "due": _moment(seen.due_at),
            "sameReferenceId": submissions.namesakes(record),
            "mappingVersion": record.mapping_version.number if record.mapping_version else None,
            "transformVersion": record.transform_version.number if record.transform_version else None,
            "plan": _plan(record),
            "contentRemoved": _moment(record.content_removed_at),
            "timeline": events,
        }
        document.pop("caseNumbers")
    if json:
        output.print_json(document)
        return
    for key in ("referenceId", "id", "workflow", "formId", "form", "status", "cases", "reason", "attempts", "due"):
        value = document[key]
        output.say(f"{key}: {', '.join(map(str, value)) if isinstance(value, list) else value or ''}")
    for other in submissions.namesakes(record):
        output.say(f"Another submission has this reference ID: formcase submission show {other}")
    for event in events:
        output.say(f"  {event['at']}  {event['level']:<8} {event['text']}")


def retry(*references: str, json: Json = False) -> int:
    """Try submissions again now; an error case is filed again."""
    with prepared():
        from formcase.workflows import actions

        return print_answers(actions.try_again(_keys(references), ACTOR), as_json=json, one=len(references) == 1)


def to_error_case(
    *references: str,
    reason: Annotated[str, Parameter(help="Why they are not to be filed as they are mapped.")] = "",
    json: Json = False,
) -> int:
    """Make error cases of submissions that wait or are blocked, whatever their forms' mappings say."""
    with prepared():
        from formcase.workflows import actions

        return print_answers(
            actions.send_to_error_case(_keys(references), reason, ACTOR), as_json=json, one=len(references) == 1
        )


def handled(
    *references: str,
    case: Annotated[str, Parameter(help="The number of the case that took it.")],
    reason: Annotated[str, Parameter(help="Why it was handled by hand.")] = "",
    json: Json = False,
) -> int:
    """Say that a person has filed submissions: nothing more happens with them by itself."""
    if not case.strip():
        raise CommandFailed("Name the case that took it, as in --case 2026-02.15-00001.", WRONG_USE)
    with prepared():
        from formcase.workflows import actions

        return print_answers(
            actions.handled_by_hand(_keys(references), case, reason, ACTOR), as_json=json, one=len(references) == 1
        )


def _plan(record: "SubmissionRecord") -> object:
    """The last plan; None where there is none, or none that can be read."""
    from formcase.planning.serialisation import UnreadablePlan, plan_to_data
    from formcase.workflows.contents import Missing, plan_of

    try:
        plan = plan_of(record)
    except UnreadablePlan:
        return None
    return None if isinstance(plan, Missing) else plan_to_data(plan)


def _keys(references: tuple[str, ...]) -> list[int]:
    from formcase.workflows import submissions

    if not references:
        raise CommandFailed("Name at least one submission, by its reference ID.", WRONG_USE)
    return [submissions.find(reference).pk for reference in references]


def _status(typed: str) -> str:
    """The status that was meant, whether typed as it is shown here or as the form service writes it."""
    meant = [status for status in STATUSES if _letters(status) == _letters(typed)]
    if not meant:
        raise CommandFailed(f"There is no status “{typed}”. There are: {', '.join(STATUSES)}.", WRONG_USE)
    return meant[0]


def _letters(text: str) -> str:
    return "".join(text.split()).casefold()


def _row(seen: "SubmissionView") -> dict[str, output.Cell]:
    return {
        "referenceId": seen.reference_id,
        "id": seen.submission_id,
        "workflow": seen.workflow,
        "formId": seen.form_id,
        "form": seen.form_title,
        "submittedAt": seen.submitted_at.isoformat(),
        "status": seen.status,
        "errorCase": seen.error_case,
        "reason": seen.reason,
        "caseNumbers": ", ".join(seen.cases),
        "seconds": None if seen.seconds is None else round(seen.seconds, 2),
    }


def _event(entry: "LogEntry") -> dict[str, object]:
    from formcase.messages import from_data

    return {
        "at": _moment(entry.at),
        "level": entry.level,
        "event": entry.event,
        "attempt": entry.attempt,
        "text": from_data(entry.message).text(),
        "seconds": None if entry.duration is None else round(entry.duration, 3),
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone().isoformat(timespec="seconds")
