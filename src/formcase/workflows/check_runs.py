"""The checks of each workflow as they were run: kept, compared with the run before, and run again by themselves.

They are run daily, and as soon as it is seen that a parameter, a form's version, the case system's model, the executing
user or the user's rights have changed; and every quarter of an hour while one says no, because what mends it may be
something that nobody tells, such as a new code. A change for the worse is a line of the workflow log and shows in the
workflow's health. What is checked is in `checks`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import cast

from asgiref.sync import async_to_sync, sync_to_async
from django.db import close_old_connections, transaction
from django.utils import timezone

from formcase.audit.recording import NOBODY
from formcase.checks import CheckResult, Detail, Verdict
from formcase.filing.journal import Note
from formcase.messages import Message, as_data, discreet_data, from_data, message
from formcase.outcomes import Outcome
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

_GRAVITY = {Verdict.YES: 0, Verdict.UNKNOWN: 1, Verdict.WARNING: 2, Verdict.NO: 3}


@dataclass(frozen=True, slots=True)
class KeptRun:
    """What the checks said once. why: ASKED, or what had changed. by: who asked; empty where nobody did."""

    id: int
    started_at: datetime
    ended_at: datetime
    why: str
    by: str
    verdict: Verdict
    results: tuple[CheckResult, ...]

    def about(self, form_id: str | None) -> tuple[CheckResult, ...]:
        """The lines about one form; None: those about the workflow as a whole."""
        return tuple(result for result in self.results if result.form == form_id)

    def forms(self) -> tuple[str, ...]:
        """The forms that there are lines about, in their order."""
        return tuple(dict.fromkeys(result.form for result in self.results if result.form is not None))


@dataclass(frozen=True, slots=True)
class Change:
    """A line that says something else than in the run before. before: None where it was not there."""

    result: CheckResult
    before: Verdict | None

    @property
    def worse(self) -> bool:
        """Whether it is a change for the worse: to no, or from yes to a warning."""
        if self.result.verdict is Verdict.NO:
            return True
        return self.result.verdict is Verdict.WARNING and self.before in (None, Verdict.YES)

    @property
    def mended(self) -> bool:
        """Whether what said no or warned says yes now."""
        return self.result.verdict is Verdict.YES and self.before in (Verdict.NO, Verdict.WARNING)


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
        verdict=_worst(results).value,
        results=[_as_data(result) for result in results],
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


def newest(workflow: int) -> KeptRun | None:
    """The newest run; None where the checks were never run."""
    return next(iter(history(workflow, 1)), None)


def history(workflow: int, most: int = 20) -> list[KeptRun]:
    """The runs of a workflow, newest first."""
    return [_read(row) for row in CheckRun.objects.filter(workflow=workflow).order_by("-id")[:most]]


def story(workflow: int, most: int = 20) -> list[tuple[KeptRun, tuple[Change, ...]]]:
    """The runs of a workflow, newest first, each with what it said otherwise than the one before; of the first run of
    all, nothing."""
    runs = history(workflow, most + 1)
    return [
        (run, changes(run, before) if before is not None else ())
        for run, before in zip(runs[:most], [*runs[1:], None], strict=False)
    ]


def kept_run(workflow: int, number: int) -> tuple[KeptRun, tuple[Change, ...]] | None:
    """One run with what it said otherwise than the one before; None where it is not kept any more."""
    rows = list(CheckRun.objects.filter(workflow=workflow, pk__lte=number).order_by("-id")[:2])
    if not rows or rows[0].pk != number:
        return None
    run, *before = map(_read, rows)
    return run, changes(run, before[0]) if before else ()


def changes(run: KeptRun, before: KeptRun | None) -> tuple[Change, ...]:
    """What a run says otherwise than the one before it."""
    said = {} if before is None else {(result.subject, result.form): result.verdict for result in before.results}
    found = (Change(result, said.get((result.subject, result.form))) for result in run.results)
    return tuple(change for change in found if change.before is not change.result.verdict)


@transaction.atomic
def _keep(made: CheckRun, results: Sequence[CheckResult]) -> KeptRun:
    workflow = ServiceWorkflow.objects.select_for_update(no_key=True).get(pk=made.workflow_id)
    before = newest(workflow.pk)
    made.save()
    kept = _read(made)
    if before is not None and made.why == before.why == AGAIN and not changes(kept, before):
        CheckRun.objects.filter(pk=before.id).delete()  # that it still says no is worth one line, not hundreds
    LogEntry.objects.bulk_create(entry_of_workflow(workflow.pk, note, made.by) for note in _notes(kept, before))
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
    return kept


def _notes(run: KeptRun, before: KeptRun | None) -> Iterator[Note]:
    changed = changes(run, before)
    by_form = any(change.result.form is not None and change.result.verdict is Verdict.NO for change in changed)
    for change in changed:
        if by_form and change.result.subject == "rights":
            continue  # said for each form, which tells more
        if change.worse:
            level = "error" if change.result.verdict is Verdict.NO else "warning"
            yield Note("check got worse", _told(change.result), level)
        elif change.mended:
            yield Note("check is well again", _told(change.result))
    if run.by not in ("", NOBODY):
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


def _worst(results: Sequence[CheckResult]) -> Verdict:
    return max((result.verdict for result in results), key=_GRAVITY.__getitem__, default=Verdict.YES)


def _as_data(result: CheckResult) -> dict[str, object]:
    return {
        "subject": result.subject,
        "verdict": result.verdict.value,
        "found": as_data(result.found),
        "remedy": as_data(result.remedy),
        "form": result.form,
        "details": [{"text": as_data(detail.text), "verdict": detail.verdict.value} for detail in result.details],
    }


def _read(row: CheckRun) -> KeptRun:
    results = cast(Sequence[Mapping[str, object]], row.results)
    return KeptRun(
        id=row.pk,
        started_at=row.started_at,
        ended_at=row.ended_at,
        why=row.why,
        by=row.by,
        verdict=Verdict(row.verdict),
        results=tuple(map(_result, results)),
    )


def _result(data: Mapping[str, object]) -> CheckResult:
    details = cast(Sequence[Mapping[str, object]], data["details"])
    form = data["form"]
    return CheckResult(
        subject=str(data["subject"]),
        verdict=Verdict(str(data["verdict"])),
        found=from_data(data["found"]),
        remedy=from_data(data["remedy"]),
        form=None if form is None else str(form),
        details=tuple(Detail(from_data(detail["text"]), Verdict(str(detail["verdict"]))) for detail in details),
    )
