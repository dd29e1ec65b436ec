"""What filing relies on in every journal."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from conformance.journals import JOURNALS, JournalUnderTest
from formcase.filing.journal import Attempt, Filed, Intent, Note, Scope, State, Superseded
from formcase.messages import message
from formcase.planning.plan import CreateCase, Entry, Plan, PlanKind
from formcase.sources.port import ReportedCase, SubmissionSummary
from formcase.submission.model import FieldPath, Step
from formcase.targets.port import CaseReference, Receipt
from workflows.bench import transactional_db
from workflows.listed import summary

__all__ = ["transactional_db"]

SOURCE = "https://a.example/interact"
NOTE = Note("tested", message("Tested"))
FILED = Filed(PlanKind.MAPPED, Receipt((CaseReference("17", "2026-02.15-00001", None),)))
ERROR_CASE = Filed(PlanKind.ERROR_CASE, Receipt((CaseReference("18", "2026-00.01-00001", None),)), (message("wrong"),))
NO = message("no")


@pytest.fixture(params=sorted(JOURNALS))
async def kept(request: pytest.FixtureRequest, transactional_db: None) -> AsyncIterator[JournalUnderTest]:
    async with JOURNALS[request.param]() as opened:
        yield opened


def intent() -> Intent:
    path = FieldPath((Step("WZ_ODATA"), Step("Files"), Step("BUILDAREA")))
    entry = Entry({"Title": "Ærø", "BUILDAREA": Decimal("62.50")}, origins={"BUILDAREA": (path,)})
    return Intent(
        plan=Plan(PlanKind.MAPPED, "REF-1", (CreateCase("case-1", entry),)),
        request_ids=(uuid4(),),
        first_sent=datetime.now(UTC),
        executing_user="SBH",
        reasons=(message("because of {value}", value="0101901234", hidden=("value",)),),
    )


def now() -> datetime:
    return datetime.now(UTC)


async def recorded(kept: JournalUnderTest, *summaries: SubmissionSummary, source: str = SOURCE) -> list[int]:
    return [one.key for one in await kept.journal.record(kept.workflow, source, summaries)]  # type: ignore[misc]


async def begun(kept: JournalUnderTest, number: int = 1) -> Attempt:
    (key,) = await recorded(kept, summary(number))
    attempt = await kept.journal.begin(key)
    assert attempt is not None
    return attempt


async def test_a_submission_is_recorded_once_and_gets_a_job_with_it(kept):
    first = await kept.journal.record(kept.workflow, SOURCE, [summary(1), summary(2)])
    again = await kept.journal.record(kept.workflow, SOURCE, [summary(1), summary(2)])
    assert [one.new for one in first] == [True, True]
    assert [one.new for one in again] == [False, False]
    assert [one.key for one in first] == [one.key for one in again]
    assert await kept.nudged() == {one.key for one in first}


async def test_two_watches_at_once_record_a_submission_once(kept):
    pages = await asyncio.gather(
        *(kept.journal.record(kept.workflow, SOURCE, [summary(n) for n in range(20)]) for _ in range(4))
    )
    assert sum(one.new for page in pages for one in page) == 20
    assert len({one.key for page in pages for one in page} - {None}) == 20


async def test_the_same_id_at_another_form_service_is_another_submission(kept):
    first = await recorded(kept, summary(1, "A"))
    second = await recorded(kept, summary(1, "B"), source="https://b.example/interact")
    assert first != second


async def test_a_reference_id_that_another_submission_has_is_not_its_own(kept):
    await recorded(kept, summary(1, "8KS-SQ5"))
    (second,) = await recorded(kept, summary(7, "8KS-SQ5"), source="https://b.example/interact")
    attempt = await kept.journal.begin(second)
    assert attempt.entry.reference_owner == "s-1"


async def test_the_newest_attempt_alone_may_write(kept):
    first = await begun(kept)
    second = await kept.journal.begin(first.entry.key)
    assert second.entry.attempt == first.entry.attempt + 1
    assert second.entry.taken_over
    for write in (
        first.delivered(),
        first.identify(summary(1)),
        first.intend(intent()),
        first.uploaded("document-1", "D1"),
        first.sending(),
        first.in_doubt(),
        first.refused(NOTE),
        first.abandon(NOTE),
        first.claim(["contact:P:1"]),
        first.filed(FILED, NOTE),
        first.answered_repeatability(),
        first.imported(NOTE),
        first.adopt_imported((ReportedCase("1"),), NOTE),
        first.note(NOTE),
        first.again(now(), NOTE),
        first.block(NO, Scope.SUBMISSION, now(), NOTE, reported=False),
        first.withdraw(NOTE),
    ):
        with pytest.raises(Superseded):
            await write
    await second.delivered()
    third = (await kept.journal.begin(first.entry.key)).entry
    assert (third.state, third.intent, third.filed, third.delivered) == (State.WAITING, None, None, True)


async def test_an_ended_attempt_may_not_write_either(kept):
    attempt = await begun(kept)
    await attempt.again(now(), NOTE)
    with pytest.raises(Superseded):
        await attempt.delivered()


async def test_of_many_that_begin_at_once_one_goes_on(kept):
    (key,) = await recorded(kept, summary(1))
    attempts = await asyncio.gather(*(kept.journal.begin(key) for _ in range(6)))
    assert len({attempt.entry.attempt for attempt in attempts}) == 6
    went_on = 0
    for attempt in attempts:
        try:
            await attempt.intend(intent())
        except Superseded:
            continue
        went_on += 1
    assert went_on == 1


async def test_an_intent_survives_with_everything_that_a_repetition_needs(kept):
    attempt = await begun(kept)
    meant = intent()
    await attempt.intend(meant)
    await attempt.uploaded("document-1", "D1")
    await attempt.uploaded("document-2", "D2")
    assert (await kept.journal.begin(attempt.entry.key)).entry.doubt is None
    attempt = await kept.journal.begin(attempt.entry.key)
    await attempt.sending()
    entry = (await kept.journal.begin(attempt.entry.key)).entry
    found = entry.doubt
    assert found.plan == meant.plan
    assert found.request_ids == meant.request_ids
    assert found.first_sent == meant.first_sent
    assert found.executing_user == meant.executing_user
    assert found.reasons == meant.reasons
    assert found.documents == {"document-1": "D1", "document-2": "D2"}


async def test_what_an_attempt_has_done_is_in_its_own_entry_too(kept):
    attempt = await begun(kept)
    await attempt.intend(intent())
    await attempt.uploaded("document-1", "D1")
    await attempt.sending()
    await attempt.in_doubt()
    again = (await kept.journal.begin(attempt.entry.key)).entry
    assert attempt.entry.intent.documents == again.intent.documents == {"document-1": "D1"}
    assert attempt.entry.intent.doubt_since == again.intent.doubt_since


async def test_a_new_sending_forgets_what_was_seen_after_the_one_before(kept):
    attempt = await begun(kept)
    await attempt.intend(intent())
    await attempt.sending()
    await attempt.in_doubt()
    await attempt.sending()
    assert attempt.entry.intent.doubt_since is None
    assert (await kept.journal.begin(attempt.entry.key)).entry.intent.doubt_since is None


async def test_a_refusal_ends_the_doubt_and_keeps_the_uploads_and_giving_up_keeps_nothing(kept):
    attempt = await begun(kept)
    await attempt.intend(intent())
    await attempt.uploaded("document-1", "D1")
    await attempt.sending()
    await attempt.refused(NOTE)
    attempt = await kept.journal.begin(attempt.entry.key)
    assert attempt.entry.doubt is None
    assert attempt.entry.intent.documents == {"document-1": "D1"}
    await attempt.abandon(NOTE)
    assert (await kept.journal.begin(attempt.entry.key)).entry.intent is None


async def test_what_was_filed_survives_and_the_intent_is_over(kept):
    attempt = await begun(kept)
    await attempt.intend(intent())
    await attempt.sending()
    await attempt.filed(FILED, NOTE)
    entry = (await kept.journal.begin(attempt.entry.key)).entry
    assert (entry.filed, entry.intent, entry.state) == (FILED, None, State.FILED)


async def test_the_reasons_of_an_error_case_survive(kept):
    attempt = await begun(kept)
    await attempt.filed(ERROR_CASE, NOTE)
    assert (await kept.journal.begin(attempt.entry.key)).entry.filed == ERROR_CASE


@pytest.mark.parametrize("end", ["imported", "adopted", "withdrawn"])
async def test_what_has_ended_is_not_begun_again(kept, end):
    attempt = await begun(kept)
    if end == "imported":
        await attempt.filed(FILED, NOTE)
        await attempt.imported(NOTE)
    elif end == "adopted":
        await attempt.adopt_imported((ReportedCase("2026-1"),), NOTE)
    else:
        await attempt.withdraw(NOTE)
    assert await kept.journal.begin(attempt.entry.key) is None


async def test_what_is_listed_again_after_it_was_withdrawn_is_open_again_and_planned_anew(kept):
    attempt = await begun(kept)
    await attempt.intend(intent())
    await attempt.withdraw(NOTE)
    await recorded(kept, summary(1))
    entry = (await kept.journal.begin(attempt.entry.key)).entry
    assert (entry.state, entry.intent) == (State.WAITING, None)


async def test_what_was_reported_long_ago_and_is_still_listed_is_reported_again(kept):
    attempt = await begun(kept)
    await attempt.filed(FILED, NOTE)
    await attempt.imported(NOTE)
    await recorded(kept, summary(1))
    assert await kept.journal.begin(attempt.entry.key) is None, "the listing may be older than the report"
    await kept.passes(3600, attempt.entry.key)
    await recorded(kept, summary(1))
    assert (await kept.journal.begin(attempt.entry.key)).entry.filed == FILED


async def test_a_submission_keeps_its_identity_once_it_is_known(kept):
    attempt = await begun(kept)
    await recorded(kept, summary(2, "8KS-SQ5"))
    await attempt.identify(summary(1, "8KS-SQ5"))
    assert attempt.entry.reference_id == "8KS-SQ5"
    assert attempt.entry.reference_owner == "s-2"
    assert (await kept.journal.begin(attempt.entry.key)).entry.reference_owner == "s-2"


async def test_two_filings_of_one_contact_take_turns(kept):
    one, two = await begun(kept, 1), await begun(kept, 2)
    assert await one.claim(["contact:P:1", "case:7"])
    assert not await two.claim(["case:9", "contact:P:1"])
    assert await two.claim(["case:9"])
    await one.imported(NOTE)
    assert await two.claim(["case:9", "contact:P:1"])


async def test_claims_are_all_or_none(kept):
    one, two, three = await begun(kept, 1), await begun(kept, 2), await begun(kept, 3)
    assert await one.claim(["contact:P:1"])
    assert not await two.claim(["case:9", "contact:P:1"])
    assert await three.claim(["case:9"])


async def test_claims_of_an_attempt_that_was_taken_over_are_void(kept):
    dead, other = await begun(kept, 1), await begun(kept, 2)
    assert await dead.claim(["contact:P:1"])
    await kept.journal.begin(dead.entry.key)
    assert await other.claim(["contact:P:1"])


async def test_of_many_that_claim_at_once_one_gets_it(kept):
    attempts = [await begun(kept, number) for number in range(8)]
    names = ["contact:P:1", "contact:F:2", "case:3"]
    granted = await asyncio.gather(
        *(attempt.claim(names[number % 3 :] + names[: number % 3]) for number, attempt in enumerate(attempts))
    )
    assert sum(granted) == 1


async def test_passing_failures_are_counted_from_the_first_to_the_next_success(kept):
    attempt = await begun(kept)
    await attempt.again(now(), NOTE, passing=True)
    await kept.passes(60, attempt.entry.key)
    attempt = await kept.journal.begin(attempt.entry.key)
    await attempt.again(now(), NOTE, passing=True)
    entry = (await kept.journal.begin(attempt.entry.key)).entry
    assert entry.tries == 2
    assert now() - entry.passing_since > timedelta(seconds=59)
    attempt = await kept.journal.begin(attempt.entry.key)
    await attempt.filed(FILED, NOTE)
    assert (attempt.entry.tries, attempt.entry.passing_since) == (0, None)


async def test_waiting_for_a_turn_counts_as_no_try(kept):
    attempt = await begun(kept)
    await attempt.again(now(), None)
    entry = (await kept.journal.begin(attempt.entry.key)).entry
    assert (entry.tries, entry.unreadable_tries, entry.passing_since) == (0, 0, None)


async def test_what_waits_is_due_at_its_time_and_has_a_job_for_it(kept):
    attempt = await begun(kept)
    await attempt.again(now() + timedelta(minutes=5), NOTE, unreadable=True)
    assert 290 < await kept.due(attempt.entry.key) <= 300
    assert await kept.nudged() == {attempt.entry.key}
    assert (await kept.journal.begin(attempt.entry.key)).entry.unreadable_tries == 1


@pytest.mark.parametrize("ended", ["again", "blocked"])
async def test_what_ends_after_the_workflow_was_changed_is_tried_at_once(kept, ended):
    attempt = await begun(kept)
    await kept.change()
    later = now() + timedelta(hours=1)
    if ended == "again":
        await attempt.again(later, NOTE, passing=True)
    else:
        await attempt.block(NO, Scope.SUBMISSION, later, NOTE, reported=True)
    assert await kept.due(attempt.entry.key) <= 0
    assert (await kept.journal.begin(attempt.entry.key)).entry.terms.executing_user == "MKT"


async def test_a_block_of_one_submission_is_its_own(kept):
    attempt, other = await begun(kept, 1), await begun(kept, 2)
    await attempt.block(NO, Scope.SUBMISSION, now() + timedelta(days=1), NOTE, reported=True)
    assert not await kept.is_blocked()
    await other.again(now(), NOTE)
    assert await kept.journal.begin(other.entry.key) is not None
    assert (await kept.journal.begin(attempt.entry.key)).entry.state is State.BLOCKED


async def test_a_setup_problem_blocks_the_workflow_and_the_first_that_is_filed_lifts_it(kept):
    failing, parked = await begun(kept, 1), await begun(kept, 2)
    await parked.again(now(), NOTE)
    await failing.block(message("token refused"), Scope.WORKFLOW, now(), NOTE, reported=True)
    assert await kept.journal.begin(parked.entry.key) is None
    said = await kept.journal.park(parked.entry.key)
    assert (said.submission_id, said.reason.text()) == ("s-2", "token refused")
    await kept.chosen(failing.entry.key)
    probe = await kept.journal.begin(failing.entry.key)
    await probe.filed(FILED, NOTE)
    assert not await kept.is_blocked()
    assert (await kept.journal.begin(parked.entry.key)).entry.state is State.WAITING


async def test_of_a_parked_submission_the_form_service_is_told_once(kept):
    failing, parked = await begun(kept, 1), await begun(kept, 2)
    await parked.again(now(), NOTE)
    await failing.block(NO, Scope.WORKFLOW, now(), NOTE, reported=True)
    assert await kept.journal.park(parked.entry.key) is not None
    await kept.journal.remind(parked.entry.key, now() + timedelta(minutes=5))
    assert 290 < await kept.due(parked.entry.key) <= 300
    assert await kept.journal.park(parked.entry.key) is not None
    await kept.journal.mark_blocked_reported(parked.entry.key)
    assert await kept.journal.park(parked.entry.key) is None


async def test_nothing_is_parked_that_is_not_behind_a_block(kept):
    (key,) = await recorded(kept, summary(1))
    assert await kept.journal.park(key) is None
    assert await kept.journal.begin(key) is not None


async def test_what_is_filed_is_begun_behind_a_block_so_that_it_can_be_reported(kept):
    filed, failing = await begun(kept, 1), await begun(kept, 2)
    await filed.filed(FILED, NOTE)
    await filed.again(now(), NOTE)
    await failing.block(NO, Scope.WORKFLOW, now(), NOTE, reported=True)
    attempt = await kept.journal.begin(filed.entry.key)
    await attempt.imported(NOTE)
    assert await kept.is_blocked(), "a report proves nothing about filing"


async def test_three_suspicious_ones_in_a_row_block_the_workflow_but_not_one(kept):
    for number, blocked in ((1, False), (2, False), (3, True)):
        attempt = await begun(kept, number)
        await attempt.block(message("refused"), Scope.SUSPECT, now(), NOTE, reported=False)
        assert await kept.is_blocked() is blocked


async def test_one_suspicious_one_three_times_does_not_block_the_workflow(kept):
    attempt = await begun(kept)
    for _ in range(4):
        await attempt.block(message("refused"), Scope.SUSPECT, now(), NOTE, reported=False)
        attempt = await kept.journal.begin(attempt.entry.key)
    assert not await kept.is_blocked()


async def test_a_filing_in_between_clears_the_suspicion(kept):
    for number in (1, 2):
        attempt = await begun(kept, number)
        await attempt.block(message("refused"), Scope.SUSPECT, now(), NOTE, reported=False)
    await (await begun(kept, 3)).filed(FILED, NOTE)
    attempt = await begun(kept, 4)
    await attempt.block(message("refused"), Scope.SUSPECT, now(), NOTE, reported=False)
    assert not await kept.is_blocked()


async def test_a_workflow_whose_others_are_filed_is_not_blocked_by_one_again_and_again(kept):
    bad = await begun(kept, 1)
    await bad.block(NO, Scope.WORKFLOW, now(), NOTE, reported=True)
    assert await kept.is_blocked()
    good = await begun_behind_block(kept, 2)
    await good.filed(FILED, NOTE)
    bad = await kept.journal.begin(bad.entry.key)
    await bad.block(NO, Scope.WORKFLOW, now(), NOTE, reported=True)
    assert not await kept.is_blocked()


async def begun_behind_block(kept: JournalUnderTest, number: int) -> Attempt:
    (key,) = await recorded(kept, summary(number))
    await kept.chosen(key)
    attempt = await kept.journal.begin(key)
    assert attempt is not None
    return attempt


async def test_a_disabled_workflow_files_nothing(kept):
    attempt = await begun(kept)
    await attempt.again(now(), NOTE)
    await kept.disable()
    assert await kept.journal.begin(attempt.entry.key) is None


async def test_an_attempt_that_runs_when_its_workflow_is_disabled_may_end(kept):
    attempt = await begun(kept)
    await kept.disable()
    await attempt.filed(FILED, NOTE)
    await attempt.imported(NOTE)


async def test_that_the_case_system_keeps_requests_is_known_to_all_later_attempts(kept):
    attempt = await begun(kept, 1)
    assert not attempt.entry.repeatability_seen
    await attempt.answered_repeatability()
    assert (await begun(kept, 2)).entry.repeatability_seen
