"""Testing a form: a version or a draft is filled in and sent by an administrator, and becomes XML and receipt to look
at. Nothing of it is a submission."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from formcase.appearance.file_names import disposition
from formcase.formservice.administration.forms.chosen import above, chosen
from formcase.formservice.administration.guarding import for_administrators
from formcase.formservice.administration.showing import show
from formcase.formservice.administration.written_answers import written_pages
from formcase.formservice.administration_log import TRIED, record
from formcase.formservice.filling import drafts, pages
from formcase.formservice.filling.pages import Draft, Sort, first_address
from formcase.formservice.filling.sizes import size_told
from formcase.formservice.filling.trials import trial_receipt, trial_xml
from formcase.formservice.models import Administrator, Filling
from formcase.formservice.stored_files import open_stored

_P = ParamSpec("_P")
View = Callable[Concatenate[HttpRequest, Administrator, Draft, _P], HttpResponseBase]


def of_trial(view: View[_P]) -> Callable[Concatenate[HttpRequest, Administrator, _P], HttpResponseBase]:
    """A view of a test, whoever began it. Where it is gone, that is said."""

    @wraps(view)
    def found(
        request: HttpRequest, administrator: Administrator, /, *args: _P.args, **kwargs: _P.kwargs
    ) -> HttpResponseBase:
        filling = drafts.find_trial(str(kwargs.pop("key", "")))
        if filling is None:
            hours = settings.FORMSERVICE_DRAFT_HOURS
            told = _("This test is gone. Tests are removed {hours} hours after they were last touched.")
            messages.info(request, told.format(hours=hours))
            return HttpResponseRedirect(reverse("form_service:forms"))
        return view(request, administrator, _draft(filling), *args, **kwargs)

    return found


@for_administrators
@require_POST
def form_try(request: HttpRequest, administrator: Administrator, form_id: str, which: str) -> HttpResponse:
    """Begin a test."""
    form = chosen(form_id, which).form
    filling = drafts.begin_trial(form, administrator.name)
    record(TRIED, form_id, administrator.name, version=form.version)
    return HttpResponseRedirect(first_address(_draft(filling)))


@csrf_exempt  # `pages.page` checks it, once the files have come
@for_administrators
@of_trial
def form_test_page(request: HttpRequest, administrator: Administrator, draft: Draft, number: int) -> HttpResponseBase:
    """One page of the form."""
    with translation.override(draft.language):
        return pages.page(request, draft, number)


@for_administrators
@of_trial
def form_test_summary(request: HttpRequest, administrator: Administrator, draft: Draft) -> HttpResponseBase:
    """Everything that was answered; sending it."""
    with translation.override(draft.language):
        return pages.summary(request, draft)


@for_administrators
@of_trial
@require_GET
def form_test_receipt(request: HttpRequest, administrator: Administrator, draft: Draft) -> HttpResponseBase:
    """What the test has become."""
    filling, form = _sent(draft), draft.form
    xml = trial_xml(filling)
    sections, hidden = written_pages(xml)
    context = {
        "filling": filling,
        "form_id": form.id,
        "version": form.version,
        "attachments": [(upload, size_told(upload.size)) for upload in filling.uploads.order_by("pk")],
        "sections": sections,
        "hidden": hidden,
        "xml": xml.decode("utf-8"),
        "hours": settings.FORMSERVICE_DRAFT_HOURS,
    }
    title = _("Test of version {version}").format(version=form.version)
    return show(request, administrator, "forms/test", context, title=title, above=above(form.id, form.title))


@for_administrators
@of_trial
@require_GET
def form_test_file(
    request: HttpRequest, administrator: Administrator, draft: Draft, kind: str, upload: str = ""
) -> HttpResponseBase:
    """The XML, the receipt, or a file that was attached."""
    filling = _sent(draft)
    if kind == "pdf":
        response: HttpResponseBase = HttpResponse(trial_receipt(filling), content_type="application/pdf")
        response.headers["Content-Disposition"] = f'inline; filename="TEST-{filling.pk}.pdf"'
    elif kind == "xml":
        response = HttpResponse(trial_xml(filling), content_type="application/xml")
        response.headers["Content-Disposition"] = f'attachment; filename="TEST-{filling.pk}.xml"'
    else:
        file = filling.uploads.filter(key=upload).first() if "\0" not in upload else None
        if file is None:
            raise Http404
        response = FileResponse(open_stored(file.location), content_type=file.media_type)
        response.headers["Content-Disposition"] = disposition(file.name, kept=True)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _draft(filling: Filling) -> Draft:
    def address(name: str, **further: object) -> str:
        return reverse(f"form_service:form_test_{name}", kwargs={"key": filling.key, **further})

    way_out = reverse("form_service:form", kwargs={"form_id": filling.form_id})
    return Draft(filling, drafts.form_of(filling), address, Sort.TEST, way_out)


def _sent(draft: Draft) -> Filling:
    if not draft.filling.is_sent:
        raise Http404
    return draft.filling
