"""The audit log: who changed what, newest first."""

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from formcase.accounts.roles import Role
from formcase.appearance.paging import slice_of
from formcase.audit.models import AuditEntry
from formcase.configurator.actions import KINDS
from formcase.configurator.page import Page, Section
from formcase.configurator.showing import show
from formcase.configurator.statuses import status_of
from formcase.filing.journal import State
from formcase.workflows.submissions import SHOWN


class AuditFilter(forms.Form):
    """What is looked for; everything where nothing is said."""

    actor = forms.CharField(label=_("Who"), required=False, max_length=200)
    kind = forms.ChoiceField(label=_("Object"), required=False, choices=[("", _("All")), *KINDS.items()])
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


@dataclass(frozen=True, slots=True)
class Difference:
    """One value, as it was and as it is now."""

    name: str
    before: object
    after: object


def audit_log(request: HttpRequest) -> HttpResponse:
    """Show it."""
    sought = AuditFilter(request.GET or None)
    found = slice_of(request, _sought(sought))
    rows = [(entry, differences(entry)) for entry in found.rows]
    return show(request, "configurator/audit_log.html", {"filter": sought, "slice": found, "rows": rows})


def differences(entry: AuditEntry) -> list[Difference]:
    """What was changed, value by value."""
    before, after = _values(entry.before), _values(entry.after)
    found = [
        Difference(name, _in_words(name, before.get(name)), _in_words(name, after.get(name)))
        for name in {**before, **after}
    ]
    return [difference for difference in found if difference.before or difference.after or entry.before is not None]


def _in_words(name: str, value: object) -> object:
    """A state and a role as pages show them, and that something is new; any other value as it is."""
    if name == "state" and value in [state.value for state in State]:
        return str(status_of(SHOWN[State(value)]).text)
    if name == "role" and value in Role.values:
        return str(Role(value).label)
    if name == "change" and value == ["new"]:
        return gettext("new")
    return value


def _values(data: object) -> Mapping[str, object]:
    return data if isinstance(data, Mapping) else {}


def _sought(sought: AuditFilter) -> QuerySet[AuditEntry]:
    found = AuditEntry.objects.all()
    if not sought.is_bound or not sought.is_valid():
        return found
    values = sought.cleaned_data
    if values["actor"]:
        found = found.filter(actor=values["actor"])
    if values["kind"]:
        found = found.filter(kind=values["kind"])
    if values["since"]:
        found = found.filter(at__date__gte=values["since"])
    if values["until"]:
        found = found.filter(at__date__lte=values["until"])
    return found


PAGES = (
    Page(
        "audit_log",
        "audit-log/",
        audit_log,
        _("Audit log"),
        role=Role.ADMINISTRATOR,
        section=Section.ADMINISTRATION,
        place=20,
    ),
)
