"""One comparison: both ends are read, what may be wrong is looked at again one by one, and what is wrong is kept."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from procrastinate.contrib.django.utils import connector_params
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row

from formcase.filing.journal import State
from formcase.filing.way import Ends
from formcase.outcomes import Outcome, Unreadable, Withdrawn
from formcase.planning.knowledge import Rules
from formcase.sources.port import FormService, SubmissionDetail
from formcase.targets.port import CaseSystem, FiledCase
from formcase.workflows.checks import rules_of
from formcase.workflows.coverage import Covering, covered_by, split_form_ids
from formcase.workflows.installation import connect_case_system, connect_form_service
from formcase.workflows.models import ServiceWorkflow
from formcase.workflows.reconciling.judging import Journalled, Kind, There, judge
from formcase.workflows.reconciling.repairing import Case, Repairs
from formcase.workflows.reconciling.runs import Found, Run, keep_run
from formcase.workflows.reconciling.seen import Seen, Sought
from formcase.workflows.sql import statement

GRACE = 120  # seconds after its last step in which a submission counts as under way
KEPT_DAYS = 29  # that a form service surely knows what is Imported (contract: 30)
WINDOW_DAYS = 35  # in which filed cases are looked for, unless all are
AT_ONCE = 200
MOST_KEPT = 1000  # findings of one comparison that are kept one by one; the others are counted


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done. whole: look for cases however long ago they were filed. nobodys: for cases of no known
    submission, too; it takes all workflows for that. accept: what of these is found is not to be told again."""

    by: str = ""
    whole: bool = False
    nobodys: bool = True
    accept: bool = False


@dataclass(slots=True)
class _Tally:
    """found: those that are kept; findings, repaired: how many there were."""

    found: list[Found] = field(default_factory=list)
    findings: int = 0
    repaired: int = 0

    def add(self, found: Found) -> None:
        self.findings += 1
        if len(self.found) < MOST_KEPT:
            self.found.append(found)


async def reconcile_enabled() -> None:
    """Compare all enabled workflows, as is done daily. Where the case system can't be read, each says so."""
    await sync_to_async(close_old_connections)()
    workflows = [one async for one in ServiceWorkflow.objects.filter(enabled=True, deleted_at=None).order_by("pk")]
    started = datetime.now(UTC)
    try:
        await reconcile(workflows, Wish())
    except Outcome as outcome:
        for workflow in workflows:
            await sync_to_async(keep_run)(Run(workflow, started, problem=outcome.message()))


async def reconcile(workflows: Sequence[ServiceWorkflow], wish: Wish, repairs: Repairs | None = None) -> list[Run]:
    """Compare these workflows and keep what was found; with repairs, put right what can be. What stops one of them does
    not stop the others. Raises the case system's outcomes, without which nothing can be compared."""
    target = await sync_to_async(connect_case_system)()
    try:
        async with _connected() as connection:
            seen = Seen(connection)
            await seen.prepare()
            return await _all(workflows, wish, _Side(seen, target, repairs))
    finally:
        await target.close()


@dataclass(frozen=True, slots=True)
class _Side:
    """What all workflows of a comparison share."""

    seen: Seen
    target: CaseSystem
    repairs: Repairs | None


async def _all(workflows: Sequence[ServiceWorkflow], wish: Wish, side: _Side) -> list[Run]:
    started = datetime.now(UTC)
    if not workflows:
        return []
    rules = await sync_to_async(rules_of)(workflows[0])
    at_target = await side.seen.read_case_system(side.target, rules)
    runs = []
    for workflow in workflows:
        runs.append(await _one(workflow, wish, side, at_target))
    if wish.nobodys and all(run.problem is None for run in runs):
        tally = await _nobodys(side, wish)
        nobodys = Run(None, started, wish.by, at_target=at_target, found=tuple(tally.found), findings=tally.findings)
        runs.append(await sync_to_async(keep_run)(nobodys))
    return runs


async def _one(workflow: ServiceWorkflow, wish: Wish, side: _Side, at_target: int) -> Run:
    run = Run(workflow, datetime.now(UTC), wish.by, at_target=at_target)
    try:
        source = await sync_to_async(connect_form_service)(workflow)
        try:
            run = await _compared(run, workflow, wish, side, source)
        finally:
            await source.close()
    except Outcome as outcome:
        run = replace(run, problem=outcome.message())
    return await sync_to_async(keep_run)(run)


async def _compared(run: Run, workflow: ServiceWorkflow, wish: Wish, side: _Side, source: FormService) -> Run:
    sought = await sync_to_async(_sought)(workflow)
    if side.repairs is not None:
        await side.repairs.doubt(workflow)
    at_source = await side.seen.read_form_service(source, sought, workflow)
    comparison = _Comparison(workflow, side, source, sought, await sync_to_async(rules_of)(workflow), wish, run)
    tally = await comparison.carried_out()
    return replace(
        run,
        at_source=at_source,
        in_journal=await comparison.in_journal(),
        found=tuple(tally.found),
        findings=tally.findings,
        repaired=tally.repaired,
    )


@dataclass(frozen=True, slots=True)
class _Comparison:
    """One workflow's."""

    workflow: ServiceWorkflow
    side: _Side
    source: FormService
    sought: Sought
    rules: Rules
    wish: Wish
    run: Run

    async def carried_out(self) -> _Tally:
        """Look at every candidate once more, by itself."""
        tally = _Tally()
        connection = self.side.seen.connection
        await connection.execute("truncate candidate restart identity")
        await connection.execute(statement("reconcile_candidates"), self._limits())
        after = 0
        while True:
            cursor = await connection.execute(
                "select number, submission_id, reference_id from candidate where number > %s order by number limit %s",
                (after, AT_ONCE),
            )
            rows = await cursor.fetchall()
            if not rows:
                return tally
            for row in rows:
                await self._look_at(str(row["submission_id"]), row["reference_id"], tally)
            after = cast(int, rows[-1]["number"])

    async def in_journal(self) -> int:
        """How many submissions the journal has of the workflow."""
        cursor = await self.side.seen.connection.execute(
            "select count(*) as count from workflows_submissionrecord where workflow_id = %s", (self.workflow.pk,)
        )
        row = await cursor.fetchone()
        return 0 if row is None else int(row["count"])

    async def _look_at(self, submission_id: str, reference_id: str | None, tally: _Tally) -> None:
        try:
            detail = await self.source.submission(submission_id)
        except Withdrawn:
            detail = None
        except Unreadable:
            return  # it is there, and is told as Temporary blocked
        row = await self._row(submission_id)
        reference = (
            str(row["reference_id"]) if row is not None else detail.summary.reference_id if detail else reference_id
        )
        there = await self.side.target.filed(reference, self.rules) if reference else ()
        kind = self._judged(detail, row, there)
        if kind is None:
            return
        found = Found(
            kind,
            submission_id,
            reference or "",
            str(row["form_id"]) if row is not None else detail.summary.form_id if detail else "",
            ", ".join(case.case.number for case in there),
            None if row is None else cast(int, row["id"]),
        )
        repairs = self.side.repairs
        case = Case(self.workflow, Ends(self.source, self.side.target), detail, row, there, self.rules)
        if repairs is not None and await repairs.repaired(kind, case):
            tally.repaired += 1
        else:
            tally.add(found)

    def _judged(
        self, detail: SubmissionDetail | None, row: DictRow | None, there: tuple[FiledCase, ...]
    ) -> Kind | None:
        form_id = detail.summary.form_id if detail is not None else row["form_id"] if row is not None else ""
        if self.sought.covered_elsewhere(str(form_id)):
            return None
        cases = tuple(There(case.case.id, case.case.number) for case in there)
        kind = judge(None if detail is None else detail.summary.status, _journalled(row), cases)
        if kind is Kind.NOT_RECORDED and detail is not None and self.side.repairs is None:
            wait = timedelta(seconds=max(GRACE, 2 * self.workflow.watch_interval))
            return kind if detail.summary.submitted_at < self.run.started_at - wait else None
        return kind

    async def _row(self, submission_id: str) -> DictRow | None:
        values = {**self._limits(), "submission_id": submission_id}
        cursor = await self.side.seen.connection.execute(statement("reconcile_row"), values)
        return await cursor.fetchone()

    def _limits(self) -> dict[str, object]:
        return {
            "workflow": self.workflow.pk,
            "source": self.workflow.url,
            "created_at": self.workflow.created_at,
            "started_at": self.run.started_at,
            "forms": list(self.sought.form_ids) or None,
            "rebuild": self.side.repairs is not None,
            "kept_days": KEPT_DAYS,
            "window_days": WINDOW_DAYS,
            "whole": self.wish.whole,
            "grace": GRACE if self.side.repairs is None else 0,
        }


def _journalled(row: DictRow | None) -> Journalled | None:
    if row is None:
        return None
    filed, earlier = _case_ids(row["filed"]), _case_ids(row["error_case"])
    return Journalled(
        state=State(row["state"]),
        cases=filed if row["in_window"] else frozenset(),
        earlier=earlier | filed,
        numbers=frozenset(row["numbers"]),
        refiling=row["error_case"] is not None and not State(row["state"]).final,
        settled=bool(row["settled"]),
        recent=bool(row["recent"]),
    )


def _case_ids(filed: Mapping[str, object] | None) -> frozenset[str]:
    cases = cast(list[Mapping[str, str]], filed["cases"]) if filed else []
    return frozenset(case["id"] for case in cases if case["id"])


async def _nobodys(side: _Side, wish: Wish) -> _Tally:
    """Cases of no known submission. Those that were there before the first comparison are others' affair."""
    tally, after = _Tally(), ""
    cursor = await side.seen.connection.execute(
        "select exists (select 1 from workflows_reconciliation where workflow_id is null) as before"
    )
    row = await cursor.fetchone()
    accept = wish.accept or row is None or not row["before"]
    while True:
        cursor = await side.seen.connection.execute(statement("reconcile_nobodys"), {"after": after, "limit": AT_ONCE})
        rows = await cursor.fetchall()
        if not rows:
            return tally
        for one in rows:
            if accept:
                await side.seen.connection.execute(
                    "insert into workflows_foreignreference values (%s, now(), %s) on conflict do nothing",
                    (one["reference_id"], wish.by),
                )
            else:
                tally.add(Found(Kind.NOBODYS, "", str(one["reference_id"]), "", str(one["cases"]), None))
        after = str(rows[-1]["reference_id"])


def _sought(workflow: ServiceWorkflow) -> Sought:
    older = [
        Covering(other.name, split_form_ids(other.form_ids))
        for other in ServiceWorkflow.objects.filter(
            url=workflow.url, pk__lt=workflow.pk, enabled=True, deleted_at=None
        ).order_by("pk")
    ]
    return Sought(split_form_ids(workflow.form_ids), lambda form_id: covered_by(form_id, older) is not None)


@asynccontextmanager
async def _connected() -> AsyncIterator[AsyncConnection[DictRow]]:
    """A connection of its own, for its tables; each statement commits by itself."""
    parameters = cast(Mapping[str, Any], await sync_to_async(connector_params)())
    connection = await AsyncConnection[DictRow].connect(**parameters, autocommit=True, row_factory=dict_row)
    async with connection:
        yield connection
