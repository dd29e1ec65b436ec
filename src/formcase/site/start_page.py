"""The page at `/`: what runs here and where it is, for somebody who has just started Formcase. Shows nothing private.

An app adds its own lines by a method `start_page_lines()` of its app configuration, which gives
(title, text, address or an empty text) for each line.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from formcase import __version__
from formcase.site.addresses import form_service_address
from formcase.site.configuration import Configuration, configuration
from formcase.site.health import database_answers
from formcase.site.ports import is_open

_BRIEFLY = 0.5  # seconds

Lines = Callable[[], Iterable[tuple[str, str, str]]]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that runs. runs: None where nobody can tell from here."""

    title: str
    text: str
    address: str = ""
    runs: bool | None = None


@require_safe
@never_cache
def start_page(request: HttpRequest) -> HttpResponse:
    """Show what runs."""
    settings = configuration()
    database = _database()
    lines = [database, _case_system(request, settings), _form_service(settings)]
    if database.runs:
        lines.extend(_of_the_apps())
    return render(request, "site/start_page.html", {"lines": lines, "version": __version__})


def _database() -> Line:
    answers = database_answers()
    return Line(_("Database"), _("PostgreSQL answers.") if answers else _("PostgreSQL is out of reach."), runs=answers)


def _case_system(request: HttpRequest, settings: Configuration) -> Line:
    if settings.case_system_url:
        return Line(_("Case system"), _("Another case system is set for this installation."))
    address = request.build_absolute_uri("/OData4/")
    return Line(_("Case system"), _("The built-in case system answers OData 4.0 here."), address, runs=True)


def _form_service(settings: Configuration) -> Line:
    address = form_service_address(settings.port)
    if is_open(settings.host, settings.port + 1, _BRIEFLY):
        text = _("The built-in form service answers here, to clients with a certificate.")
        return Line(_("Form service"), text, address, runs=True)
    return Line(_("Form service"), _("The built-in form service does not answer."), address, runs=False)


def _of_the_apps() -> Iterator[Line]:
    for app in apps.get_app_configs():
        lines: Lines | None = getattr(app, "start_page_lines", None)
        if lines is not None:
            yield from (Line(title, text, address) for title, text, address in lines())
