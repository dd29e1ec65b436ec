"""Where what people wrote lies in the journal, how long, and what happens when its key is not here."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from conformance import test_journal_port
from filing.faults import LOST, Fault
from filing.world import ANNA, WRONG_GROUP, World
from formcase.filing.journal import Note
from formcase.messages import message
from formcase.workflows import actions, data_keys, retention, rotating, submissions
from formcase.workflows.contents import Missing, plan_of, reasons_of
from formcase.workflows.models import Cause, DataKey, ErrorCause, LogEntry, PersonIndex, SubmissionRecord

SECRET = "Anna Maria Sørensen"
NUMBER = "0101901234"
KEYS = {"now": ("first" * 10,)}


def keys_here() -> tuple[str, ...]:
    return KEYS["now"]


@pytest.fixture(autouse=True)
def own_keys(settings):
    settings.CONTENT_KEYS = f"{__name__}.keys_here"
    KEYS["now"] = ("first" * 10,)
    data_keys._OPENED.clear()
    yield
    data_keys._OPENED.clear()


@pytest.fixture
async def world(workflow, bench) -> World:
    return World(bench, workflow)


def another_process(world: World) -> None:
    """One that remembers no key."""
    data_keys._OPENED.clear()
    world.bench.journal._data_keys._current = None


@sync_to_async
def everything_stored() -> str:
    """Every table of the database as text, and as the bytes that binary columns hold."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'select t::text from "{table}" t')
            found += [row for (row,) in cursor.fetchall()]
    return "\n".join(found)


def holds(stored: str, text: str) -> bool:
    return text in stored or text.encode().hex() in stored


async def test_nothing_that_a_person_wrote_lies_in_the_open_whatever_becomes_of_it(world):
    world.cases.fails("apply", RuntimeError("a fault of our own"))
    key = await world.submitted("ONE-1")
    wrong = await a_wrong_value_of(world, "TWO-2")
    await world.tries(key)
    await world.ends(wrong)
    stored = await everything_stored()
    record = await world.bench.record(key)
    assert record.sealed_plan is not None
    assert "ONE-1" in stored
    assert not holds(stored, NUMBER)
    assert not holds(stored, SECRET)
    assert (await sync_to_async(plan_of)(record)).reference_id == "ONE-1"
    assert SECRET in await world.reasons(await world.bench.record(wrong))


async def a_wrong_value_of(world: World, reference: str) -> int:
    """One that becomes an error case, whose reason quotes a value."""
    return await world.submitted(
        reference, groups=(("Files", {"Title": "x", "FileClass_Value": "02.15", "Closed": SECRET}), ANNA)
    )


async def test_claims_on_contacts_are_kept_without_their_numbers(world):
    attempt = await world.bench.journal.begin(await world.submitted())
    assert await attempt.claim([f"contact:P:{NUMBER}"])
    other = await world.bench.journal.begin(await world.submitted("TWO-2"))
    assert not await other.claim([f"contact:P:{NUMBER}"])
    assert not holds(await everything_stored(), NUMBER)


async def test_content_goes_at_its_time_and_what_is_not_content_stays(world):
    filed, wrong = await world.submitted("ONE-1"), await a_wrong_value_of(world, "TWO-2")
    await world.ends(filed)
    await world.ends(wrong)
    persons = await PersonIndex.objects.acount()
    lines = await LogEntry.objects.acount()
    assert persons
    assert (await sync_to_async(retention.remove_due)()).submissions == 0
    await ended(filed, timedelta(days=8))
    await ended(wrong, timedelta(days=8))
    assert (await sync_to_async(retention.remove_due)()).submissions == 1, "error cases are kept for longer"
    await ended(wrong, timedelta(days=31))
    assert (await sync_to_async(retention.remove_due)()).submissions == 1
    for key, kind in ((filed, "mapped"), (wrong, "error case")):
        record = await world.bench.record(key)
        assert (record.state, record.filed_kind, record.data_key_id) == ("imported", kind, None)
        assert record.filed["cases"]
        assert await sync_to_async(plan_of)(record) is Missing.REMOVED
    texts = await sync_to_async(reasons_of)(record)
    assert texts.missing is Missing.REMOVED
    assert "Closed" in texts.reasons[0].text()
    assert SECRET not in texts.reasons[0].text()
    assert await PersonIndex.objects.acount() == persons
    assert await LogEntry.objects.acount() == lines


async def ended(key: int, ago: timedelta) -> None:
    await SubmissionRecord.objects.filter(pk=key).aupdate(ended_at=datetime.now(UTC) - ago)


async def test_an_error_case_whose_content_was_removed_is_filed_again_from_the_form_service(world):
    key = await world.submitted(groups=(WRONG_GROUP, ANNA))
    await world.ends(key)
    await ended(key, timedelta(days=31))
    assert (await sync_to_async(retention.remove_due)()).submissions == 1
    (answer,) = (await sync_to_async(actions.file_again)([key], "Lone")).each
    assert answer.done
    record = await world.ends(key)
    assert record.data_key_id is not None
    assert "99.99" in await world.reasons(record)


async def test_what_filing_still_needs_is_kept_whatever_its_age(world, settings):
    settings.KEEP_CONTENT_DAYS = 0
    key = await world.submitted()
    attempt = await world.bench.journal.begin(key)
    await attempt.intend(intent())
    assert (await sync_to_async(retention.remove_due)()).submissions == 0, "it is being filed"
    await attempt.sending()
    await attempt.again(datetime.now(UTC), Note("waits", message("No answer")))
    assert (await sync_to_async(retention.remove_due)()).submissions == 0, "nobody knows whether it was carried out"
    assert (await world.bench.journal.begin(key)).entry.doubt is not None


def intent():
    return test_journal_port.intent()


async def test_nothing_is_kept_for_a_moment_longer_where_that_is_set(world):
    await world.set(keep_imported_days=0)
    key = await world.submitted()
    record = await world.ends(key)
    assert (record.data_key_id, record.sealed_plan) == (None, None)
    assert record.content_removed_at is not None
    wrong = await a_wrong_value_of(world, "TWO-2")
    assert (await world.ends(wrong)).sealed_plan is not None, "error cases have a time of their own"


async def test_a_cause_goes_with_the_content_of_the_last_that_had_it_and_is_mended(world):
    keys = [await world.submitted(name, groups=(WRONG_GROUP, ANNA)) for name in ("ONE-1", "TWO-2")]
    for key in keys:
        await world.ends(key)
        await ended(key, timedelta(days=31))
    await sync_to_async(actions.handled_by_hand)(keys[:1], "2026-1", "", "Lone")
    await sync_to_async(retention.remove_due)()
    assert (await Cause.objects.acount(), await ErrorCause.objects.acount()) == (1, 1), "one waits for a person still"
    await sync_to_async(actions.handled_by_hand)(keys[1:], "2026-1", "because of Anna", "Lone")
    await ended(keys[1], timedelta(days=31))
    await sync_to_async(retention.remove_due)()
    assert (await Cause.objects.acount(), await ErrorCause.objects.acount()) == (0, 0)


async def test_data_keys_that_seal_nothing_any_more_go_but_for_the_newest(world):
    key = await world.submitted()
    await world.ends(key)
    await DataKey.objects.aupdate(created_at=datetime.now(UTC) - timedelta(days=3))
    another_process(world)
    await world.ends(await world.submitted("TWO-2"))
    assert await DataKey.objects.acount() == 2, "one for each day"
    await sync_to_async(retention.remove_due)()
    assert await DataKey.objects.acount() == 2
    await ended(key, timedelta(days=8))
    removed = await sync_to_async(retention.remove_due)()
    assert (removed.submissions, removed.data_keys) == (1, 1)
    assert await DataKey.objects.acount() == 1


async def test_the_key_is_changed_while_workers_run(world):
    first = await world.submitted("ONE-1")
    attempt = await world.bench.journal.begin(first)
    await attempt.intend(intent())
    KEYS["now"] = ("second" * 10, "first" * 10)
    done = await sync_to_async(rotating.rotate)("Lone")
    assert done.wrapped == 1
    await attempt.sending()
    await attempt.again(datetime.now(UTC), None)
    another_process(world)
    KEYS["now"] = ("second" * 10,)
    again = await world.bench.journal.begin(first)
    assert again.entry.intent.plan == intent().plan
    assert [use.data_keys for use in await sync_to_async(rotating.uses)()] == [1]


async def test_a_rotation_without_the_key_that_is_needed_changes_nothing(world):
    await world.ends(await world.submitted())
    before = await sync_to_async(lambda: list(DataKey.objects.values_list("key_id", "wrapped")))()
    KEYS["now"] = ("second" * 10,)
    with pytest.raises(Exception, match="is needed"):
        await sync_to_async(rotating.rotate)("Lone")
    assert await sync_to_async(lambda: list(DataKey.objects.values_list("key_id", "wrapped")))() == before


async def test_without_its_key_everything_waits_as_a_fault_of_the_setup_and_goes_on_when_it_is_back(world):
    sent = await world.submitted("ONE-1")
    world.cases.fails("apply", Fault(LOST))
    await world.tries(sent)
    assert (await world.bench.record(sent)).sent_at is not None
    fresh = await world.submitted("TWO-2")
    KEYS["now"] = ("wrong" * 10,)
    another_process(world)
    await world.tries(sent)
    await world.tries(fresh)
    workflow = await world.workflow_now()
    assert workflow.blocked_since is not None
    assert "content key" in str(workflow.blocked_reason)
    for key in (sent, fresh):
        record = await world.bench.record(key)
        assert (record.state, record.attempt_open) == ("blocked", False)
        assert world.forms.stored[record.submission_id].status.value == "TemporaryBlocked"
    assert await DataKey.objects.acount() == 1, "no key is made where the one before can't be opened"
    assert world.cases.cases == []
    seen = await sync_to_async(submissions.whole_view)(await world.bench.record(sent))
    assert "content key" in seen.reason
    KEYS["now"] = ("first" * 10,)
    for key in (sent, fresh):
        await world.set(probe_submission=key)
        assert (await world.ends(key)).state == "imported"
    assert len(world.cases.cases) == 2


async def test_one_whose_own_key_is_lost_holds_up_no_other(world):
    key = await world.submitted("ONE-1")
    attempt = await world.bench.journal.begin(key)
    await attempt.intend(intent())
    await attempt.again(datetime.now(UTC), None)
    await DataKey.objects.aupdate(created_at=datetime.now(UTC) - timedelta(days=3))
    another_process(world)
    other = await world.submitted("TWO-2")
    await world.ends(other)
    oldest = await DataKey.objects.order_by("created_at").afirst()
    await DataKey.objects.filter(pk=oldest.pk).aupdate(key_id="gone")
    another_process(world)
    await world.tries(key)
    record = await world.bench.record(key)
    assert (record.state, record.blocked_scope) == ("blocked", "submission")
    assert (await world.workflow_now()).blocked_since is None
    assert (await world.ends(await world.submitted("THREE-3"))).state == "imported"


async def test_what_was_filed_is_recorded_and_reported_though_its_reasons_can_t_be_sealed(world):
    key = await a_wrong_value_of(world, "ONE-1")
    attempt = await world.bench.journal.begin(key)
    await attempt.intend(intent())
    KEYS["now"] = ("wrong" * 10,)
    another_process(world)
    await attempt.filed(test_journal_port.ERROR_CASE, Note("filed", message("Filed")))
    record = await world.bench.record(key)
    assert (record.state, record.filed["cases"][0]["number"]) == ("filed", "2026-00.01-00001")
    assert (await world.ends(key)).state == "imported"


async def test_workers_that_begin_a_day_together_make_one_data_key(world):
    another_process(world)
    keys = [data_keys.DataKeys() for _ in range(8)]
    made = await asyncio.gather(*(one.current(world.bench.journal._transaction) for one in keys))
    assert len({one.id for one in made}) == await DataKey.objects.acount() == 1
    assert await sync_to_async(data_keys.current_key)() == made[0]
