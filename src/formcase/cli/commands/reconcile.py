"""`formcase reconcile`: whether every submission is accounted for at the form service, here and at the case system."""

import asyncio
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from formcase.cli import output
from formcase.cli.answers import person_here
from formcase.cli.failures import ANSWER_IS_NO, OUT_OF_REACH
from formcase.cli.options import Json
from formcase.cli.runtime import prepared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formcase.workflows.models import ServiceWorkflow
    from formcase.workflows.reconciling.comparing import Wish
    from formcase.workflows.reconciling.runs import Run

Repair = Annotated[
    bool,
    Parameter(negative="", help="Put right what can be; after the journal was restored from a backup, or lost."),
]
All = Annotated[
    bool, Parameter(name="--all", negative="", help="Look for cases however long ago they were filed, not 35 days.")
]
Accept = Annotated[
    bool, Parameter(negative="", help="Cases of no known submission are others' affair: don't tell of them again.")
]


def reconcile(
    *,
    workflow: str | None = None,
    repair: Repair = False,
    whole: All = False,
    accept: Accept = False,
    json: Json = False,
) -> int:
    """Compare what the form service says, what is recorded here and what the case system holds. Exit code 1 where
    something is unaccounted for."""
    with prepared():
        from formcase.workflows import managing
        from formcase.workflows.reconciling.comparing import Wish

        chosen = [managing.find(workflow)] if workflow is not None else managing.living()
        wish = Wish(person_here(), whole, nobodys=workflow is None, accept=accept)
        runs = asyncio.run(_carried_out(chosen, wish, repair=repair))
        _print(runs, as_json=json)
    if any(run.problem is not None for run in runs):
        return OUT_OF_REACH
    return ANSWER_IS_NO if any(run.findings for run in runs) else 0


async def _carried_out(chosen: "Sequence[ServiceWorkflow]", wish: "Wish", *, repair: bool) -> "list[Run]":
    from formcase.workflows.reconciling.comparing import reconcile as compare
    from formcase.workflows.reconciling.repairing import repairs

    if not repair:
        return await compare(chosen, wish)
    async with repairs() as opened:
        return await compare(chosen, wish, opened)


def _print(runs: "Sequence[Run]", *, as_json: bool) -> None:
    if as_json:
        document = {
            "silentFailures": sum(run.findings for run in runs),
            "workflows": [_document(run) for run in runs],
        }
        output.print_json(document)
        return
    for run in runs:
        name = "Cases of no known submission" if run.workflow is None else run.workflow.name
        counts = f"{run.at_source} at the form service, {run.in_journal} here, {run.at_target} at the case system"
        output.say(f"{name}: {counts}; {run.repaired} put right, {run.findings} unaccounted for")
        if run.problem is not None:
            output.say(f"  Could not be compared. {run.problem.text()}")
        for found in run.found:
            output.say(f"  {found.reference_id or found.submission_id}  {found.kind.value}  {found.cases}".rstrip())
        if run.findings > len(run.found):
            output.say(f"  and {run.findings - len(run.found)} more")


def _document(run: "Run") -> dict[str, object]:
    return {
        "workflow": None if run.workflow is None else run.workflow.name,
        "atFormService": run.at_source,
        "inJournal": run.in_journal,
        "atCaseSystem": run.at_target,
        "unaccountedFor": run.findings,
        "repaired": run.repaired,
        "problem": None if run.problem is None else run.problem.text(),
        "findings": [
            {
                "kind": found.kind.value,
                "referenceId": found.reference_id or None,
                "submissionId": found.submission_id or None,
                "formId": found.form_id or None,
                "cases": [number for number in found.cases.split(", ") if number],
            }
            for found in run.found
        ],
    }
