"""The log of calls with a million rows: each filter goes by an index, and reads little more than it shows."""

import json

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from formcase.appearance.paging import slice_of
from formcase.formservice.administration.calls import finding
from formcase.formservice.models import Client

ROWS = 1_000_000
_FILL = """
insert into formservice_clientcall
    (at, outcome, client_id, certificate, method, kind, form_id, reference_id, status, reason, detail, duration,
    address)
select timestamptz '2026-11-24' - n * interval '7 seconds',
       (array['answered', 'answered', 'answered', 'mistaken'])[1 + n %% 4],
       'client-' || n %% 3, lpad(to_hex(n %% 3), 64, '0'), 'GET', 'xml',
       case when n %% 10 = 0 then '' else '80063' || n %% 5 end,
       case when n %% 10 = 0 then '' else 'REF-' || n / 10 end,
       200, '', '', 12, '192.0.2.' || n %% 3
from generate_series(1, %s) as n
"""
_RARE = """
insert into formservice_clientcall
    (at, outcome, client_id, certificate, method, kind, form_id, reference_id, status, reason, detail, duration,
    address)
select timestamptz '2026-10-01' + n * interval '1 second', 'refused', 'client-0', '', 'GET', 'xml', '', '', 401,
       'token-missing', '', 3, '2001:db8::9'
from generate_series(1, 70) as n
"""
QUERIES = (
    "",
    "client=client-1",
    "outcome=refused",
    "outcome=refused&client=client-0",
    "outcome=answered&client=client-2",
    "since=2026-10-01T00:00&until=2026-10-02T00:00",
    "q=800631",
    "q=800631&client=client-1",
    "q=REF-77",
    "q=REF-77777",
    "q=192.0.2.1",
    "q=2001:db8::9&outcome=refused",
    "q=" + "1".rjust(64, "0"),
    "q=client-2",
    "q=nothing-of-this",
)


def nodes(plan):
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def rows_read(query: str) -> tuple[int, int, set[str]]:
    """How many rows the page has, how many were read for it at most by one query, and how."""
    request = RequestFactory().get(f"/?{query}")
    with CaptureQueriesContext(connection) as captured:
        shown = len(slice_of(request, finding.found(finding.Filters(QueryDict(query))), finding.ORDER).rows)
    most, ways = 0, set()
    for asked in (one["sql"] for one in captured.captured_queries if "formservice_clientcall" in one["sql"]):
        with connection.cursor() as cursor:
            cursor.execute(f"explain (analyze, format json) {asked.replace('%', '%%')}", ())
            (answer,) = cursor.fetchone()
        plan = (answer if isinstance(answer, list) else json.loads(answer))[0]["Plan"]
        for node in nodes(plan):
            if node.get("Relation Name") == "formservice_clientcall" or "Index Name" in node:
                removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
                most = max(most, round((node["Actual Rows"] + removed) * node["Actual Loops"]))
                ways.add(node["Node Type"])
    return shown, most, ways


@pytest.mark.long
def test_a_page_of_a_million_calls_reads_little_more_than_it_shows(db):
    Client.objects.bulk_create([Client(client_id=f"client-{number}") for number in range(3)])
    with connection.cursor() as cursor:
        cursor.execute("set local max_parallel_workers_per_gather = 0")
        cursor.execute(_FILL, [ROWS])
        cursor.execute(_RARE)
        cursor.execute("analyze formservice_clientcall")
    found = {query: rows_read(query) for query in QUERIES}
    print("\n".join(f"{read:>8} rows read, {shown:>3} shown: {query}" for query, (shown, read, _ways) in found.items()))
    slow = {query: what for query, what in found.items() if what[1] > 12_000 or "Seq Scan" in what[2]}
    assert not slow
    assert found["outcome=refused"][0] == 50
    assert found["q=REF-77777"][0] == 9
    assert found["q=nothing-of-this"][0] == 0
