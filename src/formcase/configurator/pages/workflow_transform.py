"""A workflow's transform: the draft's text, or what is in force where there is no draft; and trying it on an XML.
Publishing and the versions are in `carried_publishing`
and `carried_versions`."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy

from formcase.accounts.roles import Role
from formcase.configurator.answers_tree import answers_of
from formcase.configurator.carried import (
    address,
    between,
    changes_since,
    choices_of,
    read_seen,
    seen,
    title_of,
    version_of,
)
from formcase.configurator.chosen_submission import ChooseForm, chosen, proposed
from formcase.configurator.page import Page
from formcase.configurator.pages.workflows import parts, workflow_of
from formcase.configurator.showing import show
from formcase.configurator.translating import in_reader_language
from formcase.configurator.xml_text import MOST_SHOWN, pretty, raw
from formcase.workflows import versions
from formcase.workflows.models import ServiceWorkflow
from formcase.workflows.transform_trial import try_transform
from formcase.workflows.versions import TRANSFORM, DraftChanged, Unusable

NEW = """<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="xml" encoding="UTF-8" indent="yes"/>
  <xsl:template match="@*|node()">
    <xsl:copy><xsl:apply-templates select="@*|node()"/></xsl:copy>
  </xsl:template>
</xsl:stylesheet>
"""


class StylesheetForm(forms.Form):
    """The text of the stylesheet."""

    text = forms.CharField(
        label=gettext_lazy("Stylesheet (XSLT 1.0)"),
        strip=False,
        widget=forms.Textarea({"rows": 24, "spellcheck": "false", "class": "code-text"}),
        error_messages={"required": gettext_lazy("A stylesheet is expected.")},
    )


class TrialForm(ChooseForm):
    """What is tried on what."""

    version = forms.ChoiceField(label=gettext_lazy("Transform"))


def transform(request: HttpRequest, key: int) -> HttpResponse:
    """Show the draft, and save it."""
    workflow = workflow_of(key)
    draft = versions.draft(workflow, TRANSFORM)
    in_force = versions.in_force(workflow, TRANSFORM)
    shown = draft or in_force
    first = shown.content if shown is not None else NEW
    form = StylesheetForm(request.POST if request.method == "POST" else None, initial={"text": first})
    changed: list[str] = []
    if request.method == "POST" and form.is_valid():
        before = read_seen(request.POST.get("seen", ""))
        text = form.cleaned_data["text"].replace("\r\n", "\n")
        try:
            versions.save_draft(workflow, TRANSFORM, text, _who(request), over=versions.stamp_of(before))
        except Unusable as wrong:
            for problem in wrong.problems:
                form.add_error("text", in_reader_language(problem))
        except DraftChanged as other:
            changed = changes_since(TRANSFORM, before, other.now)
            draft = other.now
        else:
            messages.success(request, gettext("Kept as the draft. Nothing uses it before it is published."))
            return redirect(address(TRANSFORM, workflow))
    context = _context(workflow) | {
        "form": form,
        "draft": draft,
        "in_force": in_force,
        "shown": shown,
        "seen": seen(draft),
        "changed": changed,
        "changed_by": "" if draft is None else draft.saved_by,
        "advice": gettext("Your text stands below. Saving it now replaces theirs."),
    }
    title = title_of(TRANSFORM, workflow)
    way = between(TRANSFORM, workflow)[:1]
    return show(request, "configurator/workflow_transform.html", context, title=title, between=way)


def trial(request: HttpRequest, key: int) -> HttpResponse:
    """What a version makes of an XML."""
    workflow = workflow_of(key)
    data = request.POST if request.method == "POST" else request.GET if "version" in request.GET else None
    choices = choices_of(TRANSFORM, workflow)
    form = TrialForm(data, request.FILES or None, initial={"version": choices[0][0] if choices else ""})
    version = form.fields["version"]
    assert isinstance(version, forms.ChoiceField)
    version.choices = choices
    context = _context(workflow) | {
        "form": form,
        "choices": choices,
        "proposed": proposed(workflow, request.GET.get("reference", "")),
    }
    if form.is_valid() and (found := chosen(request, form)) is not None:
        tried = version_of(TRANSFORM, workflow, form.cleaned_data["version"])
        made = try_transform(tried.content, found.xml)
        context |= {
            "name": found.name,
            "problem": "" if made.problem is None else in_reader_language(made.problem),
            "made": "" if made.made is None else (pretty(made.made) or raw(made.made))[:MOST_SHOWN],
            "handed_out": (pretty(found.xml) or raw(found.xml))[:MOST_SHOWN],
            "answers": None if made.submission is None else answers_of(made.submission),
            "submission": made.submission,
            "is_tried": True,
        }
    title = title_of(TRANSFORM, workflow, gettext("Try it"))
    return show(
        request, "configurator/transform_trial.html", context, title=title, between=between(TRANSFORM, workflow)
    )


def _context(workflow: ServiceWorkflow) -> dict[str, object]:
    names = ("versions", "compare", "publish", "discard", "import", "export", "trial")
    return {
        "workflow": workflow,
        "parts": parts(workflow, "workflow_transform"),
        "addresses": {name: address(TRANSFORM, workflow, name) for name in names},
        "main": address(TRANSFORM, workflow),
    }


def _who(request: HttpRequest) -> str:
    return request.user.get_username()


PAGES = (
    Page(
        "workflow_transform", "workflows/<int:key>/transform/", transform, gettext_lazy("Transform"), parent="workflows"
    ),
    Page(
        "workflow_transform_trial",
        "workflows/<int:key>/transform/trial/",
        trial,
        gettext_lazy("Try it"),
        change=Role.OPERATOR,
        parent="workflows",
    ),
)
