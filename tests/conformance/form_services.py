"""The form services that the conformance suite is run against. A new source is one more entry in `FORM_SERVICES`.

The built-in form service runs as it does in earnest: a listener of its own process that demands client certificates,
here on the test database, so that a test can put submissions there and take them away.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import connection

from formcase.formservice import models, setup
from formcase.formservice.feed_for_tests import FedFile, Listing, store_submission
from formcase.sources.certificates.store import CertificateStore
from formcase.sources.interact.client import connect
from formcase.sources.interact.settings import InteractSettings, Patience
from formcase.sources.port import FormService
from ports import free_port

_START = 60  # seconds
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FileToSubmit:
    """A file that lies at the form service. said_sha256, said_size: what is told of it where that is not true."""

    content: bytes | Path
    media_type: str
    id: str = ""
    name: str = ""
    said_sha256: str | None = None
    said_size: int | None = None


@dataclass(frozen=True, slots=True)
class FormServiceUnderTest:
    """A running form service with two forms that are released to us and one that is not, and no submissions.

    submit: put a submission of a form there, and give its id; withdraw: take it away for ever; connect, stranger: us,
    and somebody whom the service does not know. url: its address.
    """

    connect: Callable[[], FormService]
    stranger: Callable[[], FormService]
    submit: Callable[[str, FileToSubmit, FileToSubmit | None, Sequence[FileToSubmit]], str]
    withdraw: Callable[[str], None]
    forms: tuple[str, str] = ("800636", "800702")
    unreleased: str = "800999"
    url: str = ""


Running = Callable[[Path], AbstractContextManager[FormServiceUnderTest]]


@contextmanager
def built_in(folder: Path) -> Iterator[FormServiceUnderTest]:
    """The built-in form service through the Interact source."""
    for form_id in ("800636", "800702", "800999"):
        setup.publish_form(_definition(form_id))
    authority = setup.ensure_authority()
    store = CertificateStore(folder / "certificates")
    ours, theirs = (setup.issue_client_certificate(name) for name in ("Formcase", "Stranger"))
    setup.ensure_client("formcase", ours.certificate, ("800636", "800702"))
    numbers = count(1)

    def submit(form_id: str, xml: FileToSubmit, pdf: FileToSubmit | None, attachments: Sequence[FileToSubmit]) -> str:
        number = next(numbers)
        moment = datetime(2026, 11, 20, 8, 0, tzinfo=UTC) + timedelta(seconds=number)
        listing = Listing(f"c-{number:06}", f"CON-{number:06}", form_id, "Flag permit", 1, moment)
        files = [_fed(file) for file in attachments]
        return store_submission(_fed(xml), pdf=_fed(pdf) if pdf else None, attachments=files, listing=listing).id

    def withdraw(submission_id: str) -> None:
        models.Submission.objects.filter(submission_id=submission_id).delete()

    try:
        with _listener(authority) as url:

            def connected(client_id: str, issued: setup.IssuedCertificate) -> FormService:
                certificate = store.import_certificate(issued.certificate + issued.key)
                patience = Patience(pause=0.05)
                return connect(InteractSettings(url, client_id, certificate, authority.certificate, patience=patience))

            yield FormServiceUnderTest(
                connect=lambda: connected("formcase", ours),
                stranger=lambda: connected("stranger", theirs),
                submit=submit,
                withdraw=withdraw,
                url=url,
            )
    finally:
        for model in (models.Submission, models.IssuedIdentifiers, models.FormVersion, models.Client):
            model.objects.all().delete()


FORM_SERVICES: Mapping[str, Running] = {"interact": built_in}


def in_database(action: Callable[[], T]) -> "asyncio.Future[T]":
    """Do something with the form service's database from a test that is a coroutine."""

    def do() -> T:
        try:
            return action()
        finally:
            connection.close()

    return asyncio.get_running_loop().run_in_executor(None, do)


_LISTENER = """
import json, sys
from pathlib import Path
import formcase.site.settings as site
wanted = json.loads(sys.argv[1])
site.DATABASES["default"].update(wanted["database"])
site.STORAGES["default"]["OPTIONS"] = {"location": wanted["files"]}
site.DATA_FOLDER = Path(wanted["data"])
import django
django.setup()
from formcase.formservice.listener import run_listener
run_listener("127.0.0.1", wanted["port"], Path(wanted["certificate"]), Path(wanted["key"]))
"""


@contextmanager
def _listener(authority: setup.AuthorityFiles) -> Iterator[str]:
    """The listener on the test database; gives its address."""
    port = free_port()
    database = connection.settings_dict
    wanted = {
        "database": {name: database[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")},
        "files": settings.STORAGES["default"]["OPTIONS"]["location"],
        "data": str(settings.DATA_FOLDER),
        "port": port,
        "certificate": str(authority.server_certificate),
        "key": str(authority.server_key),
    }
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "formcase.site.settings", "FORMCASE_LOG_LEVEL": "warning"}
    server = subprocess.Popen([sys.executable, "-c", _LISTENER, json.dumps(wanted)], env=environment)
    try:
        _wait_for(server, port)
        yield f"https://localhost:{port}/interact"
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(server: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + _START
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError("The form service has ended.")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("The form service does not start.")


def _fed(file: FileToSubmit) -> FedFile:
    return FedFile(
        file.content, file.media_type, id=file.id, name=file.name, size=file.said_size, sha256=file.said_sha256
    )


def _definition(form_id: str) -> dict[str, object]:
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
                    {
                        "group": "Flags",
                        "title": "Flags",
                        "repeats": True,
                        "items": [
                            {
                                "field": "Nation",
                                "title": "Nation",
                                "type": "choice",
                                "choices": [{"value": "NO", "title": "Norway"}, {"value": "SE", "title": "Sverige"}],
                            }
                        ],
                    },
                ],
            },
            {
                "name": "WZ_ODATA",
                "hidden": True,
                "items": [
                    {"group": "Files", "items": [{"field": "Title", "default": "Permit for {Applicant.Name} {{1}}"}]}
                ],
            },
        ],
    }
