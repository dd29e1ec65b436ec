"""One try at a submission as PostgreSQL keeps it. Each method is one transaction, fenced by the attempt's number."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import cast

from procrastinate import App
from psycopg import AsyncConnection
from psycopg.errors import UniqueViolation
from psycopg.rows import DictRow

from formcase.filing.journal import Entry, Filed, Intent, Note, Scope, State, Superseded
from formcase.messages import Message, discreet_data, message
from formcase.planning.plan import PlanKind
from formcase.sources.port import ReportedCase, SubmissionSummary
from formcase.targets.port import CaseReference, DocumentId, Receipt
from formcase.workflows.causes import keep_outcome
from formcase.workflows.content_steps import REMOVED, Sealing
from formcase.workflows.data_keys import DataKeys, UnusableKey
from formcase.workflows.enqueueing import enqueue_filing
from formcase.workflows.keeping import Keeping
from formcase.workflows.logbook import write_log
from formcase.workflows.person_index import claim_name, keep_persons
from formcase.workflows.sql import statement
from formcase.workflows.stored import filed_data, intent_data, kept

SUSPECTS_THAT_BLOCK = 3


@dataclass(frozen=True, slots=True)
class Desk:
    """What an attempt needs: transactions, the job engine, and the name under which the case system is known."""

    transaction: Callable[[], AbstractAsyncContextManager[AsyncConnection[DictRow]]]
    app: App
    case_system: str
    data_keys: DataKeys


class PostgresAttempt:
    """The port's attempt. Each method is one transaction, and changes nothing once a newer attempt exists."""

    def __init__(self, desk: Desk, entry: Entry, workflow_version: int, keeping: Keeping) -> None:
        self._desk = desk
        self._entry = entry
        self._workflow_version = workflow_version
        self._keeping = keeping

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
        names = sorted({claim_name(key) for key in keys})
        try:
            async with self._fenced() as connection:
                await connection.execute(statement("claim_lock"), {"names": names})
                cursor = await connection.execute(statement("claim"), {**self._fence(), "names": names})
                if len(await cursor.fetchall()) < len(names):
                    raise _Taken
        except _Taken:
            return False
        return True

    async def identify(self, summary: SubmissionSummary) -> None:
        """See the port."""
        values = {
            "key": self._entry.key,
            "reference_id": summary.reference_id,
            "form_id": summary.form_id,
            "form_title": summary.form_title,
            "form_version": summary.form_version,
            "submitted_at": summary.submitted_at,
        }
        async with self._fenced() as connection:
            try:
                async with connection.transaction():
                    await connection.execute(statement("identify"), {**values, "owns_reference": True})
            except UniqueViolation:
                await connection.execute(statement("identify"), {**values, "owns_reference": False})
            cursor = await connection.execute(
                "select submission_id from workflows_submissionrecord "
                "where reference_id = %s and owns_reference and id <> %s",
                (summary.reference_id, self._entry.key),
            )
            owner = await cursor.fetchone()
        self._entry = replace(
            self._entry,
            reference_id=summary.reference_id,
            form_id=summary.form_id,
            reference_owner=None if owner is None else str(owner["submission_id"]),
        )

    async def delivered(self) -> None:
        """See the port."""
        async with self._fenced() as connection:
            cursor = await connection.execute(
                "update workflows_submissionrecord set delivered_at = now() "
                "where id = %(key)s and delivered_at is null",
                self._fence(),
            )
            if cursor.rowcount:  # else the watch was faster and has said so
                await self._log(connection, Note("delivered", message("Delivered")))
        self._entry = replace(self._entry, delivered=True)

    async def intend(self, intent: Intent) -> None:
        """See the port."""
        sealing = await self._sealing()
        async with self._fenced(sealing) as connection:
            await self._set(
                connection,
                intent=kept(intent_data(intent)),
                **await sealing.plan(connection, intent),
                documents=kept(dict(intent.documents)),
                sent_at=None,
                doubt_since=None,
                look_first=False,
                mapping_version_id=intent.mapping,
                transform_version_id=intent.transform,
            )
            await keep_persons(connection, self._entry.key, intent.persons)
        self._entry = replace(self._entry, intent=intent)

    async def uploaded(self, document: str, document_id: DocumentId) -> None:
        """See the port."""
        async with self._fenced() as connection:
            await connection.execute(
                "update workflows_submissionrecord set documents = documents || %(document)s where id = %(key)s",
                {**self._fence(), "document": kept({document: document_id})},
            )
        intent = self._intent()
        self._entry = replace(
            self._entry, intent=replace(intent, documents={**intent.documents, document: document_id})
        )

    async def sending(self) -> None:
        """See the port."""
        now = datetime.now(UTC)
        async with self._fenced() as connection:
            await self._set(connection, sent_at=now, doubt_since=None)
        self._entry = replace(self._entry, intent=replace(self._intent(), sent_at=now, doubt_since=None))

    async def in_doubt(self) -> None:
        """See the port."""
        now = datetime.now(UTC)
        async with self._fenced() as connection:
            await self._set(connection, doubt_since=now)
        self._entry = replace(self._entry, intent=replace(self._intent(), doubt_since=now))

    async def refused(self, note: Note) -> None:
        """See the port."""
        async with self._fenced() as connection:
            await self._set(connection, sent_at=None, doubt_since=None)
            await self._log(connection, note)
        self._entry = replace(self._entry, intent=replace(self._intent(), sent_at=None, doubt_since=None))

    async def abandon(self, note: Note) -> None:
        """See the port."""
        async with self._fenced() as connection:
            await self._set(connection, intent=None, documents=kept({}), sent_at=None, doubt_since=None)
            await self._log(connection, note)
        self._entry = replace(self._entry, intent=None)

    async def filed(self, filed: Filed, note: Note) -> None:
        """See the port."""
        sealing = await self._sealing_or_not()
        async with self._fenced(sealing) as connection:
            await self._set(
                connection,
                filed=kept(filed_data(filed)),
                **await sealing.reasons(connection, "sealed_filed", filed.reasons),
                filed_at=datetime.now(UTC),
                state=State.FILED.value,
                intent=None,
                documents=kept({}),
                sent_at=None,
                doubt_since=None,
                tries=0,
                passing_since=None,
            )
            await keep_outcome(connection, self._entry.key, filed)
            await self._lift_block(connection)
            if self._entry.passing_since is not None:
                workflow = {"workflow": self._entry.terms.workflow}
                await connection.execute(statement("bring_waiting_forward"), workflow)
            await self._log(connection, note)
        self._entry = replace(self._entry, filed=filed, intent=None, state=State.FILED, tries=0, passing_since=None)

    async def answered_repeatability(self) -> None:
        """See the port."""
        async with self._fenced() as connection:
            await connection.execute(statement("known_case_system"), {"case_system": self._desk.case_system})
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
                unreadable_tries=0,
                **self._content_at_end(self._entry.filed),
            )

    async def adopt_imported(self, cases: Sequence[ReportedCase], note: Note) -> None:
        """See the port."""
        receipt = Receipt(tuple(CaseReference("", case.case_number, case.url) for case in cases))
        filed = Filed(PlanKind.MAPPED, receipt)
        async with self._fenced() as connection:
            await self._end(
                connection,
                note,
                state=State.IMPORTED.value,
                filed=kept(filed_data(filed)) if cases else None,
                intent=None,
                documents=kept({}),
                sent_at=None,
                doubt_since=None,
                ended_at=datetime.now(UTC),
                reason=None,
                **self._content_at_end(filed),
            )
            await keep_outcome(connection, self._entry.key, filed)

    async def again(self, due: datetime, note: Note | None, *, passing: bool = False, unreadable: bool = False) -> None:
        """See the port."""
        entry = self._entry
        changes: dict[str, object] = {"state": self._open_state().value}
        told = note.message if note is not None and (passing or unreadable) else None
        sealing = await self._sealing_or_not()
        if passing:
            changes |= {"tries": entry.tries + 1, "passing_since": entry.passing_since or datetime.now(UTC)}
        if unreadable:
            changes["unreadable_tries"] = entry.unreadable_tries + 1
        async with self._fenced(sealing) as connection:
            due = await self._unless_changed(connection, due)
            if told is not None:
                changes |= await sealing.reason(connection, told)
            await self._end(connection, note, due_at=due, **changes)
            await enqueue_filing(self._desk.app, connection, entry.key, due)

    async def block(self, reason: Message, scope: Scope, due: datetime, note: Note, *, reported: bool) -> None:
        """See the port."""
        entry = self._entry
        sealing = await self._sealing_or_not()
        async with self._fenced(sealing) as connection:
            concerned = await self._concerned(connection, scope)
            whole = concerned is Scope.WORKFLOW
            due = await self._unless_changed(connection, due)
            at = None if whole and reported else due
            told = await sealing.reason(connection, reason)
            await self._end(connection, note, due_at=at, **_blocked(entry, concerned, reported), **told)
            if whole:
                await connection.execute(
                    statement("block_workflow"),
                    {"workflow": entry.terms.workflow, "reason": kept(discreet_data(reason)), "due": due},
                )
                return
            if concerned is Scope.SUSPECT:
                values = {"workflow": entry.terms.workflow, "key": entry.key, "due": due}
                await connection.execute(statement("pass_probe_on"), values)
            await enqueue_filing(self._desk.app, connection, entry.key, due)

    async def withdraw(self, note: Note) -> None:
        """See the port."""
        async with self._fenced() as connection:
            await self._end(
                connection,
                note,
                state=State.WITHDRAWN.value,
                intent=None,
                documents=kept({}),
                sent_at=None,
                doubt_since=None,
                ended_at=datetime.now(UTC),
                reason=None,
                **self._content_at_end(None),
            )

    @asynccontextmanager
    async def _fenced(self, sealing: Sealing | None = None) -> AsyncIterator[AsyncConnection[DictRow]]:
        """A transaction that holds this attempt's row, so that no newer attempt can begin before it ends. sealing: is
        told which data key the row has."""
        async with self._desk.transaction() as connection:
            cursor = await connection.execute(
                "select data_key_id from workflows_submissionrecord "
                "where id = %(key)s and attempt = %(attempt)s and attempt_open for no key update",
                self._fence(),
            )
            row = await cursor.fetchone()
            if row is None:
                raise Superseded
            if sealing is not None:
                sealing.own = row["data_key_id"]
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

    async def _end(self, connection: AsyncConnection[DictRow], note: Note | None, **changes: object) -> None:
        await self._set(connection, attempt_open=False, **changes)
        await connection.execute(statement("release_claims"), self._fence())
        if note is not None:
            await self._log(connection, note)

    async def _unless_changed(self, connection: AsyncConnection[DictRow], due: datetime) -> datetime:
        """At once where the workflow was changed while this attempt went on: what stopped it may be mended."""
        cursor = await connection.execute(
            "select version from workflows_serviceworkflow where id = %(workflow)s",
            {"workflow": self._entry.terms.workflow},
        )
        row = await cursor.fetchone()
        changed = row is not None and row["version"] != self._workflow_version
        return min(due, datetime.now(UTC)) if changed else due

    async def _concerned(self, connection: AsyncConnection[DictRow], scope: Scope) -> Scope:
        """Whom a block concerns in truth: while others are filed, it is not the workflow."""
        if scope is Scope.SUBMISSION:
            return scope
        cursor = await connection.execute(statement("others_filed"), self._fence())
        row = await cursor.fetchone()
        if row is not None and row["others_filed"]:
            return Scope.SUSPECT
        if scope is Scope.SUSPECT and (
            self._entry.state is State.BLOCKED or not await self._one_suspect_too_many(connection)
        ):
            return Scope.SUSPECT
        return Scope.WORKFLOW

    async def _one_suspect_too_many(self, connection: AsyncConnection[DictRow]) -> bool:
        cursor = await connection.execute(statement("suspect"), {"workflow": self._entry.terms.workflow})
        row = await cursor.fetchone()
        return row is not None and cast(int, row["suspects"]) >= SUSPECTS_THAT_BLOCK

    async def _lift_block(self, connection: AsyncConnection[DictRow]) -> None:
        workflow = {"workflow": self._entry.terms.workflow}
        cursor = await connection.execute(statement("lift_block"), workflow)
        row = await cursor.fetchone()
        if row is not None and row["blocked"]:
            await connection.execute(statement("lift_waiting"), workflow)
            text = message("Something was filed again: what was Temporary blocked with the whole workflow goes on")
            await write_log(connection, Note("works again", text), **workflow)

    async def _log(self, connection: AsyncConnection[DictRow], *notes: Note) -> None:
        for note in notes:
            await write_log(
                connection, note, workflow=self._entry.terms.workflow, key=self._entry.key, attempt=self._entry.attempt
            )

    async def _sealing(self) -> Sealing:
        """To seal content with. Before the transaction that keeps it, as a new day's key has one of its own. Raises
        `UnusableKey`."""
        current = await self._desk.data_keys.current(self._desk.transaction)
        return Sealing(self._desk.data_keys, self._entry.key, current)

    async def _sealing_or_not(self) -> Sealing:
        """The same for what must be recorded whatever the keys are like; then without content."""
        try:
            return await self._sealing()
        except UnusableKey:
            return Sealing(self._desk.data_keys, self._entry.key, None)

    def _content_at_end(self, filed: Filed | None) -> Mapping[str, object]:
        """What an end changes of the content: all of it goes where none is to be kept after it."""
        is_error_case = filed is not None and filed.kind is PlanKind.ERROR_CASE
        if not self._keeping.nothing(is_error_case):
            return {"sealed_reason": None}
        return {**REMOVED, "content_removed_at": datetime.now(UTC)}

    def _open_state(self) -> State:
        if self._entry.filed is not None:
            return State.FILED
        return State.BLOCKED if self._entry.state is State.BLOCKED else State.WAITING

    def _intent(self) -> Intent:
        if self._entry.intent is None:
            raise ValueError("There is no intent to go on with.")
        return self._entry.intent


def _blocked(entry: Entry, scope: Scope, reported: bool) -> dict[str, object]:
    return {
        "state": State.BLOCKED.value,
        "blocked_scope": scope.value,
        "blocked_since": entry.blocked_since or datetime.now(UTC),
        "blocked_reported": reported or entry.blocked_reported,
        "tries": entry.tries + 1,
    }


class _Taken(Exception):
    """Another attempt holds one of the names; what was claimed in this transaction is undone."""
