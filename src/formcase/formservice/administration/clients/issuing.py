"""A certificate from the built-in authority, made for tests and handed over once: nothing of its key is kept here."""

import base64
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)

from formcase.formservice import clients
from formcase.formservice.authority import IssuedCertificate, authority_certificate, issue_client_certificate
from formcase.formservice.certificates import read_client_certificate
from formcase.formservice.models import Client, ClientCertificate

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that looks like another


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What the administrator gets, this once: certificate and key in two forms, both under the password."""

    certificate: ClientCertificate
    password: str
    pem: bytes
    pkcs12: bytes

    @property
    def pem_address(self) -> str:
        """The PEM file as an address that a link can hold, so that it lies nowhere."""
        return _address("application/x-pem-file", self.pem)

    @property
    def pkcs12_address(self) -> str:
        """The same for the PKCS#12 file."""
        return _address("application/x-pkcs12", self.pkcs12)


def issue(client: Client, days: int, *, rsa_key: bool, by: str) -> HandedOver:
    """Issue a certificate for so many days, and register it for the client."""
    until = datetime.now(UTC) + timedelta(days=days)
    issued = issue_client_certificate(client.client_id, valid_until=until, rsa_key=rsa_key)
    read = read_client_certificate(issued.certificate)
    password = "-".join("".join(secrets.choice(_LETTERS) for _letter in range(5)) for _part in range(4))
    files = _files(client.client_id, issued, password.encode())
    return HandedOver(clients.add_certificate(client, read, by=by, issued=True), password, *files)


def _files(name: str, issued: IssuedCertificate, password: bytes) -> tuple[bytes, bytes]:
    """As PEM and as PKCS#12, the key encrypted in both."""
    encryption = BestAvailableEncryption(password)
    key = load_pem_private_key(issued.key, None)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise TypeError("the authority made a key of another kind than it makes")
    certificate = x509.load_pem_x509_certificate(issued.certificate)
    authority = authority_certificate()
    issuers = [] if authority is None else [x509.load_pem_x509_certificate(authority)]
    pem = issued.certificate + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    return pem, pkcs12.serialize_key_and_certificates(name.encode(), key, certificate, issuers, encryption)


def _address(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
