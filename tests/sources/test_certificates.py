"""The certificate store: what it takes in, what it refuses and why, and how a certificate is found again."""

import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formcase.sources.certificates.certificate import KeyKind
from formcase.sources.certificates.reading import CertificateRefused, PasswordRefused
from formcase.sources.certificates.store import (
    CertificateNotFound,
    CertificateStore,
    MalformedThumbprint,
    private_key,
    readable_by_others,
)
from formcase.sources.interact.tests.authority import DAY, Authority, Issued, rsa_key


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority.new("Root")


@pytest.fixture(scope="module")
def issued(authority: Authority) -> Issued:
    return authority.below("Intermediate").client("Odense Kommune")


@pytest.fixture
def store(tmp_path: Path) -> CertificateStore:
    return CertificateStore(tmp_path / "data" / "certificates")


def refusal(store: CertificateStore, data: bytes, password: bytes | None = None) -> CertificateRefused:
    with pytest.raises(CertificateRefused) as caught:
        store.import_certificate(data, password)
    assert store.list() == ()
    assert list(store._folder.glob("*")) == []
    return caught.value


def test_a_pem_file_is_taken_in_any_order_with_what_stands_between(store, issued):
    above = [c.public_bytes(Encoding.PEM) for c in issued.above]
    notes = b"Bag Attributes\r\n    friendlyName: key\r\n"
    data = above[1] + notes + issued.pem + above[0] + notes + issued.key_pem()
    stored = store.import_certificate(data.replace(b"\n", b"\r\n"))
    assert (stored.holder, stored.issuer, stored.key_kind) == ("Odense Kommune", "CN=Intermediate", KeyKind.EC_P256)
    assert (stored.sha1, stored.sha256) == (issued.sha1, issued.sha256)
    assert [above.subject for above in stored.chain] == ["Intermediate", "Root"]
    assert stored.warnings(datetime.now(UTC)) == ()
    assert private_key(stored).private_numbers() == issued.key.private_numbers()


@pytest.mark.parametrize("password", [None, b"hemmelig \xc3\xa6"])
def test_a_pkcs12_file_is_taken_with_its_chain(store, issued, password):
    stored = store.import_certificate(issued.pkcs12(password), password)
    assert stored.sha256 == issued.sha256
    assert len(stored.chain) == 2


def test_a_pkcs12_file_of_an_old_windows_is_taken(store, issued, tmp_path):
    (tmp_path / "whole.pem").write_bytes(issued.whole_pem)
    command = ["openssl", "pkcs12", "-export", "-legacy", "-in", "whole.pem", "-out", "old.pfx", "-passout", "pass:"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert store.import_certificate((tmp_path / "old.pfx").read_bytes()).sha256 == issued.sha256


@pytest.mark.parametrize("layout", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_an_encrypted_key_is_taken_with_its_password_and_kept_without(store, issued, layout):
    stored = store.import_certificate(issued.pem + issued.key_pem(b"word", layout), b"word")
    assert b"ENCRYPTED" not in stored.path.read_bytes()
    assert private_key(stored)


def test_a_password_for_a_key_that_has_none_does_no_harm(store, issued):
    assert store.import_certificate(issued.whole_pem, b"word")


def test_only_the_owner_may_read_the_key_or_enter_the_folder(store, issued):
    stored = store.import_certificate(issued.whole_pem)
    assert stat.S_IMODE(stored.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(stored.path.parent.stat().st_mode) == 0o700
    assert not readable_by_others(stored)
    stored.path.parent.chmod(0o755)
    stored.path.chmod(0o644)
    assert readable_by_others(stored)
    again = store.import_certificate(issued.whole_pem)
    assert stat.S_IMODE(again.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(again.path.parent.stat().st_mode) == 0o700


def test_the_same_certificate_twice_is_one(store, issued):
    store.import_certificate(issued.whole_pem)
    store.import_certificate(issued.pkcs12(b"x"), b"x")
    assert len(store.list()) == 1
    assert [path.suffix for path in store._folder.iterdir()] == [".pem"]


@pytest.mark.parametrize("kind", [KeyKind.RSA, KeyKind.RSA_PSS])
def test_rsa_certificates_are_taken_with_the_kind_of_their_key(store, authority, tmp_path, kind):
    if kind is KeyKind.RSA:
        data = authority.client(key=rsa_key()).whole_pem
    else:
        command = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa-pss",
            "-nodes",
            "-subj",
            "/CN=x",
            "-keyout",
            "k",
            "-out",
            "c",
        ]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        data = (tmp_path / "k").read_bytes() + (tmp_path / "c").read_bytes()
    assert store.import_certificate(data).key_kind is kind
    assert store.list()[0].key_kind is kind


def test_a_certificate_without_its_key_is_refused(store, issued):
    for data in (issued.pem, issued.certificate.public_bytes(Encoding.DER)):
        assert "no private key" in str(refusal(store, data))


def test_a_key_without_its_certificate_is_refused(store, issued):
    assert "no certificate" in str(refusal(store, issued.key_pem()))


def test_a_key_that_does_not_fit_is_refused(store, authority, issued):
    assert "does not fit" in str(refusal(store, issued.pem + authority.client().key_pem()))


def test_a_missing_and_a_wrong_password_are_told_apart(store, issued):
    encrypted = issued.pem + issued.key_pem(b"right")
    assert "encrypted" in str(refusal(store, encrypted))
    assert "does not open" in str(refusal(store, encrypted, b"wrong"))
    whole = issued.pkcs12(b"right")
    assert "needs a password" in str(refusal(store, whole))
    assert "does not open" in str(refusal(store, whole, b"wrong"))
    assert isinstance(refusal(store, whole, b"wrong"), PasswordRefused)


def test_a_refusal_never_shows_a_password(store, issued):
    error = refusal(store, issued.pkcs12(b"right"), b"s3cret-word")
    assert "s3cret-word" not in repr(error) + str(error) + repr(error.__cause__)


@pytest.mark.parametrize("key", [lambda: ec.generate_private_key(ec.SECP384R1()), lambda: rsa_key(1024)])
def test_a_key_that_no_form_service_takes_is_refused(store, authority, key):
    assert "Order a certificate" in str(refusal(store, authority.client(key=key()).whole_pem))


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"hello", b"\x30\x82\xff\xff", b"-----BEGIN CERTIFICATE-----\n", b"x" * 2**21]
)
def test_what_is_no_certificate_file_is_refused(store, data):
    refusal(store, data)


def test_a_damaged_file_is_refused(store, issued):
    refusal(store, issued.whole_pem.replace(b"MII", b"MIJ", 1))
    refusal(store, issued.pkcs12(b"x")[:-10], b"x")


@given(st.binary(max_size=200), st.none() | st.binary(max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_no_bytes_do_anything_but_be_refused(store, data, password):
    refusal(store, data, password)


def test_two_certificates_with_keys_are_refused_rather_than_one_chosen(store, authority, issued):
    assert "one by one" in str(refusal(store, issued.whole_pem + authority.client().whole_pem))


def test_of_a_renewed_certificate_that_kept_its_key_the_newest_is_taken(store, authority):
    old = authority.client(starts=-300 * DAY)
    new = authority.client(key=old.key)
    assert store.import_certificate(old.pem + new.pem + new.key_pem()).sha256 == new.sha256


def test_what_may_not_work_is_taken_with_a_warning(store, authority):
    now = datetime.now(UTC)
    for certificate, says in (
        (authority.client(starts=-9 * DAY, ends=-DAY), "expired"),
        (authority.client(starts=DAY), "not valid before"),
        (authority.client(usage=ExtendedKeyUsageOID.SERVER_AUTH), "not issued for clients"),
    ):
        warnings = store.import_certificate(certificate.whole_pem).warnings(now)
        assert any(says in warning.text() for warning in warnings)
    assert store.list()[0].days_left(now) > store.list()[-1].days_left(now)


def test_a_certificate_is_found_by_either_thumbprint_however_it_is_written(store, issued):
    store.import_certificate(issued.whole_pem)
    for thumbprint in (issued.sha1, issued.sha256):
        pairs = [thumbprint[place : place + 2].upper() for place in range(0, len(thumbprint), 2)]
        for written in (thumbprint, ":".join(pairs), "\u200e" + " ".join(pairs) + "\u200b"):
            assert store.find(written).sha256 == issued.sha256


def test_a_thumbprint_that_is_none_and_one_that_is_not_there_are_told_apart(store, issued):
    with pytest.raises(CertificateNotFound, match="No certificate is stored"):
        store.find("0" * 40)
    store.import_certificate(issued.whole_pem)
    with pytest.raises(MalformedThumbprint, match="39 digits"):
        store.find(issued.sha1[:-1])
    with pytest.raises(CertificateNotFound, match=issued.sha1) as caught:
        store.find("0" * 40)
    assert "Odense Kommune" in str(caught.value)
    with pytest.raises(CertificateNotFound, match=issued.sha256):
        store.find("0" * 64)


def test_a_damaged_file_in_the_folder_does_not_hide_the_others(store, issued):
    stored = store.import_certificate(issued.whole_pem)
    stored.path.with_name("0.pem").write_bytes(b"-----BEGIN CERTIFICATE-----")
    assert [certificate.sha256 for certificate in store.list()] == [issued.sha256]


def test_days_are_counted_down_to_the_end(store, issued):
    stored = store.import_certificate(issued.whole_pem)
    assert stored.days_left(stored.not_after - timedelta(days=7, seconds=1)) == 7
    assert stored.days_left(stored.not_after + timedelta(seconds=1)) == -1
