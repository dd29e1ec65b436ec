"""A form service over the Interact API, version 1, as filing sees it."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import aiohttp
import structlog

from formcase.checks import CheckResult
from formcase.messages import Message, message
from formcase.outcomes import AlreadyImported, Setup, Unreadable, Withdrawn
from formcase.sources.interact import checks
from formcase.sources.interact.answers import WrongShapeError, read_form, read_forms, read_page, read_submission
from formcase.sources.interact.downloads import download
from formcase.sources.interact.parameters import ParameterError, parse_client_id, parse_url
from formcase.sources.interact.problems import PROBLEM_TYPE, Answer, refusal
from formcase.sources.interact.reports import status_body
from formcase.sources.interact.settings import InteractSettings
from formcase.sources.interact.token import Tokens
from formcase.sources.interact.transport import LARGEST_ANSWER, AnswerTooLarge, Call, Transport, read_answer
from formcase.sources.port import (
    ReportedCase,
    Status,
    SubmissionDetail,
    SubmissionPage,
    SubmissionSummary,
)
from formcase.submission.form import FormDefinition, FormSummary
from formcase.submission.model import FileDescription

LARGEST_XML = 16 * 1024 * 1024
LARGEST_PAGE = 500
LONGEST_WAIT = 30

_STATUS_TEXTS = {
    Status.SUBMITTED: message("Submitted"),
    Status.DELIVERED: message("Delivered"),
    Status.TEMPORARY_BLOCKED: message("Temporary blocked"),
    Status.IMPORTED: message("Imported"),
}

_log = structlog.get_logger()
_T = TypeVar("_T")


def connect(settings: InteractSettings) -> "Interact":
    """A client of the form service. Nothing is sent before the first call; address, client ID, certificate and
    authorities are checked here, and raise `Setup`."""
    try:
        url = parse_url(settings.url, allow_loopback_http=settings.allow_loopback_http, networks=settings.networks)
        client_id = parse_client_id(settings.client_id)
    except ParameterError as error:
        raise Setup(message("Reading the parameter {name}", name=error.name), error.message) from error
    return Interact(replace(settings, url=url, client_id=client_id))


class Interact:
    """A `FormService` that is called over the Interact API. Made by `connect`; belongs to one event loop."""

    def __init__(self, settings: InteractSettings) -> None:
        self._settings = settings
        self._transport = Transport(settings)
        self._tokens = Tokens(settings, self._transport)
        self._host = self._transport.host

    async def forms(self) -> tuple[FormSummary, ...]:
        """The forms that are released to us."""
        tried = message("Listing the forms at {host}", host=self._host)
        answer = await self._call(Call(tried, "GET", _path("forms")))
        return _read(read_forms, answer, tried)

    async def form(self, form_id: str, version: int | None = None) -> FormDefinition | None:
        """One form's definition; None where it isn't there or not released."""
        tried = message("Reading the form {form} at {host}", host=self._host, form=form_id)
        query = [("version", str(version))] if version is not None else []
        answer = await self._call(Call(tried, "GET", _path("forms", form_id), query), expected=(200, 403, 404))
        if answer.status == 404:
            await self._confirm_absence(answer, tried)
        if answer.status != 200:
            return None
        form = _read(read_form, answer, tried)
        if form.summary.id != form_id or version not in {None, form.summary.version}:
            raise Unreadable(tried, message("The answer is another form, or another version of it."))
        return form

    async def submissions(
        self, form_ids: Sequence[str], *, state: str = "open", after: str | None = None, limit: int = 100, wait: int = 0
    ) -> SubmissionPage:
        """One page of what lies there. Where a page is too large to be read, a smaller one is asked for."""
        limit = min(max(limit, 1), LARGEST_PAGE)
        while True:
            try:
                return await self._page(form_ids, state, after, limit, min(max(wait, 0), LONGEST_WAIT))
            except AnswerTooLarge:
                if limit == 1:
                    raise
                limit = max(limit // 8, 1)

    async def submission(self, submission_id: str) -> SubmissionDetail:
        """One submission with its history."""
        tried = message("Reading the submission {id} at {host}", host=self._host, id=submission_id)
        call = Call(tried, "GET", _path("submissions", submission_id))
        answer = await self._call(call, expected=(200, 404), of_one_submission=True)
        if answer.status == 404:
            await self._confirm_absence(answer, tried)
            raise _withdrawn(tried)
        detail = _read(read_submission, answer, tried)
        if detail.summary.id != submission_id:
            raise Unreadable(tried, message("The answer is another submission."))
        return detail

    async def xml(self, summary: SubmissionSummary) -> bytes:
        """The submission's XML, its size and digest checked."""
        what = message("the XML of the submission {id} at {host}", host=self._host, id=summary.id)
        if summary.xml.size > LARGEST_XML:
            raise Unreadable(
                message("Reading {what}", what=what),
                message("It has {size} bytes, and at most 16 MiB are allowed.", size=summary.xml.size),
            )
        return b"".join([piece async for piece in self._file(summary, summary.xml, ("xml",), what)])

    def pdf(self, summary: SubmissionSummary) -> AsyncGenerator[bytes, None]:
        """The PDF's bytes."""
        what = message("the PDF of the submission {id} at {host}", host=self._host, id=summary.id)
        if summary.pdf is None:
            return _no_file(what, message("The submission has no PDF."))
        return self._file(summary, summary.pdf, ("pdf",), what)

    def attachment(self, summary: SubmissionSummary, attachment_id: str) -> AsyncGenerator[bytes, None]:
        """An attachment's bytes."""
        what = message(
            "the attachment {attachment} of the submission {id} at {host}",
            host=self._host,
            attachment=attachment_id,
            id=summary.id,
        )
        found = next((attachment for attachment in summary.attachments if attachment.id == attachment_id), None)
        if found is None:
            return _no_file(what, message("The submission has no attachment of that id."))
        return self._file(summary, found.file, ("attachments", attachment_id), what)

    async def report(
        self, submission_id: str, status: Status, message: str | None, cases: Sequence[ReportedCase], at: datetime
    ) -> None:
        """Say where the submission is. Safe to say again."""
        if status is Status.SUBMITTED:
            raise ValueError("Submitted is the state before the first report and can't be said")
        tried = _reporting(submission_id, status, self._host)
        call = Call(
            tried,
            "PUT",
            _path("submissions", submission_id, "status"),
            headers={"Content-Type": "application/json"},
            body=status_body(status, message, cases, at),
        )
        answer = await self._call(call, expected=(204, 404, 409), of_one_submission=True)
        if answer.status == 409:
            raise _already_imported(tried)
        if answer.status == 404:
            await self._confirm_absence(answer, tried)
            if status is not Status.IMPORTED:
                raise _withdrawn(tried)
            # the cases exist, and the service keeps what is Imported for a time only
            _log.info("Imported was reported of what the form service keeps no longer", submission=submission_id)

    async def checks(self, form_ids: Sequence[str]) -> tuple[CheckResult, ...]:
        """Certificate, reach, client, forms: each a line."""
        return await checks.run(self._settings.certificate, self, form_ids)

    async def reach(self) -> None:
        """Ask without a token, so that being refused one is told apart from not being reached. Raises the `Outcome`
        error that says why it can't be reached, or that something else answers there."""
        tried = message("Reaching {host}", host=self._host)
        answer = await self._transport.call(Call(tried, "GET", _path("forms")))
        if answer.status >= 300 and answer.status not in {400, 401, 403}:
            raise refusal(answer, tried)

    async def authorise(self) -> None:
        """Get a token, or raise why there is none."""
        await self._tokens.token()

    async def close(self) -> None:
        """Give back connections."""
        await self._tokens.close()
        await self._transport.close()

    async def _page(
        self, form_ids: Sequence[str], state: str, after: str | None, limit: int, wait: int
    ) -> SubmissionPage:
        tried = message("Listing the submissions at {host}", host=self._host)
        query = [("formId", form_id) for form_id in form_ids]
        query += [("state", state), ("limit", str(limit)), ("wait", str(wait))]
        if after is not None:
            query.append(("after", after))
        answer = await self._call(Call(tried, "GET", _path("submissions"), query, wait=wait))
        page = _read(read_page, answer, tried)
        if page.next is not None and page.next == after:
            raise Unreadable(tried, message("The listing goes round in a circle: the next page is this one."))
        page = _only(form_ids, page) if form_ids else page
        for entry in page.unreadable:
            _log.warning("entry of a listing can't be read", submission=entry.id, reason=str(entry.reason))
        return page

    def _file(
        self, summary: SubmissionSummary, file: FileDescription, steps: Sequence[str], what: Message
    ) -> AsyncGenerator[bytes, None]:
        tried = message("Reading {what}", what=what)
        path = _path("submissions", summary.id, *steps)

        @asynccontextmanager
        async def open_file(headers: dict[str, str]) -> AsyncIterator[aiohttp.ClientResponse]:
            call = Call(tried, "GET", path, headers=headers)
            async with self._open(call) as response:
                if response.status == 404:
                    await self._missing_file(summary, tried)
                if response.status not in {200, 206}:
                    raise refusal(await read_answer(response, call, LARGEST_ANSWER), tried, of_one_submission=True)
                yield response

        return download(open_file, file, what, self._settings.patience)

    async def _missing_file(self, summary: SubmissionSummary, tried: Message) -> None:
        """A file is gone. Is the submission? Raises `Withdrawn` then, and `Unreadable` otherwise."""
        await self.submission(summary.id)
        raise Unreadable(
            tried,
            message("The form service lists the file and does not have it."),
            message("Those who run the form service must mend this."),
        )

    async def _confirm_absence(self, answer: Answer, tried: Message) -> None:
        """Make sure that a 404 is the form service's own word about what was asked for. Raises `Setup` where it comes
        from something in between that knows none of the addresses: while a proxy is astray, nothing must be taken for
        withdrawn."""
        if answer.media_type == PROBLEM_TYPE:
            return
        probe = await self._call(Call(tried, "GET", _path("forms")), expected=(200, 404))
        if probe.status != 200:
            raise refusal(answer, tried)

    async def _call(self, call: Call, *, expected: Sequence[int] = (200,), of_one_submission: bool = False) -> Answer:
        """Call with a token. Any status but the expected ones is raised as the outcome that it stands for."""
        async with self._open(call, whole=True) as response:
            answer = await read_answer(response, call, LARGEST_ANSWER)
        if answer.status not in expected:
            raise refusal(answer, call.tried, of_one_submission=of_one_submission)
        return answer

    @asynccontextmanager
    async def _open(self, call: Call, *, whole: bool = False) -> AsyncIterator[aiohttp.ClientResponse]:
        """Call with a token; where it is refused, once more with a new one."""
        token = await self._tokens.token()
        async with self._transport.open(_with_token(call, token.value), whole=whole) as response:
            if response.status != 401:
                yield response
                return
        self._tokens.refuse(token)
        token = await self._tokens.token()
        async with self._transport.open(_with_token(call, token.value), whole=whole) as response:
            yield response


def _reporting(submission_id: str, status: Status, host: str) -> Message:
    return message(
        "Reporting the submission {id} as {status} to {host}", host=host, id=submission_id, status=_STATUS_TEXTS[status]
    )


async def _no_file(what: Message, answer: Message) -> AsyncGenerator[bytes, None]:
    """A file that isn't there, told when it is read and not when it is asked for."""
    raise Unreadable(message("Reading {what}", what=what), answer)
    yield b""


def _path(*steps: str) -> tuple[str, ...]:
    return ("api", "v1", *steps)


def _with_token(call: Call, token: str) -> Call:
    return replace(call, headers={**call.headers, "Authorization": f"Bearer {token}"})


def _read(read: Callable[[bytes], _T], answer: Answer, tried: Message) -> _T:
    try:
        return read(answer.body)
    except WrongShapeError as error:
        raise Unreadable(
            tried,
            message("The answer is wrong at {where}: {expected}.", where=error.where, expected=error.expected),
            message("Those who run the form service must mend this."),
        ) from error


def _only(form_ids: Sequence[str], page: SubmissionPage) -> SubmissionPage:
    """Leave out what was not asked for: another workflow may be responsible for it."""
    return replace(page, submissions=tuple(summary for summary in page.submissions if summary.form_id in form_ids))


def _withdrawn(tried: Message) -> Withdrawn:
    return Withdrawn(tried, message("The form service does not know the submission any more."))


def _already_imported(tried: Message) -> AlreadyImported:
    return AlreadyImported(tried, message("The form service says that it is Imported already."))
