"""Tries a transform on an XML: what it makes of it, and whether that is a submission. Nothing is kept."""

from dataclasses import dataclass

from formcase.messages import Message
from formcase.outcomes import Unreadable
from formcase.submission.isolation import transform
from formcase.submission.model import Submission
from formcase.submission.problems import UnreadableXml
from formcase.submission.reading import read_submission
from formcase.submission.transform import UnusableStylesheet


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it. made: the XML that the stylesheet made, None where it made none; problem: why there is none, or
    why it is no submission."""

    made: bytes | None = None
    submission: Submission | None = None
    problem: Message | None = None


def try_transform(stylesheet: str, xml: bytes) -> Trial:
    """Apply a stylesheet to an XML, within the limits that hold for filing too."""
    try:
        made = transform(stylesheet.encode(), xml)
    except UnusableStylesheet as error:
        return Trial(problem=error.reason)
    except Unreadable as error:
        return Trial(problem=error.message())
    try:
        return Trial(made, read_submission(made))
    except UnreadableXml as error:
        return Trial(made, problem=error.message())
