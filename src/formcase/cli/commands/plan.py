"""`formcase plan`: a dry run. What would be written for a submission; nothing is written."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from formcase.cli import output
from formcase.cli.answers import person_here
from formcase.cli.assignments import Assignments, read_assignments
from formcase.cli.carried import read_text
from formcase.cli.failures import ANSWER_IS_NO, WRONG_USE, CommandFailed
from formcase.cli.options import Json
from formcase.cli.runtime import prepared

if TYPE_CHECKING:
    from formcase.planning.own_mapping.model import OwnMapping
    from formcase.submission.form import FormDefinition
    from formcase.submission.model import FileDescription
    from formcase.workflows.dry_run import DryRun, InForce
    from formcase.workflows.models import ServiceWorkflow

LARGEST = 16 * 1024 * 1024 + 1
NONE = "none"
_WHICH = "a file, a version of the workflow's (a number, draft), or none"


def plan(
    submission: Annotated[str, Parameter(help="A file with the submission's XML, or a reference ID.")],
    *,
    workflow: Annotated[str | None, Parameter(help="The workflow whose rules hold.")] = None,
    executing_user: Annotated[str | None, Parameter(help="Plan with another user's eyes.")] = None,
    mapping: Annotated[str | None, Parameter(help=f"Plan by another mapping: {_WHICH}.")] = None,
    transform: Annotated[str | None, Parameter(help=f"Read by another transform: {_WHICH}.")] = None,
    form_version: Annotated[int | None, Parameter(help="Plan as if another version of the form was filled in.")] = None,
    set: Assignments = (),  # noqa: A002 - the option is called so
    compare: Annotated[bool, Parameter(negative="", help="Say what differs from what is in force.")] = False,
    json: Json = False,
) -> int:
    """Show what would be written for a submission, and from which field each value comes. Nothing is written."""
    parameters = read_assignments(set)
    with prepared():
        from formcase.workflows.dry_run import Under, dry_run

        xml, chosen, pdf = _submission(submission, workflow)
        by, stylesheet = _mapping(chosen, mapping), _transform(chosen, transform)
        form = None if form_version is None else asyncio.run(_form(xml, chosen, stylesheet, form_version))
        under = Under(parameters, by, stylesheet, form)
        run = asyncio.run(dry_run(xml, chosen, executing_user, pdf, under))
        before = asyncio.run(dry_run(xml, chosen, None, pdf)) if compare else None
        _print(run, before, as_json=json)
    return ANSWER_IS_NO if run.errors else 0


def _print(run: "DryRun", before: "DryRun | None", *, as_json: bool) -> None:
    from formcase.planning.comparison import compare_plans
    from formcase.planning.printing import print_plan
    from formcase.planning.serialisation import plan_to_data

    errors = [error.message().text() for error in run.errors]
    differences = [] if before is None else [each.message().text() for each in compare_plans(before.plan, run.plan)]
    if as_json:
        document: dict[str, object] = {
            "plan": plan_to_data(run.plan),
            "errors": errors,
            "needs": [{"table": need.table, "right": need.right} for need in run.needs],
        }
        output.print_json(document if before is None else {**document, "differences": differences})
        return
    for error in errors:
        output.say(f"Can't be filed as it is: {error}")
    if before is None:
        output.say(print_plan(run.plan))
        return
    for difference in differences:
        output.say(difference)
    if not differences:
        output.say("The same is written as by what is in force.")


def _submission(text: str, workflow: str | None) -> "tuple[bytes, ServiceWorkflow, FileDescription | None]":
    from formcase.workflows import looking, submissions
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
    looking.record_look(person_here(), record)
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


def _mapping(workflow: "ServiceWorkflow", which: str | None) -> "OwnMapping | InForce | None":
    from formcase.planning.own_mapping.reading import mapping_from_json
    from formcase.workflows import versions
    from formcase.workflows.dry_run import IN_FORCE

    if which is None:
        return IN_FORCE
    if which == NONE:
        return None
    if Path(which).is_file():
        return mapping_from_json(versions.MAPPING.read(read_text(Path(which))))
    return mapping_from_json(versions.find(workflow, versions.MAPPING, which).content)


def _transform(workflow: "ServiceWorkflow", which: str | None) -> "str | InForce | None":
    from formcase.workflows import versions
    from formcase.workflows.dry_run import IN_FORCE

    if which is None:
        return IN_FORCE
    if which == NONE:
        return None
    if Path(which).is_file():
        return versions.TRANSFORM.read(read_text(Path(which)))
    return versions.find(workflow, versions.TRANSFORM, which).content


async def _form(
    xml: bytes, workflow: "ServiceWorkflow", stylesheet: "str | InForce | None", version: int
) -> "FormDefinition":
    from formcase.workflows.dry_run import form_definition, form_id_of

    form_id = await form_id_of(xml, workflow, stylesheet)
    found = await form_definition(workflow, form_id, version)
    if found is None:
        raise CommandFailed(f"The form service has no version {version} of form {form_id}.", WRONG_USE)
    return found
