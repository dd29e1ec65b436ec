"""`formcase log`: everything that happened, newest first; also as files."""

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from formcase.cli import output
from formcase.cli.answers import person_here
from formcase.cli.failures import WRONG_USE, CommandFailed
from formcase.cli.options import Json
from formcase.cli.runtime import prepared

if TYPE_CHECKING:
    from formcase.workflows.log_search import LogFilter

LEVELS = ("debug", "info", "warning", "error")
SHOWN = 100  # lines where nothing else is said and a person reads them

Count = Annotated[int | None, Parameter(help=f"How many, newest first; {SHOWN}, or all with --csv and --json-lines.")]


def log(
    *,
    workflow: str | None = None,
    form: Annotated[str, Parameter(help="A form ID.")] = "",
    reference: Annotated[str | None, Parameter(help="The log of one submission, by its reference ID or id.")] = None,
    case: Annotated[str, Parameter(help="The log of the submissions that made or updated a case, by its number.")] = "",
    person: Annotated[str, Parameter(help="The log of a person's submissions, by the CPR or CVR number.")] = "",
    ask_person: Annotated[bool, Parameter(negative="", help="Ask for that number, so that it stands nowhere.")] = False,
    status: Annotated[str, Parameter(help="Of the submission, as it is now.")] = "",
    text: Annotated[str, Parameter(help="Words that must be there, in English or Danish; begin* for beginnings.")] = "",
    since: Annotated[datetime | None, Parameter(help="From this time on.")] = None,
    until: Annotated[datetime | None, Parameter(help="Before this time.")] = None,
    level: Annotated[str, Parameter(help=f"The least that is shown: {', '.join(LEVELS)}.")] = "info",
    limit: Count = None,
    json: Json = False,
    json_lines: Annotated[bool, Parameter(negative="", help="Print one JSON object on each line.")] = False,
    csv: Annotated[bool, Parameter(negative="", help="Print CSV, for spreadsheets.")] = False,
) -> None:
    """Print the workflow log, newest first."""
    if level not in LEVELS:
        raise CommandFailed(f"There is no level “{level}”. There are: {', '.join(LEVELS)}.", WRONG_USE)
    if limit is not None and limit < 1:
        raise CommandFailed("The limit must be 1 or more.", WRONG_USE)
    if sum((json, json_lines, csv)) > 1:
        raise CommandFailed("Choose one of --json, --json-lines and --csv.", WRONG_USE)
    with prepared():
        from formcase.workflows import log_export, looking, managing, submissions
        from formcase.workflows.log_search import LogFilter

        sought = LogFilter(
            workflow=None if workflow is None else managing.find(workflow).pk,
            form_id=form,
            status=_status(status),
            level=level,
            since=_moment(since),
            until=_moment(until),
            text=text,
            reference="" if reference is None else submissions.find(reference).submission_id,
            case_number=case,
            person=_token(_typed() if ask_person else person),
        )
        if sought.person:
            looking.record_look_up(person_here(), sought.person)
        if csv:
            _write(log_export.csv_lines(sought, most=limit))
        elif json_lines:
            _write(log_export.json_lines(sought, most=limit))
        else:
            _print(sought, limit or SHOWN, as_json=json)


def _print(sought: "LogFilter", limit: int, *, as_json: bool) -> None:
    from formcase.workflows.log_export import record
    from formcase.workflows.log_search import all_lines

    rows = [record(line) for line in all_lines(sought, limit)]
    columns = {"at": "Time", "level": "Level", "workflow": "Workflow", "referenceId": "Reference ID", "text": "What"}
    output.print_rows(columns, rows, as_json=as_json, name="log")


def _write(lines: Iterator[str]) -> None:
    for line in lines:
        sys.stdout.write(line.replace("\r\n", "\n"))


def _status(typed: str) -> str:
    from formcase.workflows.log_search import STATUSES

    meant = [status for status in STATUSES if status.casefold() == typed.strip().casefold()]
    if typed and not meant:
        raise CommandFailed(f"There is no status “{typed}”. There are: {', '.join(STATUSES)}.", WRONG_USE)
    return meant[0] if meant else ""


def _typed() -> str:
    """Typed, the number stands in no list of processes and in no history of commands."""
    if sys.stdin.isatty():
        print("CPR or CVR number: ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip() or "-"


def _token(number: str) -> str:
    from formcase.workflows.person_index import NoNumber, person_token

    if not number:
        return ""
    try:
        return person_token(number)
    except NoNumber:
        raise CommandFailed("A CPR number (10 digits) or a CVR number (8 digits) is expected.", WRONG_USE) from None


def _moment(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone()
