"""Checks of what a workflow carries itself: whether its own mapping fits the forms, and what filing by it needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from asgiref.sync import sync_to_async

from formcase.checks import CheckResult, Detail, Verdict
from formcase.messages import Message, message, together
from formcase.planning.mapping import PAGE
from formcase.planning.own_mapping.designs import designs
from formcase.planning.own_mapping.fitting import Misfit, misfits
from formcase.planning.own_mapping.model import OwnMapping
from formcase.planning.own_mapping.problems import UnreadableMapping
from formcase.submission.form import FormDefinition
from formcase.workflows import versions
from formcase.workflows.models import CarriedVersion, ServiceWorkflow
from formcase.workflows.versions import MAPPING

OWN_MAPPING = "own mapping"
_TOLD = 10


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, and the forms as they are filed by the workflow's own mapping where it has one for them."""

    results: tuple[CheckResult, ...]
    forms: tuple[FormDefinition, ...]


async def check_own_mapping(
    workflow: ServiceWorkflow, forms: tuple[FormDefinition, ...], instead: CarriedVersion | None = None
) -> Checked:
    """One line for each form that the mapping in force is for; none where no mapping is in force. instead: look at this
    version as if it were in force."""
    version = instead or await sync_to_async(versions.in_force)(workflow, MAPPING)
    if version is None:
        return Checked((), forms)
    try:
        mapping = versions.read_mapping(version)
    except UnreadableMapping as error:
        remedy = message("Publish a version that can be used.")
        return Checked((CheckResult(OWN_MAPPING, Verdict.NO, error.message(), remedy),), forms)
    called = message("The draft") if version.number is None else message("Version {number}", number=version.number)
    return Checked(
        tuple(_line(mapping, called, form) for form in forms if mapping.is_for(form.summary.id)),
        tuple(design for form in forms for design in designs(mapping, form)),
    )


def _line(mapping: OwnMapping, called: Message, form: FormDefinition) -> CheckResult:
    form_id = form.summary.id
    missing = misfits(mapping, form)
    if missing:
        return CheckResult(
            OWN_MAPPING,
            Verdict.WARNING,
            message(
                "{version} of the workflow's own mapping does not fit form {form}: {what}",
                version=called,
                form=form_id,
                what=_first(missing),
            ),
            message("Mend the mapping; what it takes from there stays empty until then."),
            form_id,
            tuple(Detail(misfit.message(), Verdict.WARNING) for misfit in missing),
        )
    if any(page.name == PAGE for page in form.pages):
        return CheckResult(
            OWN_MAPPING,
            Verdict.WARNING,
            message(
                "Form {form} has a page WZ_ODATA. {version} of the workflow's own mapping holds instead.",
                form=form_id,
                version=called,
            ),
            message("Where the form's page is to hold, say in the mapping which forms it is for."),
            form_id,
        )
    fits = message("{version} of the workflow's own mapping fits form {form}.", version=called, form=form_id)
    return CheckResult(OWN_MAPPING, Verdict.YES, fits, form=form_id)


def _first(missing: Sequence[Misfit]) -> Message:
    return together([misfit.message() for misfit in missing[:_TOLD]], " ")
