"""All checks of a service workflow, the same for the command line, the pages and the background."""

from asgiref.sync import sync_to_async

from formcase.checks import FORM_CODES, FORM_NAMES, FORM_RIGHTS, CheckResult, Verdict
from formcase.messages import Message, message
from formcase.outcomes import Outcome
from formcase.planning.knowledge import Rules
from formcase.planning.own_mapping.problems import UnreadableMapping
from formcase.sources.port import FormService
from formcase.submission.form import FormDefinition
from formcase.workflows.coverage import Covering, covered_by, split_form_ids
from formcase.workflows.installation import connect_case_system, connect_form_service, installation
from formcase.workflows.mapping_checks import OWN_MAPPING, check_own_mapping
from formcase.workflows.models import CarriedVersion, ServiceWorkflow
from formcase.workflows.parameters import missing
from formcase.workflows.versions import read_mapping

_OF_A_MAPPING = frozenset({OWN_MAPPING, "rights", FORM_RIGHTS, FORM_NAMES, FORM_CODES})
MOST_FORMS = 200  # of which the definitions are read for the check of rights

_SUBJECTS = {
    "parameters": message("parameters"),
    "certificate": message("certificate"),
    "reach": message("form service"),
    "client": message("client"),
    "forms": message("forms"),
    "forms checked": message("forms checked"),
    "coverage": message("coverage by other workflows"),
    OWN_MAPPING: message("own mapping"),
    "case system": message("case system"),
    "account": message("account"),
    "impersonation": message("impersonation"),
    "executing user": message("executing user"),
    "rights": message("rights"),
    FORM_RIGHTS: message("rights of a form"),
    FORM_NAMES: message("names in a form"),
    FORM_CODES: message("codes in a form"),
    "error case group": message("error case group"),
    "error access code": message("error access code"),
    "reference label": message("reference label"),
}


def subject_text(subject: str) -> Message:
    """What a check is about, in words that can be translated."""
    return _SUBJECTS.get(subject) or message("{subject}", subject=subject)


async def check_workflow(workflow: ServiceWorkflow, mapping: CarriedVersion | None = None) -> tuple[CheckResult, ...]:
    """Parameters, certificate, reach, client, forms, case system, user, rights: each a line, in that order. mapping:
    look at this version as if it were in force, and at the forms that it is for alone."""
    results = [_parameters(workflow)]
    form_ids = split_form_ids(workflow.form_ids)
    forms: tuple[FormDefinition, ...] = ()
    try:
        source = await sync_to_async(connect_form_service)(workflow)
    except Outcome as outcome:
        results.extend(_unconnected(workflow, outcome))
    else:
        try:
            results.extend(await source.checks(form_ids))
            wanted = form_ids or tuple(summary.id for summary in await source.forms())
            if mapping is not None:
                wanted = _of_mapping(mapping, wanted)
            forms = await _definitions(source, wanted[:MOST_FORMS])
            results.extend(_left_out(wanted))
            results.extend(await _coverage(workflow, forms))
            mapped = await check_own_mapping(workflow, forms, mapping)
            results.extend(mapped.results)
            forms = mapped.forms
        except Outcome as outcome:
            results.append(_failed("forms", outcome))
        finally:
            await source.close()
    rules = await sync_to_async(rules_of)(workflow)
    results.extend(await check_case_system(workflow.executing_user, rules, forms))
    return tuple(results)


async def check_mapping(workflow: ServiceWorkflow, version: CarriedVersion) -> tuple[CheckResult, ...]:
    """Of all checks those that a mapping has to do with, of the forms that it is for and as if this version were in
    force, and whatever says no."""
    results = await check_workflow(workflow, version)
    return tuple(line for line in results if line.subject in _OF_A_MAPPING or line.verdict is Verdict.NO)


def rules_of(workflow: ServiceWorkflow) -> Rules:
    """What the installation and the workflow set about planning."""
    here = installation()
    return Rules(
        reference_label=here.reference_label,
        time_zone=here.time_zone,
        error_case_group=workflow.error_case_group or None,
        error_access_code=workflow.error_access_code or None,
    )


async def check_case_system(
    executing_user: str, rules: Rules, forms: tuple[FormDefinition, ...]
) -> tuple[CheckResult, ...]:
    """The part of the checks that asks the case system."""
    try:
        target = await sync_to_async(connect_case_system)()
    except Outcome as outcome:
        return (_failed("case system", outcome),)
    try:
        return await target.checks(executing_user, rules, forms)
    except Outcome as outcome:
        return (_failed("case system", outcome),)
    finally:
        await target.close()


def _parameters(workflow: ServiceWorkflow) -> CheckResult:
    absent = missing(workflow)
    if absent:
        return CheckResult(
            "parameters",
            Verdict.NO,
            message("No value for {names}.", names=", ".join(absent)),
            message("Set it with Edit parameters, or with the command workflow set."),
        )
    return CheckResult("parameters", Verdict.YES, message("All that is needed is set."))


async def _definitions(source: FormService, form_ids: tuple[str, ...]) -> tuple[FormDefinition, ...]:
    found = [await source.form(form_id) for form_id in form_ids]
    return tuple(definition for definition in found if definition is not None)


async def _coverage(workflow: ServiceWorkflow, forms: tuple[FormDefinition, ...]) -> tuple[CheckResult, ...]:
    older = [
        Covering(other.name, split_form_ids(other.form_ids))
        async for other in ServiceWorkflow.objects.filter(
            url=workflow.url, enabled=True, deleted_at=None, pk__lt=workflow.pk
        ).order_by("id")
    ]
    taken = [
        f"{form.summary.id} ({other})" for form in forms if (other := covered_by(form.summary.id, older)) is not None
    ]
    if not taken:
        return ()
    return (
        CheckResult(
            "coverage",
            Verdict.NO,
            message("Another workflow files these forms already: {forms}.", forms=", ".join(taken)),
            message("Take them out of FormIds of one of the two; this one leaves them alone."),
        ),
    )


def _of_mapping(version: CarriedVersion, form_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Of these forms those that a mapping is for."""
    try:
        found = read_mapping(version)
    except UnreadableMapping:
        return form_ids
    return tuple(form_id for form_id in form_ids if found.is_for(form_id))


def _left_out(form_ids: tuple[str, ...]) -> tuple[CheckResult, ...]:
    if len(form_ids) <= MOST_FORMS:
        return ()
    found = message(
        "There are {count} forms; what they need is checked of the first {most}.", count=len(form_ids), most=MOST_FORMS
    )
    return (CheckResult("forms checked", Verdict.UNKNOWN, found, message("Share the forms among more workflows.")),)


def _unconnected(workflow: ServiceWorkflow, outcome: Outcome) -> tuple[CheckResult, ...]:
    """The form service's lines, where it can't even be tried: there is no address, or no such certificate."""
    refused = "certificate" if workflow.url else "reach"
    not_asked = message("Not asked, because something that it needs is missing.")
    return tuple(
        _failed(subject, outcome) if subject == refused else CheckResult(subject, Verdict.UNKNOWN, not_asked)
        for subject in ("certificate", "reach", "client", "forms")
    )


def _failed(subject: str, outcome: Outcome) -> CheckResult:
    return CheckResult(subject, Verdict.NO, outcome.answer, outcome.remedy)
