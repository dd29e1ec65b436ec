"""Retention: how long what is Imported stays, for each form, and what the next run will remove."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms as django_forms
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from formcase.formservice import forms, retention
from formcase.formservice.administration.forms.actions import kept_for
from formcase.formservice.administration.guarding import for_administrators
from formcase.formservice.administration.showing import link_to, show
from formcase.formservice.models import Administrator, Status, Submission

_LONGEST = 36_500
_MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class _Row:
    """A form in the list. own: days set for it, None where it goes by the installation's."""

    form_id: str
    title: str
    own: int | None
    days: int
    imported: int
    open: int
    due: int


class _Days(django_forms.Form):
    days = django_forms.IntegerField(
        label=gettext_lazy("Days after Imported"),
        required=False,
        min_value=retention.SHORTEST.days,
        max_value=_LONGEST,
        help_text=gettext_lazy("At least 30. Empty: as everywhere."),
    )
    sure_of = django_forms.IntegerField(required=False, widget=django_forms.HiddenInput)


@for_administrators
@require_GET
def retention_list(request: HttpRequest, administrator: Administrator) -> HttpResponse:
    """All forms with how long they are kept."""
    rows = _rows()
    context = {
        "rows": rows,
        "keep_days": retention.keep_days(),
        "shortest": retention.SHORTEST.days,
        "due": sum(row.due for row in rows),
        "deeds": kept_for(_MOST_SHOWN),
    }
    return show(request, administrator, "retention", context, title=_("Retention"))


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def retention_form(request: HttpRequest, administrator: Administrator, form_id: str) -> HttpResponse:
    """Setting it for one form. Where that would make the next run remove more, it is asked first."""
    row = next(iter(_rows(form_id)), None) if "\0" not in form_id else None
    if row is None:
        raise Http404
    given = _Days(request.POST or None, initial={"days": row.own})
    would_go = None
    if request.method == "POST" and given.is_valid():
        days = given.cleaned_data["days"]
        would_go = retention.due_of(form_id, days or retention.keep_days())
        if would_go <= row.due or given.cleaned_data["sure_of"] == would_go:
            retention.keep_form(form_id, days, by=administrator.name)
            messages.success(request, _told(row.title, days or retention.keep_days()))
            return HttpResponseRedirect(reverse("form_service:retention"))
    context = {"row": row, "given": given, "would_go": would_go, "keep_days": retention.keep_days()}
    title = _("Retention of “{title}”").format(title=row.title)
    return show(request, administrator, "retention_form", context, title=title, above=(link_to("retention"),))


def _told(title: str, days: int) -> str:
    text = ngettext(
        "What is Imported of “{title}” is kept for {days} day.",
        "What is Imported of “{title}” is kept for {days} days.",
        days,
    )
    return text.format(title=title, days=days)


def _rows(form_id: str | None = None) -> list[_Row]:
    """Every form that is there, or that something was submitted of; or the named one alone."""
    submissions = Submission.objects.all() if form_id is None else Submission.objects.filter(form_id=form_id)
    imported: dict[str, int] = {}
    waiting: dict[str, int] = {}
    for found, status, number in submissions.values_list("form_id", "status").annotate(number=Count("pk")).order_by():
        counts = imported if status == Status.IMPORTED else waiting
        counts[found] = counts.get(found, 0) + number
    own, due = retention.own_days(), retention.due(form_id)
    rows = [
        _Row(
            found,
            title,
            own.get(found),
            own.get(found, retention.keep_days()),
            imported.get(found, 0),
            waiting.get(found, 0),
            due.get(found, 0),
        )
        for found, title in _titles({**imported, **waiting}, form_id).items()
    ]
    return sorted(rows, key=lambda row: (row.title.casefold(), row.form_id))


def _titles(submitted: Iterable[str], form_id: str | None) -> dict[str, str]:
    """The titles of the forms; of one that is not here, as the newest of its submissions has it."""
    published = forms.newest(None if form_id is None else [form_id])
    titles = {form.form_id: form.title for form in published}
    for found in submitted:
        if found not in titles:
            newest = (
                Submission.objects.filter(form_id=found).order_by("-submitted_at").values_list("form_title", flat=True)
            )
            titles[found] = newest[:1].get()
    return titles
