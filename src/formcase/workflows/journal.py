"""The journal in PostgreSQL: every step durable when it returns, every write fenced by the attempt's number."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import cast

from procrastinate import App
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from formcase.filing.journal import (
    Entry,
    Filed,
    Intent,
    Note,
    Parked,
    Recorded,
    Scope,
    State,
    SubmissionKey,
    Superseded,
    Terms,
    WorkflowKey,
)
from formcase.filing.waiting import UNREADABLE_WAITS
from formcase.messages import Message, as_data, discreet_data, from_data, message
from formcase.planning.knowledge import Rules
from formcase.planning.plan import PlanKind
from formcase.sources.port import ReportedCase, SubmissionSummary
from formcase.targets.port import CaseReference, DocumentId, Receipt
from formcase.workflows.enqueueing import enqueue_filing
from formcase.workflows.sql import statement
from formcase.workflows.stored import filed_data, filed_from, intent_data, intent_from

Pool = AsyncConnectionPool[AsyncConnection[DictRow]]
SUSPECTS_THAT_BLOCK = 3


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

    async def record(
        self, workflow: WorkflowKey, source: str, summaries: Sequence[SubmissionSummary]
    ) -> list[Recorded]:
        """See the port."""
        async with self._transaction() as connection:
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
            cursor = await connection.execute(
                "update workflows_submissionrecord set delivered_at = now() where id = %s and delivered_at is null "
                "returning workflow_id",
                (key,),
            )
            row = await cursor.fetchone()
            if row is not None:
                await write_log(
                    connection, Note("delivered", message("Delivered")), workflow=cast(int, row["workflow_id"]), key=key
                )

    async def begin(self, key: SubmissionKey) -> "PostgresAttempt | None":
        """See the port."""
        async with self._transaction() as connection:
            cursor = await connection.execute(
                statement("begin"), {"key": key, "case_system": self._installation.case_system}
            )
            row = await cursor.fetchone()
            if row is None:
                return None
            entry = self._entry(row)
            if entry.taken_over:
                note = Note("taken over", message("An earlier try broke off; this one goes on"), "warning")
                await write_log(connection, note, workflow=entry.terms.workflow, key=key, attempt=entry.attempt)
        return PostgresAttempt(self, entry)

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
        await connection.execute(statement("reopen"), {"key": key, "workflow": workflow})
        note = Note("taken up again", message("The form service lists it as open: taken up again"), "warning")
        await write_log(connection, note, workflow=workflow, key=key)
        await enqueue_filing(self._app, connection, key)

    def _entry(self, row: DictRow) -> Entry:
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
            ),
            reference_owner=row["reference_owner"],
            delivered=row["delivered_at"] is not None,
            intent=intent_from(row["intent"], row["documents"], row["sent_at"], row["doubt_since"])
            if row["intent"]
            else None,
            filed=filed_from(row["filed"]) if row["filed"] else None,
            error_case=filed_from(row["error_case"]) if row["error_case"] else None,
            tries=row["tries"],
            unreadable_tries=row["unreadable_tries"],
            passing_since=row["passing_since"],
            blocked_reported=row["blocked_reported"],
            repeatability_seen=row["repeatability_seen"],
            taken_over=row["taken_over"],
        )


class PostgresAttempt:
    """The port's attempt. Each method is one transaction, and changes nothing once a newer attempt exists."""

    def __init__(self, journal: PostgresJournal, entry: Entry) -> None:
        self._journal = journal
        self._entry = entry

    @property
    def entry(self) -> Entry:
        """See the port."""
        return self._entry

    async def note(self, *notes: Note) -> None:
        """See the port."""
        if not notes:
            return
        async with self._fenced() as connection:
            await self._log(connection, *notes)

    async def claim(self, keys: Iterable[str]) -> bool:
        """See the port."""
        names = sorted(set(keys))
        try:
            async with self._fenced() as connection:
                await connection.execute(statement("claim_lock"), {"names": names})
                cursor = await connection.execute(statement("claim"), {**self._fence(), "names": names})
                if len(await cursor.fetchall()) < len(names):
                    raise _Taken
        except _Taken:
            return False
        return True

    async def delivered(self) -> None:
        """See the port."""
        async with self._fenced() as connection:
            await self._set(connection, delivered_at=datetime.now(UTC))
            await self._log(connection, Note("delivered", message("Delivered")))
        self._entry = replace(self._entry, delivered=True)

    async def intend(self, intent: Intent) -> None:
        """See the port."""
        data = intent_data(intent)
        async with self._fenced() as connection:
            await self._set(
                connection,
                intent=Jsonb(data),
                plan=Jsonb(data["plan"]),
                documents=Jsonb(dict(intent.documents)),
                sent_at=None,
                doubt_since=None,
            )
        self._entry = replace(self._entry, intent=intent)

    async def uploaded(self, document: str, document_id: DocumentId) -> None:
        """See the port."""
        async with self._fenced() as connection:
            await connection.execute(
                "update workflows_submissionrecord set documents = documents || %(document)s where id = %(key)s",
                {**self._fence(), "document": Jsonb({document: document_id})},
            )
        intent = self._intent()
        self._entry = replace(
            self._entry, intent=replace(intent, documents={**intent.documents, document: document_id})
        )

    async def sending(self) -> None:
        """See the port."""
        now = datetime.now(UTC)
        async with self._fenced() as connection:
            await self._set(connection, sent_at=now)
        self._entry = replace(self._entry, intent=replace(self._intent(), sent_at=now))

    async def in_doubt(self) -> None:
        """See the port."""
        now = datetime.now(UTC)
        async with self._fenced() as connection:
            await self._set(connection, doubt_since=now)
        self._entry = replace(self._entry, intent=replace(self._intent(), doubt_since=now))

    async def abandon(self, note: Note) -> None:
        """See the port."""
        async with self._fenced() as connection:
            await self._set(connection, intent=None, documents=Jsonb({}), sent_at=None, doubt_since=None)
            await self._log(connection, note)
        self._entry = replace(self._entry, intent=None)

    async def filed(self, filed: Filed, note: Note) -> None:
        """See the port."""
        async with self._fenced() as connection:
            await self._set(
                connection,
                filed=Jsonb(filed_data(filed)),
                filed_at=datetime.now(UTC),
                state=State.FILED.value,
                intent=None,
                documents=Jsonb({}),
                sent_at=None,
                doubt_since=None,
                tries=0,
                passing_since=None,
            )
            await self._log(connection, note)
        self._entry = replace(self._entry, filed=filed, intent=None, state=State.FILED, tries=0, passing_since=None)

    async def answered_repeatability(self) -> None:
        """See the port."""
        async with self._fenced() as connection:
            await connection.execute(
                statement("known_case_system"), {"case_system": self._journal._installation.case_system}
            )
        self._entry = replace(self._entry, repeatability_seen=True)

    async def imported(self, note: Note) -> None:
        """See the port."""
        now = datetime.now(UTC)
        async with self._fenced() as connection:
            await self._end(
                connection,
                note,
                state=State.IMPORTED.value,
                reported_at=now,
                ended_at=now,
                blocked_scope="",
                blocked_since=None,
                blocked_reported=False,
                reason=None,
                passing_since=None,
                tries=0,
            )
            await connection.execute(statement("lift_block"), {"workflow": self._entry.terms.workflow})

    async def adopt_imported(self, cases: Sequence[ReportedCase], note: Note) -> None:
        """See the port."""
        receipt = Receipt(tuple(CaseReference("", case.case_number, case.url) for case in cases))
        filed = Filed(PlanKind.MAPPED, receipt)
        async with self._fenced() as connection:
            await self._end(
                connection,
                note,
                state=State.IMPORTED.value,
                filed=Jsonb(filed_data(filed)) if cases else None,
                ended_at=datetime.now(UTC),
                reason=None,
            )

    async def again(self, due: datetime, note: Note, *, passing: bool = False, unreadable: bool = False) -> None:
        """See the port."""
        entry = self._entry
        changes: dict[str, object] = {"due_at": due, "state": self._open_state().value}
        if passing:
            changes |= {
                "tries": entry.tries + 1,
                "passing_since": entry.passing_since or datetime.now(UTC),
                "reason": Jsonb(as_data(note.message)),
            }
        if unreadable:
            changes |= {"unreadable_tries": entry.unreadable_tries + 1, "reason": Jsonb(as_data(note.message))}
        async with self._fenced() as connection:
            await self._end(connection, note, **changes)
            await enqueue_filing(self._journal._app, connection, entry.key, due)

    async def block(self, reason: Message, scope: Scope, due: datetime, note: Note, *, reported: bool) -> None:
        """See the port."""
        entry = self._entry
        async with self._fenced() as connection:
            whole = scope is Scope.WORKFLOW or (scope is Scope.SUSPECT and await self._one_suspect_too_many(connection))
            await self._end(
                connection,
                note,
                state=State.BLOCKED.value,
                blocked_scope=Scope.WORKFLOW.value if whole else scope.value,
                blocked_since=datetime.now(UTC),
                blocked_reported=reported or entry.blocked_reported,
                reason=Jsonb(as_data(reason)),
                due_at=None if whole else due,
                tries=entry.tries + 1,
            )
            if whole:
                await connection.execute(
                    statement("block_workflow"),
                    {"workflow": entry.terms.workflow, "reason": Jsonb(discreet_data(reason)), "due": due},
                )
            else:
                await enqueue_filing(self._journal._app, connection, entry.key, due)

    async def withdraw(self, note: Note) -> None:
        """See the port."""
        async with self._fenced() as connection:
            await self._end(connection, note, state=State.WITHDRAWN.value, ended_at=datetime.now(UTC), reason=None)

    @asynccontextmanager
    async def _fenced(self) -> AsyncIterator[AsyncConnection[DictRow]]:
        """A transaction that holds this attempt's row, so that no newer attempt can begin before it ends."""
        async with self._journal._transaction() as connection:
            cursor = await connection.execute(
                "select 1 as mine from workflows_submissionrecord "
                "where id = %(key)s and attempt = %(attempt)s and attempt_open for update",
                self._fence(),
            )
            if await cursor.fetchone() is None:
                raise Superseded
            yield connection

    def _fence(self) -> dict[str, object]:
        return {"key": self._entry.key, "attempt": self._entry.attempt}

    async def _set(self, connection: AsyncConnection[DictRow], **changes: object) -> None:
        # the names are this module's own keywords, never input
        assignments = ", ".join(f"{name} = %({name})s" for name in changes)
        await connection.execute(
            f"update workflows_submissionrecord set {assignments} where id = %(key)s",  # noqa: S608
            {**changes, "key": self._entry.key},
        )

    async def _end(self, connection: AsyncConnection[DictRow], note: Note, **changes: object) -> None:
        await self._set(connection, attempt_open=False, **changes)
        await connection.execute(statement("release_claims"), self._fence())
        await self._log(connection, note)

    async def _one_suspect_too_many(self, connection: AsyncConnection[DictRow]) -> bool:
        cursor = await connection.execute(statement("suspect"), {"workflow": self._entry.terms.workflow})
        row = await cursor.fetchone()
        return row is not None and cast(int, row["suspects"]) >= SUSPECTS_THAT_BLOCK

    async def _log(self, connection: AsyncConnection[DictRow], *notes: Note) -> None:
        for note in notes:
            await write_log(
                connection, note, workflow=self._entry.terms.workflow, key=self._entry.key, attempt=self._entry.attempt
            )

    def _open_state(self) -> State:
        if self._entry.filed is not None:
            return State.FILED
        return State.BLOCKED if self._entry.state is State.BLOCKED else State.WAITING

    def _intent(self) -> Intent:
        if self._entry.intent is None:
            raise ValueError("There is no intent to go on with.")
        return self._entry.intent


class _Taken(Exception):
    """Another attempt holds one of the names; what was claimed in this transaction is undone."""


async def write_log(
    connection: AsyncConnection[DictRow],
    note: Note,
    *,
    workflow: WorkflowKey | None,
    key: SubmissionKey | None = None,
    attempt: int | None = None,
) -> None:
    """One line of the workflow log, without anything that a person wrote in a form."""
    values: Mapping[str, object] = {
        "workflow": workflow,
        "key": key,
        "attempt": attempt,
        "level": note.level,
        "event": note.event,
        "message": Jsonb(discreet_data(note.message)),
        "duration": note.duration.total_seconds() if note.duration is not None else None,
    }
    await connection.execute(statement("log"), values)


def open_pool(conninfo: Mapping[str, object], size: int) -> Pool:
    """A pool whose connections answer rows as dictionaries; open it with `async with`."""
    return AsyncConnectionPool(
        kwargs={**conninfo, "row_factory": dict_row},
        connection_class=AsyncConnection[DictRow],
        min_size=1,
        max_size=size,
        open=False,
        check=AsyncConnectionPool.check_connection,
    )
