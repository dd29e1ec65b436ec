"""Where the case system is and how to log in there. Where these values come from is not this module's business."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from yarl import URL

from formcase.messages import message
from formcase.outcomes import Setup


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """OAuth2 client credentials with a secret."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class CertificateAssertion:
    """OAuth2 client credentials with a signed assertion (RFC 7523). certificate and key are PEM."""

    token_url: str
    client_id: str
    certificate: bytes
    key: bytes = field(repr=False)
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Password:
    """HTTP Basic."""

    user: str
    password: str = field(repr=False)


Authentication = ClientSecret | CertificateAssertion | Password


@dataclass(frozen=True, slots=True)
class Timeouts:
    """In seconds. silence: how long the other side may say nothing; read, write: a whole request with its answer;
    slowest_upload: bytes a second that an upload may fall to before it is given up."""

    connect: float = 10
    silence: float = 60
    read: float = 120
    write: float = 180
    slowest_upload: int = 20_000


@dataclass(frozen=True, slots=True)
class WorkZoneSettings:
    """One case system and the account that reaches it.

    url: the service root, such as `https://<tenant>.workzone.cloud/OData4/`. ca_file: the authorities to trust
    instead of the system's. case_address: where a person opens a case, `{id}` standing for its key.
    code_table_life: seconds that a code table or the model is believed; reread_after: seconds after which it is read
    again all the same because a code is not in it.
    """

    url: str
    authentication: Authentication
    ca_file: Path | None = None
    case_address: str | None = None
    time_zone: str = "Europe/Copenhagen"
    timeouts: Timeouts = Timeouts()
    connections: int = 32
    code_table_life: float = 300
    reread_after: float = 3

    def root(self) -> URL:
        """The service root, ending in a slash. Raises `Setup` where it can't be used."""
        return _safe(self.url, ends_in_slash=True)


def token_address(authentication: ClientSecret | CertificateAssertion) -> URL:
    """Where tokens are given out. Raises `Setup` where it can't be used."""
    return _safe(authentication.token_url, ends_in_slash=False)


def _safe(text: str, *, ends_in_slash: bool) -> URL:
    """An address that credentials may be sent to: https, or http to this machine."""
    tried = message("Reading the address of the case system")  # which is not told: it may hold a password
    remedy = message("Give the case system an https address; http is for this machine only.")
    try:
        url = URL(text)
    except ValueError:
        raise Setup(tried, message("It is not an address."), remedy) from None
    if not url.host or url.scheme not in {"http", "https"}:
        raise Setup(tried, message("It is not an http or https address."), remedy)
    if url.user or url.password or url.query_string or url.fragment:
        raise Setup(tried, message("It must hold no user, password, query or fragment."), remedy)
    if url.scheme == "http" and not _is_this_machine(url.host):
        raise Setup(tried, message("Credentials would be sent unencrypted."), remedy)
    return url.with_path(url.path.rstrip("/") + "/") if ends_in_slash else url


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
