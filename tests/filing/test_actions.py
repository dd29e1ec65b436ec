"""What people do with many submissions at once: what is done, what is not, and what is kept of it."""

from asgiref.sync import sync_to_async

from filing.faults import NOT_LET_IN, answered
from filing.world import CASE, WRONG_GROUP
from formcase.audit.models import AuditEntry
from formcase.outcomes import Refused
from formcase.workflows import actions, causes
from formcase.workflows.actions import Answers
from formcase.workflows.models import LogEntry, ServiceWorkflow, SubmissionRecord


async def do(action, *arguments: object) -> Answers:
    return await sync_to_async(action)(*arguments, "Lone Bruun")


async def audited(action: str) -> list[tuple[str, str]]:
    entries = AuditEntry.objects.filter(action=action).order_by("id")
    return [(entry.name, entry.actor) async for entry in entries]


async def test_of_many_those_that_can_be_tried_are_and_the_others_say_why_not(world):
    waiting = await world.submitted("8KS-SQ1")
    error_case = await world.submitted("8KS-SQ2", (WRONG_GROUP,))
    imported = await world.submitted("8KS-SQ3")
    for key in (error_case, imported):
        await world.ends(key)
    answers = await do(actions.try_again, [imported, error_case, waiting, 999_999])
    said = {answer.reference_id: (answer.done, answer.text.text()) for answer in answers.each}
    assert said == {
        "8KS-SQ1": (True, "It is tried again now."),
        "8KS-SQ2": (True, "The error case is filed again."),
        "8KS-SQ3": (False, "It is Imported already: there is nothing to try again."),
    }
    assert answers.done == 2
    assert await audited("submission tried again") == [("8KS-SQ1", "Lone Bruun"), ("8KS-SQ2", "Lone Bruun")]
    assert await LogEntry.objects.filter(event="retried", message__parameters__by="Lone Bruun").acount() == 2
    assert ("formcase.file_submission", f"submission:{error_case}") in await world.bench.jobs()


async def test_an_error_case_that_is_filed_again_has_nothing_filed_in_the_database_either(world):
    """JSON's null would count as something."""
    key = await world.submitted("8KS-SQ1", (WRONG_GROUP,))
    await world.ends(key)
    await do(actions.file_again, [key])
    (row,) = await world.bench.rows(
        "select filed is null as nothing, filed_kind, to_error_case is null as unasked, "
        "error_case ->> 'kind' as before from workflows_submissionrecord where id = %s",
        key,
    )
    assert row == {"nothing": True, "filed_kind": None, "unasked": True, "before": "error case"}


async def test_more_than_one_transaction_takes_are_all_filed_again_and_all_get_their_jobs(world, monkeypatch):
    monkeypatch.setattr(actions, "AT_ONCE", 3)
    monkeypatch.setattr(actions, "NUDGED", 1)
    keys = [await world.submitted(f"8KS-SQ{number}", (WRONG_GROUP,)) for number in range(8)]
    for key in keys:
        await world.ends(key)
    await world.bench.rows("delete from procrastinate_jobs")
    assert (await do(actions.file_again, keys)).done == 8
    assert len(await world.bench.jobs()) == 3
    await world.bench.passes(2, keys[0])
    await world.bench.rows("update workflows_submissionrecord set due_at = due_at - interval '2 seconds'")
    await world.bench.sweep()
    assert {lock for _, lock in await world.bench.jobs()} >= {f"submission:{key}" for key in keys}


async def test_nothing_is_tried_again_behind_a_disabled_workflow(world):
    key = await world.submitted()
    await world.set(enabled=False)
    for action, arguments in ((actions.try_again, ()), (actions.send_to_error_case, ("",))):
        (answer,) = (await do(action, [key], *arguments)).each
        assert not answer.done
        assert "disabled" in answer.text.text()
    assert not await AuditEntry.objects.filter(kind="submission").aexists()


async def test_of_those_behind_a_blocked_workflow_the_one_that_is_tried_again_tries_for_all(world):
    world.cases.fails("metadata", NOT_LET_IN, NOT_LET_IN, NOT_LET_IN)
    key = await world.submitted()
    await world.tries(key)
    assert (await world.workflow_now()).blocked_since is not None
    await do(actions.try_again, [key])
    assert (await ServiceWorkflow.objects.aget()).probe_submission == key
    world.cases.heals()
    assert (await world.ends(key)).state == "imported"


async def test_what_a_person_handled_is_left_alone_and_is_found_by_its_case(world):
    waiting = await world.submitted("8KS-SQ1")
    error_case = await world.submitted("8KS-SQ2", (WRONG_GROUP,))
    imported = await world.submitted("8KS-SQ3")
    for key in (error_case, imported):
        await world.ends(key)
    answers = await sync_to_async(actions.handled_by_hand)(
        [waiting, error_case, imported], " 2026-01-7 ", "Anna came in person", "Lone Bruun"
    )
    assert [answer.done for answer in answers.each] == [True, True, False]
    for key in (waiting, error_case):
        record = await world.tries(key)
        assert (record.state, record.handled_case) == ("handled", "2026-01-7")
    assert await sync_to_async(causes.groups)() == []
    assert await audited("submission handled by hand") == [("8KS-SQ1", "Lone Bruun"), ("8KS-SQ2", "Lone Bruun")]
    async for entry in LogEntry.objects.all():
        assert "Anna" not in str(entry.message)
    async for entry in AuditEntry.objects.all():
        assert "Anna" not in str(entry.after)


async def test_a_case_must_be_named_for_what_was_handled_by_hand(world):
    key = await world.submitted()
    answers = await sync_to_async(actions.handled_by_hand)([key], "  ", "", "Lone Bruun")
    assert answers.done == 0
    assert (await SubmissionRecord.objects.aget(pk=key)).state == "waiting"


async def test_what_is_sent_to_an_error_case_becomes_one_though_its_mapping_is_right(world):
    key = await world.submitted("8KS-SQ1", (CASE,))
    filed = await world.submitted("8KS-SQ2", (CASE,))
    await world.ends(filed)
    answers = await sync_to_async(actions.send_to_error_case)([key, filed], "A minor has sent it", "Lone Bruun")
    assert [answer.done for answer in answers.each] == [True, False]
    record = await world.ends(key)
    assert record.filed["kind"] == "error case"
    assert record.to_error_case is None
    (error_case,) = world.cases.cases_of("8KS-SQ1")
    assert "A minor has sent it" in error_case.text
    (group,) = await sync_to_async(causes.groups)()
    assert group.message.text() == "A person has asked for an error case: …"
    assert await audited("submission sent to error case") == [("8KS-SQ1", "Lone Bruun")]
    # filed again, it is filed as mapped: the wish was for once
    await do(actions.file_again, [key])
    assert (await world.ends(key)).filed["kind"] == "mapped"


async def test_a_refusal_that_needs_a_person_is_blocked_until_it_is_sent_to_an_error_case(world):
    key = await world.submitted("8KS-SQ1", (CASE,))
    world.cases.fails("apply", answered(Refused, "no", status=400), answered(Refused, "no", status=400))
    record = await world.tries(key)
    assert record.state == "blocked"
    await sync_to_async(actions.send_to_error_case)([key], "", "Lone Bruun")
    assert (await world.ends(key)).filed["kind"] == "error case"
