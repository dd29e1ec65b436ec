"""Putting right what a comparison has found, from what the two ends say. Nothing is filed here: what is open is left to
the workers, who look it up at the case system before they write; what is Imported is rebuilt as it stands there."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from asgiref.sync import sync_to_async
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app as django_app
from procrastinate.contrib.django.utils import connector_params
from psycopg import AsyncConnection
from psycopg.rows import DictRow

from formcase.filing.journal import Filed, Note
from formcase.filing.shaping import map_by, read
from formcase.filing.way import Ends
from formcase.messages import message
from formcase.outcomes import Outcome
from formcase.planning.knowledge import Rules
from formcase.planning.persons import person_numbers
from formcase.planning.plan import PlanKind
from formcase.sources.port import Status, SubmissionDetail, SubmissionSummary
from formcase.targets.port import CaseReference, FiledCase, Receipt
from formcase.workflows.carried import CarriedVersions
from formcase.workflows.causes import keep_outcome
from formcase.workflows.installation import installation
from formcase.workflows.journal import PostgresJournal
from formcase.workflows.logbook import write_log
from formcase.workflows.models import ServiceWorkflow
from formcase.workflows.person_index import keep_persons
from formcase.workflows.pool import Pool, open_pool, settle_session
from formcase.workflows.reconciling.judging import Kind
from formcase.workflows.sql import statement
from formcase.workflows.stored import filed_data, kept

LOST = message("The journal was rebuilt; the text of the error case itself says why it is one.")


@dataclass(frozen=True, slots=True)
class Case:
    """One submission as a comparison has seen it a moment ago. row: the journal's."""

    workflow: ServiceWorkflow
    ends: Ends
    detail: SubmissionDetail | None
    row: DictRow | None
    there: tuple[FiledCase, ...]
    rules: Rules


class Repairs:
    """What can be put right. Opened by `repairs`."""

    def __init__(self, pool: Pool, journal: PostgresJournal) -> None:
        self._pool = pool
        self._journal = journal
        self._carried = CarriedVersions()

    async def doubt(self, workflow: ServiceWorkflow) -> None:
        """From here on, what the journal has open of this workflow is looked up before it is written."""
        async with self._pool.connection() as connection:
            await connection.execute(statement("doubt_all"), {"workflow": workflow.pk})

    async def repaired(self, kind: Kind, case: Case) -> bool:
        """Whether it is put right now, or will be by the workers."""
        if kind is Kind.IMPORTED_ELSEWHERE:
            return await self._rebuild(case)
        if kind is Kind.CASE_UNKNOWN:
            return await self._adopt(case)
        if kind in (Kind.NOT_RECORDED, Kind.OPEN_THERE, Kind.LISTED_AGAIN) and case.detail is not None:
            await self._journal.record(case.workflow.pk, case.workflow.url, [case.detail.summary])
            await self.doubt(case.workflow)
            return True
        return kind is Kind.OPEN_HERE  # in doubt since the comparison began: the next try finds what stands there

    async def _rebuild(self, case: Case) -> bool:
        detail = case.detail
        if detail is None:
            return False
        lost = _lost(case, detail)
        async with self._pool.connection() as connection, connection.transaction():
            key = await self._insert(connection, case, lost)
            if key is None:
                return True  # somebody was faster
            if lost.filed is not None:
                await keep_outcome(connection, key, lost.filed)
            note = Note("rebuilt", message("Recorded again from what the two ends say"), "warning")
            await write_log(connection, note, workflow=case.workflow.pk, key=key)
        await self._index_persons(case, key)
        return True

    async def _insert(self, connection: AsyncConnection[DictRow], case: Case, lost: "_Lost") -> int | None:
        summary, filed, error_case = lost.summary, lost.filed, lost.error_case
        values = {
            "workflow": case.workflow.pk,
            "source": case.workflow.url,
            "submission_id": summary.id,
            "reference_id": summary.reference_id,
            "form_id": summary.form_id,
            "form_title": summary.form_title,
            "form_version": summary.form_version,
            "submitted_at": summary.submitted_at,
            "recorded_at": lost.first,
            "filed": None if filed is None else kept(filed_data(filed)),
            "filed_at": None if filed is None else lost.last,
            "error_case": None if error_case is None else kept(filed_data(error_case)),
            "ended_at": lost.last,
        }
        for owns_reference in (True, False):
            cursor = await connection.execute(statement("rebuild"), {**values, "owns_reference": owns_reference})
            row = await cursor.fetchone()
            if row is not None:
                return cast(int, row["id"])
        return None

    async def _index_persons(self, case: Case, key: int) -> None:
        """Whose submission it is, as far as the form service has its XML still."""
        summary = cast(SubmissionDetail, case.detail).summary
        try:
            xml = await case.ends.source.xml(summary)
            async with self._pool.connection() as connection:
                mapping = await self._carried.mapping(connection, case.workflow.mapping_id)
                transform = await self._carried.transform(connection, case.workflow.transform_id)
            submission, _made = await map_by(mapping, await read(xml, transform))
            numbers = person_numbers(submission, await case.ends.target.metadata())
        except Outcome:
            return
        async with self._pool.connection() as connection:
            await keep_persons(connection, key, numbers)

    async def _adopt(self, case: Case) -> bool:
        """An error case that was filed again unseen; and what is open is found by the next try."""
        row = case.row
        if row is None or row["filed"] is None:
            return True
        known = {str(one["id"]) for one in row["filed"]["cases"]}
        new = [one for one in case.there if one.case.id not in known]
        if any(one.case_group == case.rules.error_case_group for one in new):
            return False  # two error cases of one submission: a person must look
        filed = Filed(PlanKind.MAPPED, Receipt(tuple(one.case for one in new)))
        async with self._pool.connection() as connection, connection.transaction():
            values = {"key": row["id"], "filed": kept(filed_data(filed))}
            cursor = await connection.execute(statement("filed_again_unseen"), values)
            if await cursor.fetchone() is None:
                return False
            await keep_outcome(connection, cast(int, row["id"]), filed)
            text = message("Found at the case system and adopted: {cases}", cases=_numbers(one.case for one in new))
            note = Note("adopted", text)
            await write_log(connection, note, workflow=case.workflow.pk, key=cast(int, row["id"]))
        return True


@asynccontextmanager
async def repairs() -> AsyncIterator[Repairs]:
    """Open what repairs need, for a command: nothing of it is open in a worker."""
    parameters = await sync_to_async(connector_params)()
    pool = open_pool(parameters, 4)
    connector = PsycopgConnector(kwargs=dict(parameters), configure=settle_session)
    async with pool:
        with django_app.replace_connector(connector) as app:
            async with app.open_async():
                journal = PostgresJournal(pool, app, await sync_to_async(installation)())
                yield Repairs(pool, journal)


@dataclass(frozen=True, slots=True)
class _Lost:
    """A submission as it is recorded again. first, last: when the form service was told of it."""

    summary: SubmissionSummary
    filed: Filed | None
    error_case: Filed | None
    first: datetime
    last: datetime


def _lost(case: Case, detail: SubmissionDetail) -> _Lost:
    filed, error_case = _as_filed(case)
    told = [entry.at for entry in detail.history if entry.status is not Status.SUBMITTED]
    times = told or [detail.summary.submitted_at]
    return _Lost(detail.summary, filed, error_case, times[0], times[-1])


def _as_filed(case: Case) -> tuple[Filed | None, Filed | None]:
    """What was filed, and the error case before it, as the case system has them; without any there, the cases that the
    form service was told."""
    in_error = [one.case for one in case.there if one.case_group == case.rules.error_case_group]
    mapped = [one.case for one in case.there if one.case_group != case.rules.error_case_group]
    error_case = Filed(PlanKind.ERROR_CASE, Receipt(tuple(in_error)), (LOST,)) if len(in_error) == 1 else None
    if mapped or len(in_error) > 1:
        cases = mapped if error_case is not None else [*in_error, *mapped]
        return Filed(PlanKind.MAPPED, Receipt(tuple(cases))), error_case
    if error_case is not None:
        return error_case, None
    last = cast(SubmissionDetail, case.detail).history[-1:]
    told = [CaseReference("", each.case_number, each.url) for entry in last for each in entry.cases]
    return (Filed(PlanKind.MAPPED, Receipt(tuple(told))) if told else None), None


def _numbers(cases: Iterable[CaseReference]) -> str:
    return ", ".join(case.number for case in cases)
