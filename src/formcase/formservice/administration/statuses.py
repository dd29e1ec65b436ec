"""What the statuses of a submission are called, look like and mean."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from formcase.formservice.models import Status


@dataclass(frozen=True, slots=True)
class StatusWords:
    """A status in words. look: the class of its badge; fill: of its piece in the chart."""

    status: str
    name: Promise
    meaning: Promise
    look: str
    fill: str


# in the order in which a submission goes through them
WORDS = (
    StatusWords(
        Status.SUBMITTED,
        _("Submitted"),
        _("It lies here, and no client has taken it over yet."),
        "badge-info",
        "barred",
    ),
    StatusWords(
        Status.DELIVERED,
        _("Delivered"),
        _("A client has taken it over, and is at work on it."),
        "badge-warning",
        "plain",
    ),
    StatusWords(
        Status.TEMPORARY_BLOCKED,
        _("Temporary blocked"),
        _("The client could not process it; its message says why. It keeps trying."),
        "badge-error",
        "crossed",
    ),
    StatusWords(
        Status.IMPORTED,
        _("Imported"),
        _("The client has processed it: its case is there, or a case that tells of an error."),
        "badge-success",
        "solid",
    ),
)
BY_STATUS = {words.status: words for words in WORDS}
