"""The words and looks of statuses: of a submission, and of how a service workflow is doing."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Status:
    """How a status is shown. look: the design system's class; the word alone must be enough to understand it."""

    text: str | Promise
    look: str = ""


# The keys are what `workflows.submissions` and `workflows.overview` say; “Error case” is Imported with an error case.
STATUSES = {
    "Delivered": Status(_("Delivered"), "badge-info"),
    "Temporary blocked": Status(_("Temporary blocked"), "badge-error"),
    "Imported": Status(_("Imported"), "badge-success"),
    "Error case": Status(_("Error case"), "badge-warning"),
    "Withdrawn": Status(_("Withdrawn")),
    "Handled by hand": Status(_("Handled by hand")),
    "well": Status(_("Well"), "badge-success"),
    "disabled": Status(_("Disabled")),
    "blocked": Status(_("Temporary blocked"), "badge-error"),
    "can't watch": Status(_("Can't watch"), "badge-error"),
    "check says no": Status(_("A check says no"), "badge-error"),
    "some blocked": Status(_("Some blocked"), "badge-warning"),
    "check warns": Status(_("A check warns"), "badge-warning"),
    "not watched yet": Status(_("Not watched yet"), "badge-info"),
    "waits for a person": Status(_("Needs a person"), "badge-error"),
    "enabled": Status(_("Enabled"), "badge-success"),
    "certificate good": Status(_("Valid"), "badge-success"),
    "certificate expires": Status(_("Expires soon"), "badge-warning"),
    "certificate expired": Status(_("Expired"), "badge-error"),
    "error": Status(_("Error"), "badge-error"),
    "warning": Status(_("Warning"), "badge-warning"),
    "in force": Status(_("In force"), "badge-success"),
    "draft": Status(_("Draft"), "badge-info"),
    "check yes": Status(_("Yes"), "badge-success"),
    "check no": Status(_("No"), "badge-error"),
    "check warning": Status(_("Warning"), "badge-warning"),
    "check unknown": Status(_("Can't tell"), "badge-info"),
}


def status_of(value: object) -> Status:
    """The status of this name; one that has no look of its own is shown as it is."""
    name = str(value)
    return STATUSES.get(name, Status(name))
