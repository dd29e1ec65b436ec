"""Whom a submission is about: the numbers of the contacts that its mapping names, and of who was logged in."""

import re
from collections.abc import Iterator
from typing import Final

from formcase.planning.entries import text_of
from formcase.planning.found import Found
from formcase.planning.mapping import read_mapping
from formcase.planning.metadata import Metadata
from formcase.submission.model import Submission

_NOISE: Final = re.compile("[\\s\u00ad\u2010\u2011.:-]+")
_NUMBER: Final = re.compile(r"(?:DK|CVR|CPR)*([0-9]{8}|[0-9]{10})", re.IGNORECASE)


def normal_number(text: str) -> str | None:
    """The digits of a CPR number (10) or a CVR number (8), however it is written; None where it is neither."""
    match = _NUMBER.fullmatch(_NOISE.sub("", text))
    return match[1] if match else None


def person_numbers(submission: Submission, metadata: Metadata) -> frozenset[str]:
    """The CPR and CVR numbers of the contacts and of the submitter, in their normal form. A mapping with errors is
    read as far as it goes."""
    return frozenset(number for text in _codes(submission, metadata) if (number := normal_number(text)) is not None)


def _codes(submission: Submission, metadata: Metadata) -> Iterator[str]:
    if submission.submitter is not None:
        yield submission.submitter.id
    mapping = read_mapping(submission, metadata, Found(submission.form_id, submission.form_version))
    for contact in mapping.contacts:
        yield text_of(contact.group, "NameCode")
