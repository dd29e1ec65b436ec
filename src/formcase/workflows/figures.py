"""The numbers of the start page: what came and what became of it, what waits, what is blocked, what expires, and what
needs a person now. Each is one or two queries that an index answers. How one workflow is doing is in `overview`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from django.db import connection
from django.utils import timezone

from formcase.messages import Message, from_data, message
from formcase.sources.certificates.certificate import StoredCertificate
from formcase.workflows import causes
from formcase.workflows.causes import cause_of
from formcase.workflows.installation import certificate_store
from formcase.workflows.models import ServiceWorkflow
from formcase.workflows.reconciling import runs
from formcase.workflows.sql import statement

OUTCOMES = ("imported", "error case", "handled", "withdrawn", "blocked", "waiting")
WARNED_DAYS = (7, 30, 60)  # before a certificate expires
MOST_CAUSES = 5  # of error cases, each by itself among what needs a person
WORKERS_SILENT = timedelta(seconds=60)


class Unit(Enum):
    """How long one bar of the chart is."""

    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Bar:
    """What came in this hour or day, by what has become of it since: a count for each of OUTCOMES."""

    start: datetime
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """All that came."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Open:
    """What has not ended. waiting: to be filed, or to be reported; oldest: since when the first of them is known;
    oldest_blocked: since when the first of the blocked ones is blocked."""

    waiting: int
    oldest: datetime | None
    blocked: int
    oldest_blocked: datetime | None


@dataclass(frozen=True, slots=True)
class Blocked:
    """Submissions that are blocked for one reason. whole: all that the workflow would file."""

    workflow: int
    workflow_name: str
    reason: Message
    count: int
    since: datetime | None
    whole: bool


@dataclass(frozen=True, slots=True)
class Today:
    """One workflow's counts: what ended today, and what is open now."""

    imported: int = 0
    error_cases: int = 0
    handled: int = 0
    withdrawn: int = 0
    blocked: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Expiring:
    """A certificate that expires soon. days: negative once it has; within: the least of WARNED_DAYS that it is in;
    workflows: those that use it."""

    certificate: StoredCertificate
    days: int
    within: int
    workflows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing that needs a person. kind: a fixed word, which says where it is mended; grave: nothing is filed
    because of it. workflow, cause: what it is about, where it is about one."""

    kind: str
    text: Message
    grave: bool
    since: datetime | None = None
    count: int = 1
    workflow: int | None = None
    cause: int | None = None


def over_time(unit: Unit, bars: int, now: datetime | None = None) -> tuple[Bar, ...]:
    """The last so many hours or days in local time, this one last; those in which nothing came, too."""
    starts = _starts(unit, bars, timezone.localtime(now))
    counts: list[dict[str, int]] = [dict.fromkeys(OUTCOMES, 0) for _ in starts]
    for bar, outcome, count in _rows("figures_over_time", starts=starts, first=starts[0]):
        counts[bar - 1][outcome] += count
    return tuple(Bar(start, count) for start, count in zip(starts, counts, strict=True))


def open_now() -> Open:
    """What waits and what is blocked, and since when."""
    (row,) = _rows("figures_open")
    return Open(*row)


def blocked() -> tuple[Blocked, ...]:
    """What is Temporary blocked, and why: whole workflows first, then those with most submissions."""
    found: dict[tuple[int, str], Blocked] = {}
    for workflow, name, reason, count, since, whole in _rows("figures_blocked"):
        cause = cause_of(from_data(json.loads(reason))) if reason else None
        shown = cause.message if cause is not None else message("No reason was recorded.")
        key = (workflow, f"{whole}{cause.key if cause is not None else ''}")
        before = found.get(key)
        found[key] = Blocked(
            workflow=workflow,
            workflow_name=name,
            reason=shown,
            count=count + (before.count if before is not None else 0),
            since=min((at for at in (since, before.since if before is not None else None) if at), default=None),
            whole=whole,
        )
    return tuple(sorted(found.values(), key=lambda one: (not one.whole, -one.count)))


def today(now: datetime | None = None) -> dict[int, Today]:
    """By workflow; one of which nothing ended today and nothing is open is left out."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return {workflow: Today(*counts) for workflow, *counts in _rows("figures_today", midnight=midnight)}


def expiring(now: datetime | None = None) -> tuple[Expiring, ...]:
    """Certificates that have expired, or will within the longest of WARNED_DAYS; the first to expire first."""
    moment = now or timezone.now()
    users = list(ServiceWorkflow.objects.filter(deleted_at=None).values_list("name", "certificate_thumbprint"))
    found = []
    for certificate in certificate_store().list():
        days = certificate.days_left(moment)
        within = next((limit for limit in WARNED_DAYS if days <= limit), None)
        if within is not None:
            names = tuple(name for name, thumbprint in users if certificate.has_thumbprint(thumbprint))
            found.append(Expiring(certificate, days, within, names))
    return tuple(sorted(found, key=lambda one: one.days))


def attention(now: datetime | None = None) -> tuple[Attention, ...]:
    """What needs a person now, the gravest first."""
    moment = now or timezone.now()
    found = [*_no_worker(moment), *_of_workflows(), *_of_certificates(moment), *_of_submissions(), *_unaccounted()]
    return tuple(sorted(found, key=lambda one: not one.grave))


def _no_worker(now: datetime) -> Iterator[Attention]:
    ((heard, enabled),) = _rows("figures_workers")
    if enabled and (heard is None or now - heard > WORKERS_SILENT):
        yield Attention(
            "no worker", message("No worker is running: nothing is fetched and nothing is filed."), True, heard
        )


def _of_workflows() -> Iterator[Attention]:
    for workflow in ServiceWorkflow.objects.filter(deleted_at=None, enabled=True).order_by("id"):
        said = workflow.check_problem or workflow.check_warning
        problems = (
            ("workflow blocked", workflow.blocked_since, workflow.blocked_reason, True),
            ("can't watch", workflow.watch_problem_since, workflow.watch_problem, True),
            ("check", workflow.last_check_at, said, False),
        )
        for kind, since, problem, grave in problems:
            if problem is not None and (since is not None or kind == "check"):
                text = message("{workflow}: {problem}", workflow=workflow.name, problem=from_data(problem))
                yield Attention(kind, text, grave, since, workflow=workflow.pk)
    for pk, name, count, since in _rows("figures_left_open"):
        text = message("{workflow} is disabled, and {count} of its submissions are open.", workflow=name, count=count)
        yield Attention("disabled", text, grave=False, since=since, count=count, workflow=pk)


def _of_certificates(now: datetime) -> Iterator[Attention]:
    for one in expiring(now):
        if not one.workflows:
            continue
        holder, names = one.certificate.holder, ", ".join(one.workflows)
        if one.days < 0:
            text = message("The certificate {holder} has expired ({workflows}).", holder=holder, workflows=names)
        else:
            text = message(
                "The certificate {holder} expires in {days} days ({workflows}).",
                holder=holder,
                days=one.days,
                workflows=names,
            )
        yield Attention("certificate", text, one.days < 0, one.certificate.not_after)


def _of_submissions() -> Iterator[Attention]:
    for one in blocked():
        if not one.whole:
            yield Attention("blocked", one.reason, False, one.since, one.count, one.workflow)
    groups = causes.groups()
    for group in groups[:MOST_CAUSES]:
        yield Attention("error cases", group.message, False, group.first, group.count, cause=group.id)
    rest = sum(group.count for group in groups[MOST_CAUSES:])
    if rest:
        text = message("Error cases with {count} other causes", count=len(groups) - MOST_CAUSES)
        yield Attention("error cases", text, grave=False, count=rest)


def _unaccounted() -> Iterator[Attention]:
    for row in runs.newest():
        problem = runs.problem_of(row)
        if problem is not None:
            text = message("{workflow} could not be reconciled. {problem}", workflow=str(row.workflow), problem=problem)
            yield Attention("not reconciled", text, False, row.ended_at, workflow=row.workflow_id)
        elif row.findings:
            text = message("Submissions or cases that are unaccounted for: {count}", count=row.findings)
            yield Attention("unaccounted", text, True, row.ended_at, row.findings, row.workflow_id)


def _starts(unit: Unit, bars: int, now: datetime) -> list[datetime]:
    if unit is Unit.HOUR:
        this = now.replace(minute=0, second=0, microsecond=0)
        return [timezone.localtime(this - timedelta(hours=back)) for back in reversed(range(bars))]
    midnight = now.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    # each at its own midnight, whether a day has 23, 24 or 25 hours
    return [timezone.make_aware(midnight - timedelta(days=back)) for back in reversed(range(bars))]


def _rows(name: str, **values: object) -> list[tuple]:  # type: ignore[type-arg]
    with connection.cursor() as cursor:
        cursor.execute(statement(name), values)  # type: ignore[arg-type]
        return list(cursor.fetchall())
