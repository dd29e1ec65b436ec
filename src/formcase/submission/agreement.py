"""Compares a submission's XML with what the form service's listing says of it. Where both state something, both must
say the same; anything else is a fault of the form service."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol

from formcase.messages import Message, message
from formcase.submission.model import Attachment, Submission


class Listed(Protocol):
    """A submission as it is listed."""

    @property
    def id(self) -> str: ...
    @property
    def reference_id(self) -> str: ...
    @property
    def form_id(self) -> str: ...
    @property
    def form_title(self) -> str: ...
    @property
    def form_version(self) -> int: ...
    @property
    def submitted_at(self) -> datetime: ...
    @property
    def attachments(self) -> tuple[Attachment, ...]: ...


def disagreements(submission: Submission, listed: Listed) -> tuple[Message, ...]:
    """Everything that the XML and the listing say differently; empty where they agree."""
    return (*_of_submission(submission, listed), *_of_attachments(submission.attachments, listed.attachments))


def _of_submission(submission: Submission, listed: Listed) -> Iterator[Message]:
    pairs: tuple[tuple[str, str | int | datetime, str | int | datetime], ...] = (
        ("id", submission.id, listed.id),
        ("referenceId", submission.reference_id, listed.reference_id),
        ("formId", submission.form_id, listed.form_id),
        ("formTitle", submission.form_title, listed.form_title),
        ("formVersion", submission.form_version, listed.form_version),
        ("submittedAt", submission.submitted_at, listed.submitted_at),
    )
    for name, in_xml, in_listing in pairs:
        if in_xml != in_listing:
            yield message(
                "The XML says {name} {xml}, the listing says {listing}.",
                name=name,
                xml=_shown(in_xml),
                listing=_shown(in_listing),
            )


def _of_attachments(in_xml: Iterable[Attachment], in_listing: Iterable[Attachment]) -> Iterator[Message]:
    read = {attachment.id: attachment for attachment in in_xml}
    told: dict[str, Attachment] = {}
    for attachment in in_listing:
        if attachment.id in told:
            yield message("The listing has the attachment {id} twice.", id=attachment.id)
        told[attachment.id] = attachment
    for attachment_id in told:
        if attachment_id not in read:
            yield message("The attachment {id} stands in the listing and not in the XML.", id=attachment_id)
    for attachment_id, attachment in read.items():
        if attachment_id in told:
            yield from _of_attachment(attachment, told[attachment_id])
        else:
            yield message("The attachment {id} stands in the XML and not in the listing.", id=attachment_id)


def _of_attachment(read: Attachment, told: Attachment) -> Iterator[Message]:
    pairs: tuple[tuple[str, str | int, str | int], ...] = (
        ("name", read.name, told.name),
        ("mediaType", read.file.media_type, told.file.media_type),
        ("size", read.file.size, told.file.size),
        ("sha256", read.file.sha256, told.file.sha256),
    )
    for name, in_xml, in_listing in pairs:
        if in_xml != in_listing:
            yield message(
                "For the attachment {id} the XML says {name} {xml}, the listing says {listing}.",
                id=read.id,
                name=name,
                xml=_shown(in_xml),
                listing=_shown(in_listing),
                # what a file is called is the person's own text
                hidden=("xml", "listing") if name == "name" else (),
            )


def _shown(value: str | int | datetime) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)[:300]
