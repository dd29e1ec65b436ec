"""The log of calls, and the same as a file."""

from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from formcase.appearance.paging import slice_of
from formcase.formservice import calls
from formcase.formservice.administration.calls import finding
from formcase.formservice.administration.calls.export import as_csv
from formcase.formservice.administration.calls.words import BY_OUTCOME, KINDS, OUTCOMES, REASONS, OutcomeWords
from formcase.formservice.administration.guarding import for_administrators
from formcase.formservice.administration.showing import show
from formcase.formservice.models import Administrator, Client, ClientCall, ClientCertificate, Submission

_AT_ONCE = 2000
_SEPARATORS = {"da": ";"}  # where the comma stands in numbers
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call in words. client: the key of its page, thumbprint: SHA-1, where they are registered; has_submission: it
    is kept still."""

    call: ClientCall
    words: OutcomeWords
    kind: Promise | str
    reason: Promise | str
    client: int | None
    thumbprint: str
    has_submission: bool


@for_administrators
@require_GET
def call_list(request: HttpRequest, administrator: Administrator) -> HttpResponse:
    """The log, page by page."""
    filters = finding.Filters(request.GET)
    leaf = slice_of(request, finding.found(filters), finding.ORDER)
    context = {
        "filters": filters,
        "is_filtered": any(filters.cleaned_data.values()),
        "leaf": leaf,
        "rows": rows(leaf.rows),
        "outcomes": OUTCOMES,
        "keep_days": calls.keep_days(),
        "query": _query(request),
    }
    return show(request, administrator, "calls/list", context, title=_("Log of calls"))


@for_administrators
@require_GET
def call_export(request: HttpRequest, administrator: Administrator) -> HttpResponseBase:
    """What the filters leave, as CSV. Who took it is in the log."""
    found = finding.found(finding.Filters(request.GET)).order_by(*(f"-{field}" for field in finding.ORDER))
    content = as_csv(found.iterator(chunk_size=_AT_ONCE), _SEPARATORS.get(get_language() or "", ","))
    response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    name = f"form-service-calls-{timezone.localtime():%Y-%m-%d-%H%M}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    _log.info("log of calls exported", administrator=administrator.pk)
    return response


def rows(listed: Iterable[ClientCall]) -> list[CallRow]:
    """Calls in words, in the same order."""
    calls_listed = list(listed)
    clients = Client.objects.filter(client_id__in={call.client_id for call in calls_listed})
    keys = dict(clients.values_list("client_id", "pk"))
    certificates = ClientCertificate.objects.filter(sha256__in={call.certificate for call in calls_listed})
    thumbprints = dict(certificates.values_list("sha256", "sha1"))
    references = {call.reference_id for call in calls_listed if call.reference_id}
    kept = set(Submission.objects.filter(reference_id__in=references).values_list("reference_id", flat=True))
    return [
        CallRow(
            call,
            BY_OUTCOME[call.outcome],
            KINDS.get(call.kind, call.kind),
            REASONS.get(call.reason, call.reason),
            keys.get(call.client_id),
            thumbprints.get(call.certificate, call.certificate),
            call.reference_id in kept,
        )
        for call in calls_listed
    ]


def _query(request: HttpRequest) -> str:
    """The filters of the address, without a place in the list."""
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    return query.urlencode()
