"""Logging in: tokens with a secret or an assertion, HTTP Basic, and what is refused."""

import uuid
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.test import Client
from django.utils import timezone

from casesystem.office import ACCOUNT, SECRET, Office, basic
from formcase.casesystem.models import Token, User
from formcase.casesystem.setup import ensure_account, set_account_certificate, set_user_secret

URL = "/case-system/oauth2/token"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def ask(headers=None, **form):
    return Client().post(URL, {"grant_type": "client_credentials", **form}, headers=headers or {})


def with_token(token, user="SBH"):
    return Office(user).send("GET", "Me", headers={"Authorization": f"Bearer {token}"})


def test_a_token_for_the_accounts_secret(municipality):
    for reply in (
        ask(client_id=ACCOUNT, client_secret=SECRET, scope="workzone"),
        ask({"Authorization": basic(ACCOUNT, SECRET)}, scope="workzone"),
        ask({"Authorization": basic(ACCOUNT, SECRET.replace(" ", "+"))}, scope="workzone"),
    ):
        assert reply.status_code == 200
        content = reply.json()
        assert (content["token_type"], content["expires_in"], content["scope"]) == ("Bearer", 3600, "workzone")
        assert reply.headers["Cache-Control"] == "no-store"
        assert with_token(content["access_token"]).json["ID"] == "SBH"
    assert not Token.objects.filter(digest__contains=content["access_token"]).exists()


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_id": ACCOUNT, "client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody", "client_secret": SECRET}, 401, "invalid_client"),
        ({}, 401, "invalid_client"),
        ({"grant_type": "password", "client_id": ACCOUNT, "client_secret": SECRET}, 400, "unsupported_grant_type"),
    ],
)
def test_a_wrong_secret_gets_no_token(municipality, form, status, error):
    reply = ask(**form)
    assert (reply.status_code, reply.json()["error"]) == (status, error)
    if status == 401:
        assert reply.headers["WWW-Authenticate"].startswith("Basic")
    assert not Token.objects.exists()


def test_an_expired_or_invented_token_is_401(municipality):
    token = ask(client_id=ACCOUNT, client_secret=SECRET).json()["access_token"]
    Token.objects.update(expires=timezone.now() - timedelta(seconds=1))
    for value in (token, "invented", ""):
        reply = with_token(value)
        assert (reply.status, reply.code) == (401, "Unauthorized")
        assert "Bearer" in reply.headers["www-authenticate"]
        assert "Basic" in reply.headers["www-authenticate"]


@pytest.fixture(scope="module")
def key_and_certificate():
    key = ec.generate_private_key(ec.SECP256R1())
    return key, certificate_for(key, timedelta(days=1))


def certificate_for(key, lifetime):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "client")])
    begin = datetime.now(UTC) - timedelta(days=2)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(datetime.now(UTC) + lifetime)
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM).decode()


def assertion(key, **changed):
    now = datetime.now(UTC)
    claims = {
        "iss": ACCOUNT,
        "sub": ACCOUNT,
        "aud": f"http://testserver{URL}",
        "jti": str(uuid.uuid4()),
        "exp": now + timedelta(minutes=5),
    }
    return jwt.encode({name: value for name, value in (claims | changed).items() if value is not None}, key, "ES256")


def by_assertion(value):
    return ask(client_assertion_type=ASSERTION, client_assertion=value)


def test_a_token_for_an_assertion_signed_with_the_accounts_certificate(municipality, key_and_certificate):
    key, certificate = key_and_certificate
    set_account_certificate(ACCOUNT, certificate)
    value = assertion(key)
    reply = by_assertion(value)
    assert reply.status_code == 200, reply.content
    assert with_token(reply.json()["access_token"]).status == 200
    assert by_assertion(value).status_code == 401  # none is taken twice


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "https://elsewhere/token"},
        {"iss": "other"},
        {"exp": datetime.now(UTC) - timedelta(minutes=5)},
        {"exp": datetime.now(UTC) + timedelta(days=1)},
        {"jti": None},
        {"sub": "nobody"},
    ],
)
def test_an_assertion_must_be_right_in_all_its_claims(municipality, key_and_certificate, changed):
    key, certificate = key_and_certificate
    set_account_certificate(ACCOUNT, certificate)
    reply = by_assertion(assertion(key, **changed))
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")


def test_an_assertion_by_another_key_or_an_ended_certificate_is_refused(municipality, key_and_certificate):
    key, certificate = key_and_certificate
    set_account_certificate(ACCOUNT, certificate)
    assert by_assertion(assertion(ec.generate_private_key(ec.SECP256R1()))).status_code == 401
    unsigned = jwt.encode({"iss": ACCOUNT, "sub": ACCOUNT}, "", "none")
    assert by_assertion(unsigned).status_code == 401
    assert by_assertion("nonsense").status_code == 401
    set_account_certificate(ACCOUNT, certificate_for(key, timedelta(days=-1)))
    assert by_assertion(assertion(key)).status_code == 401


@pytest.mark.parametrize("value", ["", "Basic", "Basic !!", basic("formcase", "wrong"), basic("no", "one"), "Digest x"])
def test_without_a_right_login_nothing_is_answered(municipality, value):
    for path in ("Files", "$metadata", "", "Me"):
        reply = Office().send("GET", path, headers={"Authorization": value})
        assert (reply.status, reply.code) == (401, "Unauthorized")
        assert "WWW-Authenticate".lower() in reply.headers


def test_a_user_with_a_secret_acts_as_that_user_only(municipality):
    set_user_secret("SBH", "a user's secret: with a colon")
    login = {"Authorization": basic("SBH", "a user's secret: with a colon")}
    assert Office().send("GET", "Me", headers=login).json["ID"] == "SBH"
    assert Office("SBH").send("GET", "Me", headers=login).status == 200
    reply = Office("ADM").send("GET", "Me", headers=login)
    assert (reply.status, reply.code) == (403, "ImpersonationRefused")


def test_a_changed_secret_and_a_disabled_user_count_at_once(municipality):
    assert Office().get("Me").status == 200
    ensure_account(ACCOUNT, "another secret")
    assert Office().get("Me").status == 401
    ensure_account(ACCOUNT, SECRET)
    User.objects.filter(pk="SBH").update(enabled=False)
    assert Office("SBH").get("Me").code == "ImpersonationRefused"


def test_the_version_is_on_every_answer(municipality):
    for reply in (Office().get("Files"), Office().get("Files('1')"), Office("NIX").get("Me")):
        assert reply.headers["odata-version"] == "4.0"
