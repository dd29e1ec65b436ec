"""A dry run: what would be written for a submission, asked of the running case system, and nothing written.

It may be planned under something else than what is in force: other parameters, another mapping or transform, another
version of the form. Two runs are compared with `planning.comparison.compare_plans`.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from hashlib import sha256
from typing import Final

from asgiref.sync import sync_to_async

from formcase.filing.journal import Carried
from formcase.filing.reasons import needed_rights
from formcase.filing.shaping import map_by, read
from formcase.messages import untranslated
from formcase.planning.error_case import plan_error_case
from formcase.planning.errors import PlanError, PlanningFailed
from formcase.planning.knowledge import Knowledge, Rules
from formcase.planning.mapping import PAGE
from formcase.planning.needs import Need
from formcase.planning.own_mapping.from_form import mapping_of_form
from formcase.planning.own_mapping.model import OwnMapping
from formcase.planning.own_mapping.pages import MadePage, apply_mapping
from formcase.planning.plan import Plan
from formcase.planning.planning import plan_cases
from formcase.sources.port import FormService
from formcase.submission.form import FormDefinition
from formcase.submission.model import FileDescription, Submission
from formcase.targets.port import CaseSystem
from formcase.workflows import kept_ends, versions
from formcase.workflows.checks import rules_of
from formcase.workflows.models import CarriedVersion, ServiceWorkflow
from formcase.workflows.parameters import read_values
from formcase.workflows.versions import MAPPING, TRANSFORM, Kind


class InForce(Enum):
    """Stands for what the workflow has in force."""

    IN_FORCE = "in force"


IN_FORCE: Final = InForce.IN_FORCE
_BELIEVED: Final = timedelta(seconds=5)  # how old the model and the codes may be that an error is told by


@dataclass(frozen=True, slots=True)
class Under:
    """Under what a submission is planned. parameters: as a person types them, in place of the workflow's; mapping,
    transform (XSLT): None for none at all; form: another version of the submission's form, whose mapping page holds in
    place of the submission's own."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    mapping: OwnMapping | InForce | None = IN_FORCE
    transform: str | InForce | None = IN_FORCE
    form: FormDefinition | None = None


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would be written, and the rights that writing it needs. errors: why the mapped cases can't be made; the plan
    is then that of the error case. by_own_mapping: whether the workflow's own mapping has made the mapping page. held:
    the executing user's rights, None where the case system does not tell them. submission: as it was read, without the
    page that a mapping has made."""

    plan: Plan
    errors: tuple[PlanError, ...] = ()
    needs: tuple[Need, ...] = ()
    by_own_mapping: bool = False
    held: frozenset[Need] | None = None
    submission: Submission | None = None


AS_IT_IS: Final = Under()


async def dry_run(
    xml: bytes,
    workflow: ServiceWorkflow,
    executing_user: str | None = None,
    pdf: FileDescription | None = None,
    under: Under = AS_IT_IS,
) -> DryRun:
    """Plan a submission's XML under a workflow's rules. Raises `WrongParameters`, and the outcomes of reading and of
    the case system."""
    changed = await sync_to_async(_with_parameters)(workflow, under.parameters)
    rules = await sync_to_async(rules_of)(changed)
    answers = await _read(xml, changed, under.transform)
    submission, made = await _mapped(answers, changed, under)
    described = FileDescription("application/xml", len(xml), sha256(xml).hexdigest())
    user = executing_user or changed.executing_user
    known = await _known(submission, user, rules, anew=False)

    def planned(knowledge: Knowledge) -> tuple[Plan, tuple[PlanError, ...]]:
        try:
            return plan_cases(submission, knowledge, rules, pdf=pdf, xml=described, made=made), ()
        except PlanningFailed as failure:
            reasons = tuple(error.message() for error in failure.errors)
            plan = plan_error_case(
                submission, reasons, knowledge, rules, pdf=pdf, xml=described, translate=untranslated
            )
            return plan, failure.errors

    plan, errors = planned(known.knowledge)
    if errors and datetime.now(UTC) - known.asked_at > _BELIEVED:
        # what is wrong may have been mended in the case system just now
        known = await _known(submission, user, rules, anew=True)
        plan, errors = planned(known.knowledge)
    return DryRun(plan, errors, needed_rights(plan), made is not None, known.held, answers)


async def stored_xml(workflow: ServiceWorkflow, submission_id: str) -> tuple[bytes, FileDescription | None]:
    """A submission's XML from its form service, and what is known of its PDF. Raises the source's outcomes."""

    async def read_there(source: FormService) -> tuple[bytes, FileDescription | None]:
        summary = (await source.submission(submission_id)).summary
        return await source.xml(summary), summary.pdf

    return await kept_ends.of_form_service(workflow, read_there)


async def form_definition(workflow: ServiceWorkflow, form_id: str, version: int | None = None) -> FormDefinition | None:
    """A version of a form from its form service, the newest unless said; None where it is not there. Raises the
    source's outcomes."""
    return await kept_ends.of_form_service(workflow, lambda source: source.form(form_id, version))


async def form_id_of(xml: bytes, workflow: ServiceWorkflow, transform: str | InForce | None = IN_FORCE) -> str:
    """Which form a submission is of. Raises the outcomes of reading."""
    return (await _read(xml, workflow, transform)).form_id


def carried_of(workflow: ServiceWorkflow, kind: Kind) -> Carried | None:
    """What is in force of one kind, as reading and mapping use it."""
    return _carried(versions.in_force(workflow, kind))


@dataclass(frozen=True, slots=True)
class _Known:
    """What the case system knows for this submission, and the rights of the user. asked_at: as of when its model and
    codes are."""

    knowledge: Knowledge
    held: frozenset[Need] | None
    asked_at: datetime


async def _known(submission: Submission, user: str, rules: Rules, *, anew: bool) -> _Known:
    async def asked(target: CaseSystem) -> tuple[Knowledge, frozenset[Need] | None]:
        return await target.knowledge(submission, user, rules), await target.rights(user)

    (knowledge, held), when = await kept_ends.of_case_system(asked, anew=anew)
    return _Known(knowledge, held, when.at)


async def _mapped(
    submission: Submission, workflow: ServiceWorkflow, under: Under
) -> tuple[Submission, MadePage | None]:
    if under.form is not None:
        submission = _under_form(submission, under.form)
    if under.mapping is IN_FORCE:
        in_force = await sync_to_async(versions.in_force)(workflow, MAPPING)
        return await map_by(_carried(in_force), submission)
    if under.mapping is None or not under.mapping.is_for(submission.form_id):
        return submission, None
    return apply_mapping(under.mapping, submission)


async def _read(xml: bytes, workflow: ServiceWorkflow, transform: str | InForce | None) -> Submission:
    if transform is IN_FORCE:
        return await read(xml, _carried(await sync_to_async(versions.in_force)(workflow, TRANSFORM)))
    return await read(xml, None if transform is None else Carried(0, 0, transform))


def _carried(version: CarriedVersion | None) -> Carried | None:
    return None if version is None else Carried(version.pk, version.number or 0, version.content)


def _under_form(submission: Submission, form: FormDefinition) -> Submission:
    """The submission as if it had been handed in with that version of its form: with the mapping page that this one's
    templates make of the answers."""
    mapping = mapping_of_form(form)
    others = tuple(page for page in submission.pages if page.name != PAGE)
    bare = replace(submission, form_version=form.summary.version, pages=others)
    return bare if mapping is None else apply_mapping(mapping, bare)[0]


def _with_parameters(workflow: ServiceWorkflow, typed: Mapping[str, str]) -> ServiceWorkflow:
    """The workflow as it would be with these parameters; nothing is saved."""
    changed = copy.copy(workflow)
    for attribute, value in read_values(typed).items():
        setattr(changed, attribute, value)
    return changed
