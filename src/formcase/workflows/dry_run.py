"""A dry run: what would be written for a submission, asked of the running case system, and nothing written."""

from dataclasses import dataclass
from hashlib import sha256

from asgiref.sync import sync_to_async

from formcase.messages import untranslated
from formcase.planning.error_case import plan_error_case
from formcase.planning.errors import PlanError, PlanningFailed
from formcase.planning.plan import Plan
from formcase.planning.planning import plan_cases
from formcase.submission.model import FileDescription
from formcase.submission.reading import read_submission
from formcase.workflows.checks import rules_of
from formcase.workflows.installation import connect_case_system, connect_form_service
from formcase.workflows.models import ServiceWorkflow


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would be written. errors: why the mapped cases can't be made; the plan is then that of the error case."""

    plan: Plan
    errors: tuple[PlanError, ...] = ()


async def dry_run(
    xml: bytes, workflow: ServiceWorkflow, executing_user: str | None = None, pdf: FileDescription | None = None
) -> DryRun:
    """Plan a submission's XML under a workflow's rules. Raises the outcomes of reading and of the case system."""
    submission = read_submission(xml)
    rules = await sync_to_async(rules_of)(workflow)
    described = FileDescription("application/xml", len(xml), sha256(xml).hexdigest())
    target = await sync_to_async(connect_case_system)()
    try:
        knowledge = await target.knowledge(submission, executing_user or workflow.executing_user, rules)
    finally:
        await target.close()
    try:
        return DryRun(plan_cases(submission, knowledge, rules, pdf=pdf, xml=described))
    except PlanningFailed as failure:
        reasons = tuple(error.message() for error in failure.errors)
        plan = plan_error_case(submission, reasons, knowledge, rules, pdf=pdf, xml=described, translate=untranslated)
        return DryRun(plan, failure.errors)


async def stored_xml(workflow: ServiceWorkflow, submission_id: str) -> tuple[bytes, FileDescription | None]:
    """A submission's XML from its form service, and what is known of its PDF. Raises the source's outcomes."""
    source = await sync_to_async(connect_form_service)(workflow)
    try:
        summary = (await source.submission(submission_id)).summary
        return await source.xml(summary), summary.pdf
    finally:
        await source.close()
