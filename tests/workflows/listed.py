"""Submissions as a form service lists them."""

from datetime import UTC, datetime

from formcase.sources.port import Status, SubmissionSummary
from formcase.submission.model import FileDescription

XML = FileDescription("application/xml", 10, "0" * 64)


def summary(number: int, reference: str | None = None) -> SubmissionSummary:
    return SubmissionSummary(
        id=f"s-{number}",
        reference_id=reference or f"REF-{number}",
        form_id="800636",
        form_title="Flags",
        form_version=3,
        submitted_at=datetime(2026, 11, 20, tzinfo=UTC),
        status=Status.SUBMITTED,
        xml=XML,
        pdf=None,
        attachments=(),
    )
