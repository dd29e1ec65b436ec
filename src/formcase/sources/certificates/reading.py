"""Reading a client certificate with its key from what people have: PEM in any order, or PKCS#12. Pure.

What can never work is refused here with the reason; what only may not work is told by
`StoredCertificate.warnings`.
"""

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, PublicKeyAlgorithmOID

from formcase.messages import NOTHING, Message, message
from formcase.outcomes import Setup
from formcase.sources.certificates.certificate import KeyKind

LARGEST_FILE = 1024 * 1024
SMALLEST_RSA_KEY = 2048

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class CertificateRefused(Setup):
    """The file holds nothing that could ever be used as a client certificate."""

    def __init__(self, answer: Message, remedy: Message = NOTHING) -> None:
        super().__init__(message("Reading the certificate"), answer, remedy)


class PasswordRefused(CertificateRefused):
    """The key is encrypted and the password is missing or wrong."""


@dataclass(frozen=True, slots=True)
class ReadCertificate:
    """A certificate, its key, and the certificates above it, nearest first."""

    certificate: x509.Certificate
    key: PrivateKey
    key_kind: KeyKind
    chain: tuple[x509.Certificate, ...]

    def pem(self) -> bytes:
        """Key, certificate and chain in one text; the key unencrypted."""
        above = (certificate.public_bytes(Encoding.PEM) for certificate in (self.certificate, *self.chain))
        return b"".join((_key_pem(self.key, self.key_kind), *above))

    @property
    def sha1(self) -> str:
        """The SHA-1 thumbprint, which is a name here and proves nothing."""
        return self.certificate.fingerprint(hashes.SHA1()).hex()  # noqa: S303

    @property
    def sha256(self) -> str:
        """The SHA-256 thumbprint."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def for_clients(self) -> bool:
        """Whether its extended key usage, where it has one, names clients."""
        try:
            usage = self.certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except x509.ExtensionNotFound:
            return True
        return ExtendedKeyUsageOID.CLIENT_AUTH in usage or ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in usage


def read_certificate(data: bytes, password: bytes | None = None) -> ReadCertificate:
    """The certificate with its key in `data`, PEM or PKCS#12. Raises `CertificateRefused` with the reason."""
    if len(data) > LARGEST_FILE:
        raise CertificateRefused(message("The file is larger than 1 MiB, so it is no certificate."))
    keys, certificates = _read_pem(data, password) if b"-----BEGIN " in data else _read_pkcs12(data, password)
    if not certificates:
        raise CertificateRefused(
            message("The file holds no certificate."),
            message("Give certificate and key in one PEM file, or a PKCS#12 file (.p12, .pfx)."),
        )
    if not keys:
        raise CertificateRefused(
            message("The file holds a certificate, but no private key."),
            message("Give certificate and key in one PEM file, or export both as PKCS#12 (.p12, .pfx)."),
        )
    key, certificate = _pair(keys, certificates)
    kind = _key_kind(key, certificate)
    return ReadCertificate(certificate, key, kind, _chain(certificate, certificates))


def name_of(name: x509.Name) -> str:
    """The name that people know a holder by: the common name, else the organisation, else all of it."""
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in name.get_attributes_for_oid(kind):
            return str(attribute.value)
    return name.rfc4514_string()


_PEM_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s.*?-----END \1-----", re.DOTALL)
_CERTIFICATE_LABELS = {b"CERTIFICATE", b"X509 CERTIFICATE"}
_KEY_LABELS = {b"PRIVATE KEY", b"ENCRYPTED PRIVATE KEY", b"RSA PRIVATE KEY", b"EC PRIVATE KEY"}

_Contents = tuple[list[PrivateKey], list[x509.Certificate]]


def _read_pem(data: bytes, password: bytes | None) -> _Contents:
    """All keys and certificates of a PEM text, whatever stands between them."""
    keys: list[PrivateKey] = []
    certificates: list[x509.Certificate] = []
    for block in _PEM_BLOCK.finditer(data):
        label, text = block.group(1), block.group(0) + b"\n"
        if label in _CERTIFICATE_LABELS:
            certificates.append(_pem_certificate(text))
        elif label in _KEY_LABELS:
            keys.append(_pem_key(text, password))
        elif label.endswith(b"PRIVATE KEY"):
            raise _unusable_key(label.decode())
    return keys, certificates


def _pem_certificate(text: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(text.replace(b"X509 CERTIFICATE", b"CERTIFICATE"))
    except ValueError as error:
        raise CertificateRefused(
            message("A certificate in the file is damaged."), message("Export it again, whole.")
        ) from error


def _pem_key(text: bytes, password: bytes | None) -> PrivateKey:
    encrypted = b"ENCRYPTED" in text
    if encrypted and not password:
        raise PasswordRefused(message("The key is encrypted."), message("Give its password."))
    try:
        return _usable(load_pem_private_key(text, password if encrypted else None))
    except UnsupportedAlgorithm as error:
        raise _unusable_key(str(error)) from error
    except ValueError as error:
        if encrypted:
            raise PasswordRefused(message("The password does not open the key."), message("Check it.")) from error
        raise CertificateRefused(
            message("The private key in the file is damaged."), message("Export it again, whole.")
        ) from error


def _read_pkcs12(data: bytes, password: bytes | None) -> _Contents:
    if not data.startswith(b"\x30"):
        raise CertificateRefused(
            message("The file is neither PEM nor PKCS#12."),
            message("Give certificate and key in one PEM file, or a PKCS#12 file (.p12, .pfx)."),
        )
    _refuse_other_der(data)
    # Windows writes an empty password where none was given, others write none at all
    for candidate in (password,) if password else (None, b""):
        try:
            found = pkcs12.load_pkcs12(data, candidate)
        except (ValueError, UnsupportedAlgorithm):
            continue
        certificates = [entry.certificate for entry in (found.cert, *found.additional_certs) if entry]
        return ([_usable(found.key)] if found.key else []), certificates
    if password:
        raise PasswordRefused(
            message("The password does not open the PKCS#12 file, or the file is damaged."), message("Check both.")
        )
    raise PasswordRefused(message("The PKCS#12 file needs a password."), message("Give it."))


def _refuse_other_der(data: bytes) -> None:
    """Say what a binary file is that people take for PKCS#12."""
    try:
        x509.load_der_x509_certificate(data)
    except ValueError:
        pass
    else:
        raise CertificateRefused(
            message("The file holds a certificate, but no private key."),
            message("Export it with its private key as PKCS#12 (.p12, .pfx)."),
        )
    try:
        load_der_private_key(data, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return
    raise CertificateRefused(
        message("The file holds a private key, but no certificate."),
        message("Give certificate and key in one PEM file, or a PKCS#12 file (.p12, .pfx)."),
    )


def _pair(keys: Sequence[PrivateKey], certificates: Sequence[x509.Certificate]) -> tuple[PrivateKey, x509.Certificate]:
    """The certificate that one of the keys fits; of a renewed one that kept its key, the newest."""
    by_key = {_public(key): key for key in keys}
    pairs = [(by_key[_public_of(c)], c) for c in certificates if _public_of(c) in by_key]
    if not pairs:
        raise CertificateRefused(
            message("The private key does not fit the certificate."),
            message("They are of different requests: find the key that the certificate was ordered with."),
        )
    if len({_public(key) for key, _ in pairs}) > 1:
        raise CertificateRefused(
            message("The file holds more than one certificate with its key."), message("Import them one by one.")
        )
    return max(pairs, key=lambda pair: pair[1].not_valid_before_utc)


def _key_kind(key: PrivateKey, certificate: x509.Certificate) -> KeyKind:
    match key:
        case rsa.RSAPrivateKey():
            if key.key_size < SMALLEST_RSA_KEY:
                raise CertificateRefused(
                    message("The key has only {bits} bits; it needs at least 2048.", bits=key.key_size),
                    message("Order a certificate with a larger key."),
                )
            pss = certificate.public_key_algorithm_oid == PublicKeyAlgorithmOID.RSASSA_PSS
            return KeyKind.RSA_PSS if pss else KeyKind.RSA
        case ec.EllipticCurvePrivateKey() if isinstance(key.curve, ec.SECP256R1):
            return KeyKind.EC_P256
        case ec.EllipticCurvePrivateKey():
            raise _unusable_key(f"EC {key.curve.name}")


def _usable(key: object) -> PrivateKey:
    if isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        return key
    raise _unusable_key(type(key).__name__.removesuffix("PrivateKey"))


def _unusable_key(kind: str) -> CertificateRefused:
    return CertificateRefused(
        message("A key of the kind {kind} can't sign for a form service.", kind=kind),
        message("Order a certificate with an RSA key (2048 bits or more) or an EC key on the curve P-256."),
    )


def _chain(certificate: x509.Certificate, others: Iterable[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """The certificates above, nearest first; what does not lead upwards from ours is left out."""
    left = [other for other in others if other != certificate]
    above: list[x509.Certificate] = []
    lowest = certificate
    while issuer := next((other for other in left if _issued(lowest, other)), None):
        above.append(issuer)
        left.remove(issuer)
        lowest = issuer
    return tuple(above)


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    if certificate.issuer != issuer.subject:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _public(key: PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _public_of(certificate: x509.Certificate) -> bytes:
    try:
        return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, UnsupportedAlgorithm):
        return b""


def _key_pem(key: PrivateKey, kind: KeyKind) -> bytes:
    if kind is KeyKind.RSA_PSS:
        return _pss_key_pem(key)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


_PSS_ALGORITHM = bytes.fromhex("300b06092a864886f70d01010a")


def _pss_key_pem(key: PrivateKey) -> bytes:
    """The key marked as RSA-PSS, which cryptography does not write and without which TLS finds it unfit."""
    plain = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    content = _der(0x02, b"\x00") + _PSS_ALGORITHM + _der(0x04, plain)
    lines = base64.encodebytes(_der(0x30, content)).decode()
    return f"-----BEGIN PRIVATE KEY-----\n{lines}-----END PRIVATE KEY-----\n".encode()


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content
