"""Setting up: the authority and its certificates, and how long submissions are kept."""

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.utils import timezone

from formcase.formservice import authority, setup
from formcase.formservice.models import Client, IssuedIdentifiers, StoredFile, Submission
from formcase.formservice.retention import remove_finished
from formcase.formservice.stored_files import open_stored


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.DATA_FOLDER = tmp_path
    return tmp_path


def certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_the_authority_is_made_once_and_nobody_else_can_read_its_files(folder):
    files = setup.ensure_authority()
    before = {path: path.read_bytes() for path in (folder / "authority").iterdir()}
    assert setup.ensure_authority() == files
    assert {path: path.read_bytes() for path in before} == before
    assert stat.S_IMODE((folder / "authority").stat().st_mode) == 0o700
    for path in before:
        if path.name != "lock":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_the_server_certificate_is_for_this_machine_and_the_configured_names(folder, settings):
    settings.FORMSERVICE_HOST_NAMES = ["forms.example", "10.1.2.3"]
    names = certificate(setup.ensure_authority().server_certificate).extensions
    found = {str(name.value) for name in names.get_extension_for_class(x509.SubjectAlternativeName).value}
    assert found == {"localhost", "127.0.0.1", "::1", "forms.example", "10.1.2.3"}


def test_the_certificates_pass_the_strict_rules_of_openssl(folder):
    files = setup.ensure_authority()
    client = setup.issue_client_certificate("client")
    (folder / "client.pem").write_bytes(client.certificate + client.key)
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(files.server_certificate, files.server_key)
    client_side = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client_side.load_cert_chain(folder / "client.pem")
    server_side.verify_mode = ssl.CERT_REQUIRED
    for side in (server_side, client_side):
        side.load_verify_locations(files.certificate)
        side.verify_flags |= ssl.VERIFY_X509_STRICT
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    one = client_side.wrap_bio(to_client, to_server, server_hostname="127.0.0.1")
    other = server_side.wrap_bio(to_server, to_client, server_side=True)
    for _round in range(4):
        for end in (one, other):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert one.version() == other.version() == "TLSv1.3"
    assert other.getpeercert()["subject"] == ((("commonName", "client"),),)


def test_the_server_certificate_is_renewed_before_it_expires_and_when_the_names_change(folder, settings, monkeypatch):
    first = certificate(setup.ensure_authority().server_certificate)
    monkeypatch.setattr(authority, "_SERVER_RENEWAL", timedelta(days=364))
    assert certificate(setup.ensure_authority().server_certificate) == first
    monkeypatch.setattr(authority, "_SERVER_RENEWAL", timedelta(days=366))
    second = certificate(setup.ensure_authority().server_certificate)
    assert second != first
    monkeypatch.undo()
    settings.DATA_FOLDER = folder
    settings.FORMSERVICE_HOST_NAMES = ["forms.example"]
    assert certificate(setup.ensure_authority().server_certificate) != second


def test_a_half_written_pair_is_made_anew(folder):
    files = setup.ensure_authority()
    files.server_key.write_bytes(setup.issue_client_certificate("other").key)
    renewed = setup.ensure_authority()
    key = load_pem_private_key(renewed.server_key.read_bytes(), None)
    assert key.public_key() == certificate(renewed.server_certificate).public_key()


def test_a_clients_certificate_has_the_validity_that_was_chosen(folder):
    now = datetime.now(UTC).replace(microsecond=0)
    issued = setup.issue_client_certificate(
        "late", valid_from=now - timedelta(days=2), valid_until=now - timedelta(days=1)
    )
    read = x509.load_pem_x509_certificate(issued.certificate)
    assert (read.not_valid_before_utc, read.not_valid_after_utc) == (now - timedelta(days=2), now - timedelta(days=1))
    assert b"BEGIN PRIVATE KEY" in issued.key


@pytest.mark.django_db
def test_a_client_is_set_up_again_and_again_and_its_forms_changed(folder):
    issued = setup.issue_client_certificate("client")
    for form_ids, name in ((None, ""), (["2", "1", "2"], "The first name"), (["1", "2"], "Another one")):
        setup.ensure_client("demo", issued.certificate, form_ids, name)
    client = Client.objects.get()
    assert client.name == "The first name"
    assert client.form_ids == ["1", "2"]
    assert client.certificates.count() == 1


@pytest.mark.django_db
def test_what_is_imported_is_kept_for_at_least_thirty_days_and_its_ids_stay_used(settings, feed):
    settings.FORMSERVICE_KEEP_DAYS = 1
    waiting, recent, old = feed(), feed(), feed()
    locations = list(StoredFile.objects.filter(submission__submission_id=old).values_list("location", flat=True))
    for submission_id, days in ((recent, 29), (old, 31)):
        imported = timezone.now() - timedelta(days=days)
        Submission.objects.filter(submission_id=submission_id).update(status="Imported", imported_at=imported)
    assert remove_finished() == 1
    left = Submission.objects.order_by("submission_id").values_list("submission_id", flat=True)
    assert list(left) == [waiting, recent]
    assert IssuedIdentifiers.objects.filter(submission_id=old).exists()
    for location in locations:
        with pytest.raises(FileNotFoundError):
            open_stored(location)
