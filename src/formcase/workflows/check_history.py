"""What the checks of a workflow said, run by run, as it is kept: the newest in full, the earlier ones by what each said
otherwise than the one before. Running them is in `check_runs`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from formcase.checks import CheckResult, Detail, Verdict
from formcase.messages import as_data, from_data
from formcase.workflows.models import CheckRun

_GRAVITY = {Verdict.YES: 0, Verdict.UNKNOWN: 1, Verdict.WARNING: 2, Verdict.NO: 3}


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


@dataclass(frozen=True, slots=True)
class PastRun:
    """That the checks were run. why: what led to it; by: who asked, empty where nobody did; verdict: the gravest;
    changes: what they said otherwise than in the run before, of the first run nothing."""

    id: int
    started_at: datetime
    ended_at: datetime
    why: str
    by: str
    verdict: Verdict
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class KeptRun(PastRun):
    """What the checks said once, in full."""

    results: tuple[CheckResult, ...]

    def about(self, form_id: str | None) -> tuple[CheckResult, ...]:
        """The lines about one form; None: those about the workflow as a whole."""
        return tuple(result for result in self.results if result.form == form_id)

    def forms(self) -> tuple[str, ...]:
        """The forms that there are lines about, in their order."""
        return tuple(dict.fromkeys(result.form for result in self.results if result.form is not None))


def newest(workflow: int) -> KeptRun | None:
    """The newest run; None where the checks were never run."""
    row = CheckRun.objects.filter(workflow=workflow).order_by("-id").first()
    return None if row is None else read(row)


def kept_run(workflow: int, number: int) -> KeptRun | None:
    """One run; None where it is not kept any more."""
    row = CheckRun.objects.filter(workflow=workflow, pk=number).first()
    return None if row is None else read(row)


def history(workflow: int, most: int = 20) -> list[PastRun]:
    """The runs of a workflow, newest first."""
    rows = CheckRun.objects.filter(workflow=workflow).defer("results").order_by("-id")[:most]
    return [_past(row) for row in rows]


def differences(results: Sequence[CheckResult], before: Sequence[CheckResult]) -> tuple[Change, ...]:
    """What these say otherwise than those before them."""
    said = {(result.subject, result.form): result.verdict for result in before}
    found = (Change(result, said.get((result.subject, result.form))) for result in results)
    return tuple(change for change in found if change.before is not change.result.verdict)


def worst(results: Sequence[CheckResult]) -> Verdict:
    """The gravest of what they say; yes where there are none."""
    return max((result.verdict for result in results), key=_GRAVITY.__getitem__, default=Verdict.YES)


def read(row: CheckRun) -> KeptRun:
    """A run as it is kept."""
    past = _past(row)
    results = cast(Sequence[Mapping[str, object]], row.results)
    return KeptRun(
        id=past.id,
        started_at=past.started_at,
        ended_at=past.ended_at,
        why=past.why,
        by=past.by,
        verdict=past.verdict,
        changes=past.changes,
        results=tuple(map(_result, results)),
    )


def result_data(result: CheckResult) -> dict[str, object]:
    """A line to be kept."""
    return {
        "subject": result.subject,
        "verdict": result.verdict.value,
        "found": as_data(result.found),
        "remedy": as_data(result.remedy),
        "form": result.form,
        "details": [{"text": as_data(detail.text), "verdict": detail.verdict.value} for detail in result.details],
    }


def change_data(change: Change) -> dict[str, object]:
    """A change to be kept; its line without details."""
    before = None if change.before is None else change.before.value
    return {**result_data(change.result), "details": [], "before": before}


def _past(row: CheckRun) -> PastRun:
    changes = cast(Sequence[Mapping[str, object]], row.changes)
    return PastRun(
        id=row.pk,
        started_at=row.started_at,
        ended_at=row.ended_at,
        why=row.why,
        by=row.by,
        verdict=Verdict(row.verdict),
        changes=tuple(map(_change, changes)),
    )


def _change(data: Mapping[str, object]) -> Change:
    before = data["before"]
    return Change(_result(data), None if before is None else Verdict(str(before)))


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
