"""`$batch`: does the requests of a batch in their order; each change set all or not at all."""

from collections.abc import Sequence
from http import HTTPStatus

from django.utils.translation import gettext as _

from formcase.casesystem.batch_format import ChangeSet, PartAnswer, RawRequest, read_batch, write_batch
from formcase.casesystem.errors import Refusal, not_implemented
from formcase.casesystem.exchange import VERSION, Answer, Request, refusal_answer, target_of
from formcase.casesystem.reading_guard import answer_read
from formcase.casesystem.service import Session
from formcase.casesystem.transactions import Part, carry_out


def carry_out_batch(session: Session, request: Request) -> Answer:
    """The answer to a batch. After the first refusal the rest is left undone, unless the client wants to go on."""
    go_on = request.prefers("continue-on-error") in ("", "true")
    answers: list[PartAnswer | Sequence[PartAnswer]] = []
    for part in read_batch(request.headers.get("content-type", ""), request.body):
        if isinstance(part, ChangeSet):
            answer, done = _change_set(session, part)
        else:
            answer, done = _single(session, part)
        answers.append(answer)
        if not done and not go_on:
            break
    content_type, body = write_batch(answers)
    return Answer(HTTPStatus.OK, {**VERSION, "Content-Type": content_type}, body)


def _change_set(session: Session, change_set: ChangeSet) -> tuple[PartAnswer | Sequence[PartAnswer], bool]:
    parts: list[Part] = []
    for raw in change_set.requests:
        try:
            parts.append(Part(_request(session, raw), raw.content_id))
        except Refusal as refusal:
            return PartAnswer(refusal_answer(refusal), raw.content_id), False
    outcome = carry_out(session, parts)
    if outcome.refused_position is not None:
        return PartAnswer(outcome.answers[0], parts[outcome.refused_position].content_id), False
    pairs = zip(outcome.answers, parts, strict=True)
    return [PartAnswer(answer, part.content_id) for answer, part in pairs], True


def _single(session: Session, raw: RawRequest) -> tuple[PartAnswer, bool]:
    try:
        request = _request(session, raw)
    except Refusal as refusal:
        return PartAnswer(refusal_answer(refusal), raw.content_id), False
    if request.method in ("GET", "HEAD"):
        answer = answer_read(session, request)
    else:
        answer = carry_out(session, [Part(request, raw.content_id)]).answers[0]
    return PartAnswer(answer, raw.content_id), answer.status < HTTPStatus.BAD_REQUEST


def _request(session: Session, raw: RawRequest) -> Request:
    path, query = target_of(raw.url, session.root_path)
    if path.strip("/") == "$batch":
        raise not_implemented(_("a batch in a batch"))
    wanted = raw.headers.get("onbehalfof")
    if wanted is not None and wanted.partition("=")[2].strip() != session.actor.key:
        raise not_implemented(_("another OnBehalfOf inside a batch than the batch's own"))
    return Request(raw.method, path, query, raw.headers, raw.body)
