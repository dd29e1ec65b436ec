"""A journal on the test database, with the job engine as a worker has it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app as django_app
from procrastinate.contrib.django.utils import connector_params

from emptying import empty
from formcase.workflows import managing
from formcase.workflows.journal import Installation, PostgresJournal
from formcase.workflows.models import ServiceWorkflow, SubmissionRecord
from formcase.workflows.pool import Pool, open_pool, settle_session
from formcase.workflows.sweeping import sweep

CASE_SYSTEM = "http://127.0.0.1:1/OData4/"
SOURCE = "https://localhost:9/interact"
PARAMETERS = {
    "Url": SOURCE,
    "ClientId": "formcase-test",
    "CertificateThumbprint": "ab" * 20,
    "ExecutingUser": "SBH",
    "error_case_group": "00.01",
}


class Bench:
    """A journal, the pool below it and the job engine beside it."""

    def __init__(self, pool: Pool, journal: PostgresJournal, app):
        self.pool = pool
        self.journal = journal
        self.app = app

    async def jobs(self, status: str = "todo") -> list[tuple[str, str]]:
        """(task, lock) of every job of this status."""
        rows = await self.rows("select task_name, lock from procrastinate_jobs where status = %s order by id", status)
        return [(row["task_name"], row["lock"]) for row in rows]

    async def rows(self, statement: str, *values: object) -> list[dict[str, object]]:
        async with self.pool.connection() as connection:
            cursor = await connection.execute(statement, values)
            return await cursor.fetchall() if cursor.description else []

    async def sweep(self) -> None:
        await sweep(self.pool, self.app, 5)

    async def passes(self, seconds: float, key: int) -> None:
        """Time goes by for one submission: everything that was, was that much earlier."""
        columns = (
            "due_at",
            "passing_since",
            "blocked_since",
            "doubt_since",
            "sent_at",
            "attempt_started_at",
            "reported_at",
        )
        changes = ", ".join(f"{name} = {name} - make_interval(secs => %(by)s)" for name in columns)
        async with self.pool.connection() as connection:
            await connection.execute(
                f"update workflows_submissionrecord set {changes} where id = %(key)s", {"by": seconds, "key": key}
            )

    async def record(self, key: int) -> SubmissionRecord:
        return await SubmissionRecord.objects.aget(pk=key)


@asynccontextmanager
async def open_bench() -> AsyncIterator[Bench]:
    parameters = await sync_to_async(connector_params)()
    pool = open_pool(parameters, 16)
    connector = PsycopgConnector(kwargs=dict(parameters), configure=settle_session)
    async with pool:
        with django_app.replace_connector(connector) as app:
            async with app.open_async():
                yield Bench(pool, PostgresJournal(pool, app, Installation(CASE_SYSTEM)), app)
    # Django's own connections, of the threads that it was asked in
    await sync_to_async(connections.close_all)()
    await sync_to_async(connections.close_all, thread_sensitive=False)()


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """As pytest-django's, for tests that cut connections and ask from other threads than Django's."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()  # a test may have cut it
        empty("default")
        connections.close_all()


@pytest.fixture
async def bench(transactional_db: None) -> AsyncIterator[Bench]:
    async with open_bench() as opened:
        yield opened


@pytest.fixture
def workflow(transactional_db: None) -> ServiceWorkflow:
    created = managing.create("Flags", "interact", PARAMETERS)
    return managing.enable(created)
