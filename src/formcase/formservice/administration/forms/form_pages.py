"""The list of forms, and one form with its versions."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from formcase.formservice import retention
from formcase.formservice.administration.forms.actions import done_with
from formcase.formservice.administration.forms.chosen import chosen
from formcase.formservice.administration.forms.overview import all_forms, clients_of, version_rows
from formcase.formservice.administration.guarding import for_administrators
from formcase.formservice.administration.showing import link_to, show
from formcase.formservice.definition_files import written_text
from formcase.formservice.filling.drafts import trials_of
from formcase.formservice.form_drafts import draft_of
from formcase.formservice.models import Administrator, Submission

_MOST_TESTS = 20


@for_administrators
@require_GET
def forms(request: HttpRequest, administrator: Administrator) -> HttpResponse:
    """The list."""
    return show(request, administrator, "forms/forms", {"rows": all_forms()}, title=_("Forms"))


@for_administrators
@require_GET
def form(request: HttpRequest, administrator: Administrator, form_id: str) -> HttpResponse:
    """One form."""
    versions, draft = version_rows(form_id), draft_of(form_id)
    if not versions and draft is None:
        raise Http404
    title = versions[0].version.title if versions else draft.title if draft else form_id
    context = {
        "form_id": form_id,
        "versions": versions,
        "newest": versions[0].version if versions else None,
        "draft": draft,
        "released": clients_of(form_id),
        "submissions": Submission.objects.filter(form_id=form_id).count(),
        "keep_days": retention.keep_days_of(form_id),
        "tests": trials_of(form_id, _MOST_TESTS),
        "deeds": done_with(form_id),
    }
    return show(request, administrator, "forms/form", context, title=title, above=(link_to("forms"),))


@for_administrators
@require_GET
def form_json(request: HttpRequest, administrator: Administrator, form_id: str, which: str) -> HttpResponse:
    """A version's or the draft's definition, to be saved."""
    found = chosen(form_id, which)
    response = HttpResponse(written_text(found.form), content_type="application/json; charset=utf-8")
    name = f"form-{form_id}-{found.form.version}{'-draft' if which == 'draft' else ''}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
