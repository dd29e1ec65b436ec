"""The second step: read what lies at the form service, and trust it only when everything agrees."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from formcase.filing.journal import Note, Terms
from formcase.filing.shaping import map_by, read
from formcase.filing.way import Way
from formcase.messages import Message, message, together
from formcase.outcomes import Unreadable
from formcase.planning.own_mapping.pages import MadePage
from formcase.sources.port import SubmissionDetail, SubmissionSummary
from formcase.submission.agreement import disagreements
from formcase.submission.model import Submission


class Files(Protocol):
    """Where a submission's PDF and attachments are read from: its form service, as a rule."""

    def pdf(self, summary: SubmissionSummary) -> AsyncIterator[bytes]:
        """The PDF's bytes, from the first one on each time."""

    def attachment(self, summary: SubmissionSummary, attachment_id: str) -> AsyncIterator[bytes]:
        """An attachment's bytes, likewise."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A submission that was read: what the listing says, what the XML says, and the XML's bytes as served. made: its
    mapping page, where the workflow's own mapping has made it; it stands in the submission too."""

    summary: SubmissionSummary
    submission: Submission
    xml: bytes
    files: Files
    made: MadePage | None = None


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
    terms = way.attempt.entry.terms
    xml = await way.ends.source.xml(summary)
    submission = await read(xml, terms.transform)
    for disagreement in disagreements(submission, summary):
        raise Unreadable(
            message("Comparing the submission's XML with what the form service lists"),
            disagreement,
            message("The form service must hand it out anew; it is tried again by itself."),
        )
    submission, made = await map_by(terms.mapping, submission)
    text = message(
        "Fetched: form {form} version {version}, {files} attachment(s)",
        form=summary.form_id,
        version=summary.form_version,
        files=len(summary.attachments),
    )
    await way.attempt.note(Note("fetched", _with_versions(text, terms, made), duration=way.now() - started))
    return Fetched(summary, submission, xml, way.ends.source, made)


def _with_versions(text: Message, terms: Terms, made: MadePage | None) -> Message:
    """Which of the workflow's own versions the submission was read with."""
    parts = [text]
    if terms.transform is not None:
        parts.append(message("transformed by version {number}", number=terms.transform.number))
    if made is not None and terms.mapping is not None:
        parts.append(message("mapped by version {number} of the workflow's own mapping", number=terms.mapping.number))
    return together(parts, ", ")
