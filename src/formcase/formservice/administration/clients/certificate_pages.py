"""A client's certificates: handed in, issued for tests, saved, revoked."""

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.contrib import messages
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from formcase.formservice import clients
from formcase.formservice.administration.clients import states
from formcase.formservice.administration.clients.forms import IssueForm, UploadForm
from formcase.formservice.administration.clients.issuing import issue
from formcase.formservice.administration.clients.pages import above, client_of, to_client
from formcase.formservice.administration.guarding import for_administrators
from formcase.formservice.administration.showing import show
from formcase.formservice.certificates import CertificateRefused
from formcase.formservice.models import Administrator, Client, ClientCertificate
from formcase.formservice.uploaded_certificates import LARGEST, read_uploaded


class _InMemory(MemoryFileUploadHandler):
    """Takes in what may be a certificate and no more, never on disk: somebody may hand in a key by mistake."""

    def handle_raw_input(self, *_arguments: object, **_keywords: object) -> None:
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep what is looked at; of what is too large only that it is."""
        if start <= LARGEST:
            self.file.write(raw_data[: LARGEST + 1])


@csrf_exempt
def certificate_add(request: HttpRequest, key: int) -> HttpResponseBase:
    """Hand in a certificate. Where the file goes must be said before Django reads what was sent for the CSRF token."""
    request.upload_handlers = [_InMemory(request)]
    return _certificate_add(request, key)


@csrf_protect
@sensitive_post_parameters("text")
@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def _certificate_add(request: HttpRequest, administrator: Administrator, key: int) -> HttpResponse:
    client = client_of(key)
    form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        try:
            certificate = clients.add_certificate(client, read_uploaded(form.content), by=administrator.name)
        except CertificateRefused as refused:
            form.add_error(form.field_used, [str(problem) for problem in refused.problems])
        else:
            text = _("The certificate {thumbprint} is added. The client can come with it from now on.")
            messages.success(request, text.format(thumbprint=certificate.sha1))
            return to_client(client)
    context = {"form": form, "client": client}
    return show(
        request, administrator, "clients/certificate_add", context, title=_("Add a certificate"), above=above(client)
    )


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def certificate_issue(request: HttpRequest, administrator: Administrator, key: int) -> HttpResponse:
    """Issue a certificate for tests, and hand it over with its key, once."""
    client, number = client_of(key), ClientCertificate.objects.filter(client=key).count()
    form = IssueForm(request.POST) if request.method == "POST" else IssueForm(initial={"number": number})
    title = _("Issue a certificate for tests")
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["number"] == number:
            said = form.cleaned_data
            handed_over = issue(client, said["days"], rsa_key=said["key"] == "rsa", by=administrator.name)
            context = {"client": client, "issued": handed_over}
            return show(request, administrator, "clients/issued", context, title=title, above=above(client))
        messages.error(
            request,
            _("This was sent already, and its key can't be shown again. Revoke that certificate if you have no key."),
        )
        return to_client(client)
    context = {"client": client, "form": form}
    return show(request, administrator, "clients/certificate_issue", context, title=title, above=above(client))


@for_administrators
@require_GET
def certificate_pem(_request: HttpRequest, _administrator: Administrator, key: int, certificate: int) -> HttpResponse:
    """The certificate alone, as PEM."""
    found = _certificate_of(client_of(key), certificate)
    pem = x509.load_der_x509_certificate(bytes(found.der)).public_bytes(Encoding.PEM)
    response = HttpResponse(pem, content_type="application/x-pem-file")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.sha1}.pem"'
    return response


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def certificate_revoke(request: HttpRequest, administrator: Administrator, key: int, certificate: int) -> HttpResponse:
    """Ask whether a certificate is to be revoked, and revoke it."""
    client = client_of(key)
    found = _certificate_of(client, certificate)
    if request.method == "POST":
        clients.revoke_certificate(found, by=administrator.name)
        messages.success(request, _("The certificate is revoked, and refused from now on."))
        return to_client(client)
    others = [one for one in states.certificate_rows(client) if one.certificate.pk != found.pk]
    context = {
        "client": client,
        "certificate": found,
        "holder": states.holder_of(found),
        "is_last": not any(one.certificate.revoked_at is None for one in others),
    }
    title = _("Revoke a certificate")
    return show(request, administrator, "clients/certificate_revoke", context, title=title, above=above(client))


def _certificate_of(client: Client, key: int) -> ClientCertificate:
    found = client.certificates.select_related("client").filter(pk=key).first()
    if found is None:
        raise Http404
    return found
