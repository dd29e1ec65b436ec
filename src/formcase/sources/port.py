"""A form service as filing sees it: what lies there, its files, and what it is told."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from formcase.checks import CheckResult
from formcase.messages import Message
from formcase.submission.form import FormDefinition, FormSummary
from formcase.submission.model import Attachment, FileDescription


class Status(StrEnum):
    """Where a submission is, as the form service shows it."""

    SUBMITTED = "Submitted"
    DELIVERED = "Delivered"
    TEMPORARY_BLOCKED = "TemporaryBlocked"
    IMPORTED = "Imported"


@dataclass(frozen=True, slots=True)
class SubmissionSummary:
    """A submission as it is listed."""

    id: str
    reference_id: str
    form_id: str
    form_title: str
    form_version: int
    submitted_at: datetime
    status: Status
    xml: FileDescription
    pdf: FileDescription | None
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class UnreadableEntry:
    """A submission whose entry in a listing can't be trusted; the others on the page can. id, reference_id: what it
    says it is, None where even that can't be read."""

    id: str | None
    reference_id: str | None
    reason: Message


@dataclass(frozen=True, slots=True)
class SubmissionPage:
    """One page of a listing. next: where the next page starts, None on the last; cursor: the end of this page;
    refused: form ids that do not exist or are not released to us; unreadable: entries that can't be trusted."""

    submissions: tuple[SubmissionSummary, ...]
    next: str | None
    cursor: str | None
    refused: tuple[str, ...] = ()
    unreadable: tuple[UnreadableEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportedCase:
    """A case number as the form service shows it."""

    case_number: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """One entry of the status history."""

    status: Status
    message: str | None
    cases: tuple[ReportedCase, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class SubmissionDetail:
    """A submission with its history, oldest entry first."""

    summary: SubmissionSummary
    history: tuple[StatusEntry, ...]


class FormService(Protocol):
    """A form service as filing sees it.

    Every method raises an `Outcome` error and nothing else: `Setup` for a certificate, token or address that is
    refused, `Passing` for what will work later, `Unreadable` for an answer that can't be trusted, `Withdrawn` for a
    submission that is not there.
    """

    async def forms(self) -> tuple[FormSummary, ...]:
        """The forms that are released to us."""

    async def form(self, form_id: str, version: int | None = None) -> FormDefinition | None:
        """One form's definition, the newest version unless said; None where it isn't there or not released."""

    async def submissions(
        self, form_ids: Sequence[str], *, state: str = "open", after: str | None = None, limit: int = 100, wait: int = 0
    ) -> SubmissionPage:
        """One page of what lies there, oldest first. No form ids: all forms. wait: seconds that the service may hold
        an empty answer."""

    async def submission(self, submission_id: str) -> SubmissionDetail:
        """One submission with its history."""

    async def xml(self, summary: SubmissionSummary) -> bytes:
        """The submission's XML, its size and digest checked."""

    def pdf(self, summary: SubmissionSummary) -> AsyncIterator[bytes]:
        """The PDF's bytes. A broken read goes on where it broke; the last bytes come only once size and digest fit."""

    def attachment(self, summary: SubmissionSummary, attachment_id: str) -> AsyncIterator[bytes]:
        """An attachment's bytes, as `pdf`."""

    async def report(
        self, submission_id: str, status: Status, message: str | None, cases: Sequence[ReportedCase], at: datetime
    ) -> None:
        """Say where the submission is. Safe to say again. Raises `AlreadyImported` where the service won't go back
        from Imported; a repeated Imported on what is gone is done."""

    async def checks(self, form_ids: Sequence[str]) -> tuple[CheckResult, ...]:
        """Certificate, reach, client, forms: each a line."""

    async def close(self) -> None:
        """Give back connections."""
