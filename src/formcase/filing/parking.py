"""Behind a blocked workflow nothing is tried, but the form service shows the truth."""

from collections.abc import Awaitable, Callable

import structlog

from formcase.filing import waiting
from formcase.filing.journal import Journal, SubmissionKey
from formcase.filing.reporting import shortened
from formcase.filing.way import Ends, utc_now
from formcase.messages import Translate
from formcase.outcomes import AlreadyImported, Outcome, Withdrawn
from formcase.sources.port import Status

log = structlog.get_logger()


async def say_parked(
    key: SubmissionKey, connect: Callable[[], Awaitable[Ends]], journal: Journal, translate: Translate
) -> None:
    """Set a submission aside where its whole workflow is blocked, and tell the form service so, now or later."""
    parked = await journal.park(key)
    if parked is None:
        return
    text = shortened(parked.reason.discreet(translate))
    try:
        ends = await connect()
        await ends.source.report(parked.submission_id, Status.TEMPORARY_BLOCKED, text, (), utc_now())
    except (AlreadyImported, Withdrawn):
        pass  # it has ended there: seen when it is tried again
    except Exception as fault:  # noqa: BLE001 - what blocks the workflow may be the form service itself, or a bug
        if not isinstance(fault, Outcome):
            log.error("unforeseen fault", submission=key, kind=type(fault).__name__)
        await journal.remind(key, utc_now() + waiting.before_reminding())
        return
    await journal.mark_blocked_reported(key)
