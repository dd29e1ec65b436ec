"""The journal in PostgreSQL: every step durable when it returns, every write fenced by the attempt's number."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from procrastinate import App
from psycopg import AsyncConnection
from psycopg.rows import DictRow

from formcase.filing.journal import (
    Carried,
    Entry,
    Intent,
    Note,
    Parked,
    Recorded,
    Scope,
    State,
    SubmissionKey,
    Terms,
    WorkflowKey,
)
from formcase.filing.waiting import FIRST_WAIT, LONGEST_WAIT, UNREADABLE_WAITS, full_jitter
from formcase.messages import Message, discreet_data, from_data, message
from formcase.planning.knowledge import Rules
from formcase.sources.port import SubmissionSummary
from formcase.workflows.attempt import Desk, PostgresAttempt
from formcase.workflows.carried import CarriedVersions
from formcase.workflows.content_steps import opened, opened_or_not
from formcase.workflows.contents import PLAN, REASONS
from formcase.workflows.data_keys import DataKeys, UnusableKey, openable
from formcase.workflows.enqueueing import enqueue_filing
from formcase.workflows.keeping import of_workflow
from formcase.workflows.logbook import write_log
from formcase.workflows.moving import recognise_moved
from formcase.workflows.pool import Pool
from formcase.workflows.sql import statement
from formcase.workflows.stored import filed_from, intent_from, kept, reasons_from


@dataclass(frozen=True, slots=True)
class Installation:
    """What the whole installation sets about filing. case_system names it, as learnt facts are kept by its name."""

    case_system: str
    reference_label: str = "INTERACT"
    time_zone: str = "Europe/Copenhagen"
    unreadable_waits: tuple[timedelta, ...] = UNREADABLE_WAITS


class PostgresJournal:
    """The journal's port on a pool of connections. `app` makes jobs on the same connection as the record."""

    def __init__(self, pool: Pool, app: App, installation: Installation) -> None:
        self._pool = pool
        self._app = app
        self._installation = installation
        self._carried = CarriedVersions()
        self._data_keys = DataKeys()

    async def record(
        self, workflow: WorkflowKey, source: str, summaries: Sequence[SubmissionSummary]
    ) -> list[Recorded]:
        """See the port."""
        async with self._transaction() as connection:
            known = await self._known(connection, source, summaries)
            unknown = [summary for summary in summaries if summary.id not in known]
            if unknown and await recognise_moved(connection, workflow, source, unknown):
                known = await self._known(connection, source, summaries)
            recorded = []
            for summary in summaries:
                row = known.get(summary.id)
                if row is not None:
                    await self._take_up_again(connection, workflow, row)
                    recorded.append(Recorded(summary, cast(int, row["id"]), new=False))
                else:
                    recorded.append(await self._record_one(connection, workflow, source, summary))
            return recorded

    async def mark_delivered(self, key: SubmissionKey) -> None:
        """See the port."""
        async with self._transaction() as connection:
            cursor = await connection.execute(statement("delivered"), {"key": key})
            row = await cursor.fetchone()
            if row is None:
                return
            workflow = cast(int, row["workflow_id"])
            if row["first"]:
                await write_log(connection, Note("delivered", message("Delivered")), workflow=workflow, key=key)
            if row["overtaken"]:
                await enqueue_filing(self._app, connection, key)

    async def begin(self, key: SubmissionKey) -> PostgresAttempt | None:
        """See the port."""
        async with self._transaction() as connection:
            cursor = await connection.execute(
                statement("begin"), {"key": key, "case_system": self._installation.case_system}
            )
            row = await cursor.fetchone()
            if row is None:
                return None
            try:
                content = await self._content(connection, row)
            except UnusableKey as unusable:
                await self._set_aside(connection, row, unusable)
                return None
            entry = self._entry(
                row,
                content,
                await self._carried.mapping(connection, row["mapping_id"]),
                await self._carried.transform(connection, row["transform_id"]),
            )
            if entry.taken_over:
                note = Note("taken over", message("An earlier try broke off; this one goes on"), "warning")
                await write_log(connection, note, workflow=entry.terms.workflow, key=key, attempt=entry.attempt)
        desk = Desk(self._transaction, self._app, self._installation.case_system, self._data_keys)
        keeping = of_workflow(row["keep_imported_days"], row["keep_error_case_days"], row["keep_content_days"])
        return PostgresAttempt(desk, entry, cast(int, row["workflow_version"]), keeping)

    async def park(self, key: SubmissionKey) -> Parked | None:
        """See the port."""
        async with self._transaction() as connection:
            cursor = await connection.execute(statement("park"), {"key": key})
            row = await cursor.fetchone()
        if row is None:
            return None
        return Parked(str(row["submission_id"]), from_data(row["blocked_reason"]))

    async def mark_blocked_reported(self, key: SubmissionKey) -> None:
        """See the port."""
        async with self._transaction() as connection:
            await connection.execute(
                "update workflows_submissionrecord set blocked_reported = true where id = %s", (key,)
            )

    async def remind(self, key: SubmissionKey, due: datetime) -> None:
        """See the port."""
        async with self._transaction() as connection:
            await connection.execute(
                "update workflows_submissionrecord set due_at = %s "
                "where id = %s and state = 'blocked' and not blocked_reported and not attempt_open",
                (due, key),
            )

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection[DictRow]]:
        async with self._pool.connection() as connection, connection.transaction():
            yield connection

    async def _known(
        self, connection: AsyncConnection[DictRow], source: str, summaries: Sequence[SubmissionSummary]
    ) -> dict[str, DictRow]:
        cursor = await connection.execute(
            statement("known"), {"source": source, "submission_ids": [summary.id for summary in summaries]}
        )
        return {str(row["submission_id"]): row for row in await cursor.fetchall()}

    async def _record_one(
        self,
        connection: AsyncConnection[DictRow],
        workflow: WorkflowKey,
        source: str,
        summary: SubmissionSummary,
    ) -> Recorded:
        values = {
            "workflow": workflow,
            "source": source,
            "submission_id": summary.id,
            "reference_id": summary.reference_id,
            "form_id": summary.form_id,
            "form_title": summary.form_title,
            "form_version": summary.form_version,
            "submitted_at": summary.submitted_at,
        }
        for owns_reference in (True, False):
            cursor = await connection.execute(statement("record"), {**values, "owns_reference": owns_reference})
            row = await cursor.fetchone()
            if row is not None:
                key = cast(int, row["id"])
                note = Note("recorded", message("Found at the form service: form {form}", form=summary.form_id))
                await write_log(connection, note, workflow=workflow, key=key)
                await enqueue_filing(self._app, connection, key)
                return Recorded(summary, key, new=True)
        return Recorded(summary, None, new=False)  # another worker has recorded it just now

    async def _take_up_again(self, connection: AsyncConnection[DictRow], workflow: WorkflowKey, row: DictRow) -> None:
        state = State(row["state"])
        lost_report = state is State.IMPORTED and row["filed"] and row["stale"]
        if not (lost_report or state is State.WITHDRAWN or (row["orphaned"] and not state.final)):
            return
        key = cast(int, row["id"])
        cursor = await connection.execute(statement("reopen"), {"key": key, "workflow": workflow})
        if await cursor.fetchone() is None:
            return  # something happened to it just now
        note = Note("taken up again", message("The form service lists it as open: taken up again"), "warning")
        await write_log(connection, note, workflow=workflow, key=key)
        await enqueue_filing(self._app, connection, key)

    async def _content(self, connection: AsyncConnection[DictRow], row: DictRow) -> "_Content":
        """What is sealed in a submission's row. Without the key an intent can't be gone on with, so that it raises
        `UnusableKey`; reasons are told without what a person wrote."""
        keys = self._data_keys
        return _Content(
            intent=await opened(keys, connection, row, "sealed_plan", PLAN) if row["intent"] else None,
            filed=await opened_or_not(keys, connection, row, "sealed_filed", REASONS),
            error_case=await opened_or_not(keys, connection, row, "sealed_error_case", REASONS),
            to_error_case=await opened_or_not(keys, connection, row, "sealed_to_error_case", REASONS),
        )

    async def _set_aside(self, connection: AsyncConnection[DictRow], row: DictRow, unusable: UnusableKey) -> None:
        """Temporary blocked: alone, or with its whole workflow where nothing new can be sealed either."""
        key, workflow, tries = cast(int, row["id"]), cast(int, row["workflow_id"]), cast(int, row["tries"])
        interval = timedelta(seconds=cast(int, row["watch_interval"]))
        due = datetime.now(UTC) + full_jitter(tries + 1, min(LONGEST_WAIT, max(interval, FIRST_WAIT)))
        cursor = await connection.execute(statement("data_key_newest"))
        newest = await cursor.fetchone()
        whole = newest is not None and not openable(newest)
        reason = kept(discreet_data(unusable.message()))
        scope = Scope.WORKFLOW if whole else Scope.SUBMISSION
        values = {"key": key, "reason": reason, "scope": scope.value, "due": due}
        await connection.execute(statement("set_aside"), values)
        note = Note("temporary blocked", unusable.message(), "error")
        await write_log(connection, note, workflow=workflow, key=key, attempt=cast(int, row["attempt"]))
        if whole:
            values = {"workflow": workflow, "reason": reason, "due": due}
            await connection.execute(statement("block_workflow"), values)
        else:
            await enqueue_filing(self._app, connection, key, due)

    def _entry(self, row: DictRow, content: "_Content", mapping: Carried | None, transform: Carried | None) -> Entry:
        installation = self._installation
        return Entry(
            key=row["id"],
            source=row["source"],
            submission_id=row["submission_id"],
            reference_id=row["reference_id"],
            form_id=row["form_id"],
            state=State(row["state"]),
            attempt=row["attempt"],
            terms=Terms(
                workflow=row["workflow_id"],
                executing_user=row["executing_user"],
                rules=Rules(
                    reference_label=installation.reference_label,
                    time_zone=installation.time_zone,
                    error_case_group=row["error_case_group"] or None,
                    error_access_code=row["error_access_code"] or None,
                ),
                language=row["language"],
                watch_interval=timedelta(seconds=row["watch_interval"]),
                block_after=timedelta(seconds=row["block_after"]),
                settle=timedelta(seconds=row["settle"]),
                unreadable_waits=installation.unreadable_waits,
                mapping=mapping,
                transform=transform,
            ),
            reference_owner=row["reference_owner"],
            delivered=row["delivered_at"] is not None,
            intent=_intent(row, content),
            filed=filed_from(row["filed"], content.filed) if row["filed"] else None,
            error_case=filed_from(row["error_case"], content.error_case) if row["error_case"] else None,
            to_error_case=_wanted(row, content),
            tries=row["tries"],
            unreadable_tries=row["unreadable_tries"],
            passing_since=row["passing_since"],
            blocked_since=row["blocked_since"],
            blocked_reported=row["blocked_reported"],
            repeatability_seen=row["repeatability_seen"],
            taken_over=row["taken_over"],
            recorded_at=row["recorded_at"],
            look_first=row["look_first"],
            history_begun_at=row["history_begun_at"],
        )


@dataclass(frozen=True, slots=True)
class _Content:
    """What was sealed in a submission's row; None where nothing was, or where it can't be opened."""

    intent: object | None
    filed: object | None
    error_case: object | None
    to_error_case: object | None


def _intent(row: DictRow, content: _Content) -> Intent | None:
    if content.intent is None:
        return None
    plan = cast(Mapping[str, object], content.intent)
    return intent_from(row["intent"], plan, row["documents"], row["sent_at"], row["doubt_since"])


def _wanted(row: DictRow, content: _Content) -> Message | None:
    if content.to_error_case is not None:
        return reasons_from(content.to_error_case)[0]
    return from_data(row["to_error_case"]) if row["to_error_case"] else None
