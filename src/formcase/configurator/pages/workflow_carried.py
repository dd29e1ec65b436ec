"""The life of what a workflow carries, the same for its own mapping and its transform: publishing the draft, the
versions, comparing, taking an old one up again, withdrawing, discarding, import and export."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from asgiref.sync import async_to_sync
from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_lazy

from formcase.accounts.roles import Role
from formcase.checks import CheckResult, Verdict
from formcase.configurator.carried import (
    DRAFT,
    PUBLISHED,
    WORDS,
    address,
    between,
    changes_since,
    choices_of,
    key_of,
    name_of,
    read_seen,
    seen,
    title_of,
    version_of,
)
from formcase.configurator.check_lines import shown
from formcase.configurator.mapping_tree import Node, tree_of
from formcase.configurator.page import Page
from formcase.configurator.pages.workflows import parts, workflow_of
from formcase.configurator.showing import ask, show
from formcase.configurator.translating import in_reader_language
from formcase.planning.own_mapping.differences import Change, differences
from formcase.planning.own_mapping.problems import UnreadableMapping
from formcase.workflows import versions
from formcase.workflows.checks import check_mapping
from formcase.workflows.mapping_choices import CaseSystemChoices
from formcase.workflows.models import CarriedVersion, ServiceWorkflow
from formcase.workflows.versions import KINDS, MAPPING, DraftChanged, Kind, NotPossible, Unusable

_About = tuple[Kind, ServiceWorkflow]
LARGEST = 16 * 1024 * 1024  # bytes of a file that is looked at, which is more than any that can be used

CHANGES: dict[Change, str | Promise] = {
    Change.ADDED: gettext_lazy("Added"),
    Change.REMOVED: gettext_lazy("Removed"),
    Change.CHANGED: gettext_lazy("Changed"),
    Change.MOVED: gettext_lazy("Moved"),
}


class PublishForm(forms.Form):
    """What the version is for."""

    comment = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("What this version is for, such as “Sweden has a case group of its own”."),
        error_messages={"required": gettext_lazy("Say in a comment what this version is for.")},
    )


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


@dataclass(frozen=True, slots=True)
class Row:
    """A version in the list. key: what addresses call it."""

    version: CarriedVersion
    key: str
    name: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison of texts. change: added or removed; empty where it is the same in both."""

    text: str
    change: str


def list_versions(request: HttpRequest, key: int, kind: Kind) -> HttpResponse:
    """All versions, the draft first, then the newest; two of them are chosen to be compared."""
    workflow = workflow_of(key)
    in_force = versions.in_force(workflow, kind)
    rows = [
        Row(version, key_of(version), name_of(version), version == in_force)
        for version in versions.versions(workflow, kind)
    ]
    context = _context(kind, workflow) | {"rows": rows, "in_force": in_force}
    return _show(request, "configurator/carried_versions.html", context, (kind, workflow), gettext("Versions"))


def show_version(request: HttpRequest, key: int, number: int, kind: Kind) -> HttpResponse:
    """One published version, as its file says it."""
    workflow = workflow_of(key)
    version = version_of(kind, workflow, str(number))
    context = _context(kind, workflow) | {
        "version": version,
        "in_force": versions.in_force(workflow, kind) == version,
        "nodes": _nodes(version) if kind is MAPPING else None,
    }
    return _show(request, "configurator/carried_version.html", context, (kind, workflow), name_of(version))


def compare(request: HttpRequest, key: int, kind: Kind) -> HttpResponse:
    """What differs between two versions: the draft from what is in force, unless said."""
    workflow = workflow_of(key)
    choices = choices_of(kind, workflow)
    known = [name for name, _ in choices]
    first, second = (
        asked if asked in known else usual
        for asked, usual in (
            (request.GET.get("first", ""), _usual(kind, workflow, known)),
            (request.GET.get("second", ""), known[0] if known else ""),
        )
    )
    context = _context(kind, workflow) | {"choices": choices, "first": first, "second": second}
    if first and second:
        before, after = (version_of(kind, workflow, which) for which in (first, second))
        context |= {"before": name_of(before), "after": name_of(after)} | _differences(kind, before, after)
    return _show(request, "configurator/carried_compare.html", context, (kind, workflow), gettext("Compare"))


def publish(request: HttpRequest, key: int, kind: Kind) -> HttpResponse:
    """Ask, with what differs and what the checks say; then make the draft a version and put it in force."""
    workflow = workflow_of(key)
    found = versions.draft(workflow, kind)
    if found is None:
        messages.warning(request, gettext("There is no draft that could be published."))
        return redirect(address(kind, workflow))
    form = PublishForm(request.POST or None)
    changed: list[str] = []
    if request.method == "POST" and form.is_valid():
        before = read_seen(request.POST.get("seen", ""))
        try:
            made = versions.publish(
                workflow, kind, form.cleaned_data["comment"], _who(request), seen=versions.stamp_of(before)
            )
        except NotPossible as refused:
            form.add_error(None, in_reader_language(refused.reason))
        except DraftChanged as other:
            changed = changes_since(kind, before, other.now)
            found = other.now or found
        else:
            text = gettext("Version {number} is in force. What waits is tried again with it at once.")
            messages.success(request, text.format(number=made.number))
            return redirect(address(kind, workflow, "versions"))
    in_force = versions.in_force(workflow, kind)
    results = _checks(kind, workflow, found)
    context = _context(kind, workflow) | {
        "form": form,
        "changed": changed,
        "seen": seen(found),
        "in_force": in_force,
        "shown": shown(results) if results else None,
        "refused": sum(result.verdict is Verdict.NO for result in results),
        "open_submissions": workflow.enabled,
    }
    if in_force is not None:
        context |= _differences(kind, in_force, found)
    return _show(request, "configurator/carried_publish.html", context, (kind, workflow), gettext("Publish"))


def restore(request: HttpRequest, key: int, number: int, kind: Kind) -> HttpResponse:
    """Take an old version up again, as the draft."""
    workflow = workflow_of(key)
    version = version_of(kind, workflow, str(number))
    if request.method == "POST":
        return _restored(request, workflow, kind, version)
    explanation = gettext("The draft then says what version {number} says. Nothing uses it before it is published.")
    text = explanation.format(number=number)
    if (there := versions.draft(workflow, kind)) is not None:
        lost = gettext("The draft that there is, saved {when} by {who}, is replaced.")
        text = f"{text} {lost.format(when=f'{there.saved_at:%Y-%m-%d}', who=there.saved_by or '–')}"
    return ask(
        request,
        gettext("Make version {number} the draft?").format(number=number),
        explanation=text,
        action=gettext("Make it the draft"),
        back=address(kind, workflow, "versions"),
        between=between(kind, workflow),
    )


def withdraw(request: HttpRequest, key: int, kind: Kind) -> HttpResponse:
    """Take what is in force out of force."""
    workflow = workflow_of(key)
    if request.method == "POST":
        try:
            versions.withdraw(workflow, kind, _who(request))
        except NotPossible as refused:
            messages.warning(request, in_reader_language(refused.reason))
        else:
            messages.success(request, gettext("No version is in force any more."))
        return redirect(address(kind, workflow, "versions"))
    explanations = {
        MAPPING.name: gettext("The forms' own pages WZ_ODATA count again. A form without one then makes error cases."),
    }
    return ask(
        request,
        gettext("Withdraw the version in force?"),
        explanation=explanations.get(kind.name, gettext("The XML is read as the form service hands it out.")),
        action=gettext("Withdraw"),
        back=address(kind, workflow, "versions"),
        dangerous=True,
        between=between(kind, workflow),
    )


def discard(request: HttpRequest, key: int, kind: Kind) -> HttpResponse:
    """Throw the draft away."""
    workflow = workflow_of(key)
    if request.method == "POST":
        versions.discard_draft(workflow, kind, _who(request))
        messages.success(request, gettext("The draft is discarded."))
        return redirect(address(kind, workflow))
    return ask(
        request,
        gettext("Discard the draft?"),
        explanation=gettext("What it says is lost. The published versions stay."),
        action=gettext("Discard"),
        back=address(kind, workflow),
        dangerous=True,
        between=between(kind, workflow),
    )


def take_in(request: HttpRequest, key: int, kind: Kind) -> HttpResponse:
    """Keep a file as the draft, where it can be used; else say everything that is wrong with it, and where."""
    workflow = workflow_of(key)
    form = ImportForm(request.POST or None, request.FILES or None)
    problems: list[str] = []
    typed = ""
    if request.method == "POST" and form.is_valid() and (content := form.content()) is not None:
        try:
            versions.save_draft(workflow, kind, content, _who(request))
        except Unusable as wrong:
            problems = [in_reader_language(problem) for problem in wrong.problems]
            typed = content
        else:
            messages.success(request, gettext("Kept as the draft. Nothing uses it before it is published."))
            return redirect(address(kind, workflow))
    if problems:
        form = ImportForm(initial={"text": typed})
    context = _context(kind, workflow) | {
        "form": form,
        "problems": problems,
        "draft": versions.draft(workflow, kind),
    }
    return _show(request, "configurator/carried_import.html", context, (kind, workflow), gettext("Import"))


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


def _nodes(version: CarriedVersion) -> tuple[Node, ...] | None:
    """The mapping as a tree, without what the case system says of it now; None where it can't be read any more."""
    try:
        return tree_of(versions.read_mapping(version), CaseSystemChoices(), ())
    except UnreadableMapping:
        return None


def _restored(request: HttpRequest, workflow: ServiceWorkflow, kind: Kind, version: CarriedVersion) -> HttpResponse:
    try:
        versions.restore(workflow, kind, version, _who(request))
    except Unusable as wrong:
        for problem in wrong.problems:
            messages.error(request, in_reader_language(problem))
        return redirect(address(kind, workflow, "versions"))
    text = gettext("The draft says what version {number} says.").format(number=version.number)
    messages.success(request, text)
    return redirect(address(kind, workflow))


def _usual(kind: Kind, workflow: ServiceWorkflow, known: list[str]) -> str:
    in_force = versions.in_force(workflow, kind)
    if in_force is not None:
        return key_of(in_force)
    return known[-1] if known else ""


def _differences(kind: Kind, before: CarriedVersion, after: CarriedVersion) -> dict[str, object]:
    """What differs, as a template shows it: rows of a mapping, lines of a text."""
    if kind is not MAPPING:
        lines = [line.text() for line in versions.compare(kind, before.content, after.content)]
        return {"lines": [_line(line) for line in lines], "is_same": not lines}
    try:
        found = differences(versions.read_mapping(before), versions.read_mapping(after))
    except UnreadableMapping as error:
        return {"problem": in_reader_language(error.message())}
    rows = [
        (
            " / ".join(each.names),
            CHANGES[each.change],
            "" if each.before is None else in_reader_language(each.before),
            "" if each.after is None else in_reader_language(each.after),
        )
        for each in found
    ]
    return {"differences": rows, "is_same": not rows}


def _line(text: str) -> Line:
    marks = {"+": "added", "-": "removed", "@": "place"}
    return Line(text, marks.get(text[:1], ""))


def _checks(kind: Kind, workflow: ServiceWorkflow, found: CarriedVersion) -> tuple[CheckResult, ...]:
    return async_to_sync(check_mapping)(workflow, found) if kind is MAPPING else ()


def _context(kind: Kind, workflow: ServiceWorkflow) -> dict[str, object]:
    words = WORDS[kind.name]
    addresses = {
        part: address(kind, workflow, part)
        for part in ("versions", "compare", "publish", "withdraw", "discard", "import", "export")
    }
    return {
        "workflow": workflow,
        "kind": kind.name,
        "words": words,
        "addresses": addresses | {"main": address(kind, workflow)},
        "parts": parts(workflow, words.page),
        "version_page": f"configurator:workflow_{kind.name}_version",
        "restore_page": f"configurator:workflow_{kind.name}_restore",
    }


def _show(request: HttpRequest, template: str, context: dict[str, object], about: _About, what: str) -> HttpResponse:
    title = title_of(*about, what)
    return show(request, template, context, title=title, between=between(*about))


def _who(request: HttpRequest) -> str:
    return request.user.get_username()


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the pages that each kind has."""

    name: str
    route: str
    view: Callable[..., HttpResponseBase]
    title: str | Promise
    role: Role = Role.VIEWER
    whole: bool = True


_PARTS = (
    _Part("versions", "versions/", list_versions, gettext_lazy("Versions")),
    _Part("version", "versions/<int:number>/", show_version, gettext_lazy("Version")),
    _Part("compare", "compare/", compare, gettext_lazy("Compare")),
    _Part("publish", "publish/", publish, gettext_lazy("Publish"), Role.ADMINISTRATOR),
    _Part(
        "restore",
        "versions/<int:number>/restore/",
        restore,
        gettext_lazy("Make it the draft"),
        Role.ADMINISTRATOR,
    ),
    _Part("withdraw", "withdraw/", withdraw, gettext_lazy("Withdraw"), Role.ADMINISTRATOR),
    _Part("discard", "discard/", discard, gettext_lazy("Discard the draft"), Role.ADMINISTRATOR),
    _Part("import", "import/", take_in, gettext_lazy("Import"), Role.ADMINISTRATOR),
    _Part("export", "export/", hand_out, gettext_lazy("Export"), whole=False),
)


def _pages() -> Iterator[Page]:
    for kind in KINDS:
        for part in _PARTS:
            view = partial(part.view, kind=kind)
            yield Page(
                f"workflow_{kind.name}_{part.name}",
                f"workflows/<int:key>/{kind.name}/{part.route}",
                view,
                part.title,
                role=part.role,
                parent="workflows",
                whole=part.whole,
            )


PAGES = tuple(_pages())
