"""How much of a large log is read to show one page of it: counted in rows, from the database's own plans."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from formcase.workflows import filling
from formcase.workflows.log_search import STATUSES, LogFilter, page
from formcase.workflows.models import FiledCase, ServiceWorkflow, SubmissionRecord
from formcase.workflows.person_index import person_token

# What has an index in the log's order, or is known by its submissions, reads hardly more than it shows.
FEW = 1500

pytestmark = pytest.mark.django_db


@pytest.fixture(
    params=[40_000, pytest.param(400_000, marks=pytest.mark.long)], ids=lambda rows: f"{rows} lines", scope="module"
)
def rows(request, django_db_setup, django_db_blocker) -> Iterator[int]:
    """The log is filled once for the module, and emptied after it."""
    with django_db_blocker.unblock():
        filling.mark_for_tests()
        filling.fill_log(request.param, lambda _done: None)
        yield request.param
        with connection.cursor() as cursor:
            cursor.execute(f'comment on database "{connection.settings_dict["NAME"]}" is null')
            cursor.execute("truncate workflows_serviceworkflow, workflows_cause restart identity cascade")
        connection.close()


def lines_read(sought: LogFilter, cursor: str = "") -> tuple[int, set[str]]:
    """How many lines of the log were read for this page, and how."""
    with CaptureQueriesContext(connection) as captured:
        page(sought, cursor)
    read, ways = 0, set()
    for query in captured.captured_queries:
        if "workflows_logentry" not in query["sql"]:
            continue
        with connection.cursor() as opened:
            opened.execute(f"explain (analyze, format json) {query['sql'].replace('%', '%%')}", ())
            (answer,) = opened.fetchone()
        plan = answer if isinstance(answer, list) else json.loads(answer)
        for node in nodes(plan[0]["Plan"]):
            if node.get("Relation Name") == "workflows_logentry":
                ways.add(node["Node Type"])
                removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
                read += round((node["Actual Rows"] + removed) * node["Actual Loops"])
    return read, ways


def nodes(plan: dict) -> Iterator[dict]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def test_a_page_of_a_long_log_is_shown_without_reading_much_more_of_it(rows):
    workflow = ServiceWorkflow.objects.earliest("pk")
    record = SubmissionRecord.objects.earliest("pk")
    case = FiledCase.objects.earliest("pk")
    old = timezone.now() - timedelta(days=200)
    down = LogFilter()
    cursor = ""
    for _ in range(5):
        cursor = page(down, cursor, 3000).older
    few = {
        "all": LogFilter(),
        "workflow": LogFilter(workflow=workflow.pk),
        "form": LogFilter(form_id=record.form_id),
        "no such form": LogFilter(form_id="none"),
        "warnings": LogFilter(level="warning"),
        "errors": LogFilter(level="error"),
        "until": LogFilter(until=old),
        "a day": LogFilter(since=old, until=old + timedelta(days=1)),
        "reference": LogFilter(reference=record.reference_id),
        "case": LogFilter(case_number=case.number),
        "person": LogFilter(person=person_token(filling.person(11))),
        "form in a day": LogFilter(form_id=record.form_id, since=old, until=old + timedelta(hours=6)),
        "an old case's number as text": LogFilter(text=case.number),
        "no such word": LogFilter(text="nosuchword"),
    }
    read = {name: lines_read(sought) for name, sought in few.items()}
    assert {name: count for name, (count, _) in read.items() if count > FEW} == {}
    assert not any("Seq Scan" in ways for _, ways in read.values()), read
    assert lines_read(down, cursor)[0] <= FEW


def test_what_no_index_has_in_order_is_found_by_reading_a_part_of_the_log(rows):
    workflow = ServiceWorkflow.objects.earliest("pk")
    record = SubmissionRecord.objects.earliest("pk")
    sought = [
        *(LogFilter(status=status) for status in STATUSES),
        LogFilter(text="imported"),
        LogFilter(text="sagsgruppe 99.99"),
        LogFilter(workflow=workflow.pk, level="error"),
        LogFilter(form_id=record.form_id, level="warning"),
        LogFilter(form_id=record.form_id, text="planned"),
    ]
    read = {str(one): lines_read(one)[0] for one in sought}
    assert {what: count for what, count in read.items() if count > max(rows // 4, 5000)} == {}
