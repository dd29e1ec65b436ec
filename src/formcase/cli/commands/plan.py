"""`formcase plan`: a dry run. What would be written for a submission; nothing is written."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from formcase.cli import output
from formcase.cli.failures import ANSWER_IS_NO, WRONG_USE, CommandFailed
from formcase.cli.options import Json
from formcase.cli.runtime import prepared

if TYPE_CHECKING:
    from formcase.submission.model import FileDescription
    from formcase.workflows.models import ServiceWorkflow

LARGEST = 16 * 1024 * 1024 + 1


def plan(
    submission: Annotated[str, Parameter(help="A file with the submission's XML, or a reference ID.")],
    *,
    workflow: Annotated[str | None, Parameter(help="The workflow whose rules hold.")] = None,
    executing_user: Annotated[str | None, Parameter(help="Plan with another user's eyes.")] = None,
    json: Json = False,
) -> int:
    """Show what would be written for a submission, and from which field each value comes. Nothing is written."""
    with prepared():
        from formcase.planning.printing import print_plan
        from formcase.planning.serialisation import plan_to_data
        from formcase.workflows.dry_run import dry_run

        xml, chosen, pdf = _submission(submission, workflow)
        run = asyncio.run(dry_run(xml, chosen, executing_user, pdf))
        errors = [error.message().text() for error in run.errors]
        if json:
            output.print_json({"plan": plan_to_data(run.plan), "errors": errors})
        else:
            for error in errors:
                output.say(f"Can't be filed as it is: {error}")
            output.say(print_plan(run.plan))
    return ANSWER_IS_NO if errors else 0


def _submission(text: str, workflow: str | None) -> "tuple[bytes, ServiceWorkflow, FileDescription | None]":
    from formcase.workflows import submissions
    from formcase.workflows.dry_run import stored_xml

    path = Path(text)
    if path.is_file():
        with path.open("rb") as file:
            return file.read(LARGEST), _workflow(workflow), None
    try:
        record = submissions.find(text)
    except submissions.UnknownSubmission as error:
        raise CommandFailed(f"{text} is neither a file nor a submission that is known here.", WRONG_USE) from error
    chosen = _workflow(workflow) if workflow is not None else record.workflow
    xml, pdf = asyncio.run(stored_xml(record.workflow, record.submission_id))
    return xml, chosen, pdf


def _workflow(name: str | None) -> "ServiceWorkflow":
    from formcase.workflows import managing

    if name is not None:
        return managing.find(name)
    living = managing.living()
    if len(living) != 1:
        names = ", ".join(workflow.name for workflow in living) or "none"
        raise CommandFailed(f"Say under which workflow's rules, with --workflow. There are: {names}.", WRONG_USE)
    return living[0]
