"""What has changed from one version of a form to another."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from formcase.formservice import forms
from formcase.formservice.administration.forms.chosen import DRAFT, above, chosen
from formcase.formservice.administration.guarding import for_administrators
from formcase.formservice.administration.showing import show
from formcase.formservice.comparison import compare
from formcase.formservice.form_drafts import draft_of
from formcase.formservice.models import Administrator


@for_administrators
@require_GET
def form_compare(request: HttpRequest, administrator: Administrator, form_id: str) -> HttpResponse:
    """Two versions side by side, as the address names them; the draft counts as the newest."""
    choices = [str(version.version) for version in forms.versions(form_id)]
    if draft_of(form_id):
        choices.insert(0, DRAFT)
    old = chosen(form_id, request.GET.get("from") or choices[min(1, len(choices) - 1)] if choices else "")
    new = chosen(form_id, request.GET.get("to") or choices[0])
    context = {
        "form_id": form_id,
        "old": old,
        "new": new,
        "choices": [(which, chosen_name(which)) for which in choices],
        "sections": compare(old.form, new.form),
    }
    title = _("Compare {old} and {new}").format(old=old.name, new=new.name)
    return show(request, administrator, "forms/compare", context, title=title, above=above(form_id, new.form.title))


def chosen_name(which: str) -> str:
    """What a choice is called."""
    return _("Draft") if which == DRAFT else _("Version {version}").format(version=which)
