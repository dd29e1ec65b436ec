"""`formcase error-cases …`: the error cases by cause, and filing them again once the cause is mended."""

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from formcase.cli import output
from formcase.cli.answers import ACTOR, print_answers
from formcase.cli.failures import CommandFailed
from formcase.cli.options import Json
from formcase.cli.runtime import prepared

if TYPE_CHECKING:
    from formcase.workflows.causes import CauseGroup

Form = Annotated[str, Parameter(help="Those of one form only.")]


def list_(*, workflow: str | None = None, json: Json = False) -> None:
    """List the causes of the error cases that are not mended, those with most of them first."""
    with prepared():
        from formcase.workflows import causes, managing

        chosen = managing.find(workflow).pk if workflow is not None else None
        rows = [_row(group) for group in causes.groups(chosen)]
    columns = {
        "cause": "Cause",
        "count": "Submissions",
        "underway": "Being filed again",
        "forms": "Forms",
        "first": "First",
        "last": "Last",
        "text": "Why",
    }
    output.print_rows(columns, rows, as_json=json, name="errorCases")


def again(
    cause: Annotated[int, Parameter(help="The cause's number, as `error-cases list` has it.")],
    *,
    form: Form = "",
    json: Json = False,
) -> int:
    """File all error cases of a cause again. Those whose cause is not mended stay error cases."""
    with prepared():
        from formcase.workflows import actions, causes

        if causes.group(cause) is None:
            raise CommandFailed(f"There are no error cases with the cause {cause}. See: formcase error-cases list")
        answers = actions.file_group_again(cause, ACTOR, form)
        return print_answers(answers, as_json=json, one=False)


def _row(group: "CauseGroup") -> dict[str, output.Cell]:
    return {
        "cause": group.id,
        "text": group.message.text(),
        "count": group.count,
        "underway": group.underway,
        "forms": ", ".join(form.form_id for form in group.forms),
        "first": group.first.astimezone().isoformat(timespec="seconds"),
        "last": group.last.astimezone().isoformat(timespec="seconds"),
    }
