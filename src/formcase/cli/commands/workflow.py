"""`formcase workflow …`: set service workflows up, switch them on and off, carry them over."""

import json as json_format
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from formcase.cli import output
from formcase.cli.answers import ACTOR
from formcase.cli.assignments import Assignments, read_assignments
from formcase.cli.commands.check import print_checks
from formcase.cli.failures import ANSWER_IS_NO, WRONG_USE, CommandFailed
from formcase.cli.options import Json
from formcase.cli.runtime import prepared

if TYPE_CHECKING:
    from formcase.workflows.models import ServiceWorkflow


def list_(*, json: Json = False) -> None:
    """List the service workflows."""
    with prepared():
        from formcase.workflows import overview

        rows = overview.rows()
    columns = {
        "name": "Name",
        "type": "Type",
        "formIds": "FormIds",
        "executingUser": "ExecutingUser",
        "enabled": "Enabled",
        "health": "Health",
        "imported": "Imported today",
        "errorCases": "Error cases today",
        "blocked": "Blocked",
        "waiting": "Waiting",
    }
    output.print_rows(columns, rows, as_json=json, name="workflows")


def show(name: str, *, json: Json = False) -> None:
    """Show one service workflow with its parameters."""
    with prepared():
        from formcase.workflows import managing, overview
        from formcase.workflows.parameters import shown_values

        workflow = managing.find(name)
        document: dict[str, object] = {
            **overview.row(workflow),
            "description": workflow.description,
            "version": workflow.version,
            "parameters": shown_values(workflow),
        }
    if json:
        output.print_json(document)
        return
    for key, value in document.items():
        if key != "parameters":
            output.say(f"{key}: {value}")
    for key, value in shown_values(workflow).items():
        output.say(f"  {key} = {value}")


def create(
    name: str,
    *,
    type: Annotated[str, Parameter(help="The workflow's type; interact is the one there is.")] = "interact",  # noqa: A002
    description: str = "",
    set: Assignments = (),  # noqa: A002 - the option is called so
    json: Json = False,
) -> None:
    """Create a service workflow; it is disabled until it is enabled."""
    values = read_assignments(set)
    with prepared():
        from formcase.workflows import managing

        workflow = managing.create(name, type, values, description, by="command line")
        _say(workflow, f"Created “{workflow.name}”, disabled.", as_json=json)


def set_(
    name: str, *values: Annotated[str, Parameter(help="A parameter, as in WatchInterval=120.")], json: Json = False
) -> None:
    """Set parameters of a service workflow. What was blocked by the old ones is tried again at once."""
    if not values:
        raise CommandFailed("Name at least one parameter, as in WatchInterval=120.", WRONG_USE)
    typed = read_assignments(values)
    with prepared():
        from formcase.workflows import managing

        workflow = managing.change(managing.find(name), typed, by="command line")
        _say(workflow, f"Saved as version {workflow.version}.", as_json=json)


def enable(
    name: str,
    *,
    anyway: Annotated[bool, Parameter(negative="", help="Enable it even where a check says no.")] = False,
    json: Json = False,
) -> int:
    """Run the checks, and enable a service workflow where none says no."""
    with prepared():
        from formcase.checks import Verdict
        from formcase.workflows import managing
        from formcase.workflows.check_runs import run_checks

        workflow = managing.find(name)
        results = run_checks(workflow, ACTOR).results
        refused = [result for result in results if result.verdict is Verdict.NO]
        enabled = not refused or anyway
        if enabled:
            workflow = managing.enable(workflow, by="command line")
    print_checks({workflow.name: results}, as_json=json, extra={"enabled": enabled})
    if not json:
        output.say(f"“{workflow.name}” is enabled." if enabled else "Not enabled. Mend it, or enable it with --anyway.")
    return 0 if enabled else ANSWER_IS_NO


def disable(name: str, *, json: Json = False) -> None:
    """Disable a service workflow: nothing is fetched and nothing is filed until it is enabled again."""
    with prepared():
        from formcase.workflows import managing

        workflow = managing.disable(managing.find(name), by="command line")
        _say(workflow, f"“{workflow.name}” is disabled.", as_json=json)


def delete(
    name: str,
    *,
    anyway: Annotated[bool, Parameter(negative="", help="Delete it even where submissions are still open.")] = False,
    json: Json = False,
) -> None:
    """Delete a service workflow; what it has filed, and its log, stay."""
    with prepared():
        from formcase.workflows import managing

        workflow = managing.find(name)
        try:
            managing.delete(workflow, anyway=anyway, by="command line")
        except managing.OpenSubmissions as error:
            raise CommandFailed(f"{error} Delete it with --anyway, or wait until they are filed.") from error
        _say(workflow, f"“{workflow.name}” is deleted.", as_json=json)


def export(name: str, file: Path | None = None) -> None:
    """Write a service workflow as JSON, to a file or to the terminal."""
    with prepared():
        from formcase.workflows import carrying_over, managing

        document = carrying_over.exported(managing.find(name))
    if file is None:
        output.print_json(document)
        return
    try:
        file.write_text(json_format.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandFailed(f"{file} can't be written: {error.strerror}.", WRONG_USE) from None


def import_(file: Path, *, json: Json = False) -> None:
    """Create a service workflow, disabled, from an exported one."""
    try:
        document = json_format.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandFailed(f"{file} can't be read: {error.strerror}.", WRONG_USE) from None
    except (UnicodeDecodeError, json_format.JSONDecodeError) as error:
        raise CommandFailed(f"{file} is not JSON: {error}.", WRONG_USE) from None
    if not isinstance(document, dict):
        raise CommandFailed(f"{file} holds no exported service workflow.", WRONG_USE)
    with prepared():
        from formcase.workflows import carrying_over

        workflow = carrying_over.imported(document, by="command line")
        _say(workflow, f"Created “{workflow.name}”, disabled.", as_json=json)


def _say(workflow: "ServiceWorkflow", text: str, *, as_json: bool) -> None:
    if not as_json:
        output.say(text)
        return
    from formcase.workflows.parameters import shown_values

    output.print_json(
        {
            "name": workflow.name,
            "type": workflow.type,
            "enabled": workflow.enabled,
            "version": workflow.version,
            "parameters": shown_values(workflow),
        }
    )
