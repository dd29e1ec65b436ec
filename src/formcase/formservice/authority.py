"""The built-in certificate authority: it certifies the form service itself, and clients that have no certificate.

Its files lie in the data folder, readable for nobody else. They are made once and renewed before they expire.
"""

import fcntl
import ipaddress
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_AUTHORITY_LIFETIME = timedelta(days=3650)
_AUTHORITY_RENEWAL = timedelta(days=400)  # longer than any certificate that it signs by itself
_SERVER_LIFETIME = timedelta(days=365)
_SERVER_RENEWAL = timedelta(days=30)
_CLIENT_LIFETIME = timedelta(days=365)
_OWN_NAMES = ("localhost", "127.0.0.1", "::1")
_CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class AuthorityFiles:
    """Where the authority's certificate, and the form service's own certificate and key, lie."""

    certificate: Path
    server_certificate: Path
    server_key: Path


@dataclass(frozen=True, slots=True)
class IssuedCertificate:
    """A certificate and its key (PKCS#8), both as PEM."""

    certificate: bytes
    key: bytes


def ensure_authority() -> AuthorityFiles:
    """See to it that the authority and the form service's certificate exist and are good for a while yet."""
    folder = _folder()
    with _locked(folder):
        authority, authority_key = _authority(folder)
        certificate, key = folder / "server.pem", folder / "server.key"
        if _needs_renewal(certificate, key, _SERVER_RENEWAL, authority):
            issued = _issue_server(authority, authority_key)
            _write(key, issued.key)
            _write(certificate, issued.certificate)
    return AuthorityFiles(folder / "authority.pem", certificate, key)


def authority_certificate() -> bytes | None:
    """The authority's certificate as PEM; None where there is no authority yet."""
    path = Path(settings.DATA_FOLDER) / "authority" / "authority.pem"
    return path.read_bytes() if path.is_file() else None


def issue_client_certificate(
    name: str,
    *,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    rsa_key: bool = False,
) -> IssuedCertificate:
    """Certify a new key for a client: valid for a year unless said otherwise, of the curve P-256 or RSA."""
    folder = _folder()
    with _locked(folder):
        authority, authority_key = _authority(folder)
    now = datetime.now(UTC)
    key: PrivateKey = rsa.generate_private_key(65537, 2048) if rsa_key else ec.generate_private_key(ec.SECP256R1())
    builder = _leaf(name, key, authority, authority_key, ExtendedKeyUsageOID.CLIENT_AUTH)
    builder = builder.not_valid_before(valid_from or now - _CLOCKS_DIFFER)
    builder = builder.not_valid_after(valid_until or now + _CLIENT_LIFETIME)
    return _signed(builder, key, authority_key)


def own_host_names() -> tuple[str, ...]:
    """The names under which the form service is reached: this machine's own, and those of FORMSERVICE_HOST_NAMES."""
    configured: Sequence[str] = getattr(settings, "FORMSERVICE_HOST_NAMES", ())
    return (*_OWN_NAMES, *configured)


def _folder() -> Path:
    folder = Path(settings.DATA_FOLDER) / "authority"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Only one process at a time makes or renews certificates."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _authority(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    certificate, key_file = folder / "authority.pem", folder / "authority.key"
    if _needs_renewal(certificate, key_file, _AUTHORITY_RENEWAL, None):
        key = ec.generate_private_key(ec.SECP256R1())
        issued = _signed(_authority_builder(key), key, key)
        _write(key_file, issued.key)
        _write(certificate, issued.certificate)
    loaded = load_pem_private_key(key_file.read_bytes(), None)
    if not isinstance(loaded, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{key_file} holds a key of another kind than the authority makes")
    return x509.load_pem_x509_certificate(certificate.read_bytes()), loaded


def _needs_renewal(certificate: Path, key: Path, before: timedelta, issuer: x509.Certificate | None) -> bool:
    if not certificate.is_file() or not key.is_file():
        return True
    present = x509.load_pem_x509_certificate(certificate.read_bytes())
    if present.not_valid_after_utc - datetime.now(UTC) < before:
        return True
    if present.public_key() != load_pem_private_key(key.read_bytes(), None).public_key():
        return True  # writing the two was interrupted
    return issuer is not None and (not _is_signed_by(present, issuer) or _names(present) != set(own_host_names()))


def _is_signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    authority_key = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    subject_key = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return authority_key.key_identifier == subject_key.digest


def _names(certificate: x509.Certificate) -> set[str]:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in names}


def _authority_builder(key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    # the day in the name, so that an authority and its renewal are told apart
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Form service authority {now:%Y-%m-%d %H:%M:%S}")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .serial_number(x509.random_serial_number())
        .public_key(key.public_key())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(now + _AUTHORITY_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _issue_server(authority: x509.Certificate, authority_key: ec.EllipticCurvePrivateKey) -> IssuedCertificate:
    now = datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([_general_name(name) for name in own_host_names()])
    builder = (
        _leaf("localhost", key, authority, authority_key, ExtendedKeyUsageOID.SERVER_AUTH)
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(now + _SERVER_LIFETIME)
        .add_extension(names, critical=False)
    )
    return _signed(builder, key, authority_key)


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _leaf(
    name: str,
    key: PrivateKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    usage: x509.ObjectIdentifier,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])]))
        .issuer_name(authority.subject)
        .serial_number(x509.random_serial_number())
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _signed(
    builder: x509.CertificateBuilder, key: PrivateKey, authority_key: ec.EllipticCurvePrivateKey
) -> IssuedCertificate:
    certificate = builder.sign(authority_key, hashes.SHA256())
    written_key = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return IssuedCertificate(certificate.public_bytes(Encoding.PEM), written_key)


def _write(path: Path, content: bytes) -> None:
    """Write a file that nobody else may read, whole or not at all."""
    draft = path.with_name(path.name + ".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
        os.fsync(stream.fileno())
    draft.replace(path)
