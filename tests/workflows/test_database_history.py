"""A database that was failed over to a replica or restored has another history: what it has lost is found again at the
case system, and nobody works in two histories at once."""

import json

import pytest
from asgiref.sync import sync_to_async
from procrastinate.contrib.django.utils import connector_params

from filing.faults import BUSY, LOST, Fault
from filing.world import ANNA, CASE, WRONG_GROUP, World
from formcase.sources.port import Status
from formcase.workflows import actions, journal_mark
from formcase.workflows.database_history import OneHistory, OtherHistory, history_of
from formcase.workflows.models import DatabaseHistory, LogEntry, SubmissionRecord
from formcase.workflows.pool import open_pool
from workflows.test_reconciling import dumped, restored


@pytest.fixture
async def world(workflow, bench, settings, tmp_path) -> World:
    settings.DATA_FOLDER = tmp_path
    made = World(bench, workflow)
    assert not await journal_mark.doubt_older_journal(bench.pool), "the first history has nothing to doubt"
    return made


async def failed_over(world: World) -> None:
    """As the journal looks after a fail-over, to the next worker that meets it."""
    await world.bench.rows("update workflows_databasehistory set timeline = timeline - 1")


async def noted(world: World) -> bool:
    """Whether a worker that begins its shift meets another history."""
    return await journal_mark.doubt_older_journal(world.bench.pool)


async def test_each_history_is_noted_once_and_what_is_open_is_doubted(world):
    key = await world.submitted("ONE-1")
    assert not await noted(world)
    await failed_over(world)
    assert await noted(world)
    assert not await noted(world), "once is enough, on whichever machine"
    assert (await SubmissionRecord.objects.aget(pk=key)).look_first
    assert await DatabaseHistory.objects.acount() == 2
    assert await LogEntry.objects.filter(event="database history", level="warning").acount() == 1


async def test_what_was_filed_and_is_forgotten_since_the_fail_over_is_adopted(world):
    key = await world.submitted("ONE-1")
    await dumped(world)
    world.forms.fails(f"report {Status.IMPORTED.value}", BUSY)
    await world.tries(key)
    await restored(world)
    await failed_over(world)
    await noted(world)
    await world.ends(key)
    assert len(world.cases.cases_of("ONE-1")) == 1


@pytest.mark.parametrize("groups", [(CASE, ANNA), (WRONG_GROUP, ANNA)], ids=["case", "error case"])
async def test_what_was_imported_and_is_forgotten_since_the_fail_over_is_not_imported_a_second_time(world, groups):
    """Of an error case the reasons are lost, so that the report would be another one."""
    key = await world.submitted("ONE-1", groups=groups)
    await dumped(world)
    await world.ends(key)
    await restored(world)
    await failed_over(world)
    await noted(world)
    record = await world.ends(key)
    assert record.state == "imported"
    assert len(world.cases.cases_of("ONE-1")) == 1
    assert len(world.stored(record).said(Status.IMPORTED)) == 1


async def test_what_may_still_be_carried_out_after_a_fail_over_is_waited_for(world):
    """A worker has sent the change set, and the journal has lost that. It is carried out after the first look-up."""
    key = await world.submitted("ONE-1")
    world.cases.remembers = False
    world.cases.fails("apply", Fault(LOST, late=True))
    await world.tries(key)
    await world.bench.rows("update workflows_submissionrecord set intent = null, sent_at = null, documents = '{}'")
    await failed_over(world)
    await noted(world)
    record = await world.tries(key)
    assert (record.state, record.intent) == ("waiting", None), "it is too early to write anything"
    assert record.due_at is not None
    world.cases.carry_out_late()
    await world.bench.rows("update workflows_databasehistory set begun_at = begun_at - interval '2 minutes'")
    await world.ends(key)
    assert len(world.cases.cases_of("ONE-1")) == 1


async def test_a_shift_works_in_one_history_whatever_its_next_connection_leads_to(world):
    history = OneHistory()
    async with world.bench.pool.connection() as connection:
        await history.demand(connection)
        await history.demand(connection)
        now = await history_of(connection)
        history._known = type(now)(now.system, now.database, now.timeline + 1)
        with pytest.raises(OtherHistory):
            await history.demand(connection)
    assert history.left.is_set()


async def test_a_server_that_was_left_behind_by_a_fail_over_is_not_worked_with(world):
    """Its replica went on without it: what is written there is lost as soon as it follows the replica."""
    await journal_mark.remember(world.bench.pool)
    mark = journal_mark._path()
    mark.write_text(json.dumps({**json.loads(mark.read_text()), "timeline": 999}), encoding="ascii")
    with pytest.raises(journal_mark.LeftBehind):
        await noted(world)
    mark.unlink()  # it was put back on purpose
    assert not await noted(world)


async def test_the_server_lets_go_of_a_worker_that_is_cut_off(world):
    parameters = await sync_to_async(connector_params)()
    async with open_pool(parameters, 1) as pool, pool.connection() as connection:
        cursor = await connection.execute(
            "select setting from pg_settings where name in ('tcp_user_timeout', 'idle_in_transaction_session_timeout')"
        )
        assert len(await cursor.fetchall()) == 2
    assert parameters["tcp_user_timeout"] == 20_000
    assert parameters["keepalives_idle"] == 10


@pytest.mark.parametrize("is_known_from_before", [False, True])
async def test_an_error_case_filed_again_soon_after_the_first_start_waits_for_nothing_that_could_not_be(
    world, is_known_from_before
):
    """An earlier installation may have sent something only where the form service was told of it before."""
    key = await world.submitted("ONE-1", groups=(WRONG_GROUP, ANNA))
    await world.ends(key)
    if is_known_from_before:
        await world.bench.rows("update workflows_submissionrecord set recorded_at = now()")
    world.cases.more_case_groups["99.99"] = "Mended"
    await sync_to_async(actions.file_again)([key], "Lone")
    record = await world.tries(key)
    waits = await LogEntry.objects.filter(event="settles").acount()
    assert (record.state, waits) == (("waiting", 1) if is_known_from_before else ("imported", 0))
