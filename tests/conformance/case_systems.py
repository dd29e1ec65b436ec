"""The case systems that the conformance suite is run against. A new target is one more entry in `CASE_SYSTEMS`.

The built-in case system runs as it does in earnest: a server process on loopback with a database of its own.
"""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from formcase.site.tethered import command
from formcase.targets import workzone
from formcase.targets.port import CaseSystem
from formcase.targets.workzone import CertificateAssertion, ClientSecret, Password, WorkZoneSettings
from formcase.targets.workzone.settings import Authentication
from ports import free_port

_START = 60  # seconds


@dataclass(frozen=True, slots=True)
class CaseSystemUnderTest:
    """A running case system with Formcase's sample data, and who is who in it.

    caseworker may create, read and update, and holds the code `confidential`; colleague may the same and does not hold
    it; reader may only read. other_logins: the same account by its other ways in.
    """

    connect: Callable[[], CaseSystem]
    other_logins: tuple[Callable[[], CaseSystem], ...] = ()
    caseworker: str = "SBH"
    colleague: str = "MKT"
    reader: str = "LBR"
    confidential: str = "FORTROLIG"


Running = Callable[[str, Path], AbstractContextManager[CaseSystemUnderTest]]


@contextmanager
def built_in(database_server: str, folder: Path) -> Iterator[CaseSystemUnderTest]:
    """The built-in case system through the WorkZone target."""
    port = free_port()
    with _database(database_server) as database_url:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "formcase.site.settings",
            "FORMCASE_DATABASE_URL": database_url,
            "FORMCASE_DATA": str(folder),
            "FORMCASE_PORT": str(port),
        }
        certificate, key = _certificate()
        subprocess.run([sys.executable, "-c", _PREPARE, certificate.decode()], env=environment, check=True)
        server = subprocess.Popen(command("formcase.site.web"), env=environment)
        try:
            _wait_for(server, f"http://127.0.0.1:{port}/healthz")
            secret = (folder / "secrets" / "case-system-account").read_text(encoding="ascii")
            token_url = f"http://127.0.0.1:{port}/case-system/oauth2/token"
            by_secret, by_certificate, by_password = (
                _connecting(port, authentication)
                for authentication in (
                    ClientSecret(token_url, "formcase", secret),
                    CertificateAssertion(token_url, "formcase", certificate, key),
                    Password("formcase", secret),
                )
            )
            yield CaseSystemUnderTest(by_secret, (by_certificate, by_password))
        finally:
            server.terminate()
            server.wait(20)


CASE_SYSTEMS: Mapping[str, Running] = {"workzone": built_in}

_PREPARE = """
import sys
from formcase.site.preparing import Migrations, prepared
with prepared(Migrations.APPLY):
    from django.conf import settings
    from formcase.casesystem.setup import ensure_account, ensure_sample_data, set_account_certificate
    from formcase.site.secrets import ACCOUNT_SECRET, secret
    ensure_sample_data()
    ensure_account("formcase", secret(settings.DATA_FOLDER, ACCOUNT_SECRET))
    set_account_certificate("formcase", sys.argv[1])
"""


def _connecting(port: int, authentication: Authentication) -> Callable[[], CaseSystem]:
    url = f"http://127.0.0.1:{port}/OData4/"
    return lambda: workzone.connect(WorkZoneSettings(url, authentication, reread_after=0))


def _certificate() -> tuple[bytes, bytes]:
    """A certificate with its key, as an account signs with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "formcase")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 7, now - timedelta(hours=1), now + timedelta(hours=1))
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )
    return certificate, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@contextmanager
def _database(server: str) -> Iterator[str]:
    """A database of its own, because other tests empty theirs."""
    name = f"conformance_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload]


def _wait_for(server: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + _START
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError("The case system has ended.")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The case system does not start.")
