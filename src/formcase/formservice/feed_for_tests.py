"""For test feeds only: puts ready-made XML, also broken XML, among the submissions, without checking it.

Only what the listing needs is looked at. A person's submission goes through `submitting`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _
from lxml import etree

from formcase.formservice.identifiers import issue
from formcase.formservice.lexical import IDENTIFIER, is_line, read_instant
from formcase.formservice.models import FileKind
from formcase.formservice.problems import Problem, Refused
from formcase.formservice.stored_files import Keeping, keeping
from formcase.formservice.submission_xml import Heading
from formcase.formservice.submissions import FileToRecord, record
from formcase.formservice.submitting import Submitted


@dataclass(frozen=True, slots=True)
class Listing:
    """What the listing says of a submission, whatever stands in its XML."""

    submission_id: str
    reference_id: str
    form_id: str
    form_title: str
    form_version: int
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class FedFile:
    """A file of a test feed. A `size` or `sha256` that is given is what is told, true or not."""

    content: Path | BinaryIO | bytes
    media_type: str
    id: str = ""
    name: str = ""
    field: str | None = None
    size: int | None = None
    sha256: str | None = None


class ListingRefused(Refused):
    """The listing can't be made from this."""


def store_submission(
    xml: bytes | FedFile,
    *,
    pdf: bytes | FedFile | None = None,
    attachments: Sequence[FedFile] = (),
    listing: Listing | None = None,
) -> Submitted:
    """Store a ready-made submission. Without `listing`, it is read from the attributes of the XML's root element."""
    document = xml if isinstance(xml, FedFile) else FedFile(xml, "application/xml")
    listed = listing or _listing_of(document)
    _check(listed)
    heading = Heading(listed.submission_id, listed.reference_id, listed.submitted_at, "da", None)
    with keeping() as kept:
        files = [_kept(kept, FileKind.XML, document)]
        if pdf is not None:
            receipt = pdf if isinstance(pdf, FedFile) else FedFile(pdf, "application/pdf")
            files.append(_kept(kept, FileKind.PDF, receipt))
        files += [_kept(kept, FileKind.ATTACHMENT, file) for file in attachments]
        with transaction.atomic():
            issue(listed.submission_id, listed.reference_id)
            record(heading, listed.form_id, listed.form_title, listed.form_version, files)
    return Submitted(listed.submission_id, listed.reference_id)


def _kept(kept: Keeping, kind: FileKind, file: FedFile) -> FileToRecord:
    stored = kept.keep(file.content)
    told = replace(
        stored,
        size=stored.size if file.size is None else file.size,
        sha256=file.sha256 or stored.sha256,
    )
    return FileToRecord(kind, file.media_type, told, file.id, file.name, file.field)


def _listing_of(document: FedFile) -> Listing:
    if not isinstance(document.content, bytes):
        raise ListingRefused([Problem((), _("Give the listing where the XML is not given as bytes."))])
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(document.content, parser)
        submitted_at = read_instant(str(root.get("submittedAt", "")))
        version = int(str(root.get("formVersion", "")))
    except (etree.XMLSyntaxError, ValueError):
        submitted_at = None
    if submitted_at is None:
        raise ListingRefused([Problem((), _("The XML's root does not say what the listing needs; give the listing."))])
    return Listing(
        submission_id=str(root.get("id", "")),
        reference_id=str(root.get("referenceId", "")),
        form_id=str(root.get("formId", "")),
        form_title=str(root.get("formTitle", "")),
        form_version=version,
        submitted_at=submitted_at,
    )


def _check(listed: Listing) -> None:
    identifiers = {
        "submission_id": listed.submission_id,
        "reference_id": listed.reference_id,
        "form_id": listed.form_id,
    }
    problems = [
        Problem((name,), _("This is no id.")) for name, value in identifiers.items() if not IDENTIFIER.fullmatch(value)
    ]
    if not is_line(listed.form_title):
        problems.append(Problem(("form_title",), _("There must be one line of at most 255 characters.")))
    if not 1 <= listed.form_version < 2**63:
        problems.append(Problem(("form_version",), _("A version is a whole number from 1.")))
    if problems:
        raise ListingRefused(problems)
