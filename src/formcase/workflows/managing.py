"""What a person does with service workflows: create, set, enable, disable, delete, carry over. No checks, no pages.

Every change is a version, and wakes up what waits for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Count, Max, Q
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from formcase.audit.recording import Object, record, record_change
from formcase.filing.journal import State
from formcase.messages import message
from formcase.sources.interact.parameters import ParameterError
from formcase.workflows.coverage import Covering, covered_by, split_form_ids
from formcase.workflows.enqueueing import FILING_QUEUE, FILING_TASK, WATCH_QUEUE, WATCH_TASK
from formcase.workflows.models import ServiceWorkflow, SubmissionRecord, WorkflowVersion
from formcase.workflows.parameters import WrongParameters, missing, read_values, shown_values
from formcase.workflows.sql import statement

TYPES = ("interact",)
FINAL = [state.value for state in State if state.final]


class UnknownWorkflow(LookupError):
    """There is no workflow of this name; `names` are those that there are."""

    def __init__(self, name: str, names: tuple[str, ...]) -> None:
        there = ", ".join(names) or "none"
        super().__init__(f"There is no service workflow “{name}”. There are: {there}.")
        self.name = name
        self.names = names


class OpenSubmissions(Exception):
    """A workflow with open submissions is not deleted without being told so."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} submission(s) of this workflow are still open; nobody would file them.")
        self.count = count


@dataclass(frozen=True, slots=True)
class Fate:
    """What would become of a form's open submissions. taken_over_by: a workflow; empty where there is none."""

    form_id: str
    title: str
    count: int
    taken_over_by: str


def living() -> list[ServiceWorkflow]:
    """All workflows that were not deleted, oldest first."""
    return list(ServiceWorkflow.objects.filter(deleted_at=None).order_by("id"))


def find(name: str) -> ServiceWorkflow:
    """The workflow of this name or id. Raises `UnknownWorkflow`."""
    by_id = Q(pk=int(name)) if name.isdecimal() and len(name) < 10 else Q()
    found = ServiceWorkflow.objects.filter(Q(name=name) | by_id if by_id else Q(name=name), deleted_at=None).first()
    if found is None:
        raise UnknownWorkflow(name, tuple(workflow.name for workflow in living()))
    return found


@transaction.atomic
def create(name: str, type_name: str, typed: Mapping[str, str], description: str = "", by: str = "") -> ServiceWorkflow:
    """Create a workflow, disabled. Raises `WrongParameters`."""
    errors = []
    title = name.strip()
    if not title or len(title) > 200:
        errors.append(ParameterError("name", name, message("A name of 1 to 200 characters is expected.")))
    elif ServiceWorkflow.objects.filter(name=title, deleted_at=None).exists():
        errors.append(ParameterError("name", name, message("There is a service workflow of this name already.")))
    if type_name not in TYPES:
        errors.append(
            ParameterError(
                "type", type_name, message("There is no such type. There are: {types}.", types=", ".join(TYPES))
            )
        )
    try:
        values = read_values(typed)
    except WrongParameters as wrong:
        raise WrongParameters((*errors, *wrong.errors)) from wrong
    if errors:
        raise WrongParameters(errors)
    workflow = ServiceWorkflow.objects.create(name=title, type=type_name, description=description, **values)
    _keep_version(workflow, by)
    record(by, "workflow created", about(workflow), after=_audited(workflow))
    return workflow


@transaction.atomic
def change(workflow: ServiceWorkflow, typed: Mapping[str, str], by: str = "") -> ServiceWorkflow:
    """Set parameters. Raises `WrongParameters`. What was blocked by the old ones is tried again at once."""
    values = read_values(typed)
    locked = held(workflow)
    before = _audited(locked)
    for attribute, value in values.items():
        setattr(locked, attribute, value)
    saved(locked, by)
    record_change(by, "workflow changed", about(locked), before, _audited(locked))
    return locked


@transaction.atomic
def describe(workflow: ServiceWorkflow, name: str, description: str, by: str = "") -> ServiceWorkflow:
    """Change what it is called. Raises `WrongParameters`."""
    title = name.strip()
    if not title or len(title) > 200:
        raise WrongParameters([ParameterError("name", name, message("A name of 1 to 200 characters is expected."))])
    if ServiceWorkflow.objects.filter(name=title, deleted_at=None).exclude(pk=workflow.pk).exists():
        raise WrongParameters(
            [ParameterError("name", name, message("There is a service workflow of this name already."))]
        )
    locked = held(workflow)
    before = {"name": locked.name, "description": locked.description}
    locked.name, locked.description = title, description
    locked.save(update_fields=["name", "description", "changed_at"])
    record_change(by, "workflow changed", about(locked), before, {"name": title, "description": description})
    return locked


def open_submissions(workflow: ServiceWorkflow) -> int:
    """How many submissions of a workflow have not ended."""
    return SubmissionRecord.objects.filter(workflow=workflow).exclude(state__in=FINAL).count()


def fates_of_open(workflow: ServiceWorkflow) -> list[Fate]:
    """What would become of the open submissions if this workflow were deleted, form by form: of several workflows that
    cover a form at one form service, the oldest takes it over. Those that nobody takes over come first."""
    others = [
        Covering(other.name, split_form_ids(other.form_ids))
        for other in ServiceWorkflow.objects.filter(url=workflow.url, enabled=True, deleted_at=None)
        .exclude(pk=workflow.pk)
        .order_by("id")
    ]
    rows = (
        SubmissionRecord.objects.filter(workflow=workflow)
        .exclude(state__in=FINAL)
        .values_list("form_id")
        .annotate(count=Count("id"), title=Max("form_title"))
        .order_by("form_id")
    )
    found = [Fate(form_id, title, count, covered_by(form_id, others) or "") for form_id, count, title in rows]
    return sorted(found, key=lambda fate: fate.taken_over_by != "")


@transaction.atomic
def enable(workflow: ServiceWorkflow, by: str = "") -> ServiceWorkflow:
    """Switch on. Raises `WrongParameters` where a required parameter is missing; checks are the caller's business."""
    locked = held(workflow)
    absent = missing(locked)
    if absent:
        raise WrongParameters(
            ParameterError(name, "", message("It is needed before the workflow can be enabled.")) for name in absent
        )
    locked.enabled = True
    saved(locked, by)
    record(by, "workflow enabled", about(locked))
    return locked


@transaction.atomic
def disable(workflow: ServiceWorkflow, by: str = "") -> ServiceWorkflow:
    """Switch off: nothing new is fetched and nothing is filed until it is enabled again."""
    locked = held(workflow)
    locked.enabled = False
    saved(locked, by)
    record(by, "workflow disabled", about(locked))
    return locked


@transaction.atomic
def delete(workflow: ServiceWorkflow, *, anyway: bool = False, by: str = "") -> None:
    """Delete a workflow; its submissions and log stay. Raises `OpenSubmissions` unless told to do it anyway; another
    workflow that covers the form takes these over."""
    open_ones = open_submissions(workflow)
    if open_ones and not anyway:
        raise OpenSubmissions(open_ones)
    ServiceWorkflow.objects.filter(pk=workflow.pk).update(enabled=False, deleted_at=timezone.now())
    record(by, "workflow deleted", about(workflow), before=_audited(workflow))


def held(workflow: ServiceWorkflow) -> ServiceWorkflow:
    """The workflow as it is now, held until the transaction ends; the log, which refers to it, goes on meanwhile."""
    return ServiceWorkflow.objects.select_for_update(no_key=True).get(pk=workflow.pk)


def saved(workflow: ServiceWorkflow, by: str) -> None:
    """Keep what was changed of a workflow that is locked, as a new version, and wake up what waits for it."""
    workflow.version += 1
    workflow.watch_problem = None
    workflow.watch_problem_since = None
    workflow.suspects = 0
    workflow.save()
    _keep_version(workflow, by)
    if workflow.enabled:
        wake(workflow)


def about(workflow: ServiceWorkflow) -> Object:
    """The workflow as the audit log names it."""
    return Object("service workflow", str(workflow.pk), workflow.name)


def wake(workflow: ServiceWorkflow) -> None:
    """Let everything that waits or is blocked be tried now; a block of the whole workflow is probed at once. What is
    being tried just now sees by the workflow's version that it has changed."""
    ServiceWorkflow.objects.filter(pk=workflow.pk).exclude(blocked_since=None).update(
        probe_due=timezone.now(), probe_submission=None
    )
    waiting = SubmissionRecord.objects.filter(workflow=workflow, attempt_open=False).exclude(state__in=FINAL)
    if workflow.blocked_since is not None:
        waiting = waiting.exclude(blocked_scope="workflow", state=State.BLOCKED)
    # the workers' sweep makes the jobs, or brings those forward that wait for a later time
    waiting.update(due_at=timezone.now(), tries=0)
    _enqueue(WATCH_TASK, WATCH_QUEUE, f"watch:{workflow.pk}", workflow=workflow.pk)


def file_now(key: int) -> None:
    """Bring a submission's job forward to now."""
    _enqueue(FILING_TASK, FILING_QUEUE, f"submission:{key}", submission=key)


def _audited(workflow: ServiceWorkflow) -> dict[str, object]:
    """What the audit log says of a workflow: nothing of it is secret, the key of the certificate stays in its file."""
    return {"name": workflow.name, "description": workflow.description, **shown_values(workflow)}


def _enqueue(task: str, queue: str, name: str, **arguments: int) -> None:
    try:
        with transaction.atomic():
            app.configure_task(task, allow_unknown=True, queue=queue, lock=name, queueing_lock=name).defer(**arguments)
    except AlreadyEnqueued:
        with connection.cursor() as cursor:
            cursor.execute(statement("bring_forward"), {"name": name, "at": None})


def _keep_version(workflow: ServiceWorkflow, by: str) -> None:
    WorkflowVersion.objects.create(
        workflow=workflow,
        version=workflow.version,
        settings=shown_values(workflow),
        enabled=workflow.enabled,
        saved_by=by,
    )
