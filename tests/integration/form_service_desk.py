"""The desk of the built-in form service of a running installation: hands forms in, looks at Submitted dialogues.

A process of its own, in the installation's environment, so that hundreds of submissions need no hundred commands.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from formcase.formservice.dialogues import Dialogue

Answers = Mapping[str, object]
T = TypeVar("T")

_kept_ready = ExitStack()


@dataclass(frozen=True, slots=True)
class FileAtHand:
    """A file that is handed in. said_sha256: what is told of it where that is not true."""

    name: str
    content: bytes | Path
    media_type: str = "application/octet-stream"
    field: str | None = None
    said_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A submission as Submitted dialogues shows it."""

    status: str
    message: str
    cases: tuple[str, ...]
    history: tuple[str, ...]


class Desk:
    """What can be done at the desk. Each call is carried out in the desk's process."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = ProcessPoolExecutor(1, get_context("spawn"), _open, (dict(environment),))

    def submit(
        self,
        form: str,
        answers: Answers,
        files: Sequence[FileAtHand] = (),
        version: int | None = None,
        reference: str | None = None,
    ) -> str:
        """Hand a form in; its reference ID, which may be chosen."""
        return self._do(_submit_many, form, [answers], list(files), version, reference)[0]

    def submit_many(
        self, form: str, answers: Sequence[Answers], files: Sequence[FileAtHand] = (), version: int | None = None
    ) -> list[str]:
        """Hand one form in many times; the reference IDs."""
        return self._do(_submit_many, form, list(answers), list(files), version)

    def feed(self, xml: bytes, reference: str, files: Sequence[FileAtHand] = (), **listing: Any) -> str:
        """Put a submission there whose XML may be anything; its reference ID."""
        return self._do(_feed, xml, reference, list(files), listing)

    def seen(self, reference: str) -> Seen:
        """How Submitted dialogues shows it."""
        return self._do(_seen, reference)

    def statuses(self) -> dict[str, str]:
        """Of every submission, by its reference ID."""
        return self._do(_statuses)

    def all_seen(self) -> dict[str, Seen]:
        """Everything in Submitted dialogues, by its reference ID."""
        return self._do(_all_seen)

    def all_cases(self, references: Sequence[str]) -> list[str]:
        """The case numbers that it was told of these, where it was told any."""
        return self._do(_all_cases, list(references))

    def add_case_group(self, number: str, text: str) -> None:
        """At the built-in case system of the same installation: a case group comes to be."""
        self._do(_add_case_group, number, text)

    def submit_and_damage(self, kind: str, form: str, answers: Answers, files: Sequence[FileAtHand]) -> str:
        """Hand a form in, and change a byte of one of its files where it lies, before anybody fetches it."""
        return self._do(_submit_and_damage, kind, form, dict(answers), list(files))

    def forget(self, reference: str) -> None:
        """Lose all memory of a submission, so that its reference ID is given a second time."""
        self._do(_forget, reference)

    def issue_certificate(self, client: str, days: int) -> bytes:
        """A client's certificate and key that end so many days from now."""
        return self._do(_issue_certificate, client, days)

    def publish(self, definition: Mapping[str, object]) -> None:
        """Publish a form."""
        self._do(_publish, dict(definition))

    def hold_uploads(self) -> None:
        """At the built-in case system of the same installation: no file is taken in, and reading goes on."""
        self._do(_hold_uploads)

    def let_uploads_go(self) -> None:
        """What was held goes on."""
        self._do(_let_uploads_go)

    def close(self) -> None:
        """Close the desk."""
        self._process.shutdown()

    def _do(self, what: Callable[..., T], *arguments: object) -> T:
        return self._process.submit(_with_the_database, what, *arguments).result(600)


def _with_the_database(what: Callable[..., T], *arguments: object) -> T:
    """Do it with a connection that works: the database may have been restarted since the last time."""
    from django.db import connection

    connection.close_if_unusable_or_obsolete()
    return what(*arguments)


def _open(environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    from formcase.cli.runtime import prepared

    _kept_ready.enter_context(prepared())


def _submit_many(
    form: str, answers: list[Answers], files: list[FileAtHand], version: int | None, reference: str | None = None
) -> list[str]:
    from formcase.formservice.submitting import AttachmentToSubmit, submit

    attachments = [AttachmentToSubmit(file.name, file.content, file.media_type, file.field) for file in files]
    return [submit(form, each, attachments, version=version, reference_id=reference).reference_id for each in answers]


def _feed(xml: bytes, reference: str, files: list[FileAtHand], listing: dict[str, Any]) -> str:
    from formcase.formservice.feed_for_tests import FedFile, Listing, store_submission

    said_sha256 = listing.pop("said_sha256", None)
    told = {
        "submission_id": f"fed-{reference}",
        "form_id": "800636",
        "form_title": "Permission to raise the flag of another nation",
        "form_version": 3,
        "submitted_at": datetime.now(UTC),
    }
    attachments = [
        FedFile(file.content, file.media_type, f"a{number}", file.name, file.field, sha256=file.said_sha256)
        for number, file in enumerate(files, 1)
    ]
    return store_submission(
        FedFile(xml, "application/xml", sha256=said_sha256),
        attachments=attachments,
        listing=Listing(**{**told, "reference_id": reference, **listing}),
    ).reference_id


def _seen(reference: str) -> Seen:
    from formcase.formservice.dialogues import dialogue

    found = dialogue(reference)
    assert found is not None, f"the form service does not know {reference}"
    return _as_seen(found)


def _as_seen(found: "Dialogue") -> Seen:
    history = tuple(entry.status for entry in found.history)
    return Seen(found.status, found.message or "", tuple(case.case_number for case in found.cases), history)


def _all_seen() -> dict[str, Seen]:
    from formcase.formservice.dialogues import submitted_dialogues

    return {found.reference_id: _as_seen(found) for found in submitted_dialogues()}


def _all_cases(references: list[str]) -> list[str]:
    from formcase.formservice.dialogues import dialogue

    found = [dialogue(reference) for reference in references]
    return [case.case_number for each in found if each for case in each.cases]


def _add_case_group(number: str, text: str) -> None:
    from formcase.casesystem.models import Code

    Code.objects.create(entity_set="FileClasses", key=number, value=number, text=text, properties={})


def _hold_uploads() -> None:
    from django.db import connection

    connection.set_autocommit(False)
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE casesystem_document IN EXCLUSIVE MODE")


def _let_uploads_go() -> None:
    from django.db import connection

    connection.rollback()
    connection.set_autocommit(True)


def _statuses() -> dict[str, str]:
    from formcase.formservice.models import Submission

    return dict(Submission.objects.values_list("reference_id", "status"))


def _stored_path(reference: str, kind: str) -> Path:
    from django.core.files.storage import default_storage

    from formcase.formservice.models import StoredFile

    stored = StoredFile.objects.get(submission__reference_id=reference, kind=kind)
    return Path(default_storage.path(stored.location))


def _submit_and_damage(kind: str, form: str, answers: Answers, files: list[FileAtHand]) -> str:
    from django.db import transaction

    with transaction.atomic():  # nobody sees it before it is damaged
        (reference,) = _submit_many(form, [answers], files, 3)
        path = _stored_path(reference, kind)
        content = path.read_bytes()
        path.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])
    return reference


def _forget(reference: str) -> None:
    from formcase.formservice.models import IssuedIdentifiers, Submission

    Submission.objects.get(reference_id=reference).delete()
    IssuedIdentifiers.objects.get(reference_id=reference).delete()


def _issue_certificate(client: str, days: int) -> bytes:
    from formcase.formservice import setup

    now = datetime.now(UTC)
    end = now + timedelta(days=days)
    issued = setup.issue_client_certificate(client, valid_from=min(now, end) - timedelta(days=1), valid_until=end)
    setup.ensure_client(client, issued.certificate, None)
    return issued.certificate + issued.key


def _publish(definition: dict[str, object]) -> None:
    from formcase.formservice.forms import publish

    publish(definition)
