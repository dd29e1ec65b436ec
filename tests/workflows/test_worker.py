"""A whole worker in this process: job engine, watch, sweep and filing, between ends in memory."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import connections as django_connections
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException

from filing.case_system import ModelCaseSystem
from filing.faults import Fault
from filing.world import ANNA, CASE
from formcase.sources.port import Status
from formcase.workflows import connections, managing, worker
from formcase.workflows.journal import Installation, PostgresJournal
from formcase.workflows.models import Claim, SubmissionRecord
from workflows.bench import CASE_SYSTEM, PARAMETERS
from workflows.test_watch import HoldingFormService, until


class Running:
    """A worker under way, and its ends."""

    def __init__(self) -> None:
        self.forms = HoldingFormService()
        self.cases = ModelCaseSystem()
        self.task: asyncio.Task[None] | None = None

    def start(self, concurrency: int = 4) -> None:
        self.task = asyncio.create_task(worker._work(concurrency))

    async def stop(self, within: float = 10.0) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(self.task, within)

    def submit(self, count: int, contact: Callable[[int], str] = lambda number: f"01019012{number:02}") -> None:
        for number in range(count):
            person = ("Contacts", {**ANNA[1], "NameCode": contact(number)})
            self.forms.submit(f"R-{number}", (CASE, person), attachments=[b"a flag"])

    async def all_imported(self, count: int, seconds: float = 30.0) -> None:
        async def imported() -> bool:
            return await SubmissionRecord.objects.filter(state="imported").acount() == count

        await until(imported, seconds)

    def assert_each_once(self, count: int) -> None:
        assert len(self.cases.cases) == count
        assert {case.references[0] for case in self.cases.cases} == {f"R-{number}" for number in range(count)}
        assert {len(case.documents) for case in self.cases.cases} == {3}
        assert {len(stored.said(Status.IMPORTED)) for stored in self.forms.stored.values()} == {1}


@pytest.fixture
async def running(workflow, monkeypatch) -> AsyncIterator[Running]:
    made = Running()
    monkeypatch.setattr(connections, "connect_case_system", lambda: made.cases)
    monkeypatch.setattr(connections, "connect_form_service", lambda address: made.forms)
    monkeypatch.setattr(worker, "installation", lambda: Installation(CASE_SYSTEM))
    monkeypatch.setattr(worker, "RESTART_WAIT", 0.3)
    yield made
    if made.task is not None and not made.task.done():
        await made.stop()
    await sync_to_async(django_connections.close_all)()
    await sync_to_async(django_connections.close_all, thread_sensitive=False)()


async def rows(statement: str) -> list[tuple[object, ...]]:
    """Ask the database on a connection of one's own."""
    parameters = await sync_to_async(connector_params)()
    async with await psycopg.AsyncConnection.connect(**parameters, autocommit=True) as connection:
        return await (await connection.execute(statement)).fetchall()


async def test_a_worker_files_what_is_submitted_and_leaves_nothing_behind(running):
    running.submit(12)
    running.start()
    await running.all_imported(12)
    running.forms.submit("R-12", (CASE,))  # while it listens
    await running.all_imported(13, 3)
    await running.stop()
    assert await Claim.objects.acount() == 0
    jobs = await rows("select task_name, status::text from procrastinate_jobs")
    assert [job for job in jobs if job[0] == "formcase.file_submission"] == []
    assert [job for job in jobs if job[1] == "doing"] == []
    assert await rows("select 1 from procrastinate_workers") == []


async def test_a_worker_that_is_asked_to_end_while_it_listens_ends_within_seconds(running):
    running.start()

    async def listening() -> bool:
        return running.forms.requests["submissions"] >= 2

    await until(listening, 10)
    started = asyncio.get_running_loop().time()
    await running.stop(15)
    assert asyncio.get_running_loop().time() - started < 12, "not a watch interval, however busy the machine is"


async def test_the_database_may_cut_all_connections_at_any_time(running):
    running.submit(15)
    uploaded = running.cases.upload

    async def slow(*arguments):
        await asyncio.sleep(0.05)
        return await uploaded(*arguments)

    running.cases.upload = slow
    running.start()
    for _ in range(4):
        await asyncio.sleep(0.7)
        await rows(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"
        )
    await sync_to_async(django_connections.close_all)()
    await running.all_imported(15, 45)
    running.assert_each_once(15)


async def test_submissions_about_one_contact_all_get_through_and_make_one_contact(running):
    running.submit(15, lambda _: "0101901234")
    running.start(concurrency=6)
    await running.all_imported(15, 45)
    running.assert_each_once(15)
    assert len(running.cases.contents.contacts) == 1


async def test_many_watches_leave_room_for_filing(running):
    for number in range(12):
        made = await sync_to_async(managing.create)(f"W{number}", "interact", {**PARAMETERS, "FormIds": f"9{number}"})
        await sync_to_async(managing.enable)(made)
    running.submit(4)
    running.start(concurrency=1)
    await running.all_imported(4)
    running.assert_each_once(4)


@pytest.mark.parametrize("where", ["in filing", "in the journal"])
async def test_a_fault_in_a_job_is_logged_without_what_it_was_about(running, caplog, monkeypatch, where):
    fault = psycopg.errors.DataError("DETAIL: 0101901200")
    if where == "in filing":
        running.cases.fails("knowledge", Fault(lambda: fault))
    else:
        faults, begun = [fault], PostgresJournal.begin

        async def begin(journal, key):
            if faults:
                raise faults.pop()
            return await begun(journal, key)

        monkeypatch.setattr(PostgresJournal, "begin", begin)
    running.submit(1)
    running.start()

    async def said() -> bool:
        return "DataError" in caplog.text

    await until(said, 5)
    await running.all_imported(1)
    assert "0101901200" not in caplog.text


async def test_whatever_says_that_the_database_is_away_the_worker_comes_back(running, monkeypatch):
    shift, failures = worker._shift, [ConnectorException(), psycopg.OperationalError("gone"), OSError("gone")]

    async def failing(*arguments):
        if failures:
            raise failures.pop()
        await shift(*arguments)

    monkeypatch.setattr(worker, "_shift", failing)
    running.submit(1)
    running.start()
    await running.all_imported(1)


async def test_settings_that_are_changed_reach_the_form_service_without_a_restart(running, workflow, monkeypatch):
    seen = []

    def connect(address):
        seen.append(address.client_id)
        return running.forms

    monkeypatch.setattr(connections, "connect_form_service", connect)
    running.start()

    async def connected() -> bool:
        return len(seen) == 1

    await until(connected, 10)
    await sync_to_async(managing.change)(workflow, {"ClientId": "another"})

    async def connected_anew() -> bool:
        return seen == ["formcase-test", "another"]

    await until(connected_anew, 5)
