"""What both ends say, read page by page into tables of one connection, so that memory stays flat."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import LiteralString

from psycopg import AsyncConnection
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier

from formcase.planning.knowledge import Rules
from formcase.sources.port import FormService
from formcase.targets.port import CaseSystem
from formcase.workflows.models import ServiceWorkflow
from formcase.workflows.moving import may_have_moved, recognise_moved
from formcase.workflows.sql import statement

PAGE_SIZE = 500


@dataclass(frozen=True, slots=True)
class Sought:
    """What a workflow asks its form service about. covered_elsewhere: whether another workflow takes a form's."""

    form_ids: Sequence[str]
    covered_elsewhere: Callable[[str], bool]


class Seen:
    """The tables, on a connection that commits each statement by itself: none is open while an end is asked."""

    def __init__(self, connection: AsyncConnection[DictRow]) -> None:
        self.connection = connection

    async def prepare(self) -> None:
        """Make the tables."""
        for one in statement("reconcile_tables").split(";\n"):
            if one.strip():
                await self.connection.execute(one)

    async def read_case_system(self, target: CaseSystem, rules: Rules) -> int:
        """Every reference row that there is; how many."""
        await self.connection.execute("truncate seen_target")
        async for page in target.references(rules):
            async with self.connection.cursor() as cursor:
                await cursor.executemany(
                    "insert into seen_target values (%s, %s, %s) on conflict do nothing",
                    [(row.reference_id[:200], row.case.id, row.case.number) for row in page if row.reference_id],
                )
        return await self._count("seen_target")

    async def read_form_service(self, source: FormService, sought: Sought, workflow: ServiceWorkflow) -> int:
        """Every submission that a form service lists for a workflow, whatever its status; how many. What the journal
        knows of them from another address is recognised, as the watch sees only what is open."""
        await self.connection.execute("truncate seen_source")
        moved = await may_have_moved(self.connection, workflow.pk, workflow.url)
        after: str | None = None
        while True:
            page = await source.submissions(sought.form_ids, state="all", after=after, limit=PAGE_SIZE)
            summaries = [one for one in page.submissions if not sought.covered_elsewhere(one.form_id)]
            if moved:
                async with self.connection.transaction():
                    await recognise_moved(self.connection, workflow.pk, workflow.url, summaries)
            await self._add(
                [(one.id, one.reference_id, one.form_id, one.status.value, one.submitted_at) for one in summaries]
            )
            # that they are there is all that can be trusted of these
            await self._add([(one.id, one.reference_id, "", "", None) for one in page.unreadable if one.id])
            if page.next is None:
                break
            after = page.next
        await self.connection.execute(
            "insert into seen_anywhere select reference_id from seen_source where reference_id is not null "
            "on conflict do nothing"
        )
        return await self._count("seen_source")

    async def _add(self, rows: Sequence[tuple[object, ...]]) -> None:
        if rows:
            async with self.connection.cursor() as cursor:
                await cursor.executemany(
                    "insert into seen_source (submission_id, reference_id, form_id, status, submitted_at) "
                    "values (%s, %s, %s, %s, %s) on conflict do nothing",
                    rows,
                )

    async def _count(self, table: LiteralString) -> int:
        cursor = await self.connection.execute(SQL("select count(*) as count from {}").format(Identifier(table)))
        row = await cursor.fetchone()
        return 0 if row is None else int(row["count"])
