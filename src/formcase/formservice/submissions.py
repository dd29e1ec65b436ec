"""Recording a submission in the database, and telling those who wait for one."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from formcase.formservice.models import FileKind, Status, StatusEntry, StoredFile, Submission
from formcase.formservice.stored_files import Stored
from formcase.formservice.submission_xml import Heading

# the channel on which a submission is told to those who wait; what is said there is its form id
ARRIVALS = "formservice_submitted"


@dataclass(frozen=True, slots=True)
class FileToRecord:
    """A stored file with what is told of it."""

    kind: FileKind
    media_type: str
    stored: Stored
    attachment_id: str = ""
    name: str = ""
    field: str | None = None


def record(
    heading: Heading, form_id: str, form_title: str, form_version: int, files: Sequence[FileToRecord]
) -> Submission:
    """Record a submission whose files are stored, and wake those who wait for one of its form. Its ids are issued."""
    submission = Submission.objects.create(
        submission_id=heading.id,
        reference_id=heading.reference_id,
        form_id=form_id,
        form_title=form_title,
        form_version=form_version,
        submitted_at=heading.submitted_at,
    )
    StoredFile.objects.bulk_create(_row(submission, number, file) for number, file in enumerate(files))
    StatusEntry.objects.create(submission=submission, status=Status.SUBMITTED, at=heading.submitted_at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [ARRIVALS, form_id])
    return submission


def _row(submission: Submission, number: int, file: FileToRecord) -> StoredFile:
    return StoredFile(
        submission=submission,
        kind=file.kind,
        number=number,
        attachment_id=file.attachment_id,
        name=file.name,
        field=file.field or "",
        media_type=file.media_type,
        size=file.stored.size,
        sha256=file.stored.sha256,
        location=file.stored.location,
    )
