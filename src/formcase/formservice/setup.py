"""Setting up the form service: its authority, its clients, its forms. Each may be said again at any time."""

import json
from collections.abc import Mapping, Sequence
from importlib import resources

from formcase.formservice import authority, clients, forms
from formcase.formservice.authority import AuthorityFiles, IssuedCertificate, issue_client_certificate
from formcase.formservice.certificates import CertificateRefused
from formcase.formservice.definitions import DefinitionRefused, read_definition
from formcase.formservice.forms import publish

__all__ = [
    "AuthorityFiles",
    "CertificateRefused",
    "DefinitionRefused",
    "IssuedCertificate",
    "ensure_authority",
    "ensure_client",
    "issue_client_certificate",
    "load_sample_forms",
    "publish_form",
]


def ensure_authority() -> AuthorityFiles:
    """The built-in authority and the form service's own certificate, made or renewed where that is needed."""
    return authority.ensure_authority()


def ensure_client(client_id: str, certificate_pem: bytes, form_ids: Sequence[str] | None, name: str = "") -> None:
    """A client that may come with this certificate and fetch these forms; None: all, also later ones. name: for people;
    one that it has already stays."""
    clients.register(client_id, certificate_pem, form_ids, name)


def publish_form(definition: Mapping[str, object]) -> None:
    """A version of a form. The same again changes nothing; another content under the same version is refused."""
    publish(definition)


def load_sample_forms() -> list[str]:
    """Publish the forms that come along as samples; their ids. A version that is published already stays as it is,
    also where the sample has changed since."""
    folder = resources.files("formcase.formservice").joinpath("samples")
    published = []
    if folder.is_dir():
        for sample in sorted(folder.iterdir(), key=lambda entry: entry.name):
            for file in sorted(sample.iterdir(), key=lambda entry: entry.name) if sample.is_dir() else []:
                if file.name.startswith("form") and file.name.endswith(".json"):
                    published.append(_ensure_form(json.loads(file.read_text("utf-8"))))
    return published


def _ensure_form(definition: Mapping[str, object]) -> str:
    form = read_definition(definition)
    try:
        forms.form(form.id, form.version)
    except forms.FormUnknown:
        publish(definition)
    return form.id
