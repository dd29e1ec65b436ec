"""A certificate authority for tests: certificates as they should be, and as they should not."""

import datetime as dt
import ipaddress
from dataclasses import dataclass
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
DAY = dt.timedelta(days=1)


def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


@dataclass(frozen=True)
class Issued:
    """A certificate with its key, and what is above it."""

    certificate: x509.Certificate
    key: Key
    above: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def key_pem(self, password: bytes | None = None, layout: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
        encryption: KeySerializationEncryption = BestAvailableEncryption(password) if password else NoEncryption()
        return self.key.private_bytes(Encoding.PEM, layout, encryption)

    @property
    def whole_pem(self) -> bytes:
        return self.key_pem() + self.pem + b"".join(c.public_bytes(Encoding.PEM) for c in self.above)

    def pkcs12(self, password: bytes | None = None) -> bytes:
        encryption: KeySerializationEncryption = BestAvailableEncryption(password) if password else NoEncryption()
        return pkcs12.serialize_key_and_certificates(b"name", self.key, self.certificate, self.above, encryption)

    @property
    def sha1(self) -> str:
        return self.certificate.fingerprint(hashes.SHA1()).hex()

    @property
    def sha256(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()


@dataclass(frozen=True)
class Authority:
    """Issues certificates. `below` makes an intermediate authority."""

    issued: Issued

    @classmethod
    def new(cls, name: str = "Test authority") -> Self:
        key = ec_key()
        return cls(Issued(_sign(name, key, name, key, authority=True), key))

    @property
    def pem(self) -> bytes:
        return self.issued.pem

    def below(self, name: str) -> "Authority":
        key = ec_key()
        certificate = _sign(name, key, self._name, self.issued.key, authority=True)
        return Authority(Issued(certificate, key, (self.issued.certificate, *self.issued.above)))

    def client(
        self,
        name: str = "Odense Kommune",
        key: Key | None = None,
        *,
        starts: dt.timedelta = -DAY,
        ends: dt.timedelta = 365 * DAY,
        usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH,
    ) -> Issued:
        key = key or ec_key()
        certificate = _sign(name, key, self._name, self.issued.key, starts=starts, ends=ends, usage=usage)
        return Issued(certificate, key, (self.issued.certificate, *self.issued.above))

    def server(self, *hosts: str, starts: dt.timedelta = -DAY, ends: dt.timedelta = 365 * DAY) -> Issued:
        key = ec_key()
        certificate = _sign(
            "form service",
            key,
            self._name,
            self.issued.key,
            starts=starts,
            ends=ends,
            usage=ExtendedKeyUsageOID.SERVER_AUTH,
            hosts=hosts or ("localhost", "127.0.0.1"),
        )
        return Issued(certificate, key, (self.issued.certificate, *self.issued.above))

    @property
    def _name(self) -> str:
        return str(self.issued.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def _sign(
    name: str,
    key: Key,
    issuer: str,
    issuer_key: Key,
    *,
    starts: dt.timedelta = -DAY,
    ends: dt.timedelta = 365 * DAY,
    usage: x509.ObjectIdentifier | None = None,
    hosts: tuple[str, ...] = (),
    authority: bool = False,
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + starts)
        .not_valid_after(now + ends)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if usage:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
