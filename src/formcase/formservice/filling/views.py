"""The pages on which a form is filled in. What is done there is in the modules beside this one.

Every answer to a POST leads on to a page that is got, so that reloading and going back do nothing twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from formcase.formservice import forms
from formcase.formservice.answers import AnswersRefused
from formcase.formservice.asked import AskedPage, fields_of
from formcase.formservice.design import Form
from formcase.formservice.filling import drafts
from formcase.formservice.filling.attaching import attach, detach, file_control, watch_for
from formcase.formservice.filling.controls import Controls
from formcase.formservice.filling.posted import control_name
from formcase.formservice.filling.sending import SentChanged, seen, send
from formcase.formservice.filling.steps import steps_of
from formcase.formservice.filling.summary import Summary
from formcase.formservice.filling.uploads import RefusedUpload, UploadWatch
from formcase.formservice.models import FileKind, Filling, StoredFile
from formcase.formservice.stored_files import open_stored

COOKIE = "formservice_filling"
_P = ParamSpec("_P")


@dataclass(frozen=True, slots=True)
class Draft:
    """A form that is being filled in, as a view gets it."""

    filling: Filling
    form: Form

    def address(self, name: str, **further: object) -> str:
        """The address of one of its pages."""
        return reverse(f"forms:{name}", kwargs={"form_id": self.filling.form_id, "key": self.filling.key, **further})

    def page_address(self, number: int) -> str:
        """The address of the form's page of this number, from 0; people count from 1."""
        return self.address("page", number=number + 1)


View = Callable[Concatenate[HttpRequest, Draft, _P], HttpResponseBase]


def of_draft(view: View[_P]) -> Callable[..., HttpResponseBase]:
    """A view of a draft of this browser, in the language of its form. Where there is none, it is said what to do."""

    @never_cache
    @wraps(view)
    def found(request: HttpRequest, /, form_id: str, key: str, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
        filling = drafts.find(key, request.COOKIES.get(COOKIE, ""))
        if filling is None or filling.form_id != form_id:
            return render(request, "formservice/filling/gone.html", _gone_context(form_id), status=404)
        form = drafts.form_of(filling)
        with translation.override(_language(form)):
            response = view(request, Draft(filling, form), *args, **kwargs)
        response.headers["Content-Language"] = _language(form)
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
    with translation.override(_language(form)):
        steps = [page.title or page.name for page in form.visible_pages]
        context = {"form": form, "steps": steps, "page_title": form.title, "hours": settings.FORMSERVICE_DRAFT_HOURS}
        return render(request, "formservice/filling/start.html", context)


@csrf_exempt
@of_draft
def page(request: HttpRequest, draft: Draft, number: int) -> HttpResponseBase:
    """One page of the form. The files that come with it are taken in before Django looks at the rest of what was sent,
    and so before it can check the CSRF token; without one they are let go."""
    watch = None
    if request.method == "POST":
        watch = watch_for(draft.form, draft.filling, drafts.pages_of(draft.form, draft.filling))
        request.upload_handlers = [watch]
    try:
        return _page(request, draft, number - 1, watch)
    finally:
        if watch is not None:
            watch.let_go()


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def _page(request: HttpRequest, draft: Draft, number: int, watch: UploadWatch | None) -> HttpResponseBase:
    if draft.filling.submission_id is not None:
        return HttpResponseRedirect(draft.address("receipt"))
    if not 0 <= number < len(draft.form.pages) or draft.form.pages[number].hidden:
        raise Http404
    if request.method == "POST" and watch is not None:
        return _posted(request, draft, number, watch)
    asked = drafts.page_to_fill_in(draft.form, draft.filling, number)
    if asked is None:
        return HttpResponseRedirect(draft.address("summary"))
    return _show_page(request, draft, asked)


@of_draft
@require_http_methods(["GET", "HEAD", "POST"])
def summary(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Everything that was answered; sending it."""
    filling, form = draft.filling, draft.form
    if filling.submission_id is not None:
        return HttpResponseRedirect(draft.address("receipt"))
    drafts.set_all_checked(filling, form)
    if request.method == "POST":
        return _send(request, draft)
    pages = drafts.pages_of(form, filling)
    uploads = drafts.uploads_of(filling, pages)
    problems = drafts.problems_of(form, filling, pages)
    controls, summed = Controls(form, problems, uploads), Summary(form, uploads)
    sections = [summed.section(asked, controls.errors(asked)) for asked in pages]
    context = {
        "sections": [(section, draft.page_address(section.number - 1)) for section in sections],
        "is_complete": not problems,
        "seen": seen(filling),
        "back": draft.page_address(pages[-1].number) if pages else "",
        "page_title": _("Look through your answers"),
        **_surroundings(draft, None),
    }
    return render(request, "formservice/filling/summary.html", context)


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


def _language(form: Form) -> str:
    """The language of the pages around a form: its own, where they speak it, else the reader's."""
    return form.language if form.language in dict(settings.LANGUAGES) else translation.get_language() or "en"


def _gone_context(form_id: str) -> dict[str, object]:
    exists = "\0" not in form_id and forms.exists(form_id)
    return {
        "page_title": _("There is nothing to go on with here"),
        "start": reverse("forms:start", kwargs={"form_id": form_id}) if exists else reverse("forms:all"),
    }


def _begin(request: HttpRequest, form: Form) -> HttpResponse:
    browser = request.COOKIES.get(COOKIE) or drafts.new_browser_secret()
    draft = Draft(drafts.begin(form, browser), form)
    pages = drafts.pages_of(form, draft.filling)
    response = HttpResponseRedirect(draft.page_address(pages[0].number) if pages else draft.address("summary"))
    keep_browser(response, browser)
    return response


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


def _posted(request: HttpRequest, draft: Draft, number: int, watch: UploadWatch) -> HttpResponseBase:
    """Keep what was typed and attached, whatever button it came with; then do what the button says."""
    page = draft.form.pages[number]
    posted = {name: request.POST.getlist(name) for name in request.POST}
    drafts.keep_page(draft.filling, page, number, posted)
    refused = attach(draft.form, draft.filling, watch)
    if request.headers.get("X-Part") == "questions":
        asked = drafts.page_to_fill_in(draft.form, draft.filling, number)
        return _show_questions(request, draft, asked, refused) if asked else HttpResponse(status=204)
    for file in refused:
        text = _("“{file}” was not attached. {reason}").format(file=file.name, reason=file.text)
        messages.error(request, text)
    return HttpResponseRedirect(_lead(draft, number, posted, str(request.POST.get("go", "")), bool(refused)))


def _lead(draft: Draft, number: int, posted: dict[str, list[str]], go: str, is_refused: bool) -> str:
    """Do what the button says; the address that it leads to."""
    here = draft.page_address(number)
    page = draft.form.pages[number]
    verb, _colon, about = go.partition(":")
    match verb:
        case "add":
            entry = drafts.add_entry(draft.filling, page, about)
            return f"{here}#{control_name(f'{about}-{entry}') if entry else control_name(about)}"
        case "remove":
            position, _colon, entry_text = about.partition(":")
            if entry_text.isascii() and entry_text.isdigit():
                drafts.remove_entry(draft.filling, page, position, int(entry_text))
            return f"{here}#{control_name(position)}"
        case "detach":
            field_name, _colon, key = about.rpartition(":")
            detach(draft.filling, key)
            return f"{here}#{about_file(draft, field_name)}"
        case "attach":
            return f"{here}#{about_file(draft, about)}"
        case "page" if about.isascii() and about.isdigit():
            return draft.page_address(int(about))
        case "summary":
            return draft.address("summary")
        case "back":
            return _before(draft, number)
        case "next":
            return _next(draft, number, posted, is_refused)
        case _:
            return here


def about_file(draft: Draft, field_name: str) -> str:
    """The id of a file field's control; nothing where there is no such field."""
    try:
        return file_control(draft.form, field_name)
    except ValueError:
        return ""


def _before(draft: Draft, number: int) -> str:
    before = [page.number for page in drafts.pages_of(draft.form, draft.filling) if page.number < number]
    return draft.page_address(before[-1]) if before else draft.page_address(number)


def _next(draft: Draft, number: int, posted: dict[str, list[str]], is_refused: bool) -> str:
    """The page that follows, if this one is in order; else this one again, which then says what is wrong."""
    here = draft.page_address(number)
    asked = drafts.page_to_fill_in(draft.form, draft.filling, number)
    if asked is not None:
        unseen = [
            field for field in fields_of(asked.items) if not field.field.is_file and _is_new(field.position, posted)
        ]
        if unseen:
            return f"{here}?more=1#{control_name(unseen[0].position)}"
        drafts.set_checked(draft.filling, draft.form.pages[number], number)
    pages = drafts.pages_of(draft.form, draft.filling)
    problems = drafts.problems_of(draft.form, draft.filling, pages)
    if is_refused or any(problem.place[:1] == (draft.form.pages[number].name,) for problem in problems):
        return here
    after = [page.number for page in pages if page.number > number]
    return draft.page_address(after[0]) if after else draft.address("summary")


def _is_new(position: str, posted: dict[str, list[str]]) -> bool:
    """Whether a question was not on the page that was sent: the answers there brought it."""
    return control_name(position) not in posted


def _send(request: HttpRequest, draft: Draft) -> HttpResponse:
    try:
        send(draft.filling, request.POST.get("seen", ""))
    except AnswersRefused:
        return HttpResponseRedirect(draft.address("summary"))
    except SentChanged:
        messages.warning(request, _("Something was changed since you looked. Look through your answers once more."))
        return HttpResponseRedirect(draft.address("summary"))
    return HttpResponseRedirect(draft.address("receipt"))


def _show_page(request: HttpRequest, draft: Draft, asked: AskedPage) -> HttpResponse:
    context = {
        **_questions(draft, asked, ()),
        "more": "more" in request.GET,
        "page_title": asked.page.title or asked.page.name,
        **_surroundings(draft, asked.number),
    }
    return render(request, "formservice/filling/page.html", context)


def _show_questions(request: HttpRequest, draft: Draft, asked: AskedPage, refused: list[RefusedUpload]) -> HttpResponse:
    """The questions alone, for the script that puts them into the page that is there."""
    return render(request, "formservice/filling/questions.html", _questions(draft, asked, refused))


def _questions(draft: Draft, asked: AskedPage, refused: list[RefusedUpload] | tuple[()]) -> dict[str, object]:
    pages = drafts.pages_of(draft.form, draft.filling)
    is_checked = asked.number in draft.filling.checked
    problems = drafts.problems_of(draft.form, draft.filling, pages) if is_checked else ()
    controls = Controls(draft.form, problems, drafts.uploads_of(draft.filling, pages))
    return {
        "asked": asked,
        "items": controls.items(asked),
        "errors": controls.errors(asked),
        "refused": refused,
    }


def _surroundings(draft: Draft, number: int | None) -> dict[str, object]:
    pages = drafts.pages_of(draft.form, draft.filling)
    return {"form": draft.form, "steps": steps_of(pages, draft.filling, number), "is_first": _is_first(pages, number)}


def _is_first(pages: tuple[AskedPage, ...], number: int | None) -> bool:
    return bool(pages) and pages[0].number == number
