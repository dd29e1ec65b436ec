"""Why submissions became error cases, seen together; and filing them again once the cause is mended."""

from asgiref.sync import sync_to_async

from filing.case_system import TABLES
from filing.faults import answered
from filing.world import ANNA, CASE, WRONG_GROUP, World
from formcase.outcomes import Refused
from formcase.planning.codes import CASE_GROUPS
from formcase.workflows import actions, causes
from formcase.workflows.log_search import LogFilter, page
from formcase.workflows.models import LogEntry, SubmissionRecord
from formcase.workflows.person_index import person_token

WRONG_STATE = ("Files", {"Title": "Flag permit", "FileClass_Value": "02.15", "State_Value": "NOPE"})


async def shown() -> list[causes.CauseGroup]:
    return await sync_to_async(causes.groups)()


def mend(monkeypatch) -> None:
    """The case group that was missing is made."""
    monkeypatch.setitem(TABLES, CASE_GROUPS, {**TABLES[CASE_GROUPS], "99.99": "Flags"})


async def refused(world: World, reference: str, words: str) -> int:
    """An error case that the case system's refusal has made."""
    key = await world.submitted(reference)
    world.cases.fails("apply", answered(Refused, "It answered 400.", status=400, reason=words))
    await world.ends(key)
    return key


async def test_submissions_with_one_cause_are_one_group_whatever_their_references_and_answers(world):
    first = await world.submitted("8KS-SQ1", (WRONG_GROUP, ANNA))
    second = await world.submitted("8KS-SQ2", (WRONG_GROUP,))
    other = await world.submitted("8KS-SQ3", (WRONG_STATE,))
    for key in (first, second, other):
        await world.ends(key)
    group, smaller = await shown()
    assert group.message.text() == "there is no case group 99.99."
    assert (group.count, group.underway) == (2, 0)
    assert [(form.form_id, form.count) for form in group.forms] == [("800636", 2)]
    assert group.first < group.last
    assert "NOPE" in smaller.message.text()
    there = await sync_to_async(lambda: list(causes.submissions_of(group.id)))()
    assert [record.pk for record in there] == [second, first]
    assert [text.text() for _, text in await sync_to_async(causes.causes_of)(other)] == [smaller.message.text()]


async def test_a_refusal_is_one_cause_though_it_quotes_what_each_person_wrote(world):
    await refused(world, "8KS-SQ1", "Title “Anna's flag” is closed for 0101901234")
    await refused(world, "8KS-SQ2", "Title “Bo's flag” is closed for 0202902345")
    await refused(world, "8KS-SQ3", "The register is closed")
    groups = await shown()
    assert sorted(group.count for group in groups) == [1, 2]
    texts = " ".join(group.message.text() for group in groups)
    assert "closed" in texts
    assert "Anna" not in texts
    assert "0101901234" not in texts


async def test_a_group_filed_again_after_its_cause_is_mended_is_gone_and_each_case_knows_its_error_case(
    world, monkeypatch
):
    keys = [await world.submitted(f"8KS-SQ{number}", (WRONG_GROUP,)) for number in range(3)]
    for key in keys:
        await world.ends(key)
    (group,) = await shown()
    made = [case.number for case in world.cases.cases]
    mend(monkeypatch)

    answers = await sync_to_async(actions.file_group_again)(group.id, "a person")
    assert (answers.done, answers.refused) == (3, ())
    assert [(group.count, group.underway) for group in await shown()] == [(3, 3)]
    twice = await sync_to_async(actions.file_group_again)(group.id, "a person")
    assert (twice.done, len(twice.refused)) == (0, 3)

    for key in keys:
        await world.ends(key)
    assert await shown() == []
    assert await sync_to_async(causes.group)(group.id) is None
    assert len(world.cases.cases) == 6
    for key, number in zip(keys, made, strict=True):
        link = causes.filed_again(await world.bench.record(key))
        assert [case.number for case in link.error_cases] == [number]
        assert len(link.cases) == 1
        assert link.cases[0].number not in made
        found = await sync_to_async(page)(LogFilter(case_number=number))
        assert {line.submission for line in found.lines} == {key}


async def test_an_error_case_whose_cause_was_not_mended_stays_in_its_group_and_moves_to_a_new_one(world, monkeypatch):
    key = await world.submitted("8KS-SQ1", (WRONG_GROUP,))
    await world.ends(key)
    (before,) = await shown()
    await sync_to_async(actions.file_group_again)(before.id, "a person")
    await world.ends(key)
    (still,) = await shown()
    assert (still.id, still.count, still.underway) == (before.id, 1, 0)

    mend(monkeypatch)
    await sync_to_async(actions.file_group_again)(before.id, "a person")
    world.cases.fails("apply", answered(Refused, "It answered 400.", status=400, reason="closed"))
    await world.ends(key)
    (other,) = await shown()
    assert other.id != before.id
    assert len(world.cases.cases) == 1


async def test_a_persons_number_is_recorded_for_cases_and_error_cases_alike(world):
    filed = await world.submitted("8KS-SQ1", (CASE, ANNA))
    wrong = await world.submitted("8KS-SQ2", (WRONG_GROUP, ANNA))
    await world.submitted("8KS-SQ3", (CASE,))
    for record in [one async for one in SubmissionRecord.objects.all()]:
        await world.ends(record.pk)
    found = await sync_to_async(page)(LogFilter(person=person_token("010190-1234")), rows=500)
    assert {line.submission for line in found.lines} == {filed, wrong}
    async for entry in LogEntry.objects.all():
        assert "0101901234" not in str(entry.message)
