"""The main way: one submission from the form service to the case system. Safe to call again at any time."""

import traceback
from collections.abc import Awaitable, Callable

import structlog

from formcase.filing import deciding
from formcase.filing.fetching import Fetched, fetch
from formcase.filing.journal import Entry, Filed, Journal, Note, SubmissionKey, Superseded
from formcase.filing.planning_step import Busy, plan_error, plan_mapped
from formcase.filing.reasons import error_case_given_up, error_case_refused, refusal
from formcase.filing.reporting import say_delivered, say_imported, shortened
from formcase.filing.way import Ends, Way, utc_now
from formcase.filing.writing import PlanAnew, Unsettled, settle_doubt, write
from formcase.messages import Message, Translate, message
from formcase.outcomes import Outcome, Refused
from formcase.planning.errors import PlanningFailed
from formcase.planning.plan import Plan, PlanKind
from formcase.sources.port import Status, SubmissionDetail

log = structlog.get_logger()

REPLANS = 3  # how often what changed meanwhile is read and planned again (contract)


async def file_submission(
    key: SubmissionKey, connect: Callable[[], Awaitable[Ends]], journal: Journal, translate: Translate
) -> None:
    """Bring one submission as far as it goes now, and record what happens next.

    connect gives both ends, or raises an outcome where the setup does not allow to connect. Raises `Superseded`.
    """
    attempt = await journal.begin(key)
    try:
        ends = await connect()
    except Outcome as outcome:
        await (deciding.block_unconnected(attempt, outcome) if attempt else journal.park(key))
        return
    if attempt is None:
        await _say_parked(key, ends, journal, translate)
        return
    way = Way(attempt, ends, translate)
    try:
        await _bring_forward(way)
    except Superseded:
        raise
    except Busy:
        await deciding.wait_for_claim(way)
    except Unsettled as unsettled:
        await deciding.wait_to_settle(way, unsettled.wait)
    except Outcome as outcome:
        await deciding.decide(way, outcome)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the submission must not be lost by it
        await _unforeseen(way, fault)


class NotFiled(Exception):
    """The mapped cases can't be made; reasons say why."""

    def __init__(self, reasons: tuple[Message, ...]) -> None:
        super().__init__(reasons)
        self.reasons = reasons


async def _bring_forward(way: Way) -> None:
    entry = way.attempt.entry
    if entry.filed is None:
        if entry.reference_owner is not None:
            await deciding.block_for_reference(way, entry.reference_owner)
            return
        await say_delivered(way)
        detail = await way.ends.source.submission(entry.submission_id)
        if _imported_elsewhere(way, detail):
            await deciding.adopt_imported(way, detail)
            return
        filed = await _file(way, await fetch(way, detail))
    else:
        filed = entry.filed
    await say_imported(way, filed)


def _imported_elsewhere(way: Way, detail: SubmissionDetail) -> bool:
    entry = way.attempt.entry
    return detail.summary.status is Status.IMPORTED and entry.error_case is None and entry.intent is None


async def _file(way: Way, fetched: Fetched) -> Filed:
    filed = await settle_doubt(way, fetched)
    if filed is not None:
        return filed
    try:
        return await _file_mapped(way, fetched)
    except NotFiled as not_filed:
        return await _file_error_case(way, fetched, not_filed.reasons)


async def _file_mapped(way: Way, fetched: Fetched) -> Filed:
    for remaining in reversed(range(REPLANS + 1)):
        try:
            plan = await plan_mapped(way, fetched)
        except PlanningFailed as failure:
            raise NotFiled(tuple(error.message() for error in failure.errors)) from failure
        try:
            return await write(way, fetched, plan)
        except PlanAnew as anew:
            if not remaining:
                raise NotFiled((_given_up(plan, anew, way.attempt.entry),)) from anew
        except Refused as refused:
            raise NotFiled((refusal(plan, refused, way.attempt.entry),)) from refused
    raise AssertionError("the last round returns or raises")


async def _file_error_case(way: Way, fetched: Fetched, reasons: tuple[Message, ...]) -> Filed:
    entry = way.attempt.entry
    await way.attempt.note(*(Note("can't be filed as it is", reason, level="warning") for reason in reasons))
    if entry.error_case is not None:
        # filed again and still wrong: the error case that stands keeps it, with today's reasons
        filed = Filed(PlanKind.ERROR_CASE, entry.error_case.receipt, reasons)
        await way.attempt.filed(filed, Note("still an error case", message("The cause is not mended yet"), "warning"))
        return filed
    for remaining in reversed(range(REPLANS + 1)):
        plan = await plan_error(way, fetched, reasons)
        try:
            return await write(way, fetched, plan, reasons)
        except PlanAnew as anew:
            if not remaining:
                raise error_case_given_up(_given_up(plan, anew, entry), plan, entry, reasons) from anew
        except Refused as refused:
            raise error_case_refused(plan, refused, entry, reasons) from refused
    raise AssertionError("the last round returns or raises")


async def _say_parked(key: SubmissionKey, ends: Ends, journal: Journal, translate: Translate) -> None:
    """Behind a blocked workflow nothing is tried, but the form service shows the truth."""
    parked = await journal.park(key)
    if parked is None:
        return
    text = shortened(parked.reason.discreet(translate))
    try:
        await ends.source.report(parked.submission_id, Status.TEMPORARY_BLOCKED, text, (), utc_now())
    except Outcome:
        return  # what blocks the workflow may be the form service itself
    await journal.mark_blocked_reported(key)


def _given_up(plan: Plan, anew: PlanAnew, entry: Entry) -> Message:
    if anew.refused is not None:
        return refusal(plan, anew.refused, entry)
    return message("The change set could not be repeated, {count} times in a row.", count=REPLANS)


async def _unforeseen(way: Way, fault: Exception) -> None:
    """A fault of our own: nothing is lost, and the log says where it happened, without what was being handled."""
    frames = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(fault.__traceback__)]
    log.error("unforeseen fault", submission=way.attempt.entry.key, kind=type(fault).__name__, frames=frames)
    await deciding.unforeseen(way, type(fault).__name__)
