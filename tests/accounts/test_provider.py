"""Signing in through an OpenID Connect provider: a small real one, on this machine, that checks what it is sent."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client, override_settings

from formcase.accounts import managing
from formcase.accounts.roles import Role
from formcase.audit.models import AuditEntry
from formcase.site.configuration import Configuration
from formcase.site.identity_provider import form_targets, identity_provider

pytestmark = pytest.mark.django_db
CLIENT, SECRET = "formcase", "a secret of both"


class Provider:
    """Answers as RFC 6749, 7636 and OpenID Connect Core say. person: who signs in there now."""

    def __init__(self) -> None:
        self.person = {"sub": "key-1", "preferred_username": "lbr@kommune.example"}
        self.challenge = ""
        self.token_requests: list[dict[str, list[str]]] = []
        self.key = rsa.generate_private_key(65537, 2048)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> "Provider":
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path: str, form: dict[str, list[str]]) -> object:
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        if path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            return {"keys": [public | {"kid": "1", "alg": "RS256", "use": "sig"}]}
        if path == "/token":
            return self._token(form)
        return self.person if path == "/userinfo" else None

    def _token(self, form: dict[str, list[str]]) -> object:
        self.token_requests.append(form)
        digest = hashlib.sha256(form["code_verifier"][0].encode()).digest()
        assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == self.challenge
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 60, **self.person}
        token = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "1"})
        return {"access_token": "x", "token_type": "Bearer", "id_token": token}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # the name is the library's
                length = int(self.headers.get("Content-Length") or 0)
                form = parse_qs(self.rfile.read(length).decode())
                body = json.dumps(provider.answer(urlsplit(self.path).path, form)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as provider:
        here = Configuration(
            oidc_url=provider.url, oidc_client_id=CLIENT, oidc_client_secret=SECRET, oidc_name="The municipality"
        )
        assert form_targets(here) == (provider.url,)
        with override_settings(SOCIALACCOUNT_PROVIDERS=identity_provider(here)):
            yield provider


def sign_in(client: Client, provider: Provider) -> str:
    """Where the browser is led in the end."""
    assert b"Sign in through The municipality" in client.get("/account/login/").content
    leaving = client.post("/account/provider/oidc/login/")
    assert leaving["Location"].startswith(f"{provider.url}/authorize?")
    asked = parse_qs(urlsplit(leaving["Location"]).query)
    assert (asked["client_id"], asked["code_challenge_method"]) == ([CLIENT], ["S256"])
    provider.challenge = asked["code_challenge"][0]
    back = client.get("/account/provider/oidc/login/callback/", {"code": "c", "state": asked["state"][0]})
    return back["Location"]


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def make(login: str | None, name: str = "lone.bruun"):
    return managing.create("test", {"username": name, "role": Role.VIEWER, "provider_login": login})


def test_whom_an_administrator_has_named_comes_in(client, provider):
    make("lbr@kommune.example")
    assert sign_in(client, provider) == "/"
    assert is_in(client)
    assert AuditEntry.objects.latest("id").action == "signed in"
    assert [request["client_secret"] for request in provider.token_requests] == [[SECRET]]


@pytest.mark.parametrize("login", [None, "somebody.else@kommune.example"])
def test_whom_nobody_has_named_stays_out(client, provider, login):
    make(login)
    assert sign_in(client, provider) == "/account/login/"
    assert b"You have no access here" in client.get("/account/login/").content
    assert not is_in(client)


def test_an_empty_login_names_nobody(client, provider):
    make(None)
    provider.person = {"sub": "key-2"}
    assert sign_in(client, provider) == "/account/login/"


def test_afterwards_the_provider_s_own_key_counts_whatever_the_login_becomes(provider):
    make("lbr@kommune.example")
    sign_in(Client(), provider)
    provider.person = {"sub": "key-1", "preferred_username": "new.name@kommune.example"}
    again = Client()
    assert sign_in(again, provider) == "/"
    assert is_in(again)
    provider.person = {"sub": "key-2", "preferred_username": "lbr@kommune.example"}  # the login given to another
    other = Client()
    assert sign_in(other, provider) == "/account/login/"
    assert not is_in(other)


def test_a_disabled_user_does_not_come_in_through_the_provider_either(client, provider):
    managing.change("test", make("lbr@kommune.example"), {"is_active": False})
    assert sign_in(client, provider) == "/account/inactive/"
    assert not is_in(client)


def test_without_a_provider_there_is_no_such_way(client):
    assert b"Sign in through" not in client.get("/account/login/").content
    assert client.post("/account/provider/oidc/login/").status_code == 404
