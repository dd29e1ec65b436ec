"""A form service that does what a script says, and a client that is connected to it."""

import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from formcase.sources.certificates.certificate import StoredCertificate
from formcase.sources.certificates.store import CertificateStore
from formcase.sources.interact.client import Interact, connect
from formcase.sources.interact.settings import InteractSettings, Patience
from formcase.sources.interact.tests.authority import DAY, Authority, Issued
from formcase.sources.interact.tests.service import CLIENT, FormServiceDouble, server_tls, serving

QUICK = Patience(connect=10, silence=3, answer=10, listening=0.5, pause=0.01)  # a busy machine is no silent one

Connect = Callable[..., Interact]


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority.new()


@pytest.fixture(scope="session")
def own_certificate(authority: Authority) -> Issued:
    return authority.client()


@pytest.fixture(scope="session")
def expired_certificate(authority: Authority) -> Issued:
    return authority.client(starts=-30 * DAY, ends=-DAY)


@pytest.fixture(scope="session")
def server_certificate(authority: Authority) -> Issued:
    return authority.server()


@pytest.fixture
def store(tmp_path: Path) -> CertificateStore:
    return CertificateStore(tmp_path / "certificates")


@pytest.fixture
def stored(store: CertificateStore, own_certificate: Issued) -> StoredCertificate:
    return store.import_certificate(own_certificate.whole_pem)


@pytest.fixture
def tls(server_certificate: Issued, authority: Authority, tmp_path: Path) -> ssl.SSLContext:
    return server_tls(server_certificate, authority.pem, tmp_path)


@pytest.fixture
def tls_of(
    server_certificate: Issued, authority: Authority, tmp_path: Path
) -> Callable[[ssl.TLSVersion], ssl.SSLContext]:
    """The form service's TLS of one version only."""
    return lambda version: server_tls(server_certificate, authority.pem, tmp_path, version=version)


@pytest.fixture
async def service(
    server_certificate: Issued, own_certificate: Issued, tls: ssl.SSLContext
) -> AsyncIterator[FormServiceDouble]:
    form = {"id": "800636", "title": "Flag permit", "version": 3, "updatedAt": "2026-11-01T10:00:00+01:00"}
    double = FormServiceDouble(server_certificate, [own_certificate], forms=[form])
    async with serving(double, tls):
        yield double


@pytest.fixture
async def connecting(stored: StoredCertificate, authority: Authority, tmp_path: Path) -> AsyncIterator[Connect]:
    """Makes clients, and closes them after the test."""
    ca_file = tmp_path / "ca.pem"
    ca_file.write_bytes(authority.pem)
    made: list[Interact] = []

    def connected(url: str, **changes: object) -> Interact:
        values: dict[str, object] = {
            "url": url,
            "client_id": CLIENT,
            "certificate": stored,
            "ca_file": ca_file,
            "patience": QUICK,
        }
        made.append(connect(InteractSettings(**{**values, **changes})))  # type: ignore[arg-type]
        return made[-1]

    yield connected
    for client in made:
        await client.close()


@pytest.fixture
def interact(service: FormServiceDouble, connecting: Connect) -> Interact:
    """A client of the form service."""
    return connecting(service.url)
