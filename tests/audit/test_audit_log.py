"""Nobody changes what the audit log says, and it says no more than it should."""

import pytest
from django.db import DatabaseError, connection, transaction

from formcase.audit.models import AuditEntry
from formcase.audit.recording import Object, record, record_change
from formcase.workflows import managing

pytestmark = pytest.mark.django_db
USER = Object("user", "1", "lone.bruun")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditentry SET actor = 'somebody else'",
        "DELETE FROM audit_auditentry",
        "SET LOCAL session_replication_role = replica; DELETE FROM audit_auditentry",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(statement):
    record("lone.bruun", "user changed", USER)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.get().actor == "lone.bruun"


def test_the_database_refuses_to_empty_the_log():
    record("lone.bruun", "user changed", USER)
    with transaction.atomic(), connection.cursor() as cursor:
        # only the tests' own database has it switched off, because it is emptied between tests
        cursor.execute("ALTER TABLE audit_auditentry ENABLE ALWAYS TRIGGER audit_entry_keep_all")
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            cursor.execute("TRUNCATE audit_auditentry")
        cursor.execute("ALTER TABLE audit_auditentry DISABLE TRIGGER audit_entry_keep_all")
    assert AuditEntry.objects.count() == 1


def test_a_change_is_kept_as_what_differs_and_no_change_is_not_kept():
    assert record_change("lone.bruun", "user changed", USER, {"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4})
    assert not record_change("lone.bruun", "user changed", USER, {"a": 1}, {"a": 1})
    entry = AuditEntry.objects.get()
    assert (entry.before, entry.after) == ({"b": 2}, {"b": 3, "c": 4})


def test_an_entry_falls_with_the_change_that_it_is_about():
    def fail():
        with transaction.atomic():
            record("lone.bruun", "user changed", USER)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not AuditEntry.objects.exists()


def test_what_is_done_with_a_workflow_is_in_the_log():
    workflow = managing.create("Permits", "interact", {"ExecutingUser": "SBH"}, by="lone.bruun")
    managing.change(workflow, {"ExecutingUser": "MKT"}, by="per.dam")
    managing.disable(workflow, by="per.dam")
    managing.delete(workflow, by="lone.bruun")
    entries = list(AuditEntry.objects.order_by("id"))
    assert [(entry.actor, entry.action) for entry in entries] == [
        ("lone.bruun", "workflow created"),
        ("per.dam", "workflow changed"),
        ("per.dam", "workflow disabled"),
        ("lone.bruun", "workflow deleted"),
    ]
    assert (entries[1].before, entries[1].after) == ({"ExecutingUser": "SBH"}, {"ExecutingUser": "MKT"})
    assert {entry.name for entry in entries} == {"Permits"}
