"""A form's draft: handed in as JSON, replaced, published, thrown away."""

from collections.abc import Sequence

from django import forms as django_forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from formcase.formservice import form_drafts, forms
from formcase.formservice.administration.forms.chosen import above
from formcase.formservice.administration.guarding import for_administrators
from formcase.formservice.administration.showing import link_to, show
from formcase.formservice.comparison import compare
from formcase.formservice.definition_files import LARGEST, FileRefused, decoded, written_text
from formcase.formservice.definitions import DefinitionRefused
from formcase.formservice.form_drafts import DraftChanged, draft_of, form_of
from formcase.formservice.models import Administrator, FormDraft

_MOST_TOLD = 200


class _Definition(django_forms.Form):
    """seen: the revision of the draft that it replaces, empty where there is none."""

    file = django_forms.FileField(
        label=gettext_lazy("File with the definition"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy("JSON in UTF-8, at most 1 MiB."),
        widget=django_forms.FileInput({"accept": ".json,application/json"}),
    )
    text = django_forms.CharField(
        label=gettext_lazy("Or the definition itself"),
        required=False,
        strip=False,
        widget=django_forms.Textarea({"rows": 24, "spellcheck": "false", "autocapitalize": "off", "wrap": "off"}),
        help_text=gettext_lazy("A file that is chosen above counts instead."),
    )
    seen = django_forms.IntegerField(required=False, min_value=1, widget=django_forms.HiddenInput)

    def clean(self) -> dict[str, object]:
        """One of the two must be there."""
        if not self.cleaned_data.get("file") and not str(self.cleaned_data.get("text", "")).strip():
            self.add_error("file", _("Choose a file, or write the definition below."))
        return self.cleaned_data


class _Publication(django_forms.Form):
    comment = django_forms.CharField(
        label=gettext_lazy("What is new?"),
        max_length=1000,
        widget=django_forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Stands beside the version for good."),
    )
    seen = django_forms.IntegerField(min_value=1, widget=django_forms.HiddenInput)


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def form_new(request: HttpRequest, administrator: Administrator) -> HttpResponse:
    """A definition of a new form, or of one that has no draft yet."""
    if request.method == "POST":
        return _keep(request, administrator, None)
    return _show_definition(request, administrator, None, _Definition())


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def form_draft(request: HttpRequest, administrator: Administrator, form_id: str) -> HttpResponse:
    """A form's draft, made or replaced. To begin with, the page has the draft, or else the newest version."""
    draft, versions = draft_of(form_id), forms.versions(form_id)
    if draft is None and not versions:
        raise Http404
    if request.method == "POST":
        return _keep(request, administrator, form_id)
    text = written_text(form_of(draft) if draft else forms.form(form_id))
    initial = {"text": text, "seen": draft.revision if draft else None}
    return _show_definition(request, administrator, form_id, _Definition(initial=initial))


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def form_publish(request: HttpRequest, administrator: Administrator, form_id: str) -> HttpResponse:
    """Publishing the draft, with what it changes before one's eyes."""
    draft = _draft(form_id)
    given = _Publication(request.POST or None, initial={"seen": draft.revision})
    problems: Sequence[object] = ()
    if request.method == "POST" and given.is_valid():
        said = given.cleaned_data
        try:
            form = form_drafts.publish(form_id, administrator.name, said["comment"].strip(), seen=said["seen"])
        except DraftChanged as changed:
            _tell_changed(request, changed, _("Nothing was published."))
            return HttpResponseRedirect(_publish_address(form_id) if changed.draft else _form_address(form_id))
        except DefinitionRefused as refusal:
            problems = refusal.problems
        else:
            told = _("Version {version} is published, and can be filled in.").format(version=form.version)
            messages.success(request, told)
            return HttpResponseRedirect(_form_address(form_id))
    versions = forms.versions(form_id)
    context = {
        "form_id": form_id,
        "draft": draft,
        "given": given,
        "problems": problems,
        "newest": versions[0] if versions else None,
        "sections": compare(forms.form(form_id), form_of(draft)) if versions else (),
    }
    title = _("Publish version {version}").format(version=draft.version)
    return show(request, administrator, "forms/publish", context, title=title, above=above(form_id, draft.title))


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def form_throw_away(request: HttpRequest, administrator: Administrator, form_id: str) -> HttpResponse:
    """Throwing the draft away."""
    draft = _draft(form_id)
    seen = str(request.POST.get("seen", ""))
    if request.method == "POST" and seen.isascii() and seen.isdigit():
        try:
            form_drafts.throw_away(form_id, administrator.name, seen=int(seen))
        except DraftChanged as changed:
            _tell_changed(request, changed, _("Nothing was thrown away."))
            return HttpResponseRedirect(_form_address(form_id))
        messages.success(request, _("The draft of “{title}” is thrown away.").format(title=draft.title))
        is_there = forms.exists(form_id)
        return HttpResponseRedirect(_form_address(form_id) if is_there else reverse("form_service:forms"))
    context = {"form_id": form_id, "draft": draft}
    title = _("Throw the draft away?")
    return show(request, administrator, "forms/throw_away", context, title=title, above=above(form_id, draft.title))


def _keep(request: HttpRequest, administrator: Administrator, form_id: str | None) -> HttpResponse:
    """Keep what was handed in, or tell what is wrong with it and give it back."""
    given = _Definition(request.POST, request.FILES)
    if not given.is_valid():
        return _show_definition(request, administrator, form_id, given)
    text, said = "", given.cleaned_data
    try:
        text = _handed_in(said["file"], said["text"])
        draft = form_drafts.keep(text, administrator.name, seen=said["seen"], form_id=form_id)
    except FileRefused as refusal:
        return _show_definition(request, administrator, form_id, _again(text, said["seen"]), refusal)
    except DraftChanged as changed:
        if form_id is None:
            return _show_definition(request, administrator, None, _again(text, None), changed.draft)
        _tell_changed(request, changed, _("What you handed in stands below. Save it once more to replace the draft."))
        again = _again(text, changed.draft.revision if changed.draft else None)
        return _show_definition(request, administrator, form_id, again)
    messages.success(request, _("The draft of version {version} is kept.").format(version=draft.version))
    return HttpResponseRedirect(_form_address(draft.form_id))


def _handed_in(file: UploadedFile | None, text: str) -> str:  # type: ignore[type-arg]  # generic in the stubs only
    return decoded(file.read(LARGEST + 1)) if file else decoded(text.encode("utf-8", "replace"))


def _again(text: str, seen: int | None) -> _Definition:
    return _Definition(initial={"text": text, "seen": seen})


def _show_definition(
    request: HttpRequest,
    administrator: Administrator,
    form_id: str | None,
    given: _Definition,
    wrong: FileRefused | FormDraft | None = None,
) -> HttpResponse:
    """wrong: why it could not be kept, which may be a draft that is there already."""
    placed = wrong.placed if isinstance(wrong, FileRefused) else ()
    context = {
        "form_id": form_id,
        "given": given,
        "placed": placed[:_MOST_TOLD],
        "wrong": len(placed),
        "more": max(0, len(placed) - _MOST_TOLD),
        "has_draft": wrong if isinstance(wrong, FormDraft) else None,
        "next": form_drafts.next_version(forms.versions(form_id)) if form_id else None,
        "back": _form_address(form_id) if form_id else reverse("form_service:forms"),
    }
    if form_id is None:
        title = _("Upload a form")
        return show(request, administrator, "forms/definition", context, title=title, above=(link_to("forms"),))
    known = draft_of(form_id) or forms.versions(form_id)[0]
    links = above(form_id, known.title)
    return show(request, administrator, "forms/definition", context, title=_("Draft"), above=links)


def _tell_changed(request: HttpRequest, changed: DraftChanged, then: str) -> None:
    """Say that somebody else was faster."""
    if changed.draft is None:
        told = _("The draft is not there any more: somebody has published it or thrown it away meanwhile.")
    else:
        told = _("{name} has changed the draft since you opened the page.").format(name=changed.draft.changed_by)
    messages.warning(request, f"{told} {then}")


def _draft(form_id: str) -> FormDraft:
    draft = draft_of(form_id)
    if draft is None:
        raise Http404
    return draft


def _form_address(form_id: str) -> str:
    return reverse("form_service:form", kwargs={"form_id": form_id})


def _publish_address(form_id: str) -> str:
    return reverse("form_service:form_publish", kwargs={"form_id": form_id})
