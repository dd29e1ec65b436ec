"""What administrators did with forms, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from formcase.formservice.administration_log import (
    DRAFT_KEPT,
    DRAFT_THROWN_AWAY,
    KEPT_FOR,
    PUBLISHED,
    TRIED,
    entries,
)
from formcase.formservice.models import AdministrationEntry

_MOST = 50


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was done. by: empty for a command."""

    at: datetime
    by: str
    text: str


def done_with(form_id: str) -> list[Deed]:
    """What was done with a form lately, the newest first."""
    found = entries(form_id, (DRAFT_KEPT, DRAFT_THROWN_AWAY, PUBLISHED, TRIED, KEPT_FOR), _MOST)
    return [Deed(entry.at, entry.administrator, _words(entry)) for entry in found]


def kept_for(limit: int) -> list[tuple[AdministrationEntry, str]]:
    """What was set for how long forms are kept, the newest first."""
    found = AdministrationEntry.objects.filter(action=KEPT_FOR).order_by("-pk")[:limit]
    return [(entry, _words(entry)) for entry in found]


def _words(entry: AdministrationEntry) -> str:
    told = entry.told
    match entry.action:
        case "form.draft.kept" if told.get("revision") == 1:
            return _("Draft of version {version} made").format(version=told.get("version"))
        case "form.draft.kept":
            return _("Draft of version {version} replaced").format(version=told.get("version"))
        case "form.draft.thrown_away":
            return _("Draft of version {version} thrown away").format(version=told.get("version"))
        case "form.published":
            return _("Version {version} published").format(version=told.get("version"))
        case "form.tried":
            return _("Test of version {version} begun").format(version=told.get("version"))
        case "form.kept_for":
            before, after = _days(told.get("before")), _days(told.get("after"))
            return _("Kept after Imported: {after} (before: {before})").format(after=after, before=before)
    return entry.action


def _days(days: object) -> str:
    return _("as everywhere") if days is None else _("{days} days").format(days=days)
