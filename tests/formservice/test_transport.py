"""TLS and who is let in: a real listener, real handshakes."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from formcase.formservice import clients, setup
from formcase.formservice.authority import IssuedCertificate


def self_signed(*, key_size: int = 2048, valid_until: datetime | None = None) -> IssuedCertificate:
    key = rsa.generate_private_key(65537, key_size)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "foreign")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=10))
        .not_valid_after(valid_until or now + timedelta(days=10))
        .sign(key, hashes.SHA256())
    )
    written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return IssuedCertificate(certificate.public_bytes(Encoding.PEM), written)


def refusal_by_tls(client) -> str:
    """What the client is told; with TLS 1.3 it learns of it when it first reads."""
    with pytest.raises(ssl.SSLError) as refusal:
        client.call("GET", "/api/v1/forms", token=None)
    return str(refusal.value.reason)


def test_a_client_without_a_certificate_is_refused(service):
    connection = service.connect(None)
    with pytest.raises(ssl.SSLError, match=r"(?i)certificate required"):  # noqa: PT012
        connection.request("GET", "/interact/api/v1/forms")
        connection.getresponse()


def test_a_certificate_that_nobody_registered_is_refused(service):
    assert refusal_by_tls(service.client(issued=self_signed(), registered=False)) == "TLSV1_ALERT_UNKNOWN_CA"


def test_a_self_signed_certificate_is_accepted_from_the_moment_it_is_registered_and_refused_once_revoked(service):
    client = service.client(issued=self_signed(), registered=False)
    assert refusal_by_tls(client) == "TLSV1_ALERT_UNKNOWN_CA"
    setup.ensure_client(client.client_id, client.issued.certificate, None)
    assert client.get("/forms").status == 200
    assert clients.revoke(client.sha256)
    assert refusal_by_tls(client) == "TLSV1_ALERT_UNKNOWN_CA"


def test_a_certificate_that_was_revoked_during_a_connection_is_refused_at_the_next_call(service):
    client = service.client()
    assert client.get("/forms").status == 200
    connection = service.connect(client)
    connection.request("GET", "/interact/api/v1/forms", headers={"Authorization": f"Bearer {client.token}"})
    assert connection.getresponse().read()
    clients.revoke(client.sha256)
    connection.request("GET", "/interact/api/v1/forms", headers={"Authorization": f"Bearer {client.token}"})
    assert connection.getresponse().status == 401
    assert client.ask_token().status == 401


def test_an_expired_certificate_is_refused(service):
    now = datetime.now(UTC)
    issued = setup.issue_client_certificate(
        "late", valid_from=now - timedelta(days=2), valid_until=now - timedelta(days=1)
    )
    foreign = self_signed(valid_until=now - timedelta(days=1))
    for late in (issued, foreign):
        assert refusal_by_tls(service.client(issued=late)) == "SSLV3_ALERT_CERTIFICATE_EXPIRED"


def test_a_certificate_of_the_authority_that_is_no_clients_gets_no_token(service):
    answer = service.client(registered=False).ask_token()
    assert (answer.status, answer.json["error"]) == (401, "invalid_client")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_tls_older_than_1_2_is_refused(service):
    client = service.client()
    connection = service.connect(client)
    connection._context.minimum_version = connection._context.maximum_version = ssl.TLSVersion.TLSv1_1
    connection._context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError, match=r"(?i)protocol version"):
        connection.request("GET", "/interact/api/v1/forms")


def test_tls_1_2_is_enough(service):
    client = service.client()
    connection = service.connect(client)
    connection._context.maximum_version = ssl.TLSVersion.TLSv1_2
    connection.request("GET", "/interact/api/v1/forms", headers={"Authorization": f"Bearer {client.token}"})
    assert connection.getresponse().status == 200


def test_a_certificate_stays_one_clients_and_a_weak_one_is_nobodys(service):
    client = service.client()
    with pytest.raises(setup.CertificateRefused, match="another client"):
        setup.ensure_client("somebody else", client.issued.certificate, None)
    with pytest.raises(setup.CertificateRefused, match="2048"):
        setup.ensure_client("weak", self_signed(key_size=1024).certificate, None)
    with pytest.raises(setup.CertificateRefused, match="PEM"):
        setup.ensure_client("none", b"no certificate", None)


def test_a_client_comes_with_its_old_and_its_new_certificate_during_a_renewal(service, published):
    old = service.client()
    renewed = setup.issue_client_certificate("renewed")
    setup.ensure_client(old.client_id, renewed.certificate, None)
    assert old.get("/forms").status == 200
    new = service.client(issued=renewed, registered=False)
    new.client_id = old.client_id
    assert new.get("/forms").json["forms"][0]["id"] == published
    # a token stays bound to the certificate with which it was got, also between the two of one client
    assert new.call("GET", "/api/v1/forms", token=old.token).is_problem(401)


def test_plain_http_to_tls_and_what_is_no_http_end_without_harm(service):
    import socket

    with socket.create_connection(("127.0.0.1", service.port)) as raw:
        raw.sendall(b"GET /interact/api/v1/forms HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200" not in raw.recv(1000)
    assert service.client().get("/forms").status == 200
