"""What a person does with service workflows, and what it sets going."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from formcase.workflows import carrying_over, managing
from formcase.workflows.managing import OpenSubmissions, UnknownWorkflow
from formcase.workflows.models import ServiceWorkflow, WorkflowVersion
from formcase.workflows.parameters import WrongParameters
from workflows.bench import PARAMETERS
from workflows.listed import summary


def watch_jobs() -> list[str]:
    return list(ProcrastinateJob.objects.filter(task_name="formcase.watch").values_list("queueing_lock", flat=True))


def test_a_new_workflow_is_disabled_and_watched_once_it_is_enabled(transactional_db):
    made = managing.create("Flags", "interact", PARAMETERS, "Permits", by="ADM")
    assert made.enabled is False
    assert watch_jobs() == []
    managing.enable(made)
    managing.enable(made)
    assert watch_jobs() == [f"watch:{made.pk}"]


def test_a_workflow_without_what_it_needs_cant_be_enabled(transactional_db):
    made = managing.create("Flags", "interact", {"WatchInterval": "60"})
    with pytest.raises(WrongParameters) as raised:
        managing.enable(made)
    assert [error.name for error in raised.value.errors] == [
        "Url", "ClientId", "CertificateThumbprint", "ExecutingUser", "error_case_group",
    ]  # fmt: skip
    assert ServiceWorkflow.objects.get().enabled is False


@pytest.mark.parametrize(
    ("name", "kind", "wrong"),
    [
        ("", "interact", "name"),
        ("x" * 201, "interact", "name"),
        ("Flags", "interact", "name"),
        ("Other", "fax", "type"),
    ],
)
def test_names_and_types_that_cant_be_are_refused(workflow, name, kind, wrong):
    with pytest.raises(WrongParameters) as raised:
        managing.create(name, kind, PARAMETERS)
    assert [error.name for error in raised.value.errors] == [wrong]
    assert ServiceWorkflow.objects.count() == 1


def test_every_change_is_a_version_that_says_what_was_set_and_by_whom(workflow):
    managing.change(workflow, {"WatchInterval": "120"}, by="ADM")
    managing.disable(workflow, by="LBR")
    rows = WorkflowVersion.objects.order_by("version")
    assert [(row.version, row.settings["WatchInterval"], row.enabled, row.saved_by) for row in rows] == [
        (1, "60", False, ""),
        (2, "60", True, ""),
        (3, "120", True, "ADM"),
        (4, "120", False, "LBR"),
    ]


def test_a_wrong_value_changes_nothing(workflow):
    with pytest.raises(WrongParameters):
        managing.change(workflow, {"WatchInterval": "120", "FormIds": ","})
    assert ServiceWorkflow.objects.get().watch_interval == 60
    assert WorkflowVersion.objects.count() == 2


def test_what_one_installation_exports_another_imports_disabled(workflow):
    managing.change(workflow, {"FormIds": "800636,800702", "language": "da", "settle": "5"})
    data = carrying_over.exported(ServiceWorkflow.objects.get())
    managing.delete(workflow)
    made = carrying_over.imported(data)
    assert made.enabled is False
    assert carrying_over.exported(made) == data
    assert "secret" not in str(data).lower()


@pytest.mark.parametrize(
    "data", [{}, {"formcase": "service workflow"}, {"formcase": "x", "name": "y", "parameters": {}}]
)
def test_what_is_no_exported_workflow_is_refused(transactional_db, data):
    with pytest.raises(WrongParameters):
        carrying_over.imported(data)


def test_a_workflow_is_found_by_name_or_id_and_otherwise_told_which_there_are(workflow):
    assert managing.find("Flags").pk == workflow.pk
    assert managing.find(str(workflow.pk)).pk == workflow.pk
    with pytest.raises(UnknownWorkflow) as raised:
        managing.find("Flag")
    assert raised.value.names == ("Flags",)
    managing.delete(workflow)
    with pytest.raises(UnknownWorkflow):
        managing.find("Flags")


async def test_a_workflow_with_open_submissions_is_not_deleted_without_being_told(bench, workflow):
    from asgiref.sync import sync_to_async

    await bench.journal.record(workflow.pk, "https://a", [summary(1)])
    with pytest.raises(OpenSubmissions) as raised:
        await sync_to_async(managing.delete)(workflow)
    assert raised.value.count == 1
    await sync_to_async(managing.delete)(workflow, anyway=True)
    assert (await bench.journal.begin(1)) is None


def test_the_name_of_a_deleted_workflow_is_free_again(workflow):
    managing.delete(workflow)
    assert managing.create("Flags", "interact", PARAMETERS).pk != workflow.pk


def test_a_change_lets_a_blocked_workflow_be_probed_at_once(workflow):
    from datetime import timedelta

    from django.utils import timezone

    later = timezone.now() + timedelta(minutes=10)
    ServiceWorkflow.objects.update(blocked_since=timezone.now(), probe_due=later, probe_submission=7, suspects=2)
    managing.change(workflow, {"ExecutingUser": "MKT"})
    now = ServiceWorkflow.objects.get()
    assert now.probe_due <= timezone.now()
    assert (now.probe_submission, now.suspects) == (None, 0)
    assert now.blocked_since is not None, "it heals by something that is filed"
