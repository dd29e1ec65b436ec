"""The list of clients, one client, and what is set for it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from formcase.appearance.navigation import Link
from formcase.formservice import administration_log, clients
from formcase.formservice.administration.calls.pages import rows as call_rows
from formcase.formservice.administration.clients import states
from formcase.formservice.administration.clients.forms import ClientForm, NewClientForm
from formcase.formservice.administration.clients.history import ACTIONS, told
from formcase.formservice.administration.guarding import for_administrators
from formcase.formservice.administration.showing import link_to, show
from formcase.formservice.models import Administrator, Client, ClientCall

_LISTED = 50
_LAST_CALLS = 10
_LAST_CHANGES = 20


@for_administrators
@require_GET
def client_list(request: HttpRequest, administrator: Administrator) -> HttpResponse:
    """All clients, a page at a time, or those that were searched for."""
    words = request.GET.get("q", "").replace("\0", "").strip()
    pages = Paginator(states.found(words), _LISTED)
    page = pages.get_page(request.GET.get("page"))
    context: dict[str, object] = {
        "rows": states.rows(page),
        "page": page,
        "words": words,
        "is_searchable": bool(words) or pages.num_pages > 1,
    }
    return show(request, administrator, "clients/list", context, title=_("Clients"))


@for_administrators
@require_GET
def client_page(request: HttpRequest, administrator: Administrator, key: int) -> HttpResponse:
    """One client: what is released to it, its certificates, its last calls, and who changed what."""
    client = client_of(key)
    entries = administration_log.entries(client.client_id, ACTIONS, _LAST_CHANGES)
    context = {
        "client": client,
        "state": states.client_state(client, list(client.certificates.all()), timezone.now()),
        "forms": states.released(client),
        "certificates": states.certificate_rows(client),
        "calls": call_rows(ClientCall.objects.filter(client_id=client.client_id).order_by("-at", "-id")[:_LAST_CALLS]),
        "changes": [told(entry) for entry in entries],
    }
    return show(request, administrator, "clients/client", context, title=title_of(client), above=above())


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def client_create(request: HttpRequest, administrator: Administrator) -> HttpResponse:
    """Make a client."""
    form = NewClientForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            client = clients.create(said["client_id"].strip(), said["name"], form.form_ids, by=administrator.name)
        except clients.ClientRefused as refused:
            form.add_error("client_id", [problem.text for problem in refused.problems])
        else:
            messages.success(request, _("The client is made. It needs a certificate before it can call."))
            return to_client(client)
    return show(request, administrator, "clients/edit", {"form": form}, title=_("New client"), above=above())


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def client_edit(request: HttpRequest, administrator: Administrator, key: int) -> HttpResponse:
    """Change a client's name, and what is released to it."""
    client = client_of(key)
    form = ClientForm(request.POST if request.method == "POST" else None, client=client)
    if request.method == "POST" and form.is_valid():
        clients.change(client, form.cleaned_data["name"], form.form_ids, by=administrator.name)
        messages.success(request, _("The client is changed. It counts from its next call on."))
        return to_client(client)
    context = {"form": form, "client": client}
    return show(request, administrator, "clients/edit", context, title=_("Edit client"), above=above(client))


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def client_disable(request: HttpRequest, administrator: Administrator, key: int) -> HttpResponse:
    """Ask whether a client is to be refused, and refuse it."""
    client = client_of(key)
    if request.method == "POST":
        clients.disable(client, by=administrator.name)
        messages.success(request, _("The client is disabled, and refused from now on."))
        return to_client(client)
    return show(request, administrator, "clients/disable", {"client": client}, title=_("Disable"), above=above(client))


@for_administrators
@require_POST
def client_enable(request: HttpRequest, administrator: Administrator, key: int) -> HttpResponse:
    """Let a client in again."""
    client = client_of(key)
    clients.enable(client, by=administrator.name)
    messages.success(request, _("The client is let in again."))
    return to_client(client)


def client_of(key: int) -> Client:
    """The client of this key, or 404."""
    client = Client.objects.prefetch_related("certificates").filter(pk=key).first()
    if client is None:
        raise Http404
    return client


def title_of(client: Client) -> str:
    """What a client is called."""
    return client.name or client.client_id


def above(client: Client | None = None) -> tuple[Link, ...]:
    """The way to a page below the list, or below one client."""
    start = (link_to("clients"),)
    return start if client is None else (*start, Link(title_of(client), address_of(client)))


def address_of(client: Client) -> str:
    """The address of a client's page."""
    return reverse("form_service:client", kwargs={"key": client.pk})


def to_client(client: Client) -> HttpResponseRedirect:
    """Back to a client's page."""
    return HttpResponseRedirect(address_of(client))
