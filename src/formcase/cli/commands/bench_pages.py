"""`formcase bench pages`: how long the server takes for each page of the Configurator in a test database."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from formcase.cli import output
from formcase.cli.failures import WRONG_USE, CommandFailed
from formcase.cli.options import Json
from formcase.cli.runtime import prepared

if TYPE_CHECKING:
    from django.test import Client

TIMES = 3
READER = "bench"


def pages(*, json: Json = False) -> None:
    """Show each page of the Configurator, and say how many milliseconds the server takes: the median of three. cpu: of
    these how many this process has worked, which a busy machine does not change."""
    with prepared():
        from formcase.workflows.filling import is_for_tests

        if not is_for_tests():
            raise CommandFailed("This database is none for tests: bench mark.", WRONG_USE)
        rows: list[dict[str, output.Cell]] = [
            {"what": address, "status": status, "milliseconds": round(milliseconds, 1), "cpu": round(worked, 1)}
            for address, status, milliseconds, worked in _measured()
        ]
    columns = {"what": "Page", "status": "Status", "milliseconds": "ms", "cpu": "CPU ms"}
    output.print_rows(columns, rows, as_json=json, name="pages")


def _measured() -> Iterator[tuple[str, int, float, float]]:
    from django.test import Client

    from formcase.accounts import managing
    from formcase.accounts.models import User
    from formcase.accounts.roles import Role

    values = {"username": READER, "role": Role.ADMINISTRATOR}
    # without a password: nobody can sign in as it
    reader = User.objects.filter(username=READER).first() or managing.create(READER, values, must_change=False)
    client = Client(raise_request_exception=False, HTTP_HOST="localhost")
    client.force_login(reader)
    for address in addresses():
        _get(client, address)
        took, worked, status = [], [], 0
        for _ in range(TIMES):
            started, busy = time.perf_counter(), time.process_time()
            status = _get(client, address)
            took.append(time.perf_counter() - started)
            worked.append(time.process_time() - busy)
        yield address, status, sorted(took)[TIMES // 2] * 1000, sorted(worked)[TIMES // 2] * 1000


def _get(client: "Client", address: str) -> int:
    """The whole page, a file that is handed on piece by piece, too."""
    answer = client.get(address)
    if answer.streaming:
        for _ in answer:
            pass
        answer.close()
    return int(answer.status_code)


def addresses() -> Iterator[str]:
    """Of every page without a key, of one thing's pages each, and of the listings with what narrows them."""
    from urllib.parse import quote_plus

    from django.urls import reverse

    from formcase.configurator.pages import pages as registered
    from formcase.workflows import filling
    from formcase.workflows.log_search import STATUSES
    from formcase.workflows.models import Cause, FiledCase, ServiceWorkflow, SubmissionRecord
    from formcase.workflows.person_index import person_token

    workflow = ServiceWorkflow.objects.order_by("pk").first()
    submission = SubmissionRecord.objects.filter(state="imported").order_by("-pk").first()
    case = FiledCase.objects.order_by("pk").first()
    cause = Cause.objects.order_by("pk").first()
    if workflow is None or submission is None or case is None or cause is None:
        raise CommandFailed("There is nothing to look at: fill this database first.", WRONG_USE)
    for page in registered():
        if page.whole and "<" not in page.route:
            yield reverse(f"configurator:{page.name}")
    for name in ("edit", "parameters", "checks", "versions", "delete"):
        yield reverse(f"configurator:workflow_{name}", args=[workflow.pk])
    yield reverse("configurator:submission", args=[submission.pk])
    yield reverse("configurator:submission_plan", args=[submission.pk])
    yield from _asking_both_ends()
    yield reverse("configurator:error_cases_group", args=[cause.pk])
    yield f"{reverse('configurator:start')}?last=30-days"
    narrowed = [f"workflow={workflow.pk}", f"form={submission.form_id}", f"reference={submission.reference_id}"]
    narrowed += [f"status={quote_plus(status)}" for status in STATUSES]
    narrowed += [f"workflow={workflow.pk}&status={quote_plus(status)}" for status in STATUSES]
    narrowed += [f"form={submission.form_id}&status={quote_plus(status)}" for status in ("Imported", "Error case")]
    yield from (f"{reverse('configurator:submissions')}?{query}" for query in narrowed)
    log = [
        *narrowed[: 3 + len(STATUSES)],
        "level=warning",
        "level=error",
        f"case={case.number}",
        f"person={person_token(filling.person(11))}",
        "text=imported",
        "text=planned+imported",
        "text=nosuchword",
        f"workflow={workflow.pk}&form={submission.form_id}&level=error",
    ]
    yield from (f"{reverse('configurator:workflow_log')}?{query}" for query in log)


def _asking_both_ends() -> Iterator[str]:
    """Of the pages that ask the form service or the case system, where a workflow has some that answer: a submission of
    it, and the draft or mapping that it carries."""
    from urllib.parse import urlencode

    from django.urls import reverse

    from formcase.workflows.models import SubmissionRecord

    found = SubmissionRecord.objects.select_related("workflow").exclude(workflow__type="bench")
    record = found.filter(workflow__deleted_at=None, filed_kind="mapped").order_by("-pk").first()
    if record is None:
        return
    refused = found.filter(workflow=record.workflow, filed_kind="error case").order_by("-pk").first()
    here, workflow = [record.pk], [record.workflow_id]
    yield reverse("configurator:submission_at_form_service", args=here)
    yield reverse("configurator:submission_files", args=here)
    yield f"{reverse('configurator:submission_files', args=here)}?all"
    yield reverse("configurator:submission_xml", args=here)
    yield f"{reverse('configurator:submission_xml', args=here)}?raw"
    yield reverse("configurator:submission_pdf", args=here)
    yield reverse("configurator:submission_plan", args=here)
    dry_run = reverse("configurator:workflow_dry_run", args=workflow)
    yield dry_run
    yield f"{dry_run}?{urlencode({'reference': record.reference_id})}"
    yield f"{dry_run}?{urlencode({'reference': record.reference_id, 'compare': 'kept'})}"
    if refused is not None:
        yield f"{dry_run}?{urlencode({'reference': refused.reference_id})}"
    yield reverse("configurator:workflow_mapping", args=workflow)
    yield reverse("configurator:workflow_mapping_forms", args=workflow)
    yield reverse("configurator:workflow_mapping_part", args=[*workflow, "0"])
    yield reverse("configurator:workflow_mapping_part_add", args=[*workflow, "0"])
    yield reverse("configurator:workflow_parameters", args=workflow)
    yield reverse("configurator:workflow_suggestions", args=[*workflow, "FormIds"])
    users = reverse("configurator:workflow_suggestions", args=[*workflow, "ExecutingUser"])
    yield f"{users}?{urlencode({'sought': 's'})}"
