"""Submitting a form: the answers are checked, the hidden pages computed, and XML, PDF and attachments stored.

Either all of a submission is there afterwards, or nothing of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from formcase.formservice import documents, forms
from formcase.formservice.answers import AnsweredPage, AnswersRefused, check_answers
from formcase.formservice.design import Form
from formcase.formservice.identifiers import issue
from formcase.formservice.lexical import LANGUAGE, MEDIA_TYPE
from formcase.formservice.models import FileKind
from formcase.formservice.problems import Problem
from formcase.formservice.stored_files import Keeping, Stored, guessed_media_type, keeping
from formcase.formservice.submission_xml import AttachedFile, Heading, Submitter
from formcase.formservice.submissions import FileToRecord, record

__all__ = ["AnswersRefused", "AttachmentToSubmit", "Submitted", "Submitter", "submit", "submit_with"]

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class AttachmentToSubmit:
    """A file to be handed in: its name, where its bytes are, and, where known, its media type and file field. What is
    stored already stays where it is."""

    name: str
    content: Path | BinaryIO | bytes | Stored
    media_type: str | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """The ids that a submission got."""

    id: str
    reference_id: str


def submit(
    form_id: str,
    answers: Mapping[str, object],
    attachments: Sequence[AttachmentToSubmit] = (),
    *,
    version: int | None = None,
    language: str | None = None,
    submitter: Submitter | None = None,
    submission_id: str | None = None,
    reference_id: str | None = None,
) -> Submitted:
    """Hand in a form. Raises `forms.FormUnknown`, or another `Refused` that tells all that is wrong."""
    form = forms.form(form_id, version)
    asked = _Asked(language, submitter, submission_id, reference_id)
    with keeping() as kept:
        return _submit(kept, form, answers, attachments, asked)


def submit_with(
    kept: Keeping, form: Form, answers: Mapping[str, object], attachments: Sequence[AttachmentToSubmit]
) -> Submitted:
    """Hand in a form in the caller's transaction. The files that come to be are `kept`, for the caller to take back
    where that transaction fails."""
    return _submit(kept, form, answers, attachments, _Asked())


@dataclass(frozen=True, slots=True)
class _Asked:
    """What may be asked for with a submission."""

    language: str | None = None
    submitter: Submitter | None = None
    submission_id: str | None = None
    reference_id: str | None = None


def _submit(
    kept: Keeping,
    form: Form,
    answers: Mapping[str, object],
    attachments: Sequence[AttachmentToSubmit],
    asked: _Asked,
) -> Submitted:
    answered = check_answers(form, answers, [(file.name, file.field) for file in attachments])
    _check_wishes(asked.language, attachments)
    attached = [_kept_attachment(kept, file, number) for number, file in enumerate(attachments, 1)]
    with transaction.atomic():
        issued = issue(asked.submission_id, asked.reference_id)
        heading = Heading(
            id=issued.submission_id,
            reference_id=issued.reference_id,
            submitted_at=datetime.now(UTC),
            language=asked.language or form.language,
            submitter=asked.submitter,
        )
        files = _documents(kept, form, heading, answered, tuple(file for file, _stored in attached))
        files += [_attachment_record(file, stored) for file, stored in attached]
        record(heading, form.id, form.title, form.version, files)
    _log.info("submitted", submission=issued.submission_id, reference=issued.reference_id, form=form.id)
    return Submitted(issued.submission_id, issued.reference_id)


def _check_wishes(language: str | None, attachments: Sequence[AttachmentToSubmit]) -> None:
    problems = []
    if language is not None and not LANGUAGE.fullmatch(language):
        problems.append(Problem((_("language"),), _("This must be a language tag such as “da” or “en”.")))
    for number, file in enumerate(attachments, 1):
        if file.media_type is not None and not MEDIA_TYPE.fullmatch(file.media_type):
            place = (_("attachment {number}").format(number=number),)
            problems.append(Problem(place, _("This is no media type; one is written as in image/png.")))
    if problems:
        raise AnswersRefused(problems)


def _kept_attachment(kept: Keeping, file: AttachmentToSubmit, number: int) -> tuple[AttachedFile, Stored]:
    stored = file.content if isinstance(file.content, Stored) else kept.keep(file.content)
    media_type = file.media_type or guessed_media_type(file.name)
    return AttachedFile(f"a{number}", file.name, media_type, stored.size, stored.sha256, file.field), stored


def _documents(
    kept: Keeping,
    form: Form,
    heading: Heading,
    answered: tuple[AnsweredPage, ...],
    attachments: tuple[AttachedFile, ...],
) -> list[FileToRecord]:
    """The XML and the PDF, made and stored."""
    xml = kept.keep(documents.xml(form, heading, answered, attachments))
    pdf = kept.keep(documents.pdf(form, heading, answered, attachments))
    return [
        FileToRecord(FileKind.XML, "application/xml", xml),
        FileToRecord(FileKind.PDF, "application/pdf", pdf),
    ]


def _attachment_record(file: AttachedFile, stored: Stored) -> FileToRecord:
    return FileToRecord(FileKind.ATTACHMENT, file.media_type, stored, file.id, file.name, file.field)
