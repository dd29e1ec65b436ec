"""No page reads a big table from end to end: each query of each page, explained by a database at volume."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from formcase.accounts import managing
from formcase.accounts.roles import Role
from formcase.cli.commands.bench_pages import addresses
from formcase.workflows import filling

pytestmark = [pytest.mark.long, pytest.mark.django_db]

SUBMISSIONS = 60_000
LINES = 80_000
# The causes of error cases are not among them: those that are not mended are counted whole, and none is read besides.
BIG = frozenset(f"workflows_{name}" for name in ("submissionrecord", "logentry", "filedcase", "personindex"))


@pytest.fixture
def volume(transactional_db) -> Iterator[None]:
    """A database of a year."""
    filling.mark_for_tests()
    filling.fill_submissions(SUBMISSIONS, lambda _done: None)
    filling.fill_log(LINES, lambda _done: None)
    yield
    with connection.cursor() as cursor:
        cursor.execute(f'comment on database "{connection.settings_dict["NAME"]}" is null')


def test_every_query_of_every_page_finds_its_rows_by_an_index(volume):
    reader = managing.create("test", {"username": "bench", "role": Role.ADMINISTRATOR}, must_change=False)
    client = Client()
    client.force_login(reader)
    whole, explained = [], 0
    for address in addresses():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code in (200, 302), address
        for query in captured.captured_queries:
            if any(table in query["sql"] for table in BIG) and query["sql"].lstrip().upper().startswith(
                ("SELECT", "WITH", "--")
            ):
                explained += 1
                whole += [f"{address}: {table}\n{query['sql']}" for table in read_whole(query["sql"])]
    assert explained > 100
    assert not whole, "\n\n".join(whole)


def read_whole(sql: str) -> set[str]:
    """The big tables that the database would read from end to end."""
    with connection.cursor() as cursor:
        cursor.execute(f"explain (format json) {sql.replace('%', '%%')}", ())
        (plan,) = cursor.fetchone()
    return {node["Relation Name"] for node in nodes(plan[0]["Plan"]) if node["Node Type"] == "Seq Scan"} & BIG


def nodes(plan: dict) -> Iterator[dict]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)
