"""Reading X.509 certificates: their bytes, thumbprints and validity. Nothing here is stored or trusted."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from django.utils.translation import gettext as _

from formcase.formservice.problems import Problem, Refused


class CertificateRefused(Refused):
    """A certificate that can't be a client's."""


@dataclass(frozen=True, slots=True)
class ReadCertificate:
    """What the form service needs to know of a certificate. Thumbprints are over the DER, in lower-case hexadecimal."""

    der: bytes
    sha1: str
    sha256: str
    not_before: datetime
    not_after: datetime


def read_client_certificate(pem: bytes) -> ReadCertificate:
    """The first certificate of a PEM text; refused where no client could come with it."""
    try:
        certificate = x509.load_pem_x509_certificates(pem)[0]
    except ValueError:
        raise CertificateRefused([Problem((), _("This is no certificate in PEM form."))]) from None
    _check_key(certificate)
    _check_usage(certificate)
    der = certificate.public_bytes(Encoding.DER)
    return ReadCertificate(
        der, sha1(der), sha256(der), certificate.not_valid_before_utc, certificate.not_valid_after_utc
    )


def sha1(der: bytes) -> str:
    """The SHA-1 thumbprint."""
    return hashlib.sha1(der, usedforsecurity=False).hexdigest()


def sha256(der: bytes) -> str:
    """The SHA-256 thumbprint."""
    return hashlib.sha256(der).hexdigest()


def der_of(pem: str) -> bytes:
    """A certificate's bytes from its PEM text."""
    return x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)


def _check_key(certificate: x509.Certificate) -> None:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
        return
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return
    text = _("A client's key is RSA with at least 2048 bits, or of the curve P-256: others sign no assertion here.")
    raise CertificateRefused([Problem((), text)])


def _check_usage(certificate: x509.Certificate) -> None:
    try:
        usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return
    if ExtendedKeyUsageOID.CLIENT_AUTH not in usages and ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE not in usages:
        text = _("This certificate is not made for clients: its extended key usage has no client authentication.")
        raise CertificateRefused([Problem((), text)])
