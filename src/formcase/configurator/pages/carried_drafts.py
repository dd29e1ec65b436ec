"""Replacing the draft of what a workflow carries as a whole: by an old version, by a file, by nothing; and taking a
version out as a file. Who would replace what somebody else has saved meanwhile is told so first."""

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_lazy

from formcase.accounts.roles import Role
from formcase.appearance.days import day_of
from formcase.configurator.carried import (
    DRAFT,
    PUBLISHED,
    WORDS,
    address,
    between,
    changes_since,
    key_of,
    read_seen,
    seen,
    version_of,
)
from formcase.configurator.carried_page import CarriedPage, context_of, of_each_kind, show_beside
from formcase.configurator.pages.workflows import workflow_of
from formcase.configurator.showing import ask
from formcase.configurator.translating import in_reader_language
from formcase.workflows import versions
from formcase.workflows.models import CarriedVersion, ServiceWorkflow
from formcase.workflows.versions import DraftChanged, Kind, Unusable

LARGEST = 16 * 1024 * 1024  # bytes of a file that is looked at, which is more than any that can be used


class ImportForm(forms.Form):
    """A file, or its text."""

    file = forms.FileField(label=gettext_lazy("File"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Or its text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "class": "code-text"}),
    )

    def content(self) -> str | None:
        """What was given; None where it can't be used, which is an error of the form then."""
        file: UploadedFile[bytes] | None = self.cleaned_data.get("file")
        if file is None:
            text = str(self.cleaned_data.get("text", ""))
            if not text.strip():
                self.add_error("file", gettext("Choose a file, or paste its text."))
            return text if text.strip() else None
        if (file.size or 0) > LARGEST:
            self.add_error("file", gettext("The file is larger than {limit} MiB.").format(limit=LARGEST // 2**20))
            return None
        try:
            return str(file.read(), "utf-8-sig")
        except UnicodeDecodeError:
            self.add_error("file", gettext("The file is not UTF-8; save it as such."))
            return None


def restore(request: HttpRequest, key: int, number: int, kind: Kind) -> HttpResponse:
    """Take an old version up again, as the draft."""
    workflow = workflow_of(key)
    version = version_of(kind, workflow, str(number))
    changed: list[str] = []
    if request.method == "POST":
        before = _before(request)
        try:
            return _restored(request, workflow, kind, version, _stamp(before))
        except DraftChanged as other:
            changed = changes_since(kind, before or "", other.now)
    explanation = gettext("The draft then says what version {number} says. Nothing uses it before it is published.")
    said = [*_told(changed), explanation.format(number=number)]
    if (there := versions.draft(workflow, kind)) is not None:
        lost = gettext("The draft that there is, saved {when} by {who}, is replaced.")
        said.append(lost.format(when=day_of(there.saved_at), who=there.saved_by or "–"))
    return ask(
        request,
        gettext("Make version {number} the draft?").format(number=number),
        explanation=" ".join(said),
        action=gettext("Make it the draft"),
        back=address(kind, workflow, "versions"),
        between=between(kind, workflow),
        sent={"seen": seen(there)},
    )


def discard(request: HttpRequest, key: int, kind: Kind) -> HttpResponse:
    """Throw the draft away."""
    workflow = workflow_of(key)
    changed: list[str] = []
    if request.method == "POST":
        before = _before(request)
        try:
            versions.discard_draft(workflow, kind, request.user.get_username(), over=_stamp(before))
        except DraftChanged as other:
            changed = changes_since(kind, before or "", other.now)
        else:
            messages.success(request, gettext("The draft is discarded."))
            return redirect(address(kind, workflow))
    return ask(
        request,
        gettext("Discard the draft?"),
        explanation=" ".join([*_told(changed), gettext("What it says is lost. The published versions stay.")]),
        action=gettext("Discard"),
        back=address(kind, workflow),
        dangerous=True,
        between=between(kind, workflow),
        sent={"seen": seen(versions.draft(workflow, kind))},
    )


def take_in(request: HttpRequest, key: int, kind: Kind) -> HttpResponse:
    """Keep a file as the draft, where it can be used; else say everything that is wrong with it, and where."""
    workflow = workflow_of(key)
    form = ImportForm(request.POST or None, request.FILES or None)
    problems: list[str] = []
    changed: list[str] = []
    typed = ""
    if request.method == "POST" and form.is_valid() and (content := form.content()) is not None:
        before = _before(request)
        try:
            versions.save_draft(workflow, kind, content, request.user.get_username(), over=_stamp(before))
        except Unusable as wrong:
            problems = [in_reader_language(problem) for problem in wrong.problems]
            typed = content
        except DraftChanged as other:
            changed = changes_since(kind, before or "", other.now)
            typed = content
        else:
            messages.success(request, gettext("Kept as the draft. Nothing uses it before it is published."))
            return redirect(address(kind, workflow))
    if typed:
        form = ImportForm(initial={"text": typed})
    draft = versions.draft(workflow, kind)
    context = context_of(kind, workflow) | {
        "form": form,
        "problems": problems,
        "draft": draft,
        "seen": request.POST["seen"] if problems and "seen" in request.POST else seen(draft),
        "changed": changed,
        "changed_by": "" if draft is None else draft.saved_by,
        "advice": gettext("Your text stands below. Keeping it now replaces theirs."),
    }
    return show_beside(request, "configurator/carried_import.html", context, (kind, workflow), gettext("Import"))


def hand_out(request: HttpRequest, key: int, kind: Kind) -> HttpResponseBase:
    """A version as a file: the one that is asked for, else the draft, else the one in force."""
    workflow = workflow_of(key)
    asked = request.GET.get("version", "")
    there = versions.draft(workflow, kind) or versions.in_force(workflow, kind)
    version = version_of(kind, workflow, asked or (PUBLISHED if there is None else key_of(there)))
    words = WORDS[kind.name]
    number = DRAFT if version.number is None else f"v{version.number}"
    name = f"{slugify(workflow.name) or workflow.pk}-{kind.name}-{number}.{words.file}"
    return HttpResponse(
        version.content,
        content_type=f"{words.media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )


def _restored(
    request: HttpRequest, workflow: ServiceWorkflow, kind: Kind, version: CarriedVersion, over: str | None
) -> HttpResponse:
    try:
        versions.restore(workflow, kind, version, request.user.get_username(), over=over)
    except Unusable as wrong:
        for problem in wrong.problems:
            messages.error(request, in_reader_language(problem))
        return redirect(address(kind, workflow, "versions"))
    text = gettext("The draft says what version {number} says.").format(number=version.number)
    messages.success(request, text)
    return redirect(address(kind, workflow))


def _before(request: HttpRequest) -> str | None:
    """The draft that the person saw when the page was shown; None where the page did not say."""
    return read_seen(request.POST["seen"]) if "seen" in request.POST else None


def _stamp(before: str | None) -> str | None:
    return None if before is None else versions.stamp_of(before)


def _told(changed: list[str]) -> list[str]:
    """That the draft is another one than the person saw, and what has changed."""
    return (
        [gettext("Somebody has changed the draft meanwhile, and nothing was done:"), *changed[:10]] if changed else []
    )


PAGES = of_each_kind(
    CarriedPage(
        "restore",
        "versions/<int:number>/restore/",
        restore,
        gettext_lazy("Make it the draft"),
        Role.ADMINISTRATOR,
    ),
    CarriedPage("discard", "discard/", discard, gettext_lazy("Discard the draft"), Role.ADMINISTRATOR),
    CarriedPage("import", "import/", take_in, gettext_lazy("Import"), Role.ADMINISTRATOR),
    CarriedPage("export", "export/", hand_out, gettext_lazy("Export"), whole=False),
)
