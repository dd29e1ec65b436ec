"""What lies at the form service of one submission: its status there and its files, read at this moment for a person.

Nothing here writes, reports or tries for long: that is filing's.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import TypeVar

from asgiref.sync import async_to_sync

from formcase.messages import message
from formcase.outcomes import Passing, Withdrawn
from formcase.planning.plan import ContentKey, ContentKind
from formcase.sources.port import FormService, SubmissionDetail, SubmissionSummary
from formcase.submission.model import FileDescription
from formcase.workflows import kept_ends
from formcase.workflows.connections import FormServiceAddress
from formcase.workflows.models import SubmissionRecord

LIMIT = 4.0  # seconds; a person waits for the page
_T = TypeVar("_T")


def look(record: SubmissionRecord, limit: float = LIMIT) -> SubmissionDetail:
    """The submission as the form service has it now. Raises the source's outcomes; `Passing` after the limit."""
    submission_id = record.submission_id
    return _ask(record, lambda source: source.submission(submission_id), limit)


def xml_of(record: SubmissionRecord, limit: float = LIMIT) -> bytes:
    """The submission's XML. Raises the source's outcomes; `Passing` after the limit."""

    submission_id = record.submission_id

    async def read(source: FormService) -> bytes:
        return await source.xml((await source.submission(submission_id)).summary)

    return _ask(record, read, limit)


def xml_and_pdf_of(record: SubmissionRecord, limit: float = LIMIT) -> tuple[bytes, FileDescription | None]:
    """The submission's XML, and what is known of its PDF, for a dry run. Raises as `xml_of`."""

    submission_id = record.submission_id

    async def read(source: FormService) -> tuple[bytes, FileDescription | None]:
        summary = (await source.submission(submission_id)).summary
        return await source.xml(summary), summary.pdf

    return _ask(record, read, limit)


class OpenFile(Iterator[bytes]):
    """A file while it is read, piece by piece; to be closed by whoever opened it. name: as its sender called it, empty
    for XML and PDF."""

    def __init__(self, record: SubmissionRecord, content: ContentKey, limit: float = LIMIT) -> None:
        """Read the first piece, so that what is wrong shows before anything is handed on. Raises the source's
        outcomes; `Passing` after the limit."""
        self._pieces: AsyncIterator[bytes] | None = None
        self._first: bytes | None = None
        address = _address(record)
        try:
            kept_ends.waited_for(self._open(address, record.submission_id, content, limit))
        except BaseException:
            self.close()
            raise

    def __next__(self) -> bytes:
        piece, self._first = self._first, None
        if piece is None:
            piece = kept_ends.waited_for(self._next())
        if piece is None:
            raise StopIteration
        return piece

    def close(self) -> None:
        """What was not read stays unread."""
        pieces, self._pieces = self._pieces, None
        if isinstance(pieces, AsyncGenerator):
            kept_ends.waited_for(_closed(pieces))

    async def _open(self, address: FormServiceAddress, submission_id: str, content: ContentKey, limit: float) -> None:
        async with _limited(limit):
            source = await kept_ends.form_service_there(address)
            summary = (await source.submission(submission_id)).summary
            self.name, self.description = _described(summary, content)
            self._pieces = _pieces(source, summary, content)
            self._first = await self._next()

    async def _next(self) -> bytes | None:
        return None if self._pieces is None else await anext(self._pieces, None)


def _ask(record: SubmissionRecord, question: Callable[[FormService], Awaitable[_T]], limit: float) -> _T:
    address = _address(record)

    async def asked() -> _T:
        async with _limited(limit):
            return await kept_ends.of_form_service(address, question)

    return async_to_sync(asked)()


async def _closed(pieces: AsyncGenerator[bytes, None]) -> None:
    await pieces.aclose()


@asynccontextmanager
async def _limited(limit: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(limit):
            yield
    except TimeoutError:
        raise Passing(
            message("Asking the form service"),
            message("It has not answered within {seconds} seconds.", seconds=round(limit)),
        ) from None


def _address(record: SubmissionRecord) -> FormServiceAddress:
    """The form service where the submission was found, as its workflow reaches it now."""
    workflow = record.workflow
    return FormServiceAddress(
        workflow.pk, workflow.version, record.source, workflow.client_id, workflow.certificate_thumbprint
    )


def _described(summary: SubmissionSummary, content: ContentKey) -> tuple[str, FileDescription]:
    if content.kind is ContentKind.XML:
        return "", summary.xml
    if content.kind is ContentKind.PDF and summary.pdf is not None:
        return "", summary.pdf
    for attachment in summary.attachments:
        if content.kind is ContentKind.ATTACHMENT and attachment.id == content.attachment:
            return attachment.name, attachment.file
    raise Withdrawn(message("Asking the form service"), message("The submission has no such file there."))


def _pieces(source: FormService, summary: SubmissionSummary, content: ContentKey) -> AsyncIterator[bytes]:
    match content.kind:
        case ContentKind.XML:
            return _whole(source, summary)
        case ContentKind.PDF:
            return source.pdf(summary)
        case ContentKind.ATTACHMENT:
            return source.attachment(summary, str(content.attachment))


async def _whole(source: FormService, summary: SubmissionSummary) -> AsyncIterator[bytes]:
    yield await source.xml(summary)
