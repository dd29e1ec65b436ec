"""The fourth step: write a plan once. Intent before, done after; after any doubt, look before writing again."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from formcase.filing.fetching import Fetched
from formcase.filing.journal import Filed, Intent, Note
from formcase.filing.planning_step import claim_all
from formcase.filing.way import Way
from formcase.messages import Message, message
from formcase.outcomes import (
    DocumentUnavailable,
    LookUpFirst,
    Outdated,
    ReferenceRowExists,
    Refused,
    RepeatabilityExpired,
    Setup,
)
from formcase.planning.persons import person_numbers
from formcase.planning.plan import AddDocument, ContentKey, ContentKind, Plan, PlanKind
from formcase.targets.port import Content, Receipt, Repeatability

REPEATABLE_FOR = timedelta(days=7)  # how long a case system keeps a repeatable request (contract)


class PlanAnew(Exception):
    """Nothing of the intent exists, and what it was made from has changed: plan again with new request ids.

    refused: what the case system said, where it refused.
    """

    def __init__(self, refused: Refused | None = None) -> None:
        super().__init__(refused)
        self.refused = refused


class Unsettled(Exception):
    """A request may still be carried out: look again after `wait`. forgotten: the journal may not know of it."""

    def __init__(self, wait: timedelta, *, forgotten: bool = False) -> None:
        super().__init__(wait)
        self.wait = wait
        self.forgotten = forgotten


async def settle_doubt(way: Way, fetched: Fetched) -> Filed | None:
    """An earlier attempt has sent its change set, and a look-up in this attempt has found nothing of it: send the same
    once more, where that is safe.

    Returns what was filed, or None where nothing was and the submission must be planned anew. Raises `Unsettled`
    while it is too early to tell, `Busy` where another filing must end first, `PlanAnew` and `Refused` as `write`.
    """
    intent = way.attempt.entry.doubt
    if intent is None:
        return None
    same_user = intent.executing_user == way.attempt.entry.terms.executing_user
    if not (same_user and _repeatable(way)):
        await wait_for_second_look(way, intent)
        found = await look_up(way, intent)
        if found is not None:
            return found
    if not same_user or way.now() - intent.first_sent > REPEATABLE_FOR:
        await way.attempt.abandon(Note("planned anew", message("Nothing was filed by the earlier try; planning anew")))
        return None
    await claim_all(way, fetched.submission)
    await way.attempt.note(Note("repeated", message("Nothing was found: the same change set is sent again")))
    return await _send(way, fetched, intent)


async def write(way: Way, fetched: Fetched, plan: Plan, reasons: tuple[Message, ...] = ()) -> Filed:
    """Write a plan: record the intent, upload the files, send the change set, record what came of it.

    Raises `PlanAnew`, `Refused` and the target's other outcomes.
    """
    attempt, terms = way.attempt, way.attempt.entry.terms
    intent = Intent(
        plan=plan,
        request_ids=tuple(uuid4() for _ in plan.operations),
        first_sent=way.now(),
        executing_user=terms.executing_user,
        reasons=reasons,
        documents=_still_good(way, plan),
        persons=person_numbers(fetched.submission, await way.ends.target.metadata()),
        mapping=terms.mapping.key if terms.mapping is not None and fetched.made is not None else None,
        transform=terms.transform.key if terms.transform is not None else None,
    )
    await attempt.intend(intent)
    return await _send(way, fetched, await _upload(way, fetched, intent))


async def look_up(way: Way, intent: Intent) -> Filed | None:
    """What the case system has of this submission already; adopted where it is what was intended."""
    entry = way.attempt.entry
    error_cases = {case.id for case in entry.error_case.receipt.cases} if entry.error_case else set()
    there = await way.ends.target.filed(entry.reference_id, entry.terms.rules)
    cases = tuple(found.case for found in there if found.case.id not in error_cases)
    if not cases:
        return None
    filed = Filed(intent.plan.kind, Receipt(cases), intent.reasons)
    numbers = ", ".join(case.number for case in cases)
    await way.attempt.filed(
        filed, Note("adopted", message("Found at the case system and adopted: {cases}", cases=numbers))
    )
    return filed


async def wait_for_second_look(way: Way, intent: Intent) -> None:
    """Let the time pass in which a change set that was sent may still be carried out. Raises `Unsettled` before."""
    settle, begun = way.attempt.entry.terms.settle, way.attempt.entry.history_begun_at
    if intent.doubt_since is None:
        await way.attempt.in_doubt()
        raise Unsettled(settle)
    # a journal that was restored may not know what was sent last
    since = intent.doubt_since if begun is None else max(intent.doubt_since, begun)
    remaining = since + settle - way.now()
    if remaining > timedelta(0):
        raise Unsettled(remaining)


def _repeatable(way: Way) -> bool:
    return way.attempt.entry.repeatability_seen or way.ends.target.answers_repeatability


def _still_good(way: Way, plan: Plan) -> dict[str, str]:
    """Files that an earlier intent has uploaded and no change set has taken up, for the same documents."""
    earlier = way.attempt.entry.intent
    if earlier is None or earlier.sent_at is not None:
        return {}
    if earlier.executing_user != way.attempt.entry.terms.executing_user:
        return {}  # a document is reachable only by who uploaded it
    before = {_file(document): document.key for document in earlier.plan.documents()}
    return {
        document.key: earlier.documents[before[_file(document)]]
        for document in plan.documents()
        if before.get(_file(document)) in earlier.documents
    }


def _file(document: AddDocument) -> tuple[object, ...]:
    return (document.key, document.content, document.file_name, document.size)


async def _upload(way: Way, fetched: Fetched, intent: Intent) -> Intent:
    started = way.now()
    documents = dict(intent.documents)
    for document in intent.plan.documents():
        if document.key in documents:
            continue
        content = Content(
            document.file_name, document.media_type, document.size, _reader(way, fetched, document.content)
        )
        try:
            documents[document.key] = await way.ends.target.upload(content, intent.executing_user)
        except Refused as refused:
            refused.part = intent.plan.operations.index(document)
            raise
        await way.attempt.uploaded(document.key, documents[document.key])
    await way.attempt.note(
        Note("uploaded", message("Uploaded: {count} file(s)", count=len(documents)), duration=way.now() - started)
    )
    return replace(intent, documents=documents)


def _reader(way: Way, fetched: Fetched, content: ContentKey) -> Callable[[], AsyncIterator[bytes]]:
    files = fetched.files
    if content.kind is ContentKind.XML:
        return lambda: _once(fetched.xml)
    if content.kind is ContentKind.PDF:
        return lambda: files.pdf(fetched.summary)
    attachment = content.attachment
    if attachment is None:
        raise ValueError("An attachment's content key carries the attachment's id.")
    return lambda: files.attachment(fetched.summary, attachment)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _send(way: Way, fetched: Fetched, intent: Intent) -> Filed:
    attempt = way.attempt
    await attempt.sending()
    started = way.now()
    try:
        receipt = await way.ends.target.apply(
            intent.plan,
            intent.documents,
            Repeatability(intent.request_ids, intent.first_sent),
            intent.executing_user,
        )
    except LookUpFirst as answer:
        return await _after_look(way, intent, answer)
    except Outdated as outdated:
        await attempt.refused(Note("outdated", message("The case system has changed meanwhile: planning again")))
        raise PlanAnew(outdated) from outdated
    except Refused as refused:
        await attempt.refused(
            Note(
                "refused",
                message("The case system refused the change set ({status})", status=refused.status),
                "warning",
            )
        )
        raise
    finally:
        if way.ends.target.answers_repeatability and not attempt.entry.repeatability_seen:
            await attempt.answered_repeatability()
    filed = Filed(intent.plan.kind, receipt, intent.reasons)
    numbers = ", ".join(case.number for case in receipt.cases)
    text = (
        message("Error case made: {cases}", cases=numbers)
        if filed.kind is PlanKind.ERROR_CASE
        else message("Filed: {cases}", cases=numbers)
    )
    await attempt.filed(filed, Note("filed", text, duration=way.now() - started))
    return filed


async def _after_look(way: Way, intent: Intent, answer: LookUpFirst) -> Filed:
    found = await look_up(way, intent)
    if found is not None:
        return found
    if isinstance(answer, ReferenceRowExists):
        raise Setup(
            message("Looking up what was filed under the reference ID"),
            message("the case system says that it was filed already, but shows no case that carries it."),
            message("Give the account of Formcase all access codes, so that it sees every case."),
        ) from answer
    if isinstance(answer, DocumentUnavailable | RepeatabilityExpired):
        await way.attempt.abandon(
            Note("planned anew", message("Nothing was filed, and the earlier request can't be repeated: planning anew"))
        )
        raise PlanAnew from answer
    raise answer
