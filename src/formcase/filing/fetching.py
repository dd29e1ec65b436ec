"""The second step: read what lies at the form service, and trust it only when everything agrees."""

from dataclasses import dataclass

from formcase.filing.journal import Note
from formcase.filing.way import Way
from formcase.messages import message
from formcase.outcomes import Unreadable
from formcase.sources.port import SubmissionDetail, SubmissionSummary
from formcase.submission.agreement import disagreements
from formcase.submission.model import Submission
from formcase.submission.reading import UnreadableXml, read_submission


@dataclass(frozen=True, slots=True)
class Fetched:
    """A submission that was read: what the listing says, what the XML says, and the XML's bytes as served."""

    summary: SubmissionSummary
    submission: Submission
    xml: bytes


async def fetch(way: Way, detail: SubmissionDetail) -> Fetched:
    """Fetch and read one submission. Raises `Unreadable` where anything about it can't be trusted."""
    summary = detail.summary
    started = way.now()
    xml = await way.ends.source.xml(summary)
    try:
        submission = read_submission(xml)
    except UnreadableXml as error:
        raise Unreadable(
            message("Reading the submission's XML"),
            message("{problem}", problem=error.message()),
            message("The form service must hand it out anew; it is tried again by itself."),
        ) from error
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
