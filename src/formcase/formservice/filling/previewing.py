"""The pages of a draft that is kept nowhere: each step is an answer to a POST that brings the whole draft along."""

import json
import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from formcase.formservice.filling import drafts
from formcase.formservice.filling.pages import (
    Draft,
    lead,
    page_context,
    questions_context,
    summary_context,
)

_STEP = re.compile(r"page/([0-9]{1,4})(\?more=1)?")
_SUMMARY = "summary"


def step(name: str, **further: object) -> str:
    """How a preview names its pages: they have no addresses of their own."""
    return f"page/{further['number']}" if name == "page" else _SUMMARY


def preview(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Do what the button says, and show the page that it leads to."""
    here = str(request.POST.get("at", ""))
    if request.method != "POST" or not here:
        pages = drafts.pages_of(draft.form, draft.filling)
        return _show(request, draft, draft.page_address(pages[0].number) if pages else _SUMMARY)
    if here == _SUMMARY:
        return _show(request, draft, _step_of_button(draft, str(request.POST.get("go", ""))))
    number = _number(draft, here)
    posted = {name: request.POST.getlist(name) for name in request.POST}
    drafts.keep_page(draft.filling, draft.form.pages[number], number, posted)
    if request.headers.get("X-Part") == "questions":
        asked = drafts.page_to_fill_in(draft.form, draft.filling, number)
        if asked is None:
            return HttpResponse(status=204)
        return render(request, "formservice/filling/questions.html", questions_context(draft, asked, ()))
    return _show(request, draft, lead(draft, number, posted, str(request.POST.get("go", "")), is_refused=False))


def _show(request: HttpRequest, draft: Draft, wanted: str) -> HttpResponse:
    found = _STEP.match(wanted)
    number = _number(draft, wanted) if found else None
    asked = drafts.page_to_fill_in(draft.form, draft.filling, number) if number is not None else None
    if asked is None:
        drafts.set_all_checked(draft.filling, draft.form)
        context = {**summary_context(draft), "state": _state(draft), "at": _SUMMARY}
        return render(request, "formservice/filling/summary.html", context)
    context = {
        **page_context(draft, asked, is_more=bool(found and found[2])),
        "state": _state(draft),
        "at": draft.page_address(asked.number),
    }
    return render(request, "formservice/filling/page.html", context)


def _step_of_button(draft: Draft, go: str) -> str:
    verb, _colon, about = go.partition(":")
    return draft.page_address(int(about)) if verb == "page" and re.fullmatch("[0-9]{1,4}", about) else _SUMMARY


def _number(draft: Draft, step: str) -> int:
    """The number of the form's page, from 0."""
    found = _STEP.match(step)
    number = int(found[1]) - 1 if found else -1
    if not 0 <= number < len(draft.form.pages) or draft.form.pages[number].hidden:
        raise Http404
    return number


def _state(draft: Draft) -> str:
    return json.dumps([draft.filling.answers, draft.filling.checked], ensure_ascii=False)
