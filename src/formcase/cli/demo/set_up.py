"""Sets the demonstration up: sample data at both ends, a client with its certificate, one service workflow. Safe to
say again on the same data."""

import shutil
from pathlib import Path

from formcase.cli.failures import WRONG_USE, CommandFailed
from formcase.site.configuration import Configuration

WORKFLOW = "Sample forms"
CLIENT = "formcase-demo"
CLIENT_NAME = "Formcase, the demonstration"
EXECUTING_USER = "SBH"
ERROR_CASE_GROUP = "00.01"
DATA_FOLDERS = ("postgres", "files", "certificates", "authority", "secrets")


def remove_data(settings: Configuration) -> None:
    """Start anew: take away what an earlier demonstration left. Refused for a database that is not our own."""
    if settings.database_url is not None:
        raise CommandFailed(
            "--fresh removes the embedded database only; FORMCASE_DATABASE_URL names another.", WRONG_USE
        )
    from formcase.site.embedded.cluster import running

    if running(settings.data.resolve()) is not None:
        raise CommandFailed(f"{settings.data} is in use by another formcase process. End it first.", WRONG_USE)
    for name in DATA_FOLDERS:
        folder = settings.data.resolve() / name
        if folder.exists():
            shutil.rmtree(folder)


def set_up(settings: Configuration) -> None:
    """Everything that the samples need, at both ends and between them."""
    from formcase.casesystem import setup as case_system
    from formcase.formservice import setup as form_service
    from formcase.site.case_system import BUILT_IN_ACCOUNT
    from formcase.site.secrets import ACCOUNT_SECRET, secret

    case_system.ensure_sample_data()
    for user in case_system.user_names():
        case_system.ensure_user_secret(user, sample_users_password(settings))
    case_system.ensure_account(BUILT_IN_ACCOUNT, secret(settings.data.resolve(), ACCOUNT_SECRET))
    form_service.ensure_authority()
    form_service.load_sample_forms()
    _ensure_workflow(settings, _ensure_certificate(settings))


def sample_users_password(settings: Configuration) -> str:
    """What the sample users of the case system log in with in this demonstration."""
    from formcase.site.secrets import SAMPLE_USERS_PASSWORD, secret

    return secret(settings.data.resolve(), SAMPLE_USERS_PASSWORD)[:20]


def _ensure_certificate(settings: Configuration) -> str:
    """The thumbprint of the demonstration's client certificate, issued by the built-in authority where need be."""
    from datetime import UTC, datetime

    from formcase.formservice import setup as form_service
    from formcase.workflows.installation import certificate_store

    store = certificate_store()
    for stored in store.list():
        if stored.holder == CLIENT and stored.days_left(datetime.now(UTC)) > 1:
            form_service.ensure_client(CLIENT, _public_part(stored.path), None, CLIENT_NAME)
            return stored.sha1
    issued = form_service.issue_client_certificate(CLIENT)
    form_service.ensure_client(CLIENT, issued.certificate, None, CLIENT_NAME)
    return store.import_certificate(issued.certificate + issued.key).sha1


def _public_part(path: Path) -> bytes:
    """The certificate alone: a key never leaves the folder that it is kept in."""
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import load_pem_x509_certificate

    return load_pem_x509_certificate(path.read_bytes()).public_bytes(Encoding.PEM)


def _ensure_workflow(settings: Configuration, thumbprint: str) -> None:
    from formcase.site.addresses import form_service_address
    from formcase.workflows import managing

    values = {"Url": form_service_address(settings.port), "ClientId": CLIENT, "CertificateThumbprint": thumbprint}
    try:
        workflow = managing.find(WORKFLOW)
    except managing.UnknownWorkflow:
        workflow = managing.create(
            WORKFLOW,
            "interact",
            {**values, "ExecutingUser": EXECUTING_USER, "error_case_group": ERROR_CASE_GROUP},
            "All sample forms of the built-in form service",
            by="demo",
        )
    else:
        workflow = managing.change(workflow, values, by="demo")
    if not workflow.enabled:
        managing.enable(workflow, by="demo")
