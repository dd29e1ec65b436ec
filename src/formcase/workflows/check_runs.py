"""The checks of each workflow as they were run: kept, compared with the run before, and run again by themselves.

They are run daily, and as soon as it is seen that a parameter, a form's version, the case system's model, the executing
user or the user's rights have changed; and every quarter of an hour while one says no, because what mends it may be
something that nobody tells, such as a new code. A change for the worse is a line of the workflow log and shows in the
workflow's health. What is checked is in `checks`.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from hashlib import sha256

from asgiref.sync import async_to_sync, sync_to_async
from django.db import close_old_connections, transaction
from django.utils import timezone

from formcase.audit.recording import NOBODY
from formcase.checks import CheckResult, Verdict
from formcase.filing.journal import Note
from formcase.messages import Message, discreet_data, message
from formcase.outcomes import Outcome
from formcase.workflows.check_history import (
    Change,
    KeptRun,
    change_data,
    differences,
    newest,
    read,
    result_data,
    worst,
)
from formcase.workflows.checks import check_workflow, subject_text
from formcase.workflows.coverage import split_form_ids
from formcase.workflows.installation import connect_case_system, connect_form_service
from formcase.workflows.logbook import entry_of_workflow
from formcase.workflows.models import CheckRun, LogEntry, ServiceWorkflow
from formcase.workflows.parameters import shown_values

CHECK_EVERY = timedelta(days=1)
LOOK_EVERY = timedelta(minutes=5)  # at whether something has changed
LOOK_AFTER_NO = timedelta(minutes=1)  # what is mended is seen soon
AGAIN_AFTER_NO = timedelta(minutes=15)  # though nothing is seen to have changed
KEPT = 100  # runs of each workflow

ASKED = "asked"  # by a person
FIRST, DAILY, AGAIN = "first", "daily", "again"
PARAMETERS, FORMS, CASE_SYSTEM = "parameters", "forms", "case system"
_PARTS = (PARAMETERS, FORMS, CASE_SYSTEM)
_CERTIFICATE = "certificate"  # that one expires is told everywhere without the checks


def run_checks(workflow: ServiceWorkflow, by: str = "") -> KeptRun:
    """Run the checks now because a person asks; for pages and commands."""
    return async_to_sync(run)(workflow, ASKED, by)


async def run(workflow: ServiceWorkflow, why: str, by: str = "", fingerprint: str | None = None) -> KeptRun:
    """Run the checks now, keep what they say, and log what has changed."""
    started = timezone.now()
    seen = await _fingerprint(workflow) if fingerprint is None else fingerprint
    results = await check_workflow(workflow)
    made = CheckRun(
        workflow=workflow,
        started_at=started,
        ended_at=timezone.now(),
        why=why,
        by=by,
        fingerprint=seen,
        verdict=worst(results).value,
        results=[result_data(result) for result in results],
    )
    return await sync_to_async(_keep)(made, results)


async def look(workflow: int) -> None:
    """Run the checks of an enabled workflow again where there is a reason to; else only say when to look next."""
    await sync_to_async(close_old_connections)()
    row = await ServiceWorkflow.objects.filter(pk=workflow, enabled=True, deleted_at=None).afirst()
    if row is None:
        return
    last = await CheckRun.objects.filter(workflow=row).order_by("-id").afirst()
    seen = await _fingerprint(row)
    why = _reason(last, seen)
    if why is not None:
        await run(row, why, fingerprint=seen)
    else:
        wait = LOOK_AFTER_NO if last is not None and last.verdict == Verdict.NO.value else LOOK_EVERY
        await ServiceWorkflow.objects.filter(pk=row.pk).aupdate(next_check_at=timezone.now() + wait)


@transaction.atomic
def _keep(made: CheckRun, results: Sequence[CheckResult]) -> KeptRun:
    workflow = ServiceWorkflow.objects.select_for_update(no_key=True).get(pk=made.workflow_id)
    before = newest(workflow.pk)
    changes = differences(results, before.results if before is not None else ())
    made.changes = [change_data(change) for change in changes] if before is not None else []
    made.save()
    if before is not None and made.why == before.why == AGAIN and not changes:
        CheckRun.objects.filter(pk=before.id).delete()  # that it still says no is worth one line, not hundreds
    LogEntry.objects.bulk_create(entry_of_workflow(workflow.pk, note, made.by) for note in _notes(changes, made.by))
    refused = _first(results, Verdict.NO)
    warned = _first([result for result in results if result.subject != _CERTIFICATE], Verdict.WARNING)
    wait = LOOK_EVERY if refused is None else LOOK_AFTER_NO
    ServiceWorkflow.objects.filter(pk=workflow.pk).update(
        last_check_at=made.ended_at,
        next_check_at=made.ended_at + wait,
        check_problem=None if refused is None else discreet_data(_told(refused)),
        check_warning=None if warned is None else discreet_data(_told(warned)),
    )
    outdated = CheckRun.objects.filter(workflow=workflow.pk).order_by("-id").values_list("pk", flat=True)[KEPT:]
    CheckRun.objects.filter(pk__in=list(outdated)).delete()
    return read(made)


def _notes(changed: Sequence[Change], by: str) -> Iterator[Note]:
    by_form = any(change.result.form is not None and change.result.verdict is Verdict.NO for change in changed)
    for change in changed:
        if by_form and change.result.subject == "rights":
            continue  # said for each form, which tells more
        if change.worse:
            level = "error" if change.result.verdict is Verdict.NO else "warning"
            yield Note("check got worse", _told(change.result), level)
        elif change.mended:
            yield Note("check is well again", _told(change.result))
    if by not in ("", NOBODY):
        yield Note("checked", message("The checks were run"))


def _told(result: CheckResult) -> Message:
    return message("Check of {subject}: {found}", subject=subject_text(result.subject), found=result.found)


def _reason(last: CheckRun | None, seen: str) -> str | None:
    if last is None:
        return FIRST
    if last.fingerprint != seen:
        pairs = zip(_PARTS, last.fingerprint.split("-"), seen.split("-"), strict=False)
        return next((part for part, before, now in pairs if before != now), PARAMETERS)
    age = timezone.now() - last.ended_at
    if last.verdict == Verdict.NO.value and age >= AGAIN_AFTER_NO:
        return AGAIN
    return DAILY if age >= CHECK_EVERY else None


async def _fingerprint(workflow: ServiceWorkflow) -> str:
    """A short text that is another one as soon as something has changed that the checks' answers depend on. An end
    that does not answer is a change, too."""
    carried = [workflow.mapping_id, workflow.transform_id]
    parameters = json.dumps([shown_values(workflow), carried], sort_keys=True)
    parts = (parameters, await _forms_now(workflow), await _case_system_now(workflow))
    return "-".join(sha256(part.encode()).hexdigest()[:16] for part in parts)


async def _forms_now(workflow: ServiceWorkflow) -> str:
    try:
        source = await sync_to_async(connect_form_service)(workflow)
    except Outcome as outcome:
        return type(outcome).__name__
    wanted = split_form_ids(workflow.form_ids)
    try:
        forms = await source.forms()
    except Outcome as outcome:
        return type(outcome).__name__
    finally:
        await source.close()
    return str(sorted((form.id, form.version) for form in forms if not wanted or form.id in wanted))


async def _case_system_now(workflow: ServiceWorkflow) -> str:
    try:
        target = await sync_to_async(connect_case_system)()
    except Outcome as outcome:
        return type(outcome).__name__
    try:
        return await target.fingerprint(workflow.executing_user)
    except Outcome as outcome:
        return type(outcome).__name__
    finally:
        await target.close()


def _first(results: Sequence[CheckResult], verdict: Verdict) -> CheckResult | None:
    return next((result for result in results if result.verdict is verdict), None)
