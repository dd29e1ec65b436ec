"""Which case system this installation files to: the one that is set, else the built-in one on this machine."""

from pathlib import Path

from django.conf import settings as django_settings

from formcase.site.configuration import Configuration, configuration
from formcase.site.secrets import ACCOUNT_SECRET, secret
from formcase.site.served_port import served_port
from formcase.targets.workzone.settings import Authentication, ClientSecret, Password, WorkZoneSettings

BUILT_IN_ACCOUNT = "formcase"
# Within the server that both are on; a person who follows it logs in to the case system.
CASE_PAGE = "/case-system/cases/{id}/"


def settings() -> WorkZoneSettings:
    """The case system as the workers reach it."""
    here = configuration()
    if here.uses_built_in_case_system:
        return _built_in(here)
    return WorkZoneSettings(
        url=here.case_system_url or "",
        authentication=_login(here),
        ca_file=here.case_system_ca_file,
        case_address=here.case_address,
        time_zone=here.time_zone,
    )


def _built_in(here: Configuration) -> WorkZoneSettings:
    root = f"http://127.0.0.1:{served_port(here)}"
    return WorkZoneSettings(
        url=f"{root}/OData4/",
        authentication=ClientSecret(
            token_url=f"{root}/case-system/oauth2/token",
            client_id=BUILT_IN_ACCOUNT,
            client_secret=secret(Path(django_settings.DATA_FOLDER), ACCOUNT_SECRET),
        ),
        case_address=here.case_address or CASE_PAGE,
        time_zone=here.time_zone,
    )


def _login(here: Configuration) -> Authentication:
    # that all of these are there was checked when the configuration was read
    if here.case_system_auth == "basic":
        password = here.case_system_password
        return Password(here.case_system_user or "", password.get_secret_value() if password else "")
    client_secret = here.case_system_client_secret
    return ClientSecret(
        token_url=here.case_system_token_url or "",
        client_id=here.case_system_client_id or "",
        client_secret=client_secret.get_secret_value() if client_secret else "",
        scope=here.case_system_scope,
    )
