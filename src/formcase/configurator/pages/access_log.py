"""The access log: who has looked at which submission, and who has looked a person up by number; newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from formcase.accounts.roles import Role
from formcase.appearance.paging import slice_of
from formcase.audit.models import AuditEntry
from formcase.configurator.page import Page, Section
from formcase.configurator.showing import show
from formcase.workflows.looking import LookFilter, looks, record_look_up
from formcase.workflows.models import SubmissionRecord
from formcase.workflows.person_index import NoNumber, person_token

_BESIDE_PERSON = ("actor", "reference", "since", "until")


class AccessFilter(forms.Form):
    """What is looked for; everything where nothing is said. person: what stands for a number, never the number."""

    actor = forms.CharField(label=gettext_lazy("Who"), required=False, max_length=200)
    reference = forms.CharField(label=gettext_lazy("Reference ID"), required=False, max_length=64)
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    person = forms.RegexField(r"^[0-9a-f]{64}$", required=False, widget=forms.HiddenInput)

    def sought(self) -> LookFilter:
        """What the access log is asked for."""
        if not self.is_valid():
            return LookFilter()
        values = self.cleaned_data
        since: date | None = values["since"]
        until: date | None = values["until"]
        return LookFilter(
            actor=values["actor"].strip(),
            reference=values["reference"].strip(),
            person=values["person"],
            since=_midnight(since) if since else None,
            until=_midnight(until + timedelta(days=1)) if until else None,
        )


@dataclass(frozen=True, slots=True)
class Look:
    """One line. key: of the submission, where it is still known."""

    entry: AuditEntry
    key: int | None


def access_log(request: HttpRequest) -> HttpResponse:
    """Show it; on POST, narrow it to a person whose number must not stand in an address. To ask who has looked at a
    person is a look at that person, too."""
    if request.method == "POST":
        return _of_person(request)
    form = AccessFilter(request.GET)
    sought = form.sought()
    if sought.person:
        record_look_up(request, sought.person)
    found = slice_of(request, looks(sought))
    known = _known(found.rows)
    context: dict[str, object] = {
        "filter": form,
        "slice": found,
        "rows": [Look(entry, known.get(entry.key) if entry.kind == "submission" else None) for entry in found.rows],
        "kept": [(name, value) for name, value in request.GET.items() if name in _BESIDE_PERSON],
        "address": reverse("configurator:access_log"),
    }
    return show(request, "configurator/access_log.html", context)


def _of_person(request: HttpRequest) -> HttpResponse:
    narrowing = QueryDict(mutable=True)
    for name in _BESIDE_PERSON:
        if request.POST.get(name):
            narrowing[name] = request.POST[name]
    try:
        narrowing["person"] = person_token(request.POST.get("number", ""))
    except NoNumber:
        messages.error(request, gettext("That is no person's or company's number: ten digits, or eight."))
    return redirect(f"{reverse('configurator:access_log')}?{narrowing.urlencode()}")


def _known(entries: Sequence[AuditEntry]) -> dict[str, int]:
    keys = [int(entry.key) for entry in entries if entry.kind == "submission"]
    return {str(key): key for key in SubmissionRecord.objects.filter(pk__in=keys).values_list("pk", flat=True)}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


PAGES = (
    Page(
        "access_log",
        "access-log/",
        access_log,
        gettext_lazy("Access log"),
        role=Role.ADMINISTRATOR,
        section=Section.ADMINISTRATION,
        place=30,
    ),
)
