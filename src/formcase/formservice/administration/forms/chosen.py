"""The version or draft of a form that an address names."""

from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from formcase.appearance.navigation import Link
from formcase.formservice import forms
from formcase.formservice.administration.showing import link_to
from formcase.formservice.design import Form
from formcase.formservice.form_drafts import draft_of, form_of

DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A form as one version or the draft has it. which: as the address names it; name: for people."""

    form: Form
    which: str
    name: str


def chosen(form_id: str, which: str) -> Chosen:
    """The draft, or the version of this number. Raises `Http404`."""
    if which == DRAFT:
        draft = draft_of(form_id)
        if draft is None:
            raise Http404
        return Chosen(form_of(draft), which, _("draft of version {version}").format(version=draft.version))
    if not (which.isascii() and which.isdigit() and len(which) < 10):
        raise Http404
    try:
        form = forms.form(form_id, int(which))
    except forms.FormUnknown:
        raise Http404 from None
    return Chosen(form, which, _("version {version}").format(version=form.version))


def link_to_form(form_id: str, title: str) -> Link:
    """The link to a form's page."""
    return Link(f"{title} ({form_id})", reverse("form_service:form", kwargs={"form_id": form_id}))


def above(form_id: str, title: str) -> tuple[Link, ...]:
    """The breadcrumb's links above a page of one form."""
    return (link_to("forms"), link_to_form(form_id, title))
