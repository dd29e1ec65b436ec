"""Filling a test database: only one that says it is for tests."""

import pytest
from django.db import connection

from formcase.workflows import filling
from formcase.workflows.models import LogEntry, ServiceWorkflow, SubmissionRecord


@pytest.fixture
def for_tests(transactional_db):
    filling.mark_for_tests()
    yield
    with connection.cursor() as cursor:
        cursor.execute(f'comment on database "{connection.settings_dict["NAME"]}" is null')


def nothing(_done: int) -> None:
    pass


@pytest.mark.django_db(transaction=True)
def test_a_database_that_does_not_say_it_is_for_tests_is_not_filled():
    with pytest.raises(filling.NotForTests):
        filling.fill_submissions(10, nothing)
    with pytest.raises(filling.NotForTests):
        filling.fill_log(10, nothing)
    assert not SubmissionRecord.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_database_with_a_workflow_does_not_say_it_is_for_tests():
    ServiceWorkflow.objects.create(name="Flags")
    with pytest.raises(filling.NotForTests):
        filling.mark_for_tests()
    assert not filling.is_for_tests()


def test_lines_and_submissions_are_made_as_many_as_asked(for_tests):
    seen = []
    filling.fill_log(2005, seen.append)
    filling.fill_submissions(500, nothing)
    assert LogEntry.objects.count() == seen[-1] == 2005
    assert SubmissionRecord.objects.count() == 2005 // 8 + 1 + 500
    assert set(SubmissionRecord.objects.values_list("state", flat=True)) >= {"imported", "waiting", "blocked"}
    assert SubmissionRecord.objects.filter(filed_kind="error case").exists()
    assert not ServiceWorkflow.objects.filter(enabled=True).exists()
