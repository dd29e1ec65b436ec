"""What runs here and where it is, for the start page."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from formcase.site.addresses import case_system_address, form_service_address
from formcase.site.configuration import Configuration, configuration
from formcase.site.health import database_answers
from formcase.site.ports import is_open
from formcase.site.served_port import served_port

_BRIEFLY = 0.5  # seconds

Line = tuple[str, str, str, bool | None]  # title, text, address, whether it runs


def lines() -> Iterator[Line]:
    """The database and both ends. Asked when the page is shown."""
    settings = configuration()
    answers = database_answers()
    yield _("Database"), _("PostgreSQL answers.") if answers else _("PostgreSQL is out of reach."), "", answers
    yield _case_system(settings)
    yield _form_service(settings)


def _case_system(settings: Configuration) -> Line:
    if settings.case_system_url:
        return _("Case system"), _("Another case system is set for this installation."), settings.case_system_url, None
    address = case_system_address(settings.host, served_port(settings))
    return _("Case system"), _("The built-in case system answers OData 4.0 here."), address, True


def _form_service(settings: Configuration) -> Line:
    port = served_port(settings)
    address = form_service_address(port)
    if is_open(settings.host, port + 1, _BRIEFLY):
        text = _("The built-in form service answers here, to clients with a certificate.")
        return _("Form service"), text, address, True
    return _("Form service"), _("The built-in form service does not answer."), address, False
