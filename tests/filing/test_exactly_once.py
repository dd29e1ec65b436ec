"""Nothing is lost and nothing is doubled: lost answers, killed workers, repetitions, workers that wake up."""

from dataclasses import replace
from datetime import timedelta

import pytest

from filing.case_system import KEPT, ModelCaseSystem
from filing.faults import BUSY, LOST, Fault, Killed
from filing.world import ANNA, CASE
from formcase.filing import filing, writing
from formcase.filing.journal import Superseded
from formcase.sources.port import Status
from formcase.workflows.models import SubmissionRecord

TWO_FILES = (b"a flag", b"a programme")


def assert_filed_once(world, record: SubmissionRecord, reference: str = "8KS-SQ5", cases: int = 1, files: int = 2):
    """Every case and document once, Imported once, and the journal says the same."""
    made = world.cases.cases_of(reference)
    assert len(made) == cases
    for case in made:
        assert len(case.documents) == files + 2  # the files, the PDF, the XML
        assert len({content for _, content in case.documents}) == files + 2
        assert case.references == [reference]
        assert len(case.parties) == 1
    assert len(world.cases.contents.contacts) == 1
    imported = world.stored(record).said(Status.IMPORTED)
    assert [[case.case_number for case in entry.cases] for entry in imported] == [[case.number for case in made]]
    assert [case["number"] for case in record.filed["cases"]] == [case.number for case in made]
    assert (record.state, record.intent, record.attempt_open) == ("imported", None, False)


async def test_a_submission_becomes_a_case_with_every_file_and_is_imported(world):
    key = await world.submitted(attachments=TWO_FILES)
    record = await world.tries(key)
    assert_filed_once(world, record)
    assert [entry.status.value for entry in world.stored(record).history] == ["Submitted", "Delivered", "Imported"]
    assert world.cases.requests["filed"] == 0, "without a doubt nothing is looked up"


async def test_a_lost_answer_to_the_change_set_makes_no_second_case(world):
    key = await world.submitted(attachments=TWO_FILES)
    world.cases.fails("apply", Fault(LOST, before=False))
    assert (await world.tries(key)).state == "waiting"
    record = await world.tries(key)
    assert_filed_once(world, record)
    assert world.cases.requests["apply"] == 1
    assert "adopted" in await world.events(key)


async def test_a_change_set_that_never_arrived_is_sent_again_as_it_was(world):
    key = await world.submitted(attachments=TWO_FILES)
    world.cases.fails("apply", Fault(LOST))
    before = (await world.tries(key)).intent
    world.cases.fails("apply", Fault(Killed, before=True))
    await world.tries(key)
    again = (await world.bench.record(key)).intent
    assert again["requestIds"] == before["requestIds"]
    record = await world.ends(key)
    assert_filed_once(world, record)
    assert world.cases.requests["upload"] == 4, "no file is uploaded twice"


async def test_a_repetition_whose_first_request_was_carried_out_late_is_answered_from_memory(world):
    key = await world.submitted()
    world.cases.fails("apply", Fault(LOST, late=True))
    await world.tries(key)
    world.cases.meanwhile.append(world.cases.carry_out_late)
    record = await world.tries(key)
    assert_filed_once(world, record, files=0)
    assert world.cases.repeated == 1


@pytest.fixture
def forgetful(world):
    """A world whose case system keeps no requests."""
    world.cases = ModelCaseSystem(remembers=False)
    return world


async def test_without_repeatability_nothing_is_sent_again_before_it_has_settled(forgetful):
    world = forgetful
    key = await world.submitted()
    world.cases.fails("apply", Fault(LOST, late=True))
    await world.tries(key)
    record = await world.tries(key)
    assert record.doubt_since is not None
    assert "settles" in await world.events(key)
    await world.bench.passes(30, key)
    await world.tries(key)
    assert world.cases.requests["apply"] == 1
    world.cases.carry_out_late()
    assert_filed_once(world, await world.tries(key), files=0)
    assert world.cases.requests["apply"] == 1


async def test_without_repeatability_the_second_look_up_comes_when_the_time_is_over(forgetful):
    world = forgetful
    key = await world.submitted()
    world.cases.fails("apply", Fault(LOST))
    await world.tries(key)
    await world.tries(key)
    await world.bench.passes(61, key)
    looked_up = world.cases.requests["filed"]
    record = await world.tries(key)
    assert world.cases.requests["filed"] > looked_up
    assert world.cases.requests["apply"] == 2
    assert_filed_once(world, record, files=0)


async def test_each_sending_has_a_settle_time_of_its_own(forgetful):
    world = forgetful
    key = await world.submitted()
    world.cases.fails("apply", Fault(LOST), Fault(LOST, late=True))
    await world.tries(key)
    await world.tries(key)
    await world.bench.passes(61, key)
    await world.tries(key)  # sent a second time, and lost again
    assert world.cases.requests["apply"] == 2
    await world.tries(key)
    assert world.cases.requests["apply"] == 2, "sent a third time though the second one may still arrive"
    world.cases.carry_out_late()
    assert_filed_once(world, await world.ends(key), files=0)


async def test_that_the_case_system_keeps_requests_is_known_after_a_restart(world):
    first = await world.submitted("R-1")
    await world.ends(first)
    world.cases.restart()
    second = await world.submitted("R-2")
    world.cases.fails("apply", Fault(LOST))
    await world.tries(second)
    world.cases.restart()
    await world.tries(second)
    assert world.cases.requests["apply"] == 3, "sent again at once, without settling"


async def test_another_executing_user_never_repeats_the_request_of_the_first(world):
    key = await world.submitted(attachments=TWO_FILES)
    world.cases.fails("apply", Fault(LOST, late=True))
    await world.tries(key)
    await world.set(executing_user="MKT")
    await world.tries(key)
    assert world.cases.requests["apply"] == 1, "the first request may still be carried out"
    world.cases.carry_out_late()
    assert_filed_once(world, await world.ends(key))
    assert world.cases.requests["apply"] == 1


async def test_another_executing_user_files_anew_with_files_of_its_own(world):
    key = await world.submitted(attachments=TWO_FILES)
    world.cases.fails("apply", Fault(LOST))
    before = (await world.tries(key)).intent
    await world.set(executing_user="MKT")
    record = await world.ends(key)
    assert_filed_once(world, record)
    taken = [upload.user for upload in world.cases.contents.uploads.values() if upload.taken]
    assert taken == ["MKT"] * 4
    assert before["executingUser"] == "SBH"


async def test_a_request_that_is_too_old_is_filed_as_new(world):
    key = await world.submitted()
    world.cases.fails("apply", Fault(LOST))
    intent = (await world.tries(key)).intent
    old = timedelta(days=8)
    first_sent = (await world.bench.rows("select now() - %s as at", old))[0]["at"]
    await SubmissionRecord.objects.filter(pk=key).aupdate(intent={**intent, "firstSent": first_sent.isoformat()})
    assert_filed_once(world, await world.tries(key), files=0)
    assert old > KEPT
    assert world.cases.requests["apply"] == 2


async def test_repeatability_expired_is_looked_up_and_filed_as_new(world, monkeypatch):
    monkeypatch.setattr(writing, "REPEATABLE_FOR", timedelta(days=30))  # a case system that forgets sooner than agreed
    key = await world.submitted()
    world.cases.fails("apply", Fault(LOST))
    intent = (await world.tries(key)).intent
    first_sent = (await world.bench.rows("select now() - interval '8 days' as at"))[0]["at"]
    await SubmissionRecord.objects.filter(pk=key).aupdate(intent={**intent, "firstSent": first_sent.isoformat()})
    record = await world.tries(key)
    assert_filed_once(world, record, files=0)
    assert world.cases.requests["apply"] == 3
    assert world.cases.requests["filed"] == 2


async def test_a_worker_that_was_thought_dead_changes_nothing_when_it_wakes_up(world):
    key = await world.submitted()
    sleeping = await world.bench.journal.begin(key)
    record = await world.ends(key)
    with pytest.raises(Superseded):
        await sleeping.filed(None, None)
    assert (await world.bench.record(key)).filed == record.filed


async def test_a_worker_that_wakes_up_with_its_request_sent_twice_makes_no_second_case(world):
    """The one that slept just before sending, and the one that took over, send the same request."""
    key = await world.submitted()
    other = world.bench.journal

    async def take_over():
        attempt = await other.begin(key)
        way = filing.Way(attempt, filing.Ends(world.forms, world.cases), lambda text: text)
        await filing._bring_forward(way)

    taken_over = []
    applied = world.cases.apply

    async def apply_late(*arguments):
        if not taken_over:
            taken_over.append(True)
            await take_over()
        return await applied(*arguments)

    world.cases.apply = apply_late
    await world.tries(key)
    assert world.cases.requests["apply"] == 2
    assert_filed_once(world, await world.bench.record(key), files=0)


async def test_files_that_were_uploaded_before_are_bound_and_not_uploaded_again(world):
    key = await world.submitted(attachments=TWO_FILES)
    world.cases.fails("upload", Fault(Killed, skip=3))
    await world.tries(key)
    assert world.cases.requests["upload"] == 4
    assert_filed_once(world, await world.ends(key))
    assert world.cases.requests["upload"] == 5, "the three that were there already, and the one that was missing"


async def test_a_document_that_is_taken_is_looked_up_first_and_adopted(world):
    world.cases = ModelCaseSystem(remembers=False)
    key = await world.submitted()
    world.cases.fails("apply", Fault(LOST, late=True))
    await world.tries(key)
    await world.tries(key)
    await world.bench.passes(61, key)
    world.cases.meanwhile.append(world.cases.carry_out_late)  # in the very moment in which it is sent again
    record = await world.tries(key)
    assert_filed_once(world, record, files=0)


async def test_a_document_that_is_gone_is_uploaded_anew(world):
    key = await world.submitted()
    world.cases.meanwhile.append(world.cases.contents.uploads.clear)
    record = await world.tries(key)
    assert_filed_once(world, record, files=0)
    assert world.cases.requests["filed"] == 1, "it was looked up first"


async def test_a_lost_upload_is_done_again_and_no_file_is_missing_or_doubled(world):
    key = await world.submitted(attachments=TWO_FILES)
    world.cases.fails("upload", Fault(BUSY, before=False, skip=2))
    await world.tries(key)
    assert_filed_once(world, await world.ends(key))


async def test_a_source_that_breaks_in_the_middle_of_a_file_leaves_no_half_document(world):
    key = await world.submitted(attachments=TWO_FILES)
    world.forms.fails("attachment", BUSY, Fault(BUSY, skip=1))
    assert_filed_once(world, await world.ends(key))


async def test_two_cases_of_one_submission_come_together_or_not_at_all(world):
    key = await world.submitted(groups=(CASE, (CASE[0], {**CASE[1], "Title": "Crossover"}), ANNA))
    world.cases.fails("apply", Fault(LOST, before=False))
    await world.tries(key)
    assert_filed_once(world, await world.ends(key), cases=2, files=0)


async def test_an_update_is_made_once_though_its_answer_was_lost(world):
    case = world.cases.add_case()
    key = await world.submitted(groups=(("Files", {"FileNo": case.number, "Title": "New title"}), ANNA))
    world.cases.fails("apply", Fault(LOST, before=False))
    await world.tries(key)
    record = await world.ends(key)
    assert [case["number"] for case in record.filed["cases"]] == [case.number]
    updated = world.cases.contents.cases[case.id]
    assert (updated.title, updated.changes, updated.references) == ("New title", 1, ["8KS-SQ5"])
    assert len(updated.documents) == 2


async def test_the_reference_row_of_an_earlier_commit_is_looked_up_and_adopted(world):
    """The unique row guards updates also where a case system keeps no requests."""
    world.cases = ModelCaseSystem(remembers=False)
    case = world.cases.add_case()
    key = await world.submitted(groups=(("Files", {"FileNo": case.number, "Title": "New"}), ANNA))
    world.cases.meanwhile.append(
        lambda: world.cases.contents.cases[case.id].references.append("8KS-SQ5")  # somebody else's late commit
    )
    record = await world.tries(key)
    assert record.state == "imported"
    assert world.cases.contents.cases[case.id].references == ["8KS-SQ5"]
    assert "adopted" in await world.events(key)


async def test_a_reference_row_that_the_account_cant_see_is_a_fault_of_the_setup(world):
    case = world.cases.add_case()
    key = await world.submitted(groups=(("Files", {"FileNo": case.number, "Title": "New"}),))
    world.cases.contents.cases[case.id].references.append("8KS-SQ5")
    world.cases.hidden.add(case.id)
    record = await world.tries(key)
    assert record.state == "blocked"
    assert "all access codes" in str(record.reason)


async def test_the_look_up_needs_no_form_service(world):
    key = await world.submitted()
    world.cases.fails("apply", Fault(LOST, before=False))
    await world.tries(key)
    world.forms.fails("submission", BUSY, times=9)
    record = await world.tries(key)
    assert record.state == "imported"


async def test_a_journal_from_a_backup_adopts_what_was_filed_after_it(world):
    """The form service was told Delivered, and the case exists, before this journal knew the submission."""
    key = await world.submitted()
    record = await world.tries(key)
    await SubmissionRecord.objects.all().adelete()
    stored = world.stored(record)
    stored.history = [replace(entry, at=entry.at - timedelta(hours=1)) for entry in stored.history[:2]]
    await world.watch()
    again = await SubmissionRecord.objects.aget()
    record = await world.tries(again.pk)
    assert_filed_once(world, record, files=0)
