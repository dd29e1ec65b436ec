"""Reads a submission whose XML has another shape, by the stylesheet of a workflow."""

from formcase.messages import message
from formcase.submission.isolation import transform
from formcase.submission.model import Submission
from formcase.submission.problems import UnreadableXml
from formcase.submission.reading import read_submission
from formcase.submission.transform import TransformFailed


def read_transformed(xml: bytes, stylesheet: bytes) -> Submission:
    """Transform and read one submission. Raises what `isolation.transform` raises; what it makes of the XML and is no
    submission is a fault of the stylesheet, so `TransformFailed` too."""
    made = transform(stylesheet, xml)
    try:
        return read_submission(made)
    except UnreadableXml as error:
        raise TransformFailed(
            message("Reading what the workflow's transform made of the XML of the submission"),
            error.answer,
            message("Mend the workflow's transform; what waits is tried again by itself."),
        ) from error
