"""Adding to the audit log. Call it in the transaction of the change: either both stand or neither does."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest

from formcase.audit.models import AuditEntry

Values = Mapping[str, object]
NOBODY = "formcase"  # acted by itself
_LONGEST = {"actor": 200, "action": 100, "kind": 100, "key": 200, "name": 500}  # as the model's fields are


@dataclass(frozen=True, slots=True)
class Object:
    """What was changed: its kind (“service workflow”), its key, and what people call it."""

    kind: str
    key: str = ""
    name: str = ""


def record(
    actor: HttpRequest | str,
    action: str,
    about: Object,
    before: Values | None = None,
    after: Values | None = None,
) -> AuditEntry:
    """Add an entry. actor: the request of the user who did it, or a name (“command line”); before and after: the
    values that changed and those alone, never a secret and nothing that was written in a form."""
    return AuditEntry.objects.create(
        actor=_cut("actor", actor if isinstance(actor, str) else actor.user.get_username()) or NOBODY,
        action=_cut("action", action),
        kind=_cut("kind", about.kind),
        key=_cut("key", about.key),
        name=_cut("name", about.name),
        before=None if before is None else dict(before),
        after=None if after is None else dict(after),
    )


def record_change(actor: HttpRequest | str, action: str, about: Object, before: Values, after: Values) -> bool:
    """Add an entry with what differs between two states; nothing where nothing does. Whether there was a change."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if names:
        record(actor, action, about, _chosen(before, names), _chosen(after, names))
    return bool(names)


def _chosen(values: Values, names: list[str]) -> Values:
    return {name: values[name] for name in names if name in values}


def _cut(field: str, text: str) -> str:
    return text[: _LONGEST[field]]
