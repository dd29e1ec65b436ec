"""A submission read back from its error case, for filing it again when the form service has none of it left.

An error case has the XML as it was served, the PDF and every attachment. The XML says which attachments there are, with
their digests; only what has the right digest is taken.
"""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from formcase.filing.fetching import Fetched
from formcase.filing.journal import Filed, Note
from formcase.filing.shaping import map_by, read
from formcase.filing.way import Way
from formcase.messages import Message, message
from formcase.outcomes import Passing, Unreadable, Withdrawn
from formcase.sources.port import Status, SubmissionSummary
from formcase.submission.digests import ContentCheck
from formcase.submission.model import Attachment, FileDescription, Submission
from formcase.targets.port import CaseSystem, StoredDocument

LARGEST_XML = 16 * 1024 * 1024  # bytes, as the form service's
_PDF = "application/pdf"
_XML = "application/xml"


class Incomplete(Exception):
    """The error case does not have all of the submission. reason: what is missing."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


async def read_back(way: Way, error_case: Filed) -> Fetched:
    """Everything of the submission, from its error case. Raises `Incomplete`, and the target's outcomes."""
    documents: list[StoredDocument] = []
    for case in error_case.receipt.cases:
        documents += await way.ends.target.documents(case)
    xml, content, submission = await _find_xml(way, documents)
    others = [document for document in documents if document.id != xml.id]
    pdf = next((document for document in others if document.record == xml.main), None)
    described = None if pdf is None else await _describe(way.ends.target, pdf)
    attachments = [document for document in others if document is not pdf]
    files = _ErrorCaseFiles(way.ends.target, pdf, await _match(way.ends.target, submission, attachments))
    submission, made = await map_by(way.attempt.entry.terms.mapping, submission)
    text = message("Read back from the error case: {files} attachment(s)", files=len(submission.attachments))
    await way.attempt.note(Note("read back", text))
    return Fetched(_summary(submission, content, described), submission, content, files, made)


@dataclass(frozen=True, slots=True)
class _ErrorCaseFiles:
    target: CaseSystem
    of_pdf: StoredDocument | None
    of_attachments: Mapping[str, StoredDocument]

    def pdf(self, summary: SubmissionSummary) -> AsyncIterator[bytes]:
        """The PDF's bytes."""
        if self.of_pdf is None or summary.pdf is None:
            raise ValueError("There is no PDF.")
        return self._checked(self.of_pdf, summary.pdf)

    def attachment(self, summary: SubmissionSummary, attachment_id: str) -> AsyncIterator[bytes]:
        """An attachment's bytes."""
        described = next(each.file for each in summary.attachments if each.id == attachment_id)
        return self._checked(self.of_attachments[attachment_id], described)

    async def _checked(self, document: StoredDocument, described: FileDescription) -> AsyncIterator[bytes]:
        check = ContentCheck(message("a document of the error case"), described)
        try:
            async for piece in self.target.read_document(document):
                check.take(piece)
                yield piece
        except Withdrawn as gone:  # removed since it was looked at; the next try says what is missing
            raise Passing(gone.tried, gone.answer) from gone
        check.finish()


async def _find_xml(way: Way, documents: Sequence[StoredDocument]) -> tuple[StoredDocument, bytes, Submission]:
    """The document that is the submission's XML: it says so itself, whatever it is called."""
    entry = way.attempt.entry
    candidates = [document for document in documents if (document.size or 0) <= LARGEST_XML]
    for document in sorted(candidates, key=lambda each: (not each.file_name.endswith(".xml"), each.main is None)):
        if not document.file_name.endswith(".xml") and document.main is None:
            continue  # the XML has an ending of its own, and supplements the PDF where there is one
        content = await _content(way.ends.target, document)
        if content is None:
            continue
        try:
            submission = await read(content, entry.terms.transform)
        except Unreadable:
            continue  # an attachment, which may be XML, too
        if submission.id == entry.submission_id and submission.reference_id == entry.reference_id:
            return document, content, submission
    raise Incomplete(message("The error case does not have the submission's XML any more."))


async def _content(target: CaseSystem, document: StoredDocument) -> bytes | None:
    """The bytes; None where there are too many of them, or none any more."""
    read_so_far = bytearray()
    try:
        async for piece in target.read_document(document):
            read_so_far += piece
            if len(read_so_far) > LARGEST_XML:
                return None
    except Withdrawn:
        return None
    return bytes(read_so_far)


async def _match(
    target: CaseSystem, submission: Submission, documents: Sequence[StoredDocument]
) -> Mapping[str, StoredDocument]:
    """Which document is which attachment: by size, then by digest, those of the same name first."""
    found: dict[str, StoredDocument] = {}
    for attachment in submission.attachments:
        match = await _matching(target, attachment, documents)
        if match is None:
            raise Incomplete(
                message(
                    "The error case does not have the attachment {name} any more.",
                    name=attachment.name,
                    hidden=("name",),
                )
            )
        found[attachment.id] = match
    return found


async def _matching(
    target: CaseSystem, attachment: Attachment, documents: Sequence[StoredDocument]
) -> StoredDocument | None:
    described = attachment.file
    right_size = [document for document in documents if document.size in (None, described.size)]
    for document in sorted(right_size, key=lambda each: each.file_name != attachment.name):
        try:
            known = await _describe(target, document)
        except Withdrawn:
            continue
        if (known.size, known.sha256) == (described.size, described.sha256):
            return document
    return None


async def _describe(target: CaseSystem, document: StoredDocument) -> FileDescription:
    digest, size = hashlib.sha256(), 0
    async for piece in target.read_document(document):
        digest.update(piece)
        size += len(piece)
    return FileDescription(_PDF, size, digest.hexdigest())


def _summary(submission: Submission, xml: bytes, pdf: FileDescription | None) -> SubmissionSummary:
    """What the form service's listing would say."""
    return SubmissionSummary(
        id=submission.id,
        reference_id=submission.reference_id,
        form_id=submission.form_id,
        form_title=submission.form_title,
        form_version=submission.form_version,
        submitted_at=submission.submitted_at,
        status=Status.IMPORTED,
        xml=FileDescription(_XML, len(xml), hashlib.sha256(xml).hexdigest()),
        pdf=pdf,
        attachments=submission.attachments,
    )
