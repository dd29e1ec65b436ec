"""What a workflow carries itself, applied to a submission: the transform of its XML, and its own mapping."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Final

from formcase.filing.journal import Carried
from formcase.messages import Message, message
from formcase.outcomes import Setup
from formcase.planning.own_mapping.model import OwnMapping
from formcase.planning.own_mapping.pages import MadePage, apply_mapping
from formcase.planning.own_mapping.problems import UnreadableMapping
from formcase.planning.own_mapping.reading import mapping_from_json
from formcase.submission.isolation import MOST_AT_ONCE
from formcase.submission.model import Submission
from formcase.submission.reading import read_submission
from formcase.submission.transform import UnusableStylesheet
from formcase.submission.transformed import read_transformed

LONG_XML: Final = 256 * 1024  # bytes

# Threads that only wait for the transforming processes, so that a slow stylesheet keeps no other work from its turn.
_WAITING: Final = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="transform")


async def read(xml: bytes, transform: Carried | None) -> Submission:
    """Read a submission's XML, transformed where the workflow says so. Raises `Unreadable`, and `Setup` where the
    stylesheet can't be used at all."""
    loop = asyncio.get_running_loop()
    if transform is not None:
        try:
            return await loop.run_in_executor(_WAITING, read_transformed, xml, transform.content.encode())
        except UnusableStylesheet as error:
            raise _unusable(message("Using the workflow's transform"), error.reason) from error
    # a long text is parsed beside the loop, so that other filings go on meanwhile
    return read_submission(xml) if len(xml) < LONG_XML else await asyncio.to_thread(read_submission, xml)


async def map_by(mapping: Carried | None, submission: Submission) -> tuple[Submission, MadePage | None]:
    """The submission with the page that the workflow's own mapping makes of it, and that page; the submission as it is
    where the workflow has none for its form. Raises `Setup` where the mapping can't be used at all."""
    if mapping is None:
        return submission, None
    try:
        own = _read_mapping(mapping.content)
    except UnreadableMapping as error:
        raise _unusable(message("Using the workflow's own mapping"), error.message()) from error
    if not own.is_for(submission.form_id):
        return submission, None
    return await asyncio.to_thread(apply_mapping, own, submission)


@lru_cache(maxsize=32)
def _read_mapping(content: str) -> OwnMapping:
    """Read once, as most submissions of a workflow are planned by one version."""
    return mapping_from_json(content)


def _unusable(tried: Message, reason: Message) -> Setup:
    return Setup(tried, reason, message("Publish a version that can be used; what waits is tried again by itself."))
