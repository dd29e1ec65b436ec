"""The preview of a form: filled in as anybody would, and kept nowhere. What was typed goes with each page to the
browser and comes back from it."""

import json
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods

from formcase.formservice.administration.forms.chosen import chosen
from formcase.formservice.administration.guarding import for_administrators
from formcase.formservice.design import Form
from formcase.formservice.filling import drafts, previewing
from formcase.formservice.filling.pages import Draft, Sort
from formcase.formservice.models import Administrator, Filling


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def form_preview(request: HttpRequest, administrator: Administrator, form_id: str, which: str) -> HttpResponse:
    """A page of the form, or the summary."""
    form = chosen(form_id, which).form
    way_out = reverse("form_service:form", kwargs={"form_id": form_id})
    draft = Draft(_filling(form, str(request.POST.get("state", ""))), form, previewing.step, Sort.PREVIEW, way_out)
    with translation.override(draft.language):
        response = previewing.preview(request, draft)
    response.headers["Content-Language"] = draft.language
    return response


def _filling(form: Form, state: str) -> Filling:
    """The draft that came back from the browser; a new one where it is no such."""
    try:
        answers, checked = json.loads(state)
    except (ValueError, TypeError, RecursionError):
        answers, checked = {}, []
    if not isinstance(answers, Mapping) or not isinstance(checked, list):
        answers, checked = {}, []
    return drafts.in_memory(form, answers, [number for number in checked if isinstance(number, int)])
