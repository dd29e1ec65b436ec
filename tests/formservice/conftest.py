"""The form service under test: its data, a listener in a process of its own, and clients that speak HTTP to it."""

import asyncio
import base64
import hashlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode

import jwt
import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from django.conf import settings
from django.db import connection

from formcase.formservice import setup
from formcase.formservice.asgi import application
from formcase.formservice.authority import IssuedCertificate, authority_certificate
from formcase.formservice.feed_for_tests import FedFile, Listing, store_submission
from ports import free_port

_LISTENER = """
import json, os, sys
from pathlib import Path
from django.conf import settings
import formcase.site.settings as site
wanted = json.loads(sys.argv[1])
site.DATABASES["default"].update(wanted.pop("database"))
site.STORAGES["default"]["OPTIONS"] = {"location": wanted.pop("files")}
for name, value in wanted.pop("settings").items():
    setattr(site, name, value)
site.DATA_FOLDER = Path(wanted["data"])
import django
django.setup()
from formcase.formservice.listener import run_listener
certificate, key = (Path(wanted[name]) if wanted[name] else None for name in ("certificate", "key"))
run_listener("127.0.0.1", wanted["port"], certificate, key)
print("stopped in good order", flush=True)
"""


def definition(form_id: str = "800636", **changes: object) -> dict[str, object]:
    """A small form: a required name, a choice, a mapping."""
    return {
        "id": form_id,
        "title": "Flag permit",
        "version": 1,
        "language": "en",
        "pages": [
            {
                "name": "Applicant",
                "title": "About you",
                "items": [
                    {"field": "Name", "title": "Full name", "required": True},
                    {"field": "Cpr", "title": "CPR number", "type": "cpr"},
                ],
            },
            {
                "name": "WZ_ODATA",
                "hidden": True,
                "items": [
                    {
                        "group": "Files",
                        "items": [
                            {"field": "Title", "default": "Permit for {Applicant.Name}"},
                            {"field": "FileClass_Value", "default": "02.15"},
                        ],
                    }
                ],
            },
        ],
        **changes,
    }


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with a listener commit what they do; after each, only the form service's own tables are emptied."""
    mark = pytest.mark.django_db(transaction=True, available_apps=["formcase.formservice"])
    for item in items:
        if "transactional_db" in getattr(item, "fixturenames", ()) and Path(__file__).parent in item.path.parents:
            item.add_marker(mark)


@pytest.fixture
def form() -> Callable[..., dict[str, object]]:
    """The small form, with changes."""
    return definition


@dataclass
class Client:
    """A client of the form service with its certificate."""

    service: "Service"
    client_id: str
    issued: IssuedCertificate
    folder: Path
    _token: str | None = None

    @property
    def der(self) -> bytes:
        return x509.load_pem_x509_certificate(self.issued.certificate).public_bytes(Encoding.DER)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.der).hexdigest()

    @property
    def key(self):
        return load_pem_private_key(self.issued.key, None)

    def assertion(self, *, algorithm: str | None = None, header: dict | None = None, **claims: object) -> str:
        now = int(time.time())
        payload = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": f"{self.service.url}/oauth2/token",
            "jti": uuid.uuid4().hex,
            "iat": now,
            "exp": now + 120,
            **claims,
        }
        headers = {
            "x5t": _base64(hashlib.sha1(self.der).digest()),
            "x5t#S256": _base64(hashlib.sha256(self.der).digest()),
            **(header or {}),
        }
        payload = {name: value for name, value in payload.items() if value is not None}
        headers = {name: value for name, value in headers.items() if value is not None}
        chosen = algorithm or ("RS256" if isinstance(self.key, rsa.RSAPrivateKey) else "ES256")
        return jwt.encode(payload, self.key, algorithm=chosen, headers=headers)

    def ask_token(self, assertion: str | None = None, **fields: str | None) -> "Answer":
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion or self.assertion(),
            **fields,
        }
        body = urlencode({name: value for name, value in form.items() if value is not None})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.call("POST", "/oauth2/token", body=body.encode(), headers=headers, token=None)

    @property
    def token(self) -> str:
        if self._token is None:
            answer = self.ask_token()
            assert answer.status == 200, answer.body
            self._token = answer.json["access_token"]
        return self._token

    def call(self, method: str, path: str, *, body=None, headers=None, token: str | None = "own") -> "Answer":
        connection = self.service.connect(self)
        try:
            with_token = {"Authorization": f"Bearer {self.token if token == 'own' else token}"} if token else {}
            connection.request(method, f"/interact{path}", body=body, headers={**with_token, **(headers or {})})
            return Answer.read(connection.getresponse())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> "Answer":
        return self.call("GET", f"/api/v1{path}", headers={n.replace("_", "-"): v for n, v in headers.items()})

    def listed(self, query: str = "") -> dict:
        answer = self.get(f"/submissions{query}")
        assert answer.status == 200, answer.body
        return answer.json

    def report(self, submission_id: str, status: str, message=None, cases=(), **changes: object) -> "Answer":
        said = {"status": status, "message": message, "cases": list(cases), "at": "2026-11-20T09:00:00+01:00"}
        body = json.dumps({**said, **changes}).encode()
        return self.put(submission_id, body)

    def put(self, submission_id: str, body: bytes) -> "Answer":
        headers = {"Content-Type": "application/json"}
        return self.call("PUT", f"/api/v1/submissions/{submission_id}/status", body=body, headers=headers)


@dataclass
class Answer:
    """An answer, read in full."""

    status: int
    headers: dict[str, str]
    body: bytes

    @classmethod
    def read(cls, response: HTTPResponse) -> "Answer":
        body = response.read()
        return cls(response.status, {name.lower(): value for name, value in response.getheaders()}, body)

    @property
    def json(self) -> dict:
        return json.loads(self.body)

    def is_problem(self, status: int) -> bool:
        return (
            self.status == status
            and self.headers["content-type"] == "application/problem+json"
            and self.json["status"] == status
        )


@dataclass
class Service:
    """A running listener."""

    process: subprocess.Popen
    port: int
    scheme: str
    folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 1_000_000)))

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.port}/interact"

    def client(self, form_ids=None, *, issued: IssuedCertificate | None = None, registered=True) -> Client:
        issued = issued or setup.issue_client_certificate("test client")
        client = Client(self, f"client-{uuid.uuid4().hex[:8]}", issued, self.folder)
        if registered:
            setup.ensure_client(client.client_id, issued.certificate, form_ids)
        return client

    def connect(self, client: Client | None) -> HTTPConnection:
        if self.scheme == "http":
            return HTTPConnection("localhost", self.port, timeout=40)
        context = ssl.create_default_context(cadata=authority_certificate().decode())
        if client is not None:
            path = self.folder / f"{uuid.uuid4().hex}.pem"
            path.write_bytes(client.issued.certificate + client.issued.key)
            context.load_cert_chain(path)
            path.unlink()
        return HTTPSConnection("localhost", self.port, context=context, timeout=40)

    @property
    def memory(self) -> int:
        return psutil.Process(self.process.pid).memory_info().rss

    def stop(self) -> str:
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=30)[0].decode()


@contextmanager
def running(folder: Path, *, tls: bool = True, **changed: object) -> Iterator[Service]:
    """A listener on the test database, in a process of its own."""
    port = free_port()
    authority = setup.ensure_authority()
    database = connection.settings_dict
    wanted = {
        "database": {name: database[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")},
        "files": settings.STORAGES["default"]["OPTIONS"]["location"],
        "data": str(settings.DATA_FOLDER),
        # the listeners of one installation have one key
        "settings": {"SECRET_KEY": "only for tests: " + "x" * 40, **changed},
        "port": port,
        "certificate": str(authority.server_certificate) if tls else None,
        "key": str(authority.server_key) if tls else None,
    }
    process = subprocess.Popen(
        [sys.executable, "-c", _LISTENER, json.dumps(wanted)],
        stdout=subprocess.PIPE,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "formcase.site.settings", "FORMCASE_LOG_LEVEL": "warning"},
    )
    try:
        _wait_until_open(port, process)
        yield Service(process, port, "https" if tls else "http", folder)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=30)


def _wait_until_open(port: int, process: subprocess.Popen) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        assert process.poll() is None, "the listener ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the listener does not answer")


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.fixture(scope="session")
def listener(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Service]:
    """One listener for all tests; its data is each test's own."""
    with django_db_blocker.unblock(), running(tmp_path_factory.mktemp("clients")) as service:
        yield service


async def _asked(address: str, scheme: str = "http") -> Answer:
    """The application's answer to a call of a client at this address, without a listener in between."""
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/interact/api/v1/forms", "query_string": b"", "headers": []}
    received = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict:
        return next(received, None) or await asyncio.Event().wait()

    await application({**scope, "scheme": scheme, "client": (address, 1), "server": None}, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], headers, b"".join(message["body"] for message in sent[1:]))


@pytest.fixture
def asked() -> Callable[..., Awaitable[Answer]]:
    """Asks the application itself, from any address."""
    return _asked


@pytest.fixture
def run_listener() -> Callable[..., object]:
    """Starts a listener of one's own, with other settings."""
    return running


@pytest.fixture
def service(listener, transactional_db) -> Service:
    """The running form service, with nothing in it."""
    return listener


@pytest.fixture
def published(service, form) -> str:
    """A published form's id."""
    setup.publish_form(form())
    return "800636"


@pytest.fixture
def client(service, published) -> Client:
    """A client to which every form is released."""
    return service.client()


@pytest.fixture
def feed() -> Callable[..., str]:
    """Stores a ready-made submission and answers its id; fast, without a PDF being made."""
    numbers = iter(range(1, 1_000_000))

    def fed(form_id="800636", *, at=None, attachments=(), pdf=b"%PDF-1.7 test", xml=b"<Submission/>", **told) -> str:
        number = next(numbers)
        moment = at or datetime(2026, 11, 20, 8, 0, tzinfo=UTC) + timedelta(seconds=number)
        listing = Listing(f"t-{number:07}", f"REF-{number:05}", form_id, "Flag permit", 1, moment)
        return store_submission(xml, pdf=pdf, attachments=attachments, listing=listing, **told).id

    return fed


@pytest.fixture
def fed_file() -> type[FedFile]:
    """A file for the feed."""
    return FedFile
