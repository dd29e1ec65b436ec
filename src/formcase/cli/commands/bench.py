"""`formcase bench …`: a test database at its real size, and how long what people look at takes there."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators

from formcase.cli import output
from formcase.cli.failures import WRONG_USE, CommandFailed
from formcase.cli.options import Json
from formcase.cli.runtime import prepared

if TYPE_CHECKING:
    from formcase.workflows.log_search import LogFilter

Many = Annotated[int, Parameter(validator=validators.Number(gte=1, lte=100_000_000), help="How many.")]
TIMES = 5


def mark(
    *,
    anyway: Annotated[bool, Parameter(negative="", help="Also where it holds something; that stays as it is.")] = False,
) -> None:
    """Let this database, which must be empty, say that it is one for tests: only such a one is filled."""
    with prepared():
        from formcase.casesystem import fill_for_tests as case_system
        from formcase.formservice import fill_for_tests as form_service
        from formcase.workflows import filling

        if not anyway and (case_system.holds_anything() or form_service.holds_anything()):
            text = "There are cases, documents, contacts or submitted forms in this database: it is none for tests."
            raise CommandFailed(text, WRONG_USE)
        try:
            filling.mark_for_tests(anyway=anyway)
        except filling.NotForTests as error:
            raise CommandFailed(str(error), WRONG_USE) from error
    output.say("This database is one for tests now.")


def fill_submissions(count: Many) -> None:
    """Add submissions, spread over a year; nothing of them is ever filed."""
    with prepared():
        from formcase.workflows import filling

        _fill(filling.fill_submissions, count, "submissions")


def fill_log(*, rows: Many) -> None:
    """Add lines to the workflow log, with the submissions that they are about."""
    with prepared():
        from formcase.workflows import filling

        _fill(filling.fill_log, rows, "log lines")


def measure(*, json: Json = False) -> None:
    """Look at everything there is to look at, and say how many milliseconds each takes: the median of five."""
    with prepared():
        rows: list[dict[str, output.Cell]] = [
            {"what": what, "milliseconds": round(_median(look), 1)} for what, look in _looks()
        ]
    output.print_rows({"what": "What", "milliseconds": "ms"}, rows, as_json=json, name="measured")


def _fill(fill: Callable[[int, Callable[[int], None]], None], count: int, what: str) -> None:
    from formcase.workflows.filling import NotForTests

    started = time.monotonic()
    try:
        with output.progress(f"Adding {what}", count) as advance:
            fill(count, advance)
    except NotForTests as error:
        raise CommandFailed(str(error), WRONG_USE) from error
    output.say(f"{count} {what} in {time.monotonic() - started:.0f} s")


def _median(look: Callable[[], object]) -> float:
    """In milliseconds."""
    took = []
    for _ in range(TIMES):
        started = time.perf_counter()
        look()
        took.append(time.perf_counter() - started)
    return sorted(took)[TIMES // 2] * 1000


def _looks() -> Iterator[tuple[str, Callable[[], object]]]:
    from formcase.workflows import log_search

    for what, sought in _filters():
        yield f"log: {what}", lambda sought=sought: log_search.page(sought, patience=log_search.PATIENCE)  # type: ignore[misc]
    deep = log_search.LogFilter()
    cursor = ""
    for _ in range(20):
        cursor = log_search.page(deep, cursor, 1000).older or cursor
    yield "log: 20 000 lines down", lambda: log_search.page(deep, cursor)

    yield from _figures()


def _figures() -> Iterator[tuple[str, Callable[[], object]]]:
    from formcase.workflows import causes, figures, overview

    yield "figures: 30 days", lambda: figures.over_time(figures.Unit.DAY, 30)
    yield "figures: 24 hours", lambda: figures.over_time(figures.Unit.HOUR, 24)
    yield "figures: what is open", figures.open_now
    yield "figures: what is blocked", figures.blocked
    yield "figures: what expires", figures.expiring
    yield "figures: what needs a person", figures.attention
    yield "service workflows with today's counts", overview.rows
    groups = causes.groups()
    yield "error cases by cause", causes.groups
    if groups:
        yield "the first 50 of a cause", lambda: list(causes.submissions_of(groups[0].id)[:50])


def _filters() -> Iterator[tuple[str, "LogFilter"]]:
    from datetime import timedelta

    from django.utils import timezone

    from formcase.workflows import filling
    from formcase.workflows.log_search import STATUSES, LogFilter
    from formcase.workflows.models import FiledCase, ServiceWorkflow, SubmissionRecord
    from formcase.workflows.person_index import person_token

    workflow = ServiceWorkflow.objects.order_by("pk").first()
    record = SubmissionRecord.objects.order_by("pk").first()
    case = FiledCase.objects.order_by("pk").first()
    if workflow is None or record is None or case is None:
        raise CommandFailed("There is nothing to look at: fill this database first.", WRONG_USE)
    old = timezone.now() - timedelta(days=200)
    yield "all", LogFilter()
    yield "workflow", LogFilter(workflow=workflow.pk)
    yield "form", LogFilter(form_id=record.form_id)
    yield "a form without lines", LogFilter(form_id="none")
    yield from ((f"level {level}", LogFilter(level=level)) for level in ("info", "warning", "error"))
    yield from ((f"status {status}", LogFilter(status=status)) for status in STATUSES)
    yield "until 200 days ago", LogFilter(until=old)
    yield "one day, 200 days ago", LogFilter(since=old, until=old + timedelta(days=1))
    yield "reference ID", LogFilter(reference=record.reference_id)
    yield "case number", LogFilter(case_number=case.number)
    yield "person", LogFilter(person=person_token(filling.person(11)))
    yield "text in every submission", LogFilter(text="imported")
    yield "text, Danish", LogFilter(text="ingen sagsgruppe")
    yield "text of one old line", LogFilter(text=case.number)
    yield "text, beginning of many words", LogFilter(text="2026-02")
    yield "text that stands nowhere", LogFilter(text="nosuchword")
    yield "two common words that never stand together", LogFilter(text="planned imported")
    yield "workflow, form and errors", LogFilter(workflow=workflow.pk, form_id=record.form_id, level="error")
    yield "form, warnings and text", LogFilter(form_id=record.form_id, level="warning", text="case group")
