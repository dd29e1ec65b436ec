"""What comparisons have found: kept, told in the workflow log, and read for pages, commands and alarms."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from formcase.filing.journal import Note
from formcase.messages import Message, discreet_data, from_data, message
from formcase.workflows.logbook import entry_of_workflow
from formcase.workflows.models import Finding, Reconciliation, ServiceWorkflow
from formcase.workflows.reconciling.judging import Kind

KEPT = 60  # runs of each workflow
OVERDUE = timedelta(hours=30)  # since the last comparison, which is daily


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is unaccounted for. key: the submission's in the journal, None where it has none."""

    kind: Kind
    submission_id: str
    reference_id: str
    form_id: str
    cases: str
    key: int | None


@dataclass(frozen=True, slots=True)
class Run:
    """One comparison. workflow: None for the cases of no known submission. findings: how many there are, of which found
    has the first; problem: why it could not be carried through."""

    workflow: ServiceWorkflow | None
    started_at: datetime
    by: str = ""
    at_source: int = 0
    in_journal: int = 0
    at_target: int = 0
    found: tuple[Found, ...] = ()
    findings: int = 0
    repaired: int = 0
    problem: Message | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the newest comparisons say together. silent_failures must be 0. oldest: when the one that lies back furthest
    ended, None where an enabled workflow was never compared."""

    silent_failures: int
    problems: int
    oldest: datetime | None
    complete: bool

    @property
    def well(self) -> bool:
        """Nothing is unaccounted for, and that is known of today."""
        return not self.silent_failures and not self.problems and self.complete


@transaction.atomic
def keep_run(run: Run) -> Run:
    """Keep it, and tell the workflow log of it."""
    ended = timezone.now()
    row = Reconciliation.objects.create(
        workflow=run.workflow,
        started_at=run.started_at,
        ended_at=ended,
        by=run.by,
        at_form_service=run.at_source,
        in_journal=run.in_journal,
        at_case_system=run.at_target,
        findings=run.findings,
        repaired=run.repaired,
        problem=None if run.problem is None else discreet_data(run.problem),
    )
    Finding.objects.bulk_create(
        Finding(
            run=row,
            kind=one.kind.value,
            submission_id=one.key,
            submission_id_there=one.submission_id[:64],
            reference_id=one.reference_id[:200],
            form_id=one.form_id[:64],
            cases=one.cases,
        )
        for one in run.found
    )
    if run.workflow is not None:
        entry_of_workflow(run.workflow.pk, _note(run), run.by).save()
    outdated = Reconciliation.objects.filter(workflow=run.workflow).order_by("-id").values_list("pk", flat=True)[KEPT:]
    Reconciliation.objects.filter(pk__in=list(outdated)).delete()
    return Run(**{**{name: getattr(run, name) for name in Run.__slots__}, "ended_at": ended})


def newest() -> list[Reconciliation]:
    """The newest comparison of each workflow that is not deleted, and that of the cases of no known submission."""
    living = [*ServiceWorkflow.objects.filter(deleted_at=None).order_by("pk"), None]
    rows = (
        Reconciliation.objects.filter(workflow=workflow).select_related("workflow").order_by("-id").first()
        for workflow in living
    )
    return [row for row in rows if row is not None]


def standing() -> Standing:
    """What the newest comparisons say together."""
    rows = newest()
    compared = {row.workflow_id for row in rows if row.problem is None}
    enabled = set(ServiceWorkflow.objects.filter(deleted_at=None, enabled=True).values_list("pk", flat=True))
    ends = [row.ended_at for row in rows if row.workflow_id in enabled]
    oldest = min(ends, default=None) if enabled <= compared else None
    fresh = oldest is not None and timezone.now() - oldest < OVERDUE
    return Standing(
        silent_failures=sum(row.findings for row in rows),
        problems=sum(row.problem is not None for row in rows if row.workflow_id in enabled),
        oldest=oldest,
        complete=fresh or not enabled,
    )


def problem_of(row: Reconciliation) -> Message | None:
    """Why a comparison could not be carried through."""
    return None if row.problem is None else from_data(row.problem)


def _note(run: Run) -> Note:
    if run.problem is not None:
        text = message("Could not be reconciled. {problem}", problem=run.problem)
        return Note("reconciled", text, "warning")
    if run.findings:
        return Note("reconciled", message("Reconciled: {count} unaccounted for", count=run.findings), "error")
    if run.repaired:
        return Note("reconciled", message("Reconciled: {count} put right", count=run.repaired), "warning")
    return Note("reconciled", message("Reconciled: all is accounted for"))
