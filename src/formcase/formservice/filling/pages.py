"""The pages on which a form is filled in, for a draft that was found already: by the browser that began it, or by an
administrator who tries the form. What is done there is in the modules beside this one.

Every answer to a POST leads on to a page that is got, so that reloading and going back do nothing twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

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
from formcase.formservice.filling.trials import send_trial
from formcase.formservice.filling.uploads import RefusedUpload, UploadWatch
from formcase.formservice.models import Filling


class Sort(StrEnum):
    """What a form is filled in for."""

    REAL = "real"
    PREVIEW = "preview"  # kept nowhere
    TEST = "test"  # sent, and no submission


@dataclass(frozen=True, slots=True)
class Draft:
    """A form that is being filled in, as a page gets it. addresses: of its pages, by their names; way_out: where who
    only tries the form goes back to."""

    filling: Filling
    form: Form
    addresses: Callable[..., str]
    sort: Sort = Sort.REAL
    way_out: str = ""

    def address(self, name: str, **further: object) -> str:
        """The address of one of its pages."""
        return self.addresses(name, **further)

    def page_address(self, number: int) -> str:
        """The address of the form's page of this number, from 0; people count from 1."""
        return self.address("page", number=number + 1)

    @property
    def language(self) -> str:
        """The language of the pages around the form."""
        return language_of(self.form)


def language_of(form: Form) -> str:
    """The language of the pages around a form: its own, where they speak it, else the reader's."""
    return form.language if form.language in dict(settings.LANGUAGES) else translation.get_language() or "en"


def first_address(draft: Draft) -> str:
    """Where filling in begins."""
    pages = drafts.pages_of(draft.form, draft.filling)
    return draft.page_address(pages[0].number) if pages else draft.address("summary")


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
    if draft.filling.is_sent:
        return HttpResponseRedirect(draft.address("receipt"))
    if not 0 <= number < len(draft.form.pages) or draft.form.pages[number].hidden:
        raise Http404
    if request.method == "POST" and watch is not None:
        return _posted(request, draft, number, watch)
    asked = drafts.page_to_fill_in(draft.form, draft.filling, number)
    if asked is None:
        return HttpResponseRedirect(draft.address("summary"))
    return _show_page(request, draft, asked)


@require_http_methods(["GET", "HEAD", "POST"])
def summary(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Everything that was answered; sending it."""
    filling, form = draft.filling, draft.form
    if filling.is_sent:
        return HttpResponseRedirect(draft.address("receipt"))
    drafts.set_all_checked(filling, form)
    if request.method == "POST":
        verb, _colon, about = str(request.POST.get("go", "")).partition(":")
        if verb == "page" and about.isascii() and about.isdigit():
            # a step, whose button belongs to the same form as the one that sends
            return HttpResponseRedirect(draft.page_address(int(about)))
        return _send(request, draft)
    return render(request, "formservice/filling/summary.html", summary_context(draft))


def summary_context(draft: Draft) -> dict[str, object]:
    """What the summary shows."""
    filling, form = draft.filling, draft.form
    pages = drafts.pages_of(form, filling)
    uploads = drafts.uploads_of(filling, pages)
    problems = drafts.problems_of(form, filling, pages)
    controls, summed = Controls(form, problems, uploads), Summary(form, uploads)
    sections = [summed.section(asked, controls.errors(asked)) for asked in pages]
    return {
        "sections": [(section, draft.page_address(section.number - 1)) for section in sections],
        "is_complete": not problems,
        "seen": seen(filling) if filling.pk is not None else "",
        "back": draft.page_address(pages[-1].number) if pages else "",
        "page_title": _("Look through your answers"),
        **_surroundings(draft, None),
    }


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
    return HttpResponseRedirect(lead(draft, number, posted, str(request.POST.get("go", "")), is_refused=bool(refused)))


def lead(draft: Draft, number: int, posted: dict[str, list[str]], go: str, *, is_refused: bool) -> str:
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
    seen_before = str(request.POST.get("seen", ""))
    try:
        if draft.filling.is_trial:
            send_trial(draft.filling, seen_before)
        else:
            send(draft.filling, seen_before)
    except AnswersRefused:
        return HttpResponseRedirect(draft.address("summary"))
    except SentChanged:
        messages.warning(request, _("Something was changed since you looked. Look through your answers once more."))
        return HttpResponseRedirect(draft.address("summary"))
    return HttpResponseRedirect(draft.address("receipt"))


def _show_page(request: HttpRequest, draft: Draft, asked: AskedPage) -> HttpResponse:
    context = page_context(draft, asked, is_more="more" in request.GET)
    return render(request, "formservice/filling/page.html", context)


def page_context(draft: Draft, asked: AskedPage, *, is_more: bool) -> dict[str, object]:
    """What a page shows. is_more: there are more questions now because of what was answered."""
    return {
        **questions_context(draft, asked, ()),
        "more": is_more,
        "page_title": asked.page.title or asked.page.name,
        **_surroundings(draft, asked.number),
    }


def _show_questions(request: HttpRequest, draft: Draft, asked: AskedPage, refused: list[RefusedUpload]) -> HttpResponse:
    """The questions alone, for the script that puts them into the page that is there."""
    return render(request, "formservice/filling/questions.html", questions_context(draft, asked, refused))


def questions_context(draft: Draft, asked: AskedPage, refused: list[RefusedUpload] | tuple[()]) -> dict[str, object]:
    """What the questions of a page show."""
    pages = drafts.pages_of(draft.form, draft.filling)
    is_checked = asked.number in draft.filling.checked
    problems = drafts.problems_of(draft.form, draft.filling, pages) if is_checked else ()
    controls = Controls(draft.form, problems, drafts.uploads_of(draft.filling, pages))
    return {
        "draft": draft,
        "asked": asked,
        "items": controls.items(asked),
        "errors": controls.errors(asked),
        "refused": refused,
    }


def _surroundings(draft: Draft, number: int | None) -> dict[str, object]:
    pages = drafts.pages_of(draft.form, draft.filling)
    problems = drafts.problems_of(draft.form, draft.filling, pages)
    return {
        "draft": draft,
        "form": draft.form,
        "steps": steps_of(pages, draft.filling, number, problems),
        "is_first": _is_first(pages, number),
    }


def _is_first(pages: tuple[AskedPage, ...], number: int | None) -> bool:
    return bool(pages) and pages[0].number == number
