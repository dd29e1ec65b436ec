"""The forms that are released to a client, and their definitions."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from formcase.formservice import forms
from formcase.formservice.design import Form, written
from formcase.formservice.interact.access import caller
from formcase.formservice.interact.answers import json_answer
from formcase.formservice.interact.noting import notes_of
from formcase.formservice.interact.parameters import Parameters
from formcase.formservice.interact.problems import ProblemError, not_found
from formcase.formservice.interact.threads import in_database
from formcase.formservice.lexical import written_instant
from formcase.formservice.models import FormVersion


async def form_list(request: HttpRequest) -> HttpResponse:
    """`GET …/forms`."""
    client = await caller(request)
    released = await in_database(forms.newest, client.form_ids)
    return json_answer({"forms": [_summary(form) for form in released]})


async def form_definition(request: HttpRequest, form_id: str) -> HttpResponse:
    """`GET …/forms/{formId}`."""
    client = await caller(request)
    version = Parameters(request).number("version", None, 1, 2_147_483_647)
    try:
        form = await in_database(forms.form, form_id, version)
    except forms.FormUnknown as unknown:
        # whether a form that is not released has this version is nobody's business
        if not client.may_see(form_id) and await in_database(forms.exists, form_id):
            raise _not_released() from None
        raise not_found(str(unknown)) from None
    if not client.may_see(form_id):
        raise _not_released()
    notes_of(request).about(form_id)
    return json_answer(_definition(form))


def _not_released() -> ProblemError:
    return ProblemError(HTTPStatus.FORBIDDEN, "This form is not released to the client.")


def _summary(form: FormVersion) -> dict[str, object]:
    return {
        "id": form.form_id,
        "title": form.title,
        "version": form.version,
        "updatedAt": written_instant(form.updated_at),
    }


def _definition(form: Form) -> dict[str, object]:
    document = written(form, for_clients=True)
    pages = document.pop("pages")
    updated_at = written_instant(form.updated_at) if form.updated_at else None
    return {**document, "updatedAt": updated_at, "pages": pages}
