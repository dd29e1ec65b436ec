"""The last step, and the word in between: tell the form service where the submission is."""

from contextlib import suppress

from formcase.filing.journal import Filed, Note
from formcase.filing.way import Way
from formcase.messages import Message, message
from formcase.outcomes import AlreadyImported, Outcome, Permanent, Withdrawn
from formcase.planning.plan import PlanKind
from formcase.sources.port import ReportedCase, Status, SubmissionDetail
from formcase.targets.port import Receipt

LONGEST_MESSAGE = 4000


async def say_delivered(way: Way) -> None:
    """Tell the form service that the submission is ours, where it was not told yet."""
    entry = way.attempt.entry
    if entry.delivered:
        return
    await way.ends.source.report(entry.submission_id, Status.DELIVERED, None, (), way.now())
    await way.attempt.delivered()


async def say_blocked(way: Way, reason: Message) -> bool:
    """Tell the form service that the submission is Temporary blocked; whether it could be told."""
    try:
        await way.ends.source.report(
            way.attempt.entry.submission_id,
            Status.TEMPORARY_BLOCKED,
            shortened(reason.discreet(way.translate)),
            (),
            way.now(),
        )
    except (AlreadyImported, Withdrawn):
        return True  # it has ended there, which says more
    except Outcome:
        return False
    return True


async def say_imported(way: Way, filed: Filed) -> None:
    """Tell the form service the case numbers; said again, it stays said once. Ends the attempt."""
    entry = way.attempt.entry
    if entry.error_case is not None and filed.kind is PlanKind.MAPPED:
        await _tell_error_case(way, entry.error_case.receipt, filed.receipt)
    text = shortened(" ".join(reason.discreet(way.translate) for reason in filed.reasons)) or None
    cases = [ReportedCase(case.number, case.url) for case in filed.receipt.cases]
    with suppress(AlreadyImported, Withdrawn):  # it has ended there, which is all that the report is for
        await way.ends.source.report(entry.submission_id, Status.IMPORTED, text, cases, way.now())
    await keep_imported(way, filed)


def is_told(filed: Filed, detail: SubmissionDetail) -> bool:
    """Whether the form service was told of just these cases already: by an attempt that the journal has lost."""
    said = [entry for entry in detail.history if entry.status is Status.IMPORTED]
    numbers = {case.number for case in filed.receipt.cases}
    return bool(said) and {case.case_number for case in said[-1].cases} == numbers


async def keep_imported(way: Way, filed: Filed) -> None:
    """The form service knows the case numbers. Ends the attempt."""
    numbers = ", ".join(case.number for case in filed.receipt.cases)
    if filed.kind is PlanKind.ERROR_CASE:
        done = Note("imported", message("Imported with error case {cases}", cases=numbers), level="warning")
    else:
        done = Note("imported", message("Imported: {cases}", cases=numbers))
    await way.attempt.imported(done)


def shortened(text: str) -> str:
    """As much of a message as the form service takes."""
    return text if len(text) <= LONGEST_MESSAGE else text[: LONGEST_MESSAGE - 1] + "…"


async def _tell_error_case(way: Way, error_case: Receipt, receipt: Receipt) -> None:
    numbers = ", ".join(case.number for case in receipt.cases)
    text = message("Filed again as {cases}.", cases=numbers).text(way.translate)
    for case in error_case.cases:
        try:
            await way.ends.target.add_note(case, text, way.attempt.entry.terms.executing_user)
        except Permanent:
            # the cases stand; a note that the case system won't take must not hold them back
            await way.attempt.note(
                Note("error case not noted", message("The error case {case} took no note", case=case.number), "warning")
            )
