"""The installation's two ends, made from its settings: the case system, and a form service for each workflow."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from formcase.messages import message
from formcase.outcomes import Setup
from formcase.sources.certificates.store import CertificateStore
from formcase.sources.interact import client as interact
from formcase.sources.interact.settings import InteractSettings
from formcase.sources.port import FormService
from formcase.targets import workzone
from formcase.targets.port import CaseSystem
from formcase.targets.workzone.settings import WorkZoneSettings
from formcase.workflows.journal import Installation


class FormServiceParameters(Protocol):
    """What of a service workflow says how its form service is reached."""

    @property
    def url(self) -> str:
        """The address."""

    @property
    def client_id(self) -> str:
        """As whom."""

    @property
    def certificate_thumbprint(self) -> str:
        """With which certificate."""


def case_system_settings() -> WorkZoneSettings:
    """Where the case system is. `CASE_SYSTEM` in Django's settings names the function that knows."""
    make = cast(Callable[[], WorkZoneSettings], import_string(settings.CASE_SYSTEM))
    return make()


def installation() -> Installation:
    """What the whole installation sets about filing."""
    return Installation(
        case_system=case_system_settings().url,
        reference_label=getattr(settings, "REFERENCE_LABEL", "INTERACT"),
        time_zone=settings.TIME_ZONE,
        unreadable_waits=tuple(timedelta(seconds=seconds) for seconds in settings.UNREADABLE_WAITS),
    )


def certificate_store() -> CertificateStore:
    """Formcase's own certificates, in the data folder."""
    return CertificateStore(Path(settings.DATA_FOLDER) / "certificates")


def connect_case_system() -> CaseSystem:
    """The case system; to be closed by the caller."""
    return workzone.connect(case_system_settings())


def connect_form_service(workflow: FormServiceParameters) -> FormService:
    """The form service of a workflow; to be closed by the caller. Raises `Setup` where a parameter is missing or no
    such certificate was imported."""
    if not workflow.url:
        raise Setup(message("Connecting to the form service"), message("no Url is set."), message("Set it."))
    certificate = certificate_store().find(workflow.certificate_thumbprint)
    return interact.connect(
        InteractSettings(
            url=workflow.url,
            client_id=workflow.client_id,
            certificate=certificate,
            ca_file=_authorities(),
            allow_loopback_http=bool(getattr(settings, "INTERACT_ALLOW_LOOPBACK_HTTP", False)),
            networks=settings.INTERACT_NETWORKS,
        )
    )


def _authorities() -> Path | None:
    """More authorities to trust: those that are set, else this installation's own for its built-in form service."""
    configured: Path | None = getattr(settings, "INTERACT_CA_FILE", None)
    own = Path(settings.DATA_FOLDER) / "authority" / "authority.pem"
    return configured or (own if own.is_file() else None)
