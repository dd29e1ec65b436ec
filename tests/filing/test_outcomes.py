"""Each row of the tables of outcomes: what an answer means, and what happens next."""

from datetime import timedelta

import pytest

from filing.faults import BUSY, NOT_LET_IN, Fault, answered
from filing.world import ANNA, WRONG_GROUP
from formcase.outcomes import Outdated, Passing, Refused, Unknown
from formcase.sources.port import Status
from formcase.workflows.models import LogEntry, SubmissionRecord


def refused(status: int, **more: object):
    return answered(Refused, f"It answered {status}.", status=status, **more)


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 414, 415, 422, 431])
async def test_a_refused_change_set_becomes_an_error_case(world, status):
    key = await world.submitted(attachments=[b"a flag"])
    world.cases.fails("apply", refused(status, part=0, reason="because"))
    record = await world.tries(key)
    (case,) = world.cases.cases_of("8KS-SQ5")
    assert (record.state, record.filed["kind"], case.case_group) == ("imported", "error case", "00.01")
    assert str(status) in case.text or "right" in case.text
    assert "because" in case.text
    assert len(case.documents) == 3
    assert case.parties == []


async def test_every_new_try_after_a_refusal_has_request_ids_of_its_own(world):
    """The model answers a request id that it has refused with the same refusal, for ever."""
    key = await world.submitted()
    world.cases.readers.add("SBH")
    assert (await world.tries(key)).state == "blocked"
    world.cases.readers.clear()
    record = await world.ends(key)
    assert record.filed["kind"] == "mapped"
    assert world.cases.repeated == 0


async def test_a_refusal_that_was_remembered_from_a_lost_answer_is_not_the_last_word(world):
    """The answer was lost, the cause mended: the repetition gets the old refusal, and a new request goes through."""
    key = await world.submitted()
    world.cases.readers.add("SBH")
    world.cases.fails("apply", Fault(answered(Unknown), before=True))
    record = await world.tries(key)
    assert record.sent_at is not None
    remembered = refused(403, part=0)
    world.cases.fails("apply", remembered)
    world.cases.readers.clear()
    record = await world.tries(key)
    assert (record.state, record.filed["kind"]) == ("imported", "mapped")
    assert len(world.cases.cases) == 1


async def test_a_mapping_error_becomes_an_error_case_that_names_it(world):
    key = await world.submitted(groups=(WRONG_GROUP, ANNA), attachments=[b"a flag"])
    record = await world.tries(key)
    (case,) = world.cases.cases
    assert case.title == "Interact error: Flag permit (8KS-SQ5)"
    for part in ("FileClass_Value", "99.99", "02.15"):
        assert part in case.text
    assert case.references == ["8KS-SQ5"]
    (imported,) = world.stored(record).said(Status.IMPORTED)
    assert [one.case_number for one in imported.cases] == [case.number]
    assert world.cases.requests["apply"] == 1


async def test_a_refused_upload_becomes_an_error_case_and_one_too_large_for_that_too_is_blocked(world):
    key = await world.submitted(attachments=[b"x" * 2000])
    world.cases.largest = 1000
    record = await world.tries(key)
    assert record.state == "blocked"
    assert "413" in str(record.reason)
    world.cases.largest = 10_000
    record = await world.ends(key)
    assert record.filed["kind"] == "mapped"
    assert world.cases.cases_of("8KS-SQ5")[0].documents[-1][1] == b"x" * 2000


async def test_what_the_executing_user_may_not_even_read_becomes_an_error_case(world):
    world.cases.may_not_read.add("SBH")
    key = await world.submitted()
    record = await world.tries(key)
    assert (record.state, record.filed["kind"]) == ("imported", "error case")
    assert "no right to search" in world.cases.cases[0].text


async def test_a_key_that_exists_meanwhile_is_read_and_planned_again(world):
    key = await world.submitted(attachments=[b"a flag"])
    world.cases.meanwhile.append(lambda: world.cases.add_contact("P", "0101901234", "Anna, of another form"))
    record = await world.tries(key)
    assert record.state == "imported"
    assert record.filed["kind"] == "mapped"
    assert world.cases.requests["apply"] == 2
    assert world.cases.requests["upload"] == 3, "the files that were uploaded are used again"
    assert len(world.cases.contents.contacts) == 1


async def test_a_case_that_was_changed_meanwhile_is_read_and_planned_again(world):
    case = world.cases.add_case()
    case.text = "There before"

    def change() -> None:
        now = world.cases.contents.cases[case.id]
        now.text, now.changes = "Changed meanwhile", now.changes + 1

    groups = (("Files", {"FileNo": case.number, "Title": "New"}),)
    key = await world.submitted(groups=groups)
    world.cases.meanwhile.append(change)
    await world.tries(key)
    assert world.cases.requests["apply"] == 2
    assert world.cases.contents.cases[case.id].title == "New"


async def test_it_is_planned_again_at_most_three_times_and_then_permanent(world):
    key = await world.submitted()
    outdated = answered(Outdated, "It answered 409 KeyExists.", status=409, code="KeyExists", part=0)
    world.cases.fails("apply", outdated, times=4)
    record = await world.tries(key)
    assert (record.state, record.filed["kind"]) == ("imported", "error case")
    assert world.cases.requests["apply"] == 5


async def test_a_closed_case_takes_no_update_and_an_error_case_names_it(world):
    case = world.cases.add_case()
    case.closed = True
    key = await world.submitted(groups=(("Files", {"FileNo": case.number, "Title": "New"}), ANNA))
    record = await world.tries(key)
    assert record.filed["kind"] == "error case"
    error_case = world.cases.cases_of("8KS-SQ5")[0]
    assert case.number in error_case.text
    assert world.cases.contents.cases[case.id].title == "There already"


async def test_passing_failures_are_tried_again_without_a_limit_and_blocked_after_a_while(world):
    key = await world.submitted()
    world.forms.fails("submission", BUSY, times=50)
    for _ in range(5):
        record = await world.tries(key)
        assert record.state == "waiting"
        assert record.due_at is not None
    assert world.stored(record).said(Status.TEMPORARY_BLOCKED) == []
    await world.bench.passes(601, key)
    record = await world.tries(key)
    assert record.state == "blocked"
    assert len(world.stored(record).said(Status.TEMPORARY_BLOCKED)) == 1
    for _ in range(5):
        await world.bench.passes(3600, key)
        record = await world.tries(key)
        assert record.due_at is not None, "and still tried again"
    world.forms.heals()
    assert (await world.tries(key)).state == "imported"


async def test_block_after_is_what_the_workflow_says(world):
    await world.set(block_after=30)
    key = await world.submitted()
    world.forms.fails("submission", BUSY, times=9)
    record = await world.tries(key)
    assert (record.due_at - record.attempt_started_at).total_seconds() < 6
    await SubmissionRecord.objects.filter(pk=key).aupdate(tries=12)
    record = await world.tries(key)
    wait = record.due_at - record.attempt_started_at
    assert wait.total_seconds() < 33, "tried again when it is time to say Temporary blocked"
    await world.bench.passes(29, key)
    assert (await world.tries(key)).state == "waiting"
    await world.bench.passes(2, key)
    assert (await world.tries(key)).state == "blocked"


async def test_a_success_in_between_starts_the_time_anew(world):
    key = await world.submitted()
    world.forms.fails("xml", BUSY)
    await world.tries(key)
    await world.bench.passes(500, key)
    world.forms.fails("report Imported", BUSY)
    record = await world.tries(key)
    assert (record.state, record.tries) == ("filed", 1)


async def test_retry_after_is_respected(world):
    key = await world.submitted()
    (when,) = (await world.bench.rows("select now() as now"))[0].values()
    world.forms.fails("submission", answered(Passing, "It answered 429.", retry_after=timedelta(minutes=30)))
    record = await world.tries(key)
    assert timedelta(minutes=30) <= record.due_at - when < timedelta(minutes=31)


async def test_a_fault_of_our_own_loses_nothing_and_names_no_content(world):
    key = await world.submitted()
    world.cases.fails("knowledge", lambda: ZeroDivisionError("0101901234"))
    record = await world.tries(key)
    assert record.state == "waiting"
    assert record.due_at is not None
    said = [str(entry.message) async for entry in LogEntry.objects.all()]
    assert any("ZeroDivisionError" in text for text in said)
    assert not any("0101901234" in text for text in said)
    assert (await world.tries(key)).state == "imported"


async def test_a_setup_fault_blocks_and_says_so_at_the_form_service(world):
    key = await world.submitted()
    world.cases.fails("metadata", NOT_LET_IN)
    record = await world.tries(key)
    assert record.state == "blocked"
    assert len(world.stored(record).said(Status.TEMPORARY_BLOCKED)) == 1
    assert (await world.workflow_now()).blocked_since is not None


async def test_an_executing_user_whom_the_account_may_not_act_for_is_a_setup_fault(world):
    world.cases.unknown_users.add("SBH")
    key = await world.submitted()
    record = await world.tries(key)
    assert record.state == "blocked"
    assert world.cases.cases == []
    assert (await world.workflow_now()).blocked_since is not None


async def test_a_form_service_that_cant_be_connected_blocks_though_it_cant_be_told(world):
    key = await world.submitted()
    world.unconnected = NOT_LET_IN()
    record = await world.tries(key)
    assert (record.state, record.blocked_reported) == ("blocked", False)


async def test_a_fault_of_our_own_in_connecting_does_not_run_hot(world):
    key = await world.submitted()
    world.unconnected = OSError("disk")
    record = await world.tries(key)
    assert (record.state, record.attempt_open) == ("blocked", False)
    assert (await world.workflow_now()).probe_due is not None


async def test_two_submissions_about_one_contact_make_one_contact(world):
    first, second = await world.submitted("R-1"), await world.submitted("R-2")
    held = await world.bench.journal.begin(first)
    assert await held.claim(["contact:P:0101901234"])
    record = await world.tries(second)
    assert (record.state, record.tries) == ("waiting", 0)
    assert world.cases.requests["knowledge"] == 0
    assert (await world.ends(first)).state == "imported"
    assert (await world.ends(second)).state == "imported"
    assert len(world.cases.contents.contacts) == 1


async def test_a_repetition_waits_its_turn_too(world):
    first, second = await world.submitted("R-1"), await world.submitted("R-2")
    world.cases.fails("apply", Fault(answered(Unknown)))
    await world.tries(first)
    held = await world.bench.journal.begin(second)
    assert await held.claim(["contact:P:0101901234"])
    await world.tries(first)
    assert world.cases.requests["apply"] == 1


async def test_a_case_named_by_its_id_and_by_its_number_is_one_case_to_wait_for(world):
    case = world.cases.add_case()
    by_id = await world.submitted("R-1", groups=(("Files", {"ID": case.id, "Title": "One"}),))
    by_number = await world.bench.journal.begin(await world.submitted("R-2"))
    assert await by_number.claim([f"case:{case.number}"])
    record = await world.tries(by_id)
    assert record.state == "waiting"
    assert world.cases.requests["apply"] == 0


async def test_nul_and_half_characters_in_an_answer_dont_stop_the_journal(world):
    key = await world.submitted()
    world.cases.fails("apply", refused(400, part=0, reason="bad \0 and \ud800 things"))
    record = await world.tries(key)
    assert record.filed["kind"] == "error case"
    assert "bad � and � things" in await world.reasons(record)


async def test_nothing_that_a_person_wrote_leaves_for_the_log_the_status_or_the_jobs(world):
    secret = "0101901234"
    groups = (("Files", {"Title": "T", "FileClass_Value": secret}), ANNA)
    key = await world.submitted(groups=groups)
    world.cases.readers.add("SBH")  # even the error case is refused
    await world.tries(key)
    rows = [str(entry.message) async for entry in LogEntry.objects.all()]
    jobs = await world.bench.rows("select args::text from procrastinate_jobs")
    workflow = await world.workflow_now()
    record = await SubmissionRecord.objects.aget(pk=key)
    said = [entry.message for entry in world.stored(record).history]
    assert rows
    assert said[-1]
    for text in (str(rows), str(jobs), str(said), str(workflow.blocked_reason)):
        assert secret not in text
    assert secret in await world.reasons(record), "those who handle it must see it"
