"""Proxies between the workers of an installation and its ends."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from faults.proxy import End, Plan, Proxy
from integration.conftest import Installation


@dataclass(frozen=True, slots=True)
class Between:
    """What stands between. environment: with it a worker goes through the case system's proxy; to the form service's
    goes whoever has the workflow's `Url`."""

    form_service: Proxy
    case_system: Proxy
    environment: Mapping[str, str]


@contextmanager
def proxies(installation: Installation, *, forgetful: bool = False) -> Iterator[Between]:
    """Both proxies, and the sample workflow's `Url` on the one of the form service for as long."""
    authority, folder = installation.data / "authority", installation.data / "certificates"
    (certificate,) = folder.glob("*.pem")
    form_service = End("localhost", installation.port + 1, str(authority / "authority.pem"), str(certificate))
    shown = (str(authority / "server.pem"), str(authority / "server.key"))
    with (
        Proxy(form_service, tls=shown) as forms,
        Proxy(End("127.0.0.1", installation.port), Plan(forgetful=forgetful)) as cases,
    ):
        direct = installation.json("workflow", "show", "Sample forms")["parameters"]["Url"]
        _set_url(installation, f"https://localhost:{forms.port}/interact")
        try:
            yield Between(forms, cases, _environment(installation, cases.port))
        finally:
            _set_url(installation, direct)


def _environment(installation: Installation, port: int) -> dict[str, str]:
    root = f"http://127.0.0.1:{port}"
    return {
        "FORMCASE_CASE_SYSTEM_URL": f"{root}/OData4/",
        "FORMCASE_CASE_SYSTEM_AUTH": "oauth2",
        "FORMCASE_CASE_SYSTEM_CLIENT_ID": "formcase",
        "FORMCASE_CASE_SYSTEM_CLIENT_SECRET_FILE": str(installation.data / "secrets" / "case-system-account"),
        "FORMCASE_CASE_SYSTEM_TOKEN_URL": f"{root}/case-system/oauth2/token",
    }


def _set_url(installation: Installation, url: str) -> None:
    done = installation.run("workflow", "set", "Sample forms", f"Url={url}")
    assert done.returncode == 0, done.stderr
