"""What was changed in the form service by whom: written in the transaction of the change, and never changed itself."""

from collections.abc import Iterable

from formcase.formservice.models import AdministrationEntry

DRAFT_KEPT, DRAFT_THROWN_AWAY, PUBLISHED = "form.draft.kept", "form.draft.thrown_away", "form.published"
TRIED = "form.tried"
KEPT_FOR = "form.kept_for"


def record(action: str, about: str, by: str, **told: object) -> None:
    """Write down what was done. about: the form's or client's id; by: the administrator's name, empty for a command;
    told: what belongs to it, nothing that was written in a form and no secret."""
    AdministrationEntry.objects.create(action=action, about=about, administrator=by, told=told)


def entries(about: str, actions: Iterable[str], limit: int) -> list[AdministrationEntry]:
    """What was done about this, the newest first."""
    found = AdministrationEntry.objects.filter(about=about, action__in=list(actions))
    return list(found.order_by("-pk")[:limit])
