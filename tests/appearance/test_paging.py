"""Walking through a long listing: every row once, forwards and back, whatever its keys."""

import pytest
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formcase.appearance.paging import slice_of
from formcase.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


def walk(fields: tuple[str, ...], rows: int, query: str, direction: str) -> list[list[int]]:
    leaves = []
    while True:
        leaf = slice_of(RequestFactory().get(f"/{query}"), AuditEntry.objects.all(), fields, rows)
        leaves.append([entry.pk for entry in leaf.rows])
        query = getattr(leaf, direction)
        if not query:
            return leaves


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from("abc"), max_size=12), rows=st.integers(1, 5))
def test_forwards_and_back_every_row_comes_once(django_db_blocker, names, rows):
    from django.db import transaction

    with transaction.atomic():
        for name in names:
            AuditEntry.objects.create(actor=name, action="x", kind="x")
        expected = list(AuditEntry.objects.order_by("-actor", "-id").values_list("pk", flat=True))
        fields = ("actor", "id")
        forwards = walk(fields, rows, "", "older")
        assert [pk for leaf in forwards for pk in leaf] == expected
        if len(forwards) > 1:
            last = slice_of(RequestFactory().get("/"), AuditEntry.objects.all(), fields, rows)
            while last.older:
                last = slice_of(RequestFactory().get(f"/{last.older}"), AuditEntry.objects.all(), fields, rows)
            back = walk(fields, rows, last.newer, "newer")
            assert sorted(pk for leaf in back for pk in leaf) == sorted(expected[: len(expected) - len(forwards[-1])])
        transaction.set_rollback(True)


@pytest.mark.parametrize("made_up", ["x", "W10", "WyJhIiwgImIiXQ", "bnVsbA", "%00", "WzFlOTk5XQ", "W1tdXQ"])
def test_a_key_that_somebody_made_up_shows_the_first_page(made_up):
    entry = AuditEntry.objects.create(actor="a", action="x", kind="x")
    for name in ("after", "before"):
        leaf = slice_of(RequestFactory().get("/", {name: made_up}), AuditEntry.objects.all())
        assert [found.pk for found in leaf.rows] == [entry.pk]


def test_the_way_on_keeps_what_was_sought():
    for _number in range(3):
        AuditEntry.objects.create(actor="a", action="x", kind="x")
    leaf = slice_of(RequestFactory().get("/", {"actor": "a", "after": "x"}), AuditEntry.objects.all(), rows=2)
    assert leaf.older.startswith("?actor=a&after=")
    assert leaf.newer == ""
