"""The main way: one submission from the form service to the case system. Safe to call again at any time."""

import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from formcase.filing import deciding, earlier
from formcase.filing.fetching import Fetched, fetch, identify
from formcase.filing.from_error_case import Incomplete, read_back
from formcase.filing.journal import Attempt, Entry, Filed, Journal, Note, SubmissionKey, Superseded
from formcase.filing.parking import say_parked
from formcase.filing.planning_step import Busy, plan_error, plan_mapped
from formcase.filing.reasons import error_case_given_up, error_case_refused, refusal, told
from formcase.filing.reporting import is_told, keep_imported, say_delivered, say_imported
from formcase.filing.way import Ends, Way
from formcase.filing.writing import PlanAnew, Unsettled, settle_doubt, write
from formcase.messages import Message, Translate, message
from formcase.outcomes import (
    AlreadyImported,
    Outcome,
    Passing,
    Permanent,
    Refused,
    Setup,
    Unknown,
    Unreadable,
    Withdrawn,
)
from formcase.planning.errors import PlanningFailed
from formcase.planning.plan import Plan, PlanKind
from formcase.sources.port import Status

log = structlog.get_logger()

REPLANS = 3  # how often what changed meanwhile is read and planned again (contract)


async def file_submission(
    key: SubmissionKey, connect: Callable[[], Awaitable[Ends]], journal: Journal, translate: Translate
) -> None:
    """Bring one submission as far as it goes now, and record what happens next.

    connect gives both ends, or raises an outcome where the setup does not allow to connect. Raises `Superseded`.
    """
    attempt = await journal.begin(key)
    if attempt is None:
        await say_parked(key, connect, journal, translate)
        return
    ends = await _connected(attempt, connect)
    if ends is None:
        return
    way = Way(attempt, ends, translate)
    try:
        await _bring_forward_or_decide(way)
    except Superseded:
        raise
    except Exception as fault:  # noqa: BLE001 - not even what happens next could be decided
        _log_fault(attempt, fault)
        await deciding.undecided(attempt, type(fault).__name__)


class NotFiled(Exception):
    """The mapped cases can't be made; reasons say why."""

    def __init__(self, reasons: tuple[Message, ...]) -> None:
        super().__init__(reasons)
        self.reasons = reasons


async def _bring_forward_or_decide(way: Way) -> None:
    pace, entry = way.ends.pace, way.attempt.entry
    if not pace.admits(entry):
        await deciding.wait_while_out_of_reach(way)
        return
    try:
        await _bring_forward(way)
        pace.answered()
    except Superseded:
        raise
    except Busy:
        await deciding.wait_for_claim(way)
    except Unsettled as unsettled:
        await deciding.wait_to_settle(way, unsettled)
    except Outcome as outcome:
        if isinstance(outcome, Passing | Unknown):
            pace.failed(entry, outcome)
        await deciding.decide(way, outcome)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the submission must not be lost by it
        _log_fault(way.attempt, fault)
        await deciding.unforeseen(way, type(fault).__name__)


async def _connected(attempt: Attempt, connect: Callable[[], Awaitable[Ends]]) -> Ends | None:
    try:
        return await connect()
    except Outcome as outcome:
        await deciding.block_unconnected(attempt, outcome)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the submission must not be lost by it
        _log_fault(attempt, fault)
        kind = type(fault).__name__
        answer = message("an unforeseen fault of Formcase ({kind}).", kind=kind)
        await deciding.block_unconnected(attempt, Setup(message("Connecting to both ends"), answer))
    return None


async def _bring_forward(way: Way) -> None:
    filed = way.attempt.entry.filed or await earlier.look_for_sent(way)
    if filed is None:
        try:
            filed = await _fetch_and_file(way)
        except (Withdrawn, Unreadable) as gone:
            filed = await _without_form_service(way, gone)
    if filed is not None:
        await say_imported(way, filed)


async def _without_form_service(way: Way, gone: Withdrawn | Unreadable) -> Filed:
    """The form service has nothing left that can be read: an error case has it all. Raises what the form service
    said where there is none, and nothing was filed."""
    error_case = way.attempt.entry.error_case
    if error_case is not None:
        try:
            fetched = await read_back(way, error_case)
        except Incomplete as incomplete:
            return await earlier.keep_error_case(way, error_case, incomplete.reason)
        return await _file(way, fetched)
    filed = await earlier.before_withdrawal(way) if isinstance(gone, Withdrawn) else None
    if filed is None:
        raise gone
    return filed


async def _fetch_and_file(way: Way) -> Filed | None:
    """Fetch the submission and file it; None where this attempt has ended by what was found."""
    with suppress(AlreadyImported):  # what the form service knows of it is read next
        await say_delivered(way)
    detail = await way.ends.source.submission(way.attempt.entry.submission_id)
    await identify(way, detail.summary)
    entry = way.attempt.entry
    imported_there = detail.summary.status is Status.IMPORTED and entry.error_case is None
    if entry.reference_owner is not None:
        if imported_there:
            await deciding.close_as_imported(way, detail)
        else:
            await deciding.block_for_reference(way, entry.reference_owner)
        return None
    doubtful = entry.look_first or (entry.error_case is None and earlier.told_before(entry, detail))
    if imported_there or (entry.doubt is None and doubtful):
        filed = await earlier.look_for_any(way)
        if filed is None and imported_there:
            await deciding.close_as_imported(way, detail)
            return None
        if filed is not None and entry.error_case is None and is_told(filed, detail):
            await keep_imported(way, filed)  # told anew, an error case whose reasons are lost would be Imported twice
            return None
        if filed is not None:
            return filed
        if not earlier.begun_here(entry, detail):
            earlier.let_settle(way)
    return await _file(way, await fetch(way, detail))


async def _file(way: Way, fetched: Fetched) -> Filed:
    try:
        filed = await settle_doubt(way, fetched)
    except (PlanAnew, Refused):
        filed = None  # what it was refused for may be mended since then: from the start
    if filed is not None:
        return filed
    if way.attempt.entry.to_error_case is not None:
        return await _file_error_case(way, fetched, (way.attempt.entry.to_error_case,))
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
        except Permanent as permanent:
            raise NotFiled((told(permanent),)) from permanent
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


def _given_up(plan: Plan, anew: PlanAnew, entry: Entry) -> Message:
    if anew.refused is not None:
        return refusal(plan, anew.refused, entry)
    return message("The change set could not be repeated, {count} times in a row.", count=REPLANS)


def _log_fault(attempt: Attempt, fault: Exception) -> None:
    """A fault of our own: the log says where it happened, without what was being handled."""
    frames = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(fault.__traceback__)]
    log.error("unforeseen fault", submission=attempt.entry.key, kind=type(fault).__name__, frames=frames)
