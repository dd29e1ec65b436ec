"""What may be handed in as a client's certificate, and what the refusal says of everything else."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from formcase.formservice import setup
from formcase.formservice.authority import authority_certificate
from formcase.formservice.certificates import CertificateRefused
from formcase.formservice.uploaded_certificates import read_uploaded
from formservice.test_transport import self_signed

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def issued():
    return setup.issue_client_certificate("test client")


def refusal(content: bytes) -> str:
    with pytest.raises(CertificateRefused) as refused:
        read_uploaded(content)
    return str(refused.value)


def in_der(pem: bytes) -> bytes:
    return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


def test_a_certificate_is_read_from_pem_and_der_with_text_before_it_and_its_issuer_behind_it(issued):
    alone = read_uploaded(issued.certificate)
    assert read_uploaded(in_der(issued.certificate)) == alone
    assert read_uploaded(b"Bag Attributes\r\n" + issued.certificate.replace(b"\n", b"\r\n")) == alone
    assert read_uploaded(issued.certificate + authority_certificate()) == alone
    assert read_uploaded(self_signed().certificate).sha256 != alone.sha256


def test_a_key_is_refused_whatever_its_form_and_where_it_stands_is_said(issued):
    key = load_pem_private_key(issued.key, None)
    certificate = x509.load_pem_x509_certificate(issued.certificate)
    lines = issued.certificate.count(b"\n")
    assert refusal(issued.certificate + issued.key).startswith(f"line {lines + 1}: Here begins a private key.")
    locked = BestAvailableEncryption(b"secret")
    for encryption in (NoEncryption(), locked):
        assert "line 1: Here begins" in refusal(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
        assert "private key" in refusal(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, encryption))
        assert "PKCS#12" in refusal(pkcs12.serialize_key_and_certificates(b"c", key, certificate, None, encryption))
    assert "private key" in refusal(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    assert "private key" in refusal(key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    assert "private key" in refusal(b"PuTTY-User-Key-File-3: ecdsa-sha2-nistp256\nEncryption: none\n")


def test_what_is_no_certificate_is_told_apart(issued):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "client")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, SHA256())
    assert "line 1: This is a request" in refusal(request.public_bytes(Encoding.PEM))
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert "line 1: This is a public key" in refusal(public)
    for rubbish in (b"rubbish", b"\x00\xff\x30\x82", b"-----BEGIN NONSENSE-----\n", "æøå".encode("utf-16")):
        assert "begins with BEGIN CERTIFICATE" in refusal(rubbish)
    assert "empty" in refusal(b" \n")
    assert "65537 bytes" in refusal(b"x" * 65_537)
    cut = issued.certificate[: len(issued.certificate) // 2]
    assert refusal(b"\n\n" + cut).startswith("line 3: Here begins a certificate that can't be read")


def test_several_certificates_and_an_authoritys_are_refused(issued):
    other = setup.issue_client_certificate("other")
    second = issued.certificate.count(b"\n") + 1
    assert f"on the lines 1, {second}." in refusal(issued.certificate + other.certificate)
    assert "certificate of an authority, CN=middle" in refusal(intermediate())


def test_a_certificate_is_handed_in_while_it_is_valid():
    days = timedelta(days=1)
    late = setup.issue_client_certificate("late", valid_from=NOW - 2 * days, valid_until=NOW - days)
    assert "expired on" in refusal(late.certificate)
    early = setup.issue_client_certificate("early", valid_from=NOW + days, valid_until=NOW + 2 * days)
    assert "not valid before" in refusal(early.certificate)
    assert "2048" in refusal(self_signed(key_size=1024).certificate)


def intermediate() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject, issuer = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("middle", "root"))
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(NOW).not_valid_after(NOW + timedelta(days=9))
    return (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
        .public_bytes(Encoding.PEM)
    )
