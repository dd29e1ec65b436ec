"""A journal on the test database, with the job engine as a worker has it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from asgiref.sync import sync_to_async
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app as django_app
from procrastinate.contrib.django.utils import connector_params

from formcase.workflows import managing
from formcase.workflows.journal import Installation, PostgresJournal
from formcase.workflows.models import ServiceWorkflow
from formcase.workflows.pool import Pool, open_pool

INSTALLATION = Installation("http://127.0.0.1:1/OData4/")
PARAMETERS = {
    "Url": "https://localhost:9/interact",
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

    async def jobs(self) -> list[tuple[str, str]]:
        """(task, lock) of every job that waits."""
        async with self.pool.connection() as connection:
            cursor = await connection.execute(
                "select task_name, lock from procrastinate_jobs where status = 'todo' order by id"
            )
            return [(row["task_name"], row["lock"]) for row in await cursor.fetchall()]


@asynccontextmanager
async def open_bench() -> AsyncIterator[Bench]:
    parameters = await sync_to_async(connector_params)()
    pool = open_pool(parameters, 10)
    async with pool:
        with django_app.replace_connector(PsycopgConnector(kwargs=dict(parameters))) as app:
            async with app.open_async():
                yield Bench(pool, PostgresJournal(pool, app, INSTALLATION), app)


@pytest.fixture
async def bench(transactional_db) -> AsyncIterator[Bench]:
    async with open_bench() as opened:
        yield opened


@pytest.fixture
def workflow(transactional_db) -> ServiceWorkflow:
    created = managing.create("Flags", "interact", PARAMETERS)
    return managing.enable(created)
