"""Submitted dialogues: what was submitted and how far it has come, for people to look at. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from formcase.formservice.models import Status, StatusEntry, StoredFile, Submission


@dataclass(frozen=True, slots=True)
class CaseNamed:
    """A case that the receiver named for a submission."""

    case_number: str
    url: str | None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One entry of a submission's status history."""

    status: str
    message: str | None
    cases: tuple[CaseNamed, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class DialogueFile:
    """One of a submission's files; `kind` is xml, pdf or attachment."""

    kind: str
    id: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A submission with its status and how it got there, oldest entry first."""

    id: str
    reference_id: str
    form_id: str
    form_title: str
    form_version: int
    submitted_at: datetime
    status: str
    history: tuple[HistoryEntry, ...]
    files: tuple[DialogueFile, ...]

    @property
    def message(self) -> str | None:
        """What the receiver said last."""
        return self.history[-1].message

    @property
    def cases(self) -> tuple[CaseNamed, ...]:
        """The cases that the receiver named last."""
        return self.history[-1].cases


def submitted_dialogues(
    *, form_ids: Sequence[str] | None = None, statuses: Sequence[str] | None = None, limit: int | None = None
) -> list[Dialogue]:
    """The submissions, the newest first; of these forms and in these statuses only, where said."""
    found = Submission.objects.order_by("-submitted_at", "-submission_id").prefetch_related("history", "files")
    if form_ids is not None:
        found = found.filter(form_id__in=list(form_ids))
    if statuses is not None:
        found = found.filter(status__in=list(statuses))
    return [_dialogue(submission) for submission in (found if limit is None else found[:limit])]


def dialogue(identifier: str) -> Dialogue | None:
    """One submission, by its reference ID or its id."""
    found = Submission.objects.prefetch_related("history", "files")
    submission = found.filter(reference_id=identifier).first() or found.filter(submission_id=identifier).first()
    return _dialogue(submission) if submission else None


def counts() -> dict[str, int]:
    """How many submissions there are in each status."""
    return {status.value: Submission.objects.filter(status=status).count() for status in Status}


def _dialogue(submission: Submission) -> Dialogue:
    return Dialogue(
        id=submission.submission_id,
        reference_id=submission.reference_id,
        form_id=submission.form_id,
        form_title=submission.form_title,
        form_version=submission.form_version,
        submitted_at=submission.submitted_at,
        status=submission.status,
        history=tuple(_entry(entry) for entry in sorted(submission.history.all(), key=lambda entry: entry.pk)),
        files=tuple(_file(file) for file in sorted(submission.files.all(), key=lambda file: file.number)),
    )


def _entry(entry: StatusEntry) -> HistoryEntry:
    cases = tuple(CaseNamed(case["caseNumber"], case["url"]) for case in entry.cases)
    return HistoryEntry(entry.status, entry.message, cases, entry.at)


def _file(file: StoredFile) -> DialogueFile:
    return DialogueFile(file.kind, file.attachment_id, file.name, file.media_type, file.size)
