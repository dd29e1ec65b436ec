"""A form service in memory, with the statuses and the files that the Interact API promises."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from xml.sax.saxutils import escape, quoteattr

from filing.faults import Faulty, answered
from formcase.outcomes import AlreadyImported, Withdrawn
from formcase.sources.port import (
    ReportedCase,
    Status,
    StatusEntry,
    SubmissionDetail,
    SubmissionPage,
    SubmissionSummary,
    UnreadableEntry,
)
from formcase.submission.form import FormDefinition, FormSummary
from formcase.submission.model import Attachment, FileDescription

SUBMITTED_AT = datetime(2026, 11, 20, 8, 41, 7, tzinfo=UTC)
PDF = b"%PDF-2.0 a receipt"
Groups = Sequence[tuple[str, dict[str, str]]]


def described(content: bytes, media_type: str) -> FileDescription:
    return FileDescription(media_type, len(content), sha256(content).hexdigest())


@dataclass(slots=True)
class Stored:
    """One submission as it lies there."""

    summary: SubmissionSummary
    xml: bytes
    pdf: bytes | None
    attachments: dict[str, bytes]
    history: list[StatusEntry] = field(default_factory=list)

    @property
    def status(self) -> Status:
        return self.history[-1].status

    def said(self, status: Status) -> list[StatusEntry]:
        return [entry for entry in self.history if entry.status is status]


class ModelFormService(Faulty):
    """Implements the `FormService` port. Each file is read in two pieces."""

    def __init__(self) -> None:
        super().__init__()
        self.stored: dict[str, Stored] = {}
        self._handed_in = 0
        self.unreadable: list[UnreadableEntry] = []

    def submit(
        self,
        reference: str,
        groups: Groups,
        attachments: Sequence[bytes] = (),
        pdf: bytes | None = PDF,
        *,
        form_id: str = "800636",
        answers: str = "",
    ) -> SubmissionSummary:
        """A form is handed in; its mapping page has these groups. answers: pages as XML, in place of the mapping
        page."""
        self._handed_in += 1
        number = self._handed_in
        files = {f"a{index}": content for index, content in enumerate(attachments, 1)}
        listed = tuple(
            Attachment(key, f"file {key}.txt", described(content, "text/plain")) for key, content in files.items()
        )
        summary = SubmissionSummary(
            id=f"s-{number}",
            reference_id=reference,
            form_id=form_id,
            form_title="Flag permit",
            form_version=3,
            submitted_at=SUBMITTED_AT + timedelta(seconds=number),
            status=Status.SUBMITTED,
            xml=FileDescription("application/xml", 0, ""),
            pdf=described(pdf, "application/pdf") if pdf is not None else None,
            attachments=listed,
        )
        xml = _xml(summary, answers or _mapping_page(groups))
        summary = replace(summary, xml=described(xml, "application/xml"))
        entry = StatusEntry(Status.SUBMITTED, None, (), summary.submitted_at)
        self.stored[summary.id] = Stored(summary, xml, pdf, files, [entry])
        return summary

    def withdraw(self, submission_id: str) -> None:
        del self.stored[submission_id]

    async def forms(self) -> tuple[FormSummary, ...]:
        return ()

    async def form(self, form_id: str, version: int | None = None) -> FormDefinition | None:
        return None

    async def submissions(
        self, form_ids: Sequence[str], *, state: str = "open", after: str | None = None, limit: int = 100, wait: int = 0
    ) -> SubmissionPage:
        return await self._request("submissions", lambda: self._page(form_ids, state, after, limit))

    async def submission(self, submission_id: str) -> SubmissionDetail:
        def read() -> SubmissionDetail:
            stored = self._found(submission_id)
            return SubmissionDetail(replace(stored.summary, status=stored.status), tuple(stored.history))

        return await self._request("submission", read)

    async def xml(self, summary: SubmissionSummary) -> bytes:
        return await self._request("xml", lambda: self._found(summary.id).xml)

    async def pdf(self, summary: SubmissionSummary) -> AsyncIterator[bytes]:
        async for piece in self._pieces("pdf", self._found(summary.id).pdf or b""):
            yield piece

    async def attachment(self, summary: SubmissionSummary, attachment_id: str) -> AsyncIterator[bytes]:
        async for piece in self._pieces("attachment", self._found(summary.id).attachments[attachment_id]):
            yield piece

    async def report(
        self, submission_id: str, status: Status, message: str | None, cases: Sequence[ReportedCase], at: datetime
    ) -> None:
        def write() -> None:
            if submission_id not in self.stored and status is Status.IMPORTED:
                return
            stored = self._found(submission_id)
            if stored.status is Status.IMPORTED and status is not Status.IMPORTED:
                raise answered(AlreadyImported)()
            last = stored.history[-1]
            if (last.status, last.message, last.cases) != (status, message, tuple(cases)):
                stored.history.append(StatusEntry(status, message, tuple(cases), at))

        await self._request(f"report {status.value}", write)

    async def checks(self, form_ids: Sequence[str]) -> tuple[()]:
        return ()

    async def close(self) -> None:
        pass

    def _page(self, form_ids: Sequence[str], state: str, after: str | None, limit: int) -> SubmissionPage:
        there = [
            replace(stored.summary, status=stored.status)
            for key, stored in self.stored.items()
            if (not form_ids or stored.summary.form_id in form_ids)
            and (state == "all" or stored.status is not Status.IMPORTED)
            and (after is None or int(key[2:]) > int(after))
        ]
        page = there[:limit]
        cursor = page[-1].id[2:] if page else after
        unreadable = tuple(self.unreadable) if after is None else ()
        return SubmissionPage(tuple(page), cursor if len(there) > limit else None, cursor, (), unreadable)

    async def _pieces(self, method: str, content: bytes) -> AsyncIterator[bytes]:
        self.requests[method] += 1
        if self.away is not None:
            raise self.away()
        fault = self._next(method)
        middle = len(content) // 2
        if content[:middle]:
            yield content[:middle]
        if fault is not None:
            raise fault.raised()
        if content[middle:]:
            yield content[middle:]

    def _found(self, submission_id: str) -> Stored:
        if submission_id not in self.stored:
            raise answered(Withdrawn)()
        return self.stored[submission_id]


def _mapping_page(groups: Groups) -> str:
    mapped = "".join(_group(name, fields) for name, fields in groups)
    return f'<Page name="WZ_ODATA" hidden="true">{mapped}</Page>'


def _xml(summary: SubmissionSummary, pages: str) -> bytes:
    files = "".join(
        f"<Attachment id={quoteattr(each.id)} name={quoteattr(each.name)} mediaType={quoteattr(each.file.media_type)} "
        f'size="{each.file.size}" sha256="{each.file.sha256}"/>'
        for each in summary.attachments
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Submission xmlns="urn:formcase:submission:1" id="{summary.id}" referenceId="{summary.reference_id}" '
        f'formId="{summary.form_id}" formTitle="{summary.form_title}" formVersion="{summary.form_version}" '
        f'submittedAt="{summary.submitted_at.isoformat()}" language="en">'
        f"{pages}{files}</Submission>"
    ).encode()


def _group(name: str, fields: dict[str, str]) -> str:
    inner = "".join(f"<Field name={quoteattr(each)}>{escape(value)}</Field>" for each, value in fields.items())
    return f"<Group name={quoteattr(name)}>{inner}</Group>"
