"""`formcase bench pages`: how long the server takes for each page of the Configurator in a test database."""

import time
from collections.abc import Iterator

from formcase.cli import output
from formcase.cli.failures import WRONG_USE, CommandFailed
from formcase.cli.options import Json
from formcase.cli.runtime import prepared

TIMES = 3
READER = "bench"


def pages(*, json: Json = False) -> None:
    """Show each page of the Configurator, and say how many milliseconds the server takes: the median of three."""
    with prepared():
        from formcase.workflows.filling import is_for_tests

        if not is_for_tests():
            raise CommandFailed("This database is none for tests: bench mark.", WRONG_USE)
        rows: list[dict[str, output.Cell]] = [
            {"what": address, "status": status, "milliseconds": round(milliseconds, 1)}
            for address, status, milliseconds in _measured()
        ]
    columns = {"what": "Page", "status": "Status", "milliseconds": "ms"}
    output.print_rows(columns, rows, as_json=json, name="pages")


def _measured() -> Iterator[tuple[str, int, float]]:
    from django.test import Client

    from formcase.accounts import managing
    from formcase.accounts.models import User
    from formcase.accounts.roles import Role

    values = {"username": READER, "role": Role.ADMINISTRATOR}
    # without a password: nobody can sign in as it
    reader = User.objects.filter(username=READER).first() or managing.create(READER, values, must_change=False)
    client = Client(raise_request_exception=False, HTTP_HOST="localhost")
    client.force_login(reader)
    for address in _addresses():
        client.get(address)
        took, status = [], 0
        for _ in range(TIMES):
            started = time.perf_counter()
            status = client.get(address).status_code
            took.append(time.perf_counter() - started)
        yield address, status, sorted(took)[TIMES // 2] * 1000


def _addresses() -> Iterator[str]:
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
