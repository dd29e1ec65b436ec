"""Certificates: import, list by thumbprint with expiry and who uses them, remove what nobody uses."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext

from formcase.accounts.roles import Role
from formcase.audit.recording import Object, record
from formcase.configurator.page import Page, Section
from formcase.configurator.showing import ask, show
from formcase.configurator.translating import in_reader_language
from formcase.outcomes import Setup
from formcase.sources.certificates.certificate import StoredCertificate
from formcase.workflows.installation import certificate_store
from formcase.workflows.managing import living

LARGEST = 2 * 1024 * 1024
SOON = (60, 30, 7)  # days before the end at which a certificate is warned of


class ImportForm(forms.Form):
    """A file with a certificate and its key."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A PEM file that holds the certificate and its key, or a PKCS#12 file (.p12, .pfx)."),
    )
    password = forms.CharField(
        label=gettext_lazy("Password of the key"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "Where the key has one. It is not kept: the key lies in a file that Formcase alone reads."
        ),
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse what can be no certificate before it is read."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(gettext("The file is larger than 2 MiB: it is no certificate."))
        return file


@dataclass(frozen=True, slots=True)
class Listed:
    """A certificate with what people want to know of it."""

    stored: StoredCertificate
    days: int
    status: str
    used_by: tuple[str, ...]


def certificates(request: HttpRequest) -> HttpResponse:
    """The list, the one that expires last first."""
    return show(
        request, "configurator/certificates.html", {"rows": [_listed(stored) for stored in certificate_store().list()]}
    )


def import_certificate(request: HttpRequest) -> HttpResponse:
    """Keep a certificate with its key."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["password"]
        try:
            stored = certificate_store().import_certificate(
                form.cleaned_data["file"].read(), password.encode() if password else None
            )
        except Setup as refused:
            form.add_error("file", in_reader_language(refused.message()))
        else:
            record(
                request,
                "certificate imported",
                Object("certificate", stored.sha1, stored.holder),
                after=_audited(stored),
            )
            messages.success(request, gettext("The certificate of {holder} is kept.").format(holder=stored.holder))
            for text in stored.warnings(timezone.now()):
                messages.warning(request, in_reader_language(text))
            return redirect("configurator:certificates")
    return show(request, "configurator/certificate_import.html", {"form": form})


def remove(request: HttpRequest, thumbprint: str) -> HttpResponse:
    """Remove one that no workflow uses."""
    found = next((stored for stored in certificate_store().list() if stored.sha1 == thumbprint), None)
    if found is None:
        raise Http404
    listed = _listed(found)
    if listed.used_by:
        messages.error(request, gettext("It is used by {names}.").format(names=", ".join(listed.used_by)))
        return redirect("configurator:certificates")
    if request.method == "POST":
        certificate_store().remove(thumbprint)
        record(request, "certificate removed", Object("certificate", found.sha1, found.holder), before=_audited(found))
        messages.success(request, gettext("The certificate of {holder} is removed.").format(holder=found.holder))
        return redirect("configurator:certificates")
    return ask(
        request,
        gettext("Remove the certificate of {holder}?").format(holder=found.holder),
        explanation=gettext("Its key is removed with it and can't be brought back from here."),
        action=gettext("Remove"),
        back=reverse("configurator:certificates"),
        dangerous=True,
    )


def expiry_text(days: int) -> str:
    """In words how long a certificate is good for yet."""
    if days < 0:
        return gettext("expired")
    return ngettext("{days} day left", "{days} days left", days).format(days=days)


def _listed(stored: StoredCertificate) -> Listed:
    days = stored.days_left(timezone.now())
    users = tuple(
        workflow.name
        for workflow in living()
        if workflow.certificate_thumbprint and stored.has_thumbprint(workflow.certificate_thumbprint)
    )
    status = "certificate expired" if days < 0 else "certificate expires" if days <= SOON[0] else "certificate good"
    return Listed(stored, days, status, users)


def _audited(stored: StoredCertificate) -> dict[str, object]:
    return {"holder": stored.holder, "sha1": stored.sha1, "expires": stored.not_after.isoformat()}


PAGES = (
    Page("certificates", "certificates/", certificates, gettext_lazy("Certificates"), section=Section.SET_UP, place=10),
    Page(
        "certificate_import",
        "certificates/import/",
        import_certificate,
        gettext_lazy("Import a certificate"),
        role=Role.ADMINISTRATOR,
        parent="certificates",
    ),
    Page(
        "certificate_remove",
        "certificates/<str:thumbprint>/remove/",
        remove,
        gettext_lazy("Remove"),
        role=Role.ADMINISTRATOR,
        parent="certificates",
    ),
)
