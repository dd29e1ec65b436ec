"""The start page: how each service workflow is doing, and what runs here."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from formcase.configurator.page import Page, Section
from formcase.configurator.showing import show
from formcase.workflows import managing, overview


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that runs. runs: None where nobody can tell from here."""

    title: str
    text: str
    address: str = ""
    runs: bool | None = None


Lines = Callable[[], Iterable[tuple[str, str, str, bool | None]]]


def start(request: HttpRequest) -> HttpResponse:
    """Show it."""
    rows = [overview.row(workflow) for workflow in managing.living()]
    sums = {name: sum(int(row[name] or 0) for row in rows) for name in ("imported", "errorCases", "blocked", "waiting")}
    return show(request, "configurator/start.html", {"rows": rows, "sums": sums, "lines": list(_what_runs())})


def _what_runs() -> Iterator[Line]:
    """What an app adds by a method `what_runs()` of its configuration: title, text, address or "", and whether it
    runs."""
    for app in apps.get_app_configs():
        lines: Lines | None = getattr(app, "what_runs", None)
        if lines is not None:
            yield from (Line(*line) for line in lines())


PAGES = (Page("start", "", start, _("Start"), section=Section.START, parent=None),)
