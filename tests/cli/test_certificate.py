"""`formcase certificate`: taking in what people have, and finding it again by its thumbprint."""

import stat
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import NameOID


@pytest.fixture(scope="module")
def issued():
    """A key and a self-signed certificate of Town Hall."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Town Hall")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=90))
        .sign(key, hashes.SHA256())
    )
    return key, certificate


@pytest.fixture
def pem(issued, tmp_path):
    key, certificate = issued
    file = tmp_path / "town.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    )
    return file


@pytest.fixture
def pkcs12(issued, tmp_path):
    key, certificate = issued
    file = tmp_path / "town.p12"
    file.write_bytes(
        serialize_key_and_certificates(b"town", key, certificate, None, BestAvailableEncryption("pæss".encode()))
    )
    return file


def test_an_imported_certificate_is_listed_with_its_thumbprints(formcase, pem, issued):
    thumbprint = issued[1].fingerprint(hashes.SHA1()).hex()
    imported = formcase("certificate", "import", str(pem))
    assert imported.code == 0
    assert f"CertificateThumbprint: {thumbprint}" in imported.out
    listed = formcase("certificate", "list", "--json").json["certificates"]
    assert [(entry["holder"], entry["sha1"]) for entry in listed] == [("Town Hall", thumbprint)]


def test_the_key_is_kept_closed_to_others(formcase, pem, data_folder):
    formcase("certificate", "import", str(pem))
    modes = {stat.S_IMODE(file.stat().st_mode) for file in (data_folder / "certificates").iterdir()}
    assert modes == {0o600}


def test_pkcs12_opens_with_the_password_in_a_file(formcase, pkcs12, tmp_path):
    password = tmp_path / "password"
    password.write_text("pæss\n", encoding="utf-8")
    ran = formcase("certificate", "import", str(pkcs12), "--password-file", str(password), "--json")
    assert (ran.code, ran.json["holder"]) == (0, "Town Hall")


def test_a_wrong_password_is_1_and_the_password_is_not_shown(formcase, pkcs12, tmp_path):
    password = tmp_path / "password"
    password.write_text("guessed\n")
    ran = formcase("certificate", "import", str(pkcs12), "--password-file", str(password))
    assert ran.code == 1
    assert "password" in ran.err
    assert "guessed" not in ran.err


def test_a_file_without_a_certificate_is_1_with_what_to_give(formcase, tmp_path):
    file = tmp_path / "letter.txt"
    file.write_text("Dear town hall")
    ran = formcase("certificate", "import", str(file))
    assert ran.code == 1
    assert "PEM" in ran.err
    assert formcase("certificate", "list", "--json").json == {"certificates": []}
