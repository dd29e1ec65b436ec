"""Filling in a form, for everybody: the forms that there are, beginning one, and going on in the browser that began it.

What its pages show and do is in `pages`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from formcase.formservice import forms
from formcase.formservice.design import Form
from formcase.formservice.filling import drafts, pages
from formcase.formservice.filling.pages import Draft, first_address, language_of
from formcase.formservice.models import FileKind, Filling, StoredFile
from formcase.formservice.stored_files import open_stored

COOKIE = "formservice_filling"
_P = ParamSpec("_P")
View = Callable[Concatenate[HttpRequest, Draft, _P], HttpResponseBase]


def of_draft(view: View[_P]) -> Callable[..., HttpResponseBase]:
    """A view of a draft of this browser, in the language of its form. Where there is none, it is said what to do."""

    @never_cache
    @wraps(view)
    def found(request: HttpRequest, /, form_id: str, key: str, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
        filling = drafts.find(key, request.COOKIES.get(COOKIE, ""))
        if filling is None or filling.form_id != form_id:
            return render(request, "formservice/filling/gone.html", _gone_context(form_id), status=404)
        draft = _draft(filling, drafts.form_of(filling))
        with translation.override(draft.language):
            response = view(request, draft, *args, **kwargs)
        response.headers["Content-Language"] = draft.language
        return response

    return found


@require_GET
def all_forms(request: HttpRequest) -> HttpResponse:
    """The forms that can be filled in."""
    return render(request, "formservice/filling/forms.html", {"forms": forms.newest(), "page_title": _("Forms")})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, form_id: str) -> HttpResponse:
    """What the form is for; beginning to fill it in."""
    try:
        form = forms.form(form_id)
    except forms.FormUnknown:
        raise Http404 from None
    if request.method == "POST":
        return _begin(request, form)
    with translation.override(language_of(form)):
        steps = [page.title or page.name for page in form.visible_pages]
        context = {"form": form, "steps": steps, "page_title": form.title, "hours": settings.FORMSERVICE_DRAFT_HOURS}
        return render(request, "formservice/filling/start.html", context)


@csrf_exempt
@of_draft
def page(request: HttpRequest, draft: Draft, number: int) -> HttpResponseBase:
    """One page of the form."""
    return pages.page(request, draft, number)


@of_draft
def summary(request: HttpRequest, draft: Draft) -> HttpResponseBase:
    """Everything that was answered; sending it."""
    return pages.summary(request, draft)


@of_draft
@require_GET
def receipt(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The form was sent: its reference ID, and the receipt to keep."""
    submission = draft.filling.submission
    if submission is None:
        return HttpResponseRedirect(draft.address("summary"))
    context = {
        "form": draft.form,
        "submission": submission,
        "pdf": draft.address("receipt_pdf"),
        "page_title": _("Your form is sent"),
    }
    return render(request, "formservice/filling/receipt.html", context)


@of_draft
@require_GET
def receipt_pdf(request: HttpRequest, draft: Draft) -> HttpResponseBase:
    """The receipt as PDF."""
    file = StoredFile.objects.filter(submission=draft.filling.submission_id, kind=FileKind.PDF).first()
    if draft.filling.submission is None or file is None:
        raise Http404
    name = f"{draft.filling.submission.reference_id}.pdf"
    return FileResponse(open_stored(file.location), filename=name, content_type="application/pdf")


def _gone_context(form_id: str) -> dict[str, object]:
    exists = "\0" not in form_id and forms.exists(form_id)
    return {
        "page_title": _("There is nothing to go on with here"),
        "start": reverse("forms:start", kwargs={"form_id": form_id}) if exists else reverse("forms:all"),
    }


def _begin(request: HttpRequest, form: Form) -> HttpResponse:
    browser = request.COOKIES.get(COOKIE) or drafts.new_browser_secret()
    response = HttpResponseRedirect(first_address(_draft(drafts.begin(form, browser), form)))
    keep_browser(response, browser)
    return response


def _draft(filling: Filling, form: Form) -> Draft:
    def address(name: str, **further: object) -> str:
        return reverse(f"forms:{name}", kwargs={"form_id": filling.form_id, "key": filling.key, **further})

    return Draft(filling, form, address)


def keep_browser(response: HttpResponse, browser: str) -> None:
    """Let the browser keep what shows its drafts to be its own, until it is closed."""
    response.set_cookie(
        COOKIE,
        browser,
        path=reverse("forms:all"),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
