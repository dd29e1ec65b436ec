"""The second step: read what lies at the form service, and trust it only when everything agrees."""

import asyncio
from dataclasses import dataclass

from formcase.filing.journal import Note
from formcase.filing.way import Way
from formcase.messages import message
from formcase.outcomes import Unreadable
from formcase.sources.port import SubmissionDetail, SubmissionSummary
from formcase.submission.agreement import disagreements
from formcase.submission.model import Submission
from formcase.submission.reading import read_submission

LONG_XML = 256 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Fetched:
    """A submission that was read: what the listing says, what the XML says, and the XML's bytes as served."""

    summary: SubmissionSummary
    submission: Submission
    xml: bytes


async def identify(way: Way, summary: SubmissionSummary) -> None:
    """Take over what the form service says of a submission that its listing said nothing of. Raises `Unreadable`
    where a submission has become another one: what was looked up under its reference ID would be true no longer."""
    entry = way.attempt.entry
    if not entry.form_id:
        await way.attempt.identify(summary)
    elif summary.reference_id != entry.reference_id:
        raise Unreadable(
            message("Reading the submission {id}", id=entry.submission_id),
            message(
                "it has the reference ID {now}, and had {before}.",
                now=summary.reference_id,
                before=entry.reference_id,
            ),
            message("Those who run the form service must mend this."),
        )


async def fetch(way: Way, detail: SubmissionDetail) -> Fetched:
    """Fetch and read one submission. Raises `Unreadable` where anything about it can't be trusted."""
    summary = detail.summary
    started = way.now()
    xml = await way.ends.source.xml(summary)
    # a long text is parsed beside the loop, so that other filings go on meanwhile
    submission = read_submission(xml) if len(xml) < LONG_XML else await asyncio.to_thread(read_submission, xml)
    for disagreement in disagreements(submission, summary):
        raise Unreadable(
            message("Comparing the submission's XML with what the form service lists"),
            disagreement,
            message("The form service must hand it out anew; it is tried again by itself."),
        )
    await way.attempt.note(
        Note(
            "fetched",
            message(
                "Fetched: form {form} version {version}, {files} attachment(s)",
                form=summary.form_id,
                version=summary.form_version,
                files=len(summary.attachments),
            ),
            duration=way.now() - started,
        )
    )
    return Fetched(summary, submission, xml)
