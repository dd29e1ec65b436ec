"""Case system: where it is and how Formcase logs in there, with a test. What is set stands in the installation's
settings; a page can't change it, so that a stolen session can't send cases elsewhere."""

from asgiref.sync import async_to_sync, sync_to_async
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from formcase.checks import CheckResult
from formcase.configurator.check_lines import shown
from formcase.configurator.page import Page, Section
from formcase.configurator.showing import show
from formcase.workflows.checks import check_case_system, rules_of
from formcase.workflows.installation import case_system_settings, installation
from formcase.workflows.models import KnownCaseSystem, ServiceWorkflow

_LOGINS = {
    "ClientSecret": gettext_lazy("OAuth2 with a client secret"),
    "CertificateAssertion": gettext_lazy("OAuth2 with a certificate"),
    "Password": gettext_lazy("user and password (HTTP Basic)"),
}
_OF_A_WORKFLOW = frozenset({"error case group", "error access code"})
_OF_A_USER = frozenset({"impersonation", "executing user", "rights"})


def case_system(request: HttpRequest) -> HttpResponse:
    """Show it; test it where that was asked for."""
    settings = case_system_settings()
    login = type(settings.authentication).__name__
    known = KnownCaseSystem.objects.filter(pk=settings.url).first()
    results: tuple[CheckResult, ...] | None = None
    if "test" in request.GET:
        results = async_to_sync(_test)(request.GET.get("user", "").strip())
    context: dict[str, object] = {
        "url": settings.url,
        "login": _LOGINS.get(login, login),
        "label": installation().reference_label,
        "repeats": known is not None and known.answers_repeatability,
        "executing_user": request.GET.get("user", ""),  # not `user`, who is the one signed in
        "shown": None if results is None else shown(results),
    }
    return show(request, "configurator/case_system.html", context)


async def _test(user: str) -> tuple[CheckResult, ...]:
    """What holds for every service workflow: what one of them sets for itself is none of the connection's, and without
    a user there is nobody to act for."""
    found = await check_case_system(user, await sync_to_async(rules_of)(ServiceWorkflow()), ())
    beside_it = _OF_A_WORKFLOW if user else _OF_A_WORKFLOW | _OF_A_USER
    return tuple(result for result in found if result.subject not in beside_it)


PAGES = (
    Page(
        "case_system",
        "case-system-settings/",
        case_system,
        gettext_lazy("Case system"),
        section=Section.SET_UP,
        place=20,
    ),
)
