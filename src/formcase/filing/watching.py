"""The first step: see what lies at the form service, record what is new, and say Delivered."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from formcase.filing.journal import Journal, Recorded, WorkflowKey
from formcase.filing.way import utc_now
from formcase.outcomes import AlreadyImported, Outcome, Withdrawn
from formcase.sources.port import FormService, Status, SubmissionPage, SubmissionSummary
from formcase.submission.model import FileDescription

DELIVERED_AT_ONCE = 8
PAGE_SIZE = 200

log = structlog.get_logger()


@dataclass(slots=True)
class Round:
    """What one look at the form service brought."""

    listed: int = 0
    new: int = 0
    cursor: str | None = None
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Watch:
    """One service workflow's look at its form service. covered_elsewhere says, of a form id, whether another workflow
    takes its submissions."""

    workflow: WorkflowKey
    source_name: str
    source: FormService
    journal: Journal
    form_ids: Sequence[str]
    covered_elsewhere: Callable[[str], bool]
    now: Callable[[], datetime] = utc_now

    async def round(self) -> Round:
        """Look at everything that is open, from the start. Raises the source's outcomes."""
        seen = Round()
        async for page in self._pages():
            await self._take(page, seen)
        return seen

    async def wait_for_more(self, seen: Round, seconds: int) -> int:
        """Let the service hold the answer until something newer than the round's end comes; how many were new."""
        page = await self.source.submissions(self.form_ids, after=seen.cursor, limit=PAGE_SIZE, wait=seconds)
        before = seen.new
        await self._take(page, seen)
        return seen.new - before

    async def _pages(self) -> AsyncIterator[SubmissionPage]:
        after: str | None = None
        while True:
            page = await self.source.submissions(self.form_ids, after=after, limit=PAGE_SIZE)
            yield page
            if page.next is None:
                return
            after = page.next

    async def _take(self, page: SubmissionPage, seen: Round) -> None:
        seen.listed += len(page.submissions)
        seen.refused = page.refused
        seen.cursor = page.cursor or seen.cursor
        mine: list[SubmissionSummary] = []
        for summary in page.submissions:
            if not self.covered_elsewhere(summary.form_id):
                mine.append(summary)
        mine.extend(_nameless(entry.id, entry.reference_id) for entry in page.unreadable if entry.id is not None)
        if not mine:
            return
        recorded = await self.journal.record(self.workflow, self.source_name, mine)
        new = [one for one in recorded if one.new]
        seen.new += len(new)
        await self._say_delivered(new)

    async def _say_delivered(self, new: Sequence[Recorded]) -> None:
        """What can't be said now is said when the submission is filed."""
        slots = asyncio.Semaphore(DELIVERED_AT_ONCE)

        async def say(recorded: Recorded) -> None:
            if recorded.key is None or recorded.summary.status is not Status.SUBMITTED:
                return
            async with slots:
                try:
                    await self.source.report(recorded.summary.id, Status.DELIVERED, None, (), self.now())
                except (AlreadyImported, Withdrawn):
                    return
                except Outcome as outcome:
                    log.info("delivered not said yet", submission=recorded.key, outcome=type(outcome).__name__)
                    return
            await self.journal.mark_delivered(recorded.key)

        async with asyncio.TaskGroup() as group:
            for recorded in new:
                group.create_task(say(recorded))


def _nameless(submission_id: str, reference_id: str | None) -> SubmissionSummary:
    """A submission of which the listing says nothing that can be trusted but its id: recorded all the same, so that
    it is tried, blocked and seen like any other that can't be read."""
    nothing = FileDescription("application/xml", 0, "")
    return SubmissionSummary(
        id=submission_id,
        reference_id=reference_id or submission_id,
        form_id="",
        form_title="",
        form_version=0,
        submitted_at=datetime.now(UTC),
        status=Status.SUBMITTED,
        xml=nothing,
        pdf=None,
        attachments=(),
    )
