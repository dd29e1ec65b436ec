"""Finding lines of the workflow log: by everything that people know of a submission, page by page."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formcase.filing.journal import Filed, Note, State
from formcase.messages import message
from formcase.planning.plan import PlanKind
from formcase.targets.port import CaseReference, Receipt
from formcase.workflows import log_export, log_search, log_words, managing, person_index
from formcase.workflows.causes import keep_outcome
from formcase.workflows.log_search import ERROR_CASE, LogFilter, page
from formcase.workflows.logbook import write_log
from formcase.workflows.models import LogEntry, SubmissionRecord
from formcase.workflows.person_index import keep_persons, person_token
from formcase.workflows.submissions import SHOWN
from workflows.bench import PARAMETERS

START = datetime(2026, 3, 1, tzinfo=UTC)


def a_record(workflow, number: int, *, form_id: str = "800636", state: State = State.IMPORTED) -> SubmissionRecord:
    return SubmissionRecord.objects.create(
        workflow=workflow,
        source="https://a",
        submission_id=f"s-{number}",
        reference_id=f"8KS-SQ{number}",
        form_id=form_id,
        form_title="Flags",
        form_version=3,
        submitted_at=START,
        recorded_at=START,
        state=state.value,
    )


async def say(bench, note: Note, record: SubmissionRecord | None = None, at: datetime | None = None) -> int:
    """Write a line; its key."""
    async with bench.pool.connection() as opened:
        await write_log(
            opened, note, workflow=record.workflow_id if record else None, key=record.pk if record else None, attempt=1
        )
    entry = await LogEntry.objects.alatest("id")
    if at is not None:
        await LogEntry.objects.filter(pk=entry.pk).aupdate(at=at)
    return entry.pk


def a_note(event: str = "filed", text: str = "Filed: {cases}", level: str = "info", **parameters: str) -> Note:
    return Note(event, message(text, **{"cases": "-", **parameters}), level)


async def found(sought: LogFilter) -> list[int]:
    shown = await sync_to_async(page)(sought)
    return [line.id for line in shown.lines]


async def test_each_filter_finds_its_lines_and_no_others(bench, workflow):
    other = await sync_to_async(managing.create)("Other", "interact", PARAMETERS)
    mine = await sync_to_async(a_record)(workflow, 1)
    blocked = await sync_to_async(a_record)(other, 2, form_id="800702", state=State.BLOCKED)
    first = await say(bench, a_note(), mine, START)
    second = await say(bench, a_note("temporary blocked", level="error"), blocked, START + timedelta(days=30))
    third = await say(bench, a_note("watch failed", level="warning"), None, START + timedelta(days=60))
    fourth = await say(bench, a_note("waits", level="debug"), mine, START + timedelta(days=90))

    assert await found(LogFilter()) == [fourth, third, second, first]
    assert await found(LogFilter(workflow=workflow.pk)) == [fourth, first]
    assert await found(LogFilter(workflow=other.pk)) == [second]
    assert await found(LogFilter(form_id="800636")) == [fourth, first]
    assert await found(LogFilter(level="info")) == [third, second, first]
    assert await found(LogFilter(level="warning")) == [third, second]
    assert await found(LogFilter(level="error")) == [second]
    assert await found(LogFilter(status="Temporary blocked")) == [second]
    assert await found(LogFilter(status="Imported", level="info")) == [first]
    assert await found(LogFilter(since=START + timedelta(days=30))) == [fourth, third, second]
    assert await found(LogFilter(until=START + timedelta(days=30))) == [first]
    assert await found(LogFilter(since=START + timedelta(days=1), until=START + timedelta(days=61))) == [third, second]
    assert await found(LogFilter(reference="8KS-SQ2")) == [second]
    assert await found(LogFilter(reference="s-1")) == [fourth, first]
    assert await found(LogFilter(reference="8KS-SQ9")) == []
    assert await found(LogFilter(workflow=workflow.pk, form_id="800636", level="info")) == [first]
    assert await found(LogFilter(workflow=workflow.pk, form_id="800702")) == []


async def test_a_status_tells_error_cases_from_cases_that_were_filed_as_mapped(bench, workflow):
    lines = {}
    for number, kind in ((1, PlanKind.MAPPED), (2, PlanKind.ERROR_CASE)):
        record = await sync_to_async(a_record)(workflow, number)
        await SubmissionRecord.objects.filter(pk=record.pk).aupdate(
            filed={"kind": kind.value, "cases": [], "reasons": []}
        )
        lines[kind] = await say(bench, a_note(), record)
    assert await found(LogFilter(status=SHOWN[State.IMPORTED])) == [lines[PlanKind.MAPPED]]
    assert await found(LogFilter(status=ERROR_CASE)) == [lines[PlanKind.ERROR_CASE]]


async def test_the_log_of_a_case_holds_everything_about_the_submissions_that_made_or_updated_it(bench, workflow):
    one, two, by_hand = [await sync_to_async(a_record)(workflow, number) for number in (1, 2, 3)]
    await SubmissionRecord.objects.filter(pk=by_hand.pk).aupdate(handled_case="2026-02.15-00001")
    lines = [await say(bench, a_note(), record) for record in (one, two, by_hand)]
    for record, number in ((one, "2026-02.15-00001"), (two, "2026-02.15-00002")):
        async with bench.pool.connection() as opened:
            await keep_outcome(opened, record.pk, Filed(PlanKind.MAPPED, Receipt((CaseReference("7", number, None),))))
    assert await found(LogFilter(case_number="2026-02.15-00001")) == [lines[2], lines[0]]
    assert await found(LogFilter(case_number="2026-02.15-0000")) == []


async def test_a_person_is_found_however_the_number_is_written_and_the_number_is_kept_nowhere(bench, workflow):
    record, other = [await sync_to_async(a_record)(workflow, number) for number in (1, 2)]
    line = await say(bench, a_note(), record)
    await say(bench, a_note(), other)
    async with bench.pool.connection() as opened:
        await keep_persons(opened, record.pk, ["0101901234", "12345678"])
        await keep_persons(opened, record.pk, ["0101901234"])
    for typed in ("0101901234", "010190-1234", " 010190 1234", "DK12345678", "12 34 56 78"):
        assert await found(LogFilter(person=person_token(typed))) == [line]
    assert await found(LogFilter(person=person_token("0101901235"))) == []
    assert await found(LogFilter(person="made up")) == []
    kept = await bench.rows("select encode(digest, 'escape') as digest from workflows_personindex")
    assert len(kept) == 2
    assert not any("0101901234" in row["digest"] or "12345678" in row["digest"] for row in kept)


async def test_another_key_makes_other_tokens(settings):
    before = person_token("0101901234")
    settings.PERSON_INDEX_KEY = "another"
    assert person_token("0101901234") != before


@pytest.mark.parametrize("typed", ["", "0101", "01019012345", "Anna", "0101901234x"])
def test_what_is_no_number_of_a_person_is_not_looked_for(typed):
    with pytest.raises(person_index.NoNumber):
        person_token(typed)


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("case group", True),
        ("CASE groups 99.99", True),
        ("sagsgruppe", True),
        ("Sagsgruppen 99.99", True),
        ("sagsgr*", True),
        ("can't be filed", True),
        ("99.99", True),
        ("2026-02.15-00001", True),
        ("2026-02.15", True),
        ("2026-02*", True),
        ("00001", True),
        ("sagsgr", False),
        ("case planned", False),
        ("0101901234", False),
        ("'; drop table", False),
        ("!!! ???", False),
        ("'", False),
        ("\\", False),
        ("a & b | c:*", False),
    ],
)
async def test_words_are_found_in_both_languages_and_in_their_forms(bench, workflow, typed, is_found):
    note = Note(
        "can't be filed as it is",
        message(
            "{what} {case} {value}",
            what=message("there is no case group {code}.", code="99.99"),
            case="2026-02.15-00001",
            value="0101901234",
            hidden=("value",),
        ),
        "warning",
    )
    with override("en"):
        line = await say(bench, note)
        await say(bench, a_note("planned", "Planned: {count} operations", count="3"))
        assert await found(LogFilter(text=typed)) == ([line] if is_found else [])


async def test_a_page_leads_to_the_next_and_back_again(bench, workflow):
    record = await sync_to_async(a_record)(workflow, 1)
    at = [START + timedelta(hours=hours) for hours in (0, 0, 0, 1, 50, 2000, 2000, 5000)]
    lines = [await say(bench, a_note(), record, when) for when in at][::-1]
    for sought in (LogFilter(), LogFilter(text="filed"), LogFilter(reference=record.reference_id)):
        forward, cursor = [], ""
        while True:
            shown = await sync_to_async(page)(sought, cursor, 3)
            forward.append([line.id for line in shown.lines])
            if not shown.older:
                break
            cursor = shown.older
        assert forward == [lines[:3], lines[3:6], lines[6:]]
        back = [await sync_to_async(page)(sought, shown.newer, 3)]
        back.append(await sync_to_async(page)(sought, back[0].newer, 3))
        assert [[line.id for line in one.lines] for one in back] == [lines[3:6], lines[:3]]
        assert not back[1].newer
        assert back[1].older


async def test_a_search_without_patience_for_all_at_once_finds_each_line_once_in_both_directions(bench, workflow):
    record = await sync_to_async(a_record)(workflow, 1)
    at = [START + timedelta(hours=hours) for hours in (0, 0, 1, 3, 3, 6, 9)]
    lines = [await say(bench, a_note(), record, when) for when in at]
    await say(bench, a_note("planned", "Planned"), record, START + timedelta(hours=12))
    cursor, found, stops = "", [], 0
    while True:
        shown = await sync_to_async(page)(LogFilter(text="filed"), cursor, 3, 0)
        found += [line.id for line in shown.lines]
        stops += shown.searched_to is not None
        cursor = shown.further or shown.older
        if not cursor:
            break
    assert found == lines[::-1]
    assert stops > 3
    cursor, found = log_search._Cursor(log_search._Way.NEWER, START - timedelta(hours=1), 0).written(), []
    while cursor:
        shown = await sync_to_async(page)(LogFilter(text="filed"), cursor, 3, 0)
        found += [line.id for line in shown.lines][::-1]
        cursor = shown.further or shown.newer
    assert found == lines


async def test_what_has_come_since_is_asked_for_with_the_newest_lines_cursor(bench, workflow):
    await say(bench, a_note())
    shown = await sync_to_async(page)(LogFilter())
    nothing = await sync_to_async(page)(LogFilter(), shown.newest)
    assert nothing.lines == ()
    line = await say(bench, a_note())
    later = await sync_to_async(page)(LogFilter(), nothing.newest)
    assert [one.id for one in later.lines] == [line]


@pytest.mark.parametrize("cursor", ["x", "e30", "WyJvbGRlciJd", "W10", "æ", "=" * 9])
@pytest.mark.django_db
def test_a_cursor_that_somebody_made_up_shows_the_first_page(cursor):
    assert page(LogFilter(), cursor).lines == ()


@given(st.text(max_size=40))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.django_db
def test_whatever_is_typed_as_words_can_be_looked_for(db, typed):
    page(LogFilter(text=typed))
    with connection.cursor() as cursor:
        cursor.execute("select workflows_log_words(%s)", (log_words.words_of(typed, message("{x}", x=typed)),))


async def test_a_file_for_spreadsheets_holds_no_formula_and_one_for_machines_every_line(bench, workflow):
    await sync_to_async(managing.change)(workflow, {})
    await type(workflow).objects.filter(pk=workflow.pk).aupdate(name="=HYPERLINK(1)")
    record = await sync_to_async(a_record)(workflow, 1)
    await SubmissionRecord.objects.filter(pk=record.pk).aupdate(reference_id="+1+1", form_id="@SUM")
    for text in ("-2+3", "\t=1", "ordinary, “text”\nof two lines"):
        await say(bench, Note("noted", message("{text}", text=text)), await bench.record(record.pk))
    made = "".join(await sync_to_async(list)(log_export.csv_lines(LogFilter())))
    rows = list(csv.DictReader(io.StringIO(made.removeprefix("\ufeff"))))
    assert [row["text"] for row in rows] == ["ordinary, “text”\nof two lines", "'\t=1", "'-2+3"]
    assert {(row["workflow"], row["referenceId"], row["formId"]) for row in rows} == {
        ("'=HYPERLINK(1)", "'+1+1", "'@SUM")
    }
    lines = [json.loads(line) for line in await sync_to_async(list)(log_export.json_lines(LogFilter()))]
    assert [line["text"] for line in lines] == ["ordinary, “text”\nof two lines", "\t=1", "-2+3"]


@pytest.mark.django_db
def test_a_long_export_is_read_bit_by_bit_and_holds_each_line_once(monkeypatch):
    monkeypatch.setattr(log_search, "EXPORTED_AT_ONCE", 7)
    now = timezone.now()
    LogEntry.objects.bulk_create(
        LogEntry(at=now - timedelta(seconds=n // 3), level="info", event="e", message={"template": str(n)})
        for n in range(40)
    )
    texts = [line.text.template for line in log_search.all_lines(LogFilter())]
    assert len(texts) == 40
    assert set(texts) == {str(n) for n in range(40)}
    assert [int(text) // 3 for text in texts] == sorted(int(text) // 3 for text in texts)
    assert len(list(log_search.all_lines(LogFilter(), most=11))) == 11
