"""One workflow's watch: a round from the start each `WatchInterval`; in between, whatever the service tells at once."""

import asyncio
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import structlog
from procrastinate import App
from psycopg.rows import DictRow

from formcase.filing import crash_points
from formcase.filing.journal import Journal, Note
from formcase.filing.watching import Round, Watch
from formcase.messages import discreet_data, message
from formcase.outcomes import Outcome, Passing, Unknown
from formcase.workflows.connections import Connections, FormServiceAddress
from formcase.workflows.coverage import Covering, covered_by, left_alone, split_form_ids
from formcase.workflows.enqueueing import enqueue_watch
from formcase.workflows.logbook import write_log
from formcase.workflows.pool import Pool
from formcase.workflows.sql import statement
from formcase.workflows.stored import kept

LONGEST_HOLD = 25  # seconds that the service may hold its answer (the API allows 30)
LOOK_FOR_CHANGES = 1.0  # seconds between two looks at whether the workflow was changed meanwhile

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Watcher:
    """What a watch needs. stopping is set when the worker is asked to end."""

    pool: Pool
    app: App
    journal: Journal
    connections: Connections
    stopping: asyncio.Event

    async def watch(self, workflow: int) -> None:
        """One round, then wait for more until the next round is due, and make the job for that."""
        row = await self._row(workflow)
        if row is None:
            return
        next_round = datetime.now(UTC) + timedelta(seconds=cast(int, row["watch_interval"]))
        try:
            older = await self._older(row)
            watch = await self._watch(row, older)
            seen = await watch.round()
            with crash_points.around("journal: round done"):
                await self._done(row, seen, left_alone(watch.form_ids, older), next_round)
            await self._listen(row, watch, seen, next_round)
        except Outcome as outcome:
            next_round = await self._failed(row, outcome, next_round)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the next round comes at its time and not at once
            next_round = await self._failed(row, _unforeseen(fault), next_round)
        with crash_points.around("journal: next round"):
            await self._enqueue(row, next_round)

    async def _row(self, workflow: int) -> DictRow | None:
        async with self.pool.connection() as connection:
            cursor = await connection.execute(statement("watching"), {"workflow": workflow})
            return await cursor.fetchone()

    async def _older(self, row: DictRow) -> list[Covering]:
        async with self.pool.connection() as connection:
            cursor = await connection.execute(statement("covering"), {"url": row["url"], "workflow": row["id"]})
            return [Covering(str(one["name"]), split_form_ids(one["form_ids"])) for one in await cursor.fetchall()]

    async def _watch(self, row: DictRow, older: Sequence[Covering]) -> Watch:
        return Watch(
            workflow=cast(int, row["id"]),
            source_name=str(row["url"]),
            source=await self.connections.form_service(_address(row)),
            journal=self.journal,
            form_ids=split_form_ids(row["form_ids"]),
            covered_elsewhere=lambda form_id: covered_by(form_id, older) is not None,
        )

    async def _listen(self, row: DictRow, watch: Watch, seen: Round, next_round: datetime) -> None:
        """Between two rounds the service may tell at once what is new; without that the next round finds it."""
        while not self.stopping.is_set():
            remaining = int((next_round - datetime.now(UTC)).total_seconds())
            if remaining < 1:
                return
            hold = min(LONGEST_HOLD, remaining)
            started = asyncio.get_running_loop().time()
            waiting = asyncio.ensure_future(watch.wait_for_more(seen, hold))
            try:
                new = await self._unless_changed(row, waiting)
            except Passing as outcome:
                # something in between cuts what is held; the round from the start is what counts
                log.info("the form service could not hold its answer", workflow=row["id"], answer=str(outcome.answer))
                return
            finally:
                waiting.cancel()
                await asyncio.gather(waiting, return_exceptions=True)
            if new is None:
                return
            if new == 0 and asyncio.get_running_loop().time() - started < hold - 1:
                return  # it does not hold its answers: keep to our own interval

    async def _unless_changed(self, row: DictRow, waiting: "asyncio.Future[int]") -> int | None:
        """What the wait brings; None where the workflow was changed or the worker is to end."""
        while True:
            done, _pending = await asyncio.wait({waiting}, timeout=LOOK_FOR_CHANGES)
            if done:
                return waiting.result()
            if self.stopping.is_set():
                return None
            now = await self._row(cast(int, row["id"]))
            if now is None or now["version"] != row["version"]:
                return None

    async def _done(self, row: DictRow, seen: Round, others: frozenset[str], next_round: datetime) -> None:
        async with self.pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(
                "select left_alone, refused_forms, watch_problem is not null as failing "
                "from workflows_serviceworkflow where id = %s",
                (row["id"],),
            )
            before = await cursor.fetchone()
            await connection.execute(
                statement("round_done"),
                {
                    "workflow": row["id"],
                    "next_round": next_round,
                    "left_alone": kept(sorted(others)),
                    "refused": kept(sorted(seen.refused)),
                },
            )
            for note in _round_notes(before, seen, others):
                await write_log(connection, note, workflow=cast(int, row["id"]))

    async def _failed(self, row: DictRow, outcome: Outcome, next_round: datetime) -> datetime:
        not_before = datetime.now(UTC)
        if isinstance(outcome, Passing) and outcome.retry_after is not None:
            not_before += outcome.retry_after
        async with self.pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(
                statement("round_failed"),
                {
                    "workflow": row["id"],
                    "problem": kept(discreet_data(outcome.message())),
                    "next_round": next_round,
                    "not_before": not_before,
                },
            )
            answer = await cursor.fetchone()
            if answer is not None and answer["first"]:
                note = Note("watch failed", outcome.message(), "error")
                await write_log(connection, note, workflow=cast(int, row["id"]))
        log.warning("watch failed", workflow=row["id"], outcome=type(outcome).__name__)
        return next_round if answer is None else cast(datetime, answer["next_round_at"])

    async def _enqueue(self, row: DictRow, next_round: datetime) -> None:
        now = await self._row(cast(int, row["id"]))
        if now is None:
            return
        changed = now["version"] != row["version"]
        async with self.pool.connection() as connection, connection.transaction():
            # another worker listens on at once; this one may still be taking jobs for a moment
            soon = min(datetime.now(UTC) + timedelta(seconds=2), next_round)
            at = None if changed else soon if self.stopping.is_set() else next_round
            await enqueue_watch(self.app, connection, cast(int, row["id"]), at)


def _address(row: DictRow) -> FormServiceAddress:
    return FormServiceAddress(
        workflow=cast(int, row["id"]),
        version=cast(int, row["version"]),
        url=str(row["url"]),
        client_id=str(row["client_id"]),
        certificate_thumbprint=str(row["certificate_thumbprint"]),
    )


def _unforeseen(fault: Exception) -> Unknown:
    frames = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(fault.__traceback__)]
    log.error("unforeseen fault", kind=type(fault).__name__, frames=frames)
    answer = message("an unforeseen fault of Formcase ({kind}).", kind=type(fault).__name__)
    return Unknown(message("Watching the form service"), answer)


def _round_notes(before: DictRow | None, seen: Round, others: frozenset[str]) -> list[Note]:
    """What is worth a line of the log: only what has changed since the last round."""
    if before is None:
        return []
    notes = []
    if before["failing"]:
        notes.append(Note("watch works again", message("The form service answers again")))
    if new := sorted(others - set(before["left_alone"])):
        text = message("Form {forms} is covered by an older workflow already: left alone", forms=", ".join(new))
        notes.append(Note("left alone", text, "warning"))
    if new := sorted(set(seen.refused) - set(before["refused_forms"])):
        text = message("The form service does not release {forms}", forms=", ".join(new))
        notes.append(Note("form refused", text, "error"))
    return notes
