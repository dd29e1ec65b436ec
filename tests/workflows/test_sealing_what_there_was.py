"""What an earlier version kept in the open is sealed when the tables are brought up to date, and none of it is lost."""

import json

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from conformance.test_journal_port import intent
from formcase.messages import as_data, message
from formcase.planning.serialisation import plan_to_data
from formcase.workflows.contents import plan_of, reasons_of
from formcase.workflows.models import Claim, SubmissionRecord

BEFORE, AFTER = [("workflows", "0005_check_warning_and_lists")], [("workflows", "0008_no_plan_in_the_open")]
NUMBER = "0101901234"
QUOTES = as_data(message("The value {value} is wrong", value=NUMBER, hidden=("value",)))


@pytest.fixture
def as_before(transactional_db):
    """The tables of the earlier version."""
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes("workflows")
    MigrationExecutor(connection).migrate(BEFORE)
    yield MigrationExecutor(connection).loader.project_state(BEFORE).apps
    MigrationExecutor(connection).migrate(latest)


def test_plans_intents_and_reasons_are_carried_over_and_sealed(as_before, django_db_blocker):
    workflow = as_before.get_model("workflows", "ServiceWorkflow").objects.create(name="Flags")
    records = as_before.get_model("workflows", "SubmissionRecord").objects
    now = timezone.now()
    plan = plan_to_data(intent().plan)
    kept = {"requestIds": [], "firstSent": now.isoformat(), "executingUser": "SBH"}
    filed = {"kind": "error case", "cases": [{"id": "1", "number": "2026-1", "url": None}], "reasons": [QUOTES]}
    values = [
        {"plan": plan, "intent": {"plan": plan, "reasons": [QUOTES], **kept}, "reason": QUOTES},
        {"plan": plan, "filed": filed, "state": "imported"},
        {"error_case": filed, "to_error_case": QUOTES},
        {},
    ]
    for number, given in enumerate(values):
        record = records.create(
            workflow=workflow, source="x", submission_id=f"s{number}", reference_id=f"R{number}", form_id="1",
            form_title="Flags", form_version=1, submitted_at=now, recorded_at=now, **given,
        )  # fmt: skip
    as_before.get_model("workflows", "Claim").objects.create(
        name=f"contact:P:{NUMBER}", submission_id=record.pk, attempt=1
    )
    MigrationExecutor(connection).migrate(AFTER)
    MigrationExecutor(connection).migrate(MigrationExecutor(connection).loader.graph.leaf_nodes("workflows"))
    waiting, error_case, again, bare = SubmissionRecord.objects.order_by("pk")
    with connection.cursor() as cursor:
        cursor.execute("select t::text from workflows_submissionrecord t")
        assert NUMBER not in str(cursor.fetchall())
    assert plan_to_data(plan_of(waiting)) == plan
    assert json.loads(json.dumps(waiting.intent)) == kept
    assert NUMBER in reasons_of(waiting).reasons[0].text()
    assert (error_case.filed_kind, error_case.filed["cases"]) == ("error case", filed["cases"])
    assert NUMBER in reasons_of(error_case).reasons[0].text()
    assert again.sealed_error_case
    assert again.sealed_to_error_case
    assert bare.data_key_id is None
    assert not Claim.objects.exists()
