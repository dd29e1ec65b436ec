"""What may have been filed before this attempt: by one that broke off, or by an installation that was lost.

Looked for before anything is written, and before anything is closed as withdrawn or Imported elsewhere.
"""

from datetime import timedelta

from formcase.filing.journal import Entry, Filed, Note
from formcase.filing.way import Way
from formcase.filing.writing import Unsettled, look_up, wait_for_second_look
from formcase.messages import Message, message
from formcase.planning.plan import PlanKind
from formcase.sources.port import Status, SubmissionDetail
from formcase.targets.port import FiledCase, Receipt


async def look_for_sent(way: Way) -> Filed | None:
    """Whether what an earlier attempt has sent was carried out. The form service is not needed for that."""
    doubt = way.attempt.entry.doubt
    return None if doubt is None else await look_up(way, doubt)


async def before_withdrawal(way: Way) -> Filed | None:
    """What stands though the form service does not know the submission any more; None where nothing does.

    Raises `Unsettled` while something that was sent may still be carried out.
    """
    entry = way.attempt.entry
    if entry.doubt is not None:
        await wait_for_second_look(way, entry.doubt)
        return await look_up(way, entry.doubt)
    if not entry.look_first:
        return None
    filed = await look_for_any(way)
    if filed is None:
        let_settle(way)
    return filed


async def keep_error_case(way: Way, error_case: Filed, reason: Message) -> Filed:
    """It can't be filed again, as nobody has all of it any more: the error case that stands keeps it, and says why.

    Raises `Unsettled` while something that was sent may still be carried out.
    """
    doubt = way.attempt.entry.doubt
    if doubt is not None:
        await wait_for_second_look(way, doubt)
        found = await look_up(way, doubt)
        if found is not None:
            return found
    why = message("The form service does not have it any more, and it can't be read back. {reason}", reason=reason)
    reasons = tuple(one for one in error_case.reasons if one.template != why.template)
    kept = Filed(error_case.kind, error_case.receipt, (*reasons, why))
    await way.attempt.filed(kept, Note("can't be filed again", why, "warning"))
    return kept


async def look_for_any(way: Way) -> Filed | None:
    """What the case system has under the reference ID where the form service was told of it by somebody else, or by
    this installation before its journal was restored from a backup.

    Raises `Unsettled` while something that was sent may still be carried out.
    """
    entry = way.attempt.entry
    if entry.doubt is not None:
        await wait_for_second_look(way, entry.doubt)
        return await look_up(way, entry.doubt)
    found = await way.ends.target.filed(entry.reference_id, entry.terms.rules)
    known = {case.id for case in entry.error_case.receipt.cases} if entry.error_case is not None else set()
    found = tuple(one for one in found if one.case.id not in known)
    if not found:
        return None
    filed = Filed(_kind(found, entry), Receipt(tuple(one.case for one in found)))
    numbers = ", ".join(one.case.number for one in found)
    await way.attempt.filed(
        filed, Note("adopted", message("Found at the case system and adopted: {cases}", cases=numbers))
    )
    return filed


def let_settle(way: Way) -> None:
    """Nothing was found of what a lost journal may have sent. Raises `Unsettled` while it may still be carried out."""
    entry = way.attempt.entry
    if entry.history_begun_at is None:
        return
    remaining = entry.history_begun_at + entry.terms.settle - way.now()
    if remaining > timedelta(0):
        raise Unsettled(remaining, forgotten=True)


def told_before(entry: Entry, detail: SubmissionDetail) -> bool:
    """Whether the form service was told of this submission before the journal knew it."""
    if entry.recorded_at is None:
        return False
    return any(said.status is not Status.SUBMITTED and said.at < entry.recorded_at for said in detail.history)


def begun_here(entry: Entry, detail: SubmissionDetail) -> bool:
    """Whether all that befell it lies in the journal's present history, which has then forgotten none of it."""
    begun, recorded = entry.history_begun_at, entry.recorded_at
    return begun is not None and recorded is not None and recorded >= begun and not told_before(entry, detail)


def _kind(found: tuple[FiledCase, ...], entry: Entry) -> PlanKind:
    in_error_group = all(one.case_group == entry.terms.rules.error_case_group for one in found)
    return PlanKind.ERROR_CASE if in_error_group and len(found) == 1 else PlanKind.MAPPED
