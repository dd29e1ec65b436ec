"""The listing of submissions, waiting for new ones, and a single submission with its history."""

import asyncio
from dataclasses import replace

from django.http import HttpRequest, HttpResponse

from formcase.formservice.forms import existing
from formcase.formservice.interact.access import Caller, caller, still_caller
from formcase.formservice.interact.answers import json_answer
from formcase.formservice.interact.arrivals import arrivals
from formcase.formservice.interact.cursors import read_cursor
from formcase.formservice.interact.listing import (
    Asked,
    ListedPage,
    history,
    listed_page,
    one_submission,
    summary,
)
from formcase.formservice.interact.noting import notes_of
from formcase.formservice.interact.parameters import Parameters
from formcase.formservice.interact.problems import not_found
from formcase.formservice.interact.threads import in_database
from formcase.formservice.models import Submission

_LONGEST_WAIT = 30
_LARGEST_PAGE = 500


async def submission_list(request: HttpRequest) -> HttpResponse:
    """`GET …/submissions`."""
    client = await caller(request)
    parameters = Parameters(request)
    named = parameters.several("formId")
    there = await in_database(existing, named) if named else frozenset[str]()
    asked = _asked(parameters, client, named, there)
    if named and len(asked.form_ids or ()) == 1:
        notes_of(request).about(*(asked.form_ids or ()))
    wait = parameters.number("wait", 0, 0, _LONGEST_WAIT) or 0
    page = await (
        _page_after_waiting(request, asked, wait) if wait and asked.has_forms else in_database(listed_page, asked)
    )
    return json_answer(
        {
            "submissions": page.submissions,
            "next": page.next,
            "cursor": page.cursor,
            "refused": asked.refused,
        }
    )


async def submission_detail(request: HttpRequest, submission_id: str) -> HttpResponse:
    """`GET …/submissions/{id}`."""
    client = await caller(request)
    submission = await in_database(_seen, submission_id, client)
    notes_of(request).about(submission.form_id, submission.reference_id)
    return json_answer(await in_database(_detail, submission))


def _asked(parameters: Parameters, client: Caller, named: list[str], there: frozenset[str]) -> Asked:
    cursor = parameters.text("after")
    released = frozenset(form_id for form_id in there if client.may_see(form_id))
    return Asked(
        form_ids=released if named else client.form_ids,
        refused=tuple(form_id for form_id in named if form_id not in released),
        only_open=parameters.one_of("state", ("open", "all")) == "open",
        after=None if cursor is None else read_cursor(cursor),
        cursor=cursor,
        limit=parameters.number("limit", 100, 1, _LARGEST_PAGE) or 100,
    )


async def _page_after_waiting(request: HttpRequest, asked: Asked, wait: int) -> ListedPage:
    """The page as soon as there is something on it, or as it is when the time is over. Who was refused meanwhile gets
    nothing any more, and no form that was taken back."""
    waited = False
    until = asyncio.get_running_loop().time() + wait
    with arrivals.listening(asked.form_ids) as arrival:
        while True:
            # cleared before the look, so that what arrives during it wakes the next wait
            arrival.clear()
            page = await in_database(listed_page, asked)
            if page.submissions and waited:
                client = await still_caller(request)
                page = await in_database(listed_page, replace(asked, form_ids=_still_released(asked, client)))
            if page.submissions or not await arrivals.came(arrival, until):
                return page
            waited = True


def _still_released(asked: Asked, client: Caller) -> frozenset[str] | None:
    if asked.form_ids is None or client.form_ids is None:
        return asked.form_ids if client.form_ids is None else client.form_ids
    return asked.form_ids & client.form_ids


def _seen(submission_id: str, client: Caller) -> Submission:
    submission = one_submission(submission_id)
    if submission is None or not client.may_see(submission.form_id):
        raise not_found("There is no such submission for this client.")
    return submission


def _detail(submission: Submission) -> dict[str, object]:
    return {**summary(submission), "history": history(submission)}
