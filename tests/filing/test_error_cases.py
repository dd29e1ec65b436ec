"""Error cases: when one is made, and how it is filed again once its cause is mended."""

import pytest
from asgiref.sync import sync_to_async

from filing.case_system import ModelCaseSystem
from filing.faults import BUSY, LOST, NOT_LET_IN, Fault, Killed, answered
from filing.world import ANNA, CASE, WRONG_GROUP, World
from formcase.outcomes import Refused, Unreadable, Withdrawn
from formcase.sources.port import Status
from formcase.workflows.actions import send_to_error_case, try_again
from formcase.workflows.models import SubmissionRecord


async def an_error_case(world: World, **submitted: object) -> int:
    """Made because the case system refused something that is mended by now."""
    key = await world.submitted(**{"attachments": [b"a flag"], **submitted})
    world.cases.fails("knowledge", answered(Refused, "It answered 400.", status=400))
    record = await world.tries(key)
    assert record.filed["kind"] == "error case"
    return key


async def again(key: int) -> None:
    (answer,) = (await sync_to_async(try_again)([key], "a person")).each
    assert answer.done, answer.text


def imported(world: World, record: SubmissionRecord) -> list[list[str]]:
    return [[case.case_number for case in entry.cases] for entry in world.stored(record).said(Status.IMPORTED)]


async def test_an_error_case_filed_again_becomes_the_mapped_case_and_both_sides_are_told(world):
    key = await an_error_case(world)
    await again(key)
    record = await world.ends(key)
    error_case, mapped = world.cases.cases
    assert (record.filed["kind"], record.filed["cases"][0]["number"]) == ("mapped", mapped.number)
    assert mapped.case_group == "02.15"
    assert len(mapped.documents) == 3
    assert mapped.number in error_case.note
    assert imported(world, record) == [[error_case.number], [mapped.number]]
    assert [case.number for case in world.cases.cases_of("8KS-SQ5")] == [error_case.number, mapped.number]


async def test_the_look_up_never_takes_the_error_case_for_a_mapped_one(world):
    key = await an_error_case(world)
    await again(key)
    world.cases.fails("apply", Fault(LOST))
    await world.tries(key)
    record = await world.ends(key)
    assert record.filed["kind"] == "mapped"
    assert len(world.cases.cases) == 2


async def test_a_lost_answer_while_filing_again_makes_no_second_mapped_case(world):
    key = await an_error_case(world)
    await again(key)
    world.cases.fails("apply", Fault(LOST, before=False))
    await world.tries(key)
    record = await world.ends(key)
    error_case, mapped = world.cases.cases
    assert [case["number"] for case in record.filed["cases"]] == [mapped.number]
    assert imported(world, record) == [[error_case.number], [mapped.number]]


async def test_a_worker_killed_before_the_note_writes_it_once(world):
    key = await an_error_case(world)
    await again(key)
    world.cases.fails("add_note", Fault(Killed, before=False))
    await world.tries(key)
    record = await world.ends(key)
    error_case, mapped = world.cases.cases
    assert error_case.note.count(mapped.number) == 1
    assert imported(world, record) == [[error_case.number], [mapped.number]]


async def test_a_note_that_is_refused_does_not_hold_back_the_cases(world):
    key = await an_error_case(world)
    await again(key)
    world.cases.fails("add_note", answered(Refused, "It answered 409.", status=409))
    record = await world.ends(key)
    assert record.filed["kind"] == "mapped"
    assert "error case not noted" in await world.events(key)


async def test_a_note_that_fails_for_now_is_written_later(world):
    key = await an_error_case(world)
    await again(key)
    world.cases.fails("add_note", BUSY)
    assert (await world.tries(key)).state == "filed"
    record = await world.ends(key)
    assert record.state == "imported"
    assert world.cases.cases[0].note


async def test_an_error_case_whose_cause_still_stands_stays_the_only_one(world):
    key = await world.submitted(groups=(WRONG_GROUP, ANNA))
    await world.ends(key)
    await again(key)
    record = await world.ends(key)
    assert record.filed["kind"] == "error case"
    assert len(world.cases.cases) == 1
    assert [len(numbers) for numbers in imported(world, record)] == [1], "nothing new is to be said"


async def test_a_setup_fault_while_filing_again_does_not_lose_the_error_case(world):
    key = await an_error_case(world)
    await again(key)
    world.cases.fails("metadata", NOT_LET_IN)
    record = await world.tries(key)
    assert record.state == "blocked"
    await again(key)
    assert (await world.ends(key)).filed["kind"] == "mapped"


@pytest.mark.parametrize("pdf", [b"%PDF a receipt", None])
async def test_an_error_case_that_the_form_service_keeps_no_longer_is_filed_from_its_own_documents(world, pdf):
    # two attachments of one size, one of them XML: nothing but the digests tells which is which
    key = await an_error_case(world, attachments=[b"<a>ONE</a>", b"<a>TWO</a>", b""], pdf=pdf)
    before = await world.bench.record(key)
    world.forms.withdraw(before.submission_id)
    await again(key)
    record = await world.ends(key)
    error_case, mapped = world.cases.cases
    assert (record.state, record.filed["kind"]) == ("imported", "mapped")
    assert sorted(content for _, content in mapped.documents) == sorted(content for _, content in error_case.documents)
    assert [document.main is None for document in mapped.stored] == [
        document.main is None for document in error_case.stored
    ]
    assert mapped.number in error_case.note
    assert "read back" in await world.events(key)


async def test_a_form_service_that_has_the_submission_but_not_its_files_is_helped_out_too(world):
    key = await an_error_case(world)
    await again(key)
    world.forms.fails("xml", answered(Unreadable, "it lists the file and does not have it."))
    assert (await world.ends(key)).filed["kind"] == "mapped"


@pytest.mark.parametrize("lost", ["xml", "attachment", "everything"])
async def test_what_nobody_has_any_more_stays_an_error_case_and_says_what_is_missing(world, lost):
    key = await an_error_case(world)
    before = await world.bench.record(key)
    world.forms.withdraw(before.submission_id)
    (error_case,) = world.cases.cases
    kept = {"xml": (".pdf", ".txt"), "attachment": (".pdf", ".xml"), "everything": ()}[lost]
    error_case.stored = (
        [document for document in error_case.stored if document.file_name.endswith(kept)] if kept else []
    )
    for _ in range(2):
        await again(key)
        record = await world.ends(key)
    assert (record.state, record.filed["kind"]) == ("imported", "error case")
    assert record.filed["cases"] == before.filed["cases"]
    assert "can't be filed again" in await world.events(key)
    told = await world.reasons(record)
    assert told.count("the attachment file a1.txt" if lost == "attachment" else "the submission's XML") == 1
    assert len(world.cases.cases) == 1


async def test_a_document_that_goes_while_it_is_read_back_is_no_withdrawal(world):
    key = await an_error_case(world)
    world.forms.withdraw((await world.bench.record(key)).submission_id)
    await again(key)
    world.cases.fails("read_document", Fault(answered(Withdrawn), skip=4))
    assert (await world.tries(key)).state == "waiting"
    assert (await world.ends(key)).filed["kind"] == "mapped"


async def test_a_lost_answer_while_filing_from_the_error_case_makes_no_second_mapped_case(world):
    key = await an_error_case(world)
    world.forms.withdraw((await world.bench.record(key)).submission_id)
    await again(key)
    world.cases.fails("apply", Fault(LOST, before=False))
    await world.tries(key)
    assert (await world.ends(key)).filed["kind"] == "mapped"
    assert len(world.cases.cases) == 2


async def test_the_error_case_too_is_found_after_a_lost_answer(world):
    key = await world.submitted(groups=(WRONG_GROUP, ANNA))
    world.cases.fails("apply", Fault(LOST, before=False))
    await world.tries(key)
    record = await world.ends(key)
    assert record.filed["kind"] == "error case"
    assert "99.99" in await world.reasons(record)
    assert len(world.cases.cases) == 1


async def test_the_error_case_is_sent_again_as_it_was_where_it_never_arrived(world):
    key = await world.submitted(groups=(WRONG_GROUP, ANNA))
    world.cases.fails("apply", Fault(LOST))
    await world.tries(key)
    record = await world.ends(key)
    assert record.filed["kind"] == "error case"
    assert len(world.cases.cases) == 1


async def test_where_the_error_case_is_refused_too_it_is_tried_again_from_the_start(world):
    world.cases.error_group_exists = False
    key = await world.submitted(attachments=[b"a flag"])
    world.cases.fails("knowledge", answered(Refused, "It answered 400.", status=400))
    record = await world.tries(key)
    assert record.state == "blocked"
    assert world.cases.cases == []
    record = await world.tries(key)
    assert record.filed["kind"] == "mapped", "the mapped case comes first again"
    assert world.cases.requests["upload"] == 3, "with the files that were uploaded before"


async def test_a_workflow_without_a_case_group_for_error_cases_is_blocked(world):
    await world.set(error_case_group="")
    key = await world.submitted(groups=(WRONG_GROUP,))
    record = await world.tries(key)
    assert record.state == "blocked"
    assert "error_case_group" in str(record.reason)


async def test_what_a_person_sends_to_an_error_case_becomes_one_and_can_be_filed_as_mapped_later(world):
    key = await world.submitted()
    (answer,) = (await sync_to_async(send_to_error_case)([key], "wrong form", "a person")).each
    assert answer.done
    record = await world.ends(key)
    assert record.filed["kind"] == "error case"
    await again(key)
    assert (await world.ends(key)).filed["kind"] == "mapped"


async def test_what_a_person_sends_to_an_error_case_in_doubt_is_looked_up_first(world):
    world.cases = ModelCaseSystem()
    key = await world.submitted()
    world.cases.fails("apply", Fault(LOST, before=False))
    await world.tries(key)
    await sync_to_async(send_to_error_case)([key], "", "a person")
    record = await world.ends(key)
    assert record.filed["kind"] == "mapped"
    assert len(world.cases.cases) == 1


async def test_the_mapped_access_code_is_the_error_cases_too_where_it_is_valid(world):
    await world.set(error_access_code="TEK")
    key = await world.submitted("R-1", groups=(WRONG_GROUP,))
    await world.ends(key)
    assert world.cases.cases[0].access_code == "TEK"


async def test_an_error_case_is_made_also_where_its_own_answer_says_that_something_changed(world):
    key = await world.submitted(groups=(WRONG_GROUP, CASE))
    world.cases.meanwhile.append(world.cases.contents.uploads.clear)
    record = await world.ends(key)
    assert record.filed["kind"] == "error case"
    assert len(world.cases.cases) == 1
    assert len(world.cases.cases[0].documents) == 2
