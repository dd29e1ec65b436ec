"""`formcase certificate …`: the client certificates that form services know Formcase by."""

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from formcase.cli import output
from formcase.cli.failures import WRONG_USE, CommandFailed
from formcase.cli.options import Json
from formcase.site.configuration import configuration

if TYPE_CHECKING:
    from formcase.sources.certificates.certificate import StoredCertificate
    from formcase.sources.certificates.store import CertificateStore

_LARGEST = 2 * 1024 * 1024


def import_(
    file: Path,
    *,
    password_file: Annotated[Path | None, Parameter(help="A file whose first line is the password of the key.")] = None,
    json: Json = False,
) -> None:
    """Keep a certificate with its key, from a PEM or PKCS#12 file; it is used by its thumbprint."""
    content = _read(file)
    password = None if password_file is None else _read(password_file).split(b"\n", 1)[0].rstrip(b"\r")
    stored = _import(_store(), content, password)
    warnings = [warning.text() for warning in stored.warnings(datetime.now(UTC))]
    if json:
        output.print_json(_row(stored) | {"warnings": warnings})
        return
    output.say(f"Kept the certificate of {stored.holder}; it expires on {stored.not_after:%Y-%m-%d}.")
    output.say(f"CertificateThumbprint: {stored.sha1}")
    for warning in warnings:
        output.warn(f"Warning: {warning}")


def list_(*, json: Json = False) -> None:
    """List the certificates with their thumbprints, the one that expires last first."""
    columns = {"holder": "Holder", "sha1": "Thumbprint", "expires": "Expires", "issuer": "Issuer"}
    output.print_rows(columns, [_row(stored) for stored in _store().list()], as_json=json, name="certificates")


def _store() -> "CertificateStore":
    from formcase.sources.certificates.store import CertificateStore

    return CertificateStore(configuration().data.resolve() / "certificates")


def _import(store: "CertificateStore", content: bytes, password: bytes | None) -> "StoredCertificate":
    """Ask for the password where it is needed and a person can be asked."""
    from formcase.sources.certificates.reading import PasswordRefused

    try:
        return store.import_certificate(content, password)
    except PasswordRefused:
        if password is not None or not sys.stdin.isatty():
            raise
    return store.import_certificate(content, getpass.getpass("Password of the key: ").encode())


def _row(stored: "StoredCertificate") -> dict[str, output.Cell]:
    return {
        "holder": stored.holder,
        "subject": stored.subject,
        "issuer": stored.issuer,
        "sha1": stored.sha1,
        "sha256": stored.sha256,
        "validFrom": stored.not_before.isoformat(),
        "expires": stored.not_after.isoformat(),
    }


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(_LARGEST)
    except OSError as error:
        raise CommandFailed(f"{file} can't be read: {error.strerror}.", WRONG_USE) from None
