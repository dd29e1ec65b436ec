"""At the end of a history: what the form service says, what the journal says, what the case system holds and what the
model expects are the same."""

from collections import Counter

from formcase.filing.journal import State
from formcase.sources.port import Status
from formcase.workflows.models import SubmissionRecord
from histories.play import Play, Told, compared
from histories.steps import ERROR_GROUP

HELD = """
select c.name from workflows_claim c join workflows_submissionrecord s on s.id = c.submission_id
 where s.attempt_open and s.attempt = c.attempt
"""  # a claim is void once its attempt is over, also where a person has taken the submission over from a dead worker


async def assert_agreement(play: Play) -> None:
    """Source = journal = target, for every submission and in all."""
    records = {record.reference_id: record async for record in SubmissionRecord.objects.all()}
    for told in play.told:
        record = records.get(told.reference)
        if record is None:
            assert told.withdrawn, f"{told} was never recorded"
            assert told.forgotten or play.world.cases.cases_of(told.reference) == []
            continue
        _assert_one(play, told, record)
    await _assert_all(play)


def _assert_one(play: Play, told: Told, record: SubmissionRecord) -> None:
    made = play.world.cases.cases_of(told.reference)
    errors = [case for case in made if case.case_group == ERROR_GROUP]
    mapped = [case for case in made if case not in errors]
    assert (record.intent, record.attempt_open) == (None, False), told
    may_be_error_case = told.may_be_error_case or play.rights_were_missing
    assert len(errors) <= may_be_error_case, told
    assert len(mapped) in (0, told.cases), (told, len(mapped))
    for case in made:
        assert case.references == [told.reference], told
        assert len(case.documents) == len({content for _, content in case.documents}) == 3, told
        assert case.changes == (told.kind == "update" and case in mapped), told
    assert {len(case.parties) for case in mapped} <= {1}, told
    if told.by_hand:
        assert record.state == State.HANDLED, told
    elif record.state == State.WITHDRAWN:
        assert told.withdrawn, told
        assert made == [], told
    else:
        assert record.state == State.IMPORTED, told
        standing = mapped or errors
        assert standing, f"{told} has no case"
        assert mapped or may_be_error_case, told
        assert record.filed["kind"] == ("mapped" if mapped else "error case"), told
        numbers = sorted(case.number for case in standing)
        assert sorted(case["number"] for case in record.filed["cases"]) == numbers, told
        _assert_said(play, told, numbers, most=1 + len(errors))


def _assert_said(play: Play, told: Told, numbers: list[str], most: int) -> None:
    if told.withdrawn:
        return  # there is nobody to say it to
    imported = play.world.forms.stored[told.id].said(Status.IMPORTED)
    assert 1 <= len(imported) <= most, (told, imported)
    assert sorted(case.case_number for case in imported[-1].cases) == numbers, told


async def _assert_all(play: Play) -> None:
    contents = play.world.cases.contents
    assert play.world.cases.unrepeatable == [], "sent again, and the case system can't know it"
    persons = Counter((contact.name_type, contact.name_code) for contact in contents.contacts.values())
    assert set(persons.values()) <= {1}, persons
    taken = sum(upload.taken for upload in contents.uploads.values())
    assert taken == sum(len(case.documents) for case in contents.cases.values())
    assert await play.world.bench.rows(HELD) == []
    names = ("recorded_at", "filed_at", "reported_at", "ended_at", "attempt_started_at")
    changes = ", ".join(f"{name} = {name} - interval '1 hour'" for name in names)
    await play.world.bench.rows(f"update workflows_submissionrecord set {changes}")  # nothing is under way any more
    by_hand = {told.reference for told in play.told if told.by_hand}
    gone = {told.reference for told in play.told if told.withdrawn}  # Imported, and withdrawn after that
    found = {
        reference: kind for reference, kind in (await compared(play.world)).items() if reference not in by_hand | gone
    }
    assert found == {}
