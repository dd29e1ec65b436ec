"""Changing the key-encryption key: data keys are wrapped anew, what they seal stays as it is, and filing goes on.

Workers notice by themselves: they read the key file again when they meet a key that they do not know, and before they
make a data key.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Max, Min

from formcase.audit.recording import Object, record
from formcase.messages import message
from formcase.outcomes import Setup
from formcase.workflows.data_keys import key_ring
from formcase.workflows.models import DataKey
from formcase.workflows.sealing import CantOpen
from formcase.workflows.sql import statement


@dataclass(frozen=True, slots=True)
class KeyUse:
    """One key-encryption key. here: whether this machine has it; current: whether new data keys are wrapped with it;
    data_keys: how many are; first, last: when the first and the last of them were made."""

    id: str
    here: bool
    current: bool
    data_keys: int
    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rotated:
    """wrapped: how many data keys were wrapped anew; key: with which."""

    wrapped: int
    key: str


def uses() -> list[KeyUse]:
    """The keys that are here, the current one first, then those that are needed and are not here."""
    rows = DataKey.objects.values("key_id").annotate(n=Count("pk"), first=Min("created_at"), last=Max("created_at"))
    there = {
        key_id: (count, first, last)
        for key_id, count, first, last in rows.order_by("last").values_list("key_id", "n", "first", "last")
    }
    ring = key_ring()
    names = (*ring.ids, *(name for name in there if name not in ring.ids))
    return [
        KeyUse(name, name in ring.ids, name == ring.current.id, *there.get(name, (0, None, None))) for name in names
    ]


def rotate(by: str) -> Rotated:
    """Wrap every data key with the current key-encryption key. Raises `Setup` where one can't be opened; nothing has
    changed then."""
    ring = key_ring()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement("data_key_lock"))  # none is made meanwhile
        outdated = list(DataKey.objects.exclude(key_id=ring.current.id).order_by("created_at"))
        for row in outdated:
            wrapping = ring.get(row.key_id)
            if wrapping is None:
                raise _missing(row.key_id)
            try:
                data_key = wrapping.unwrap(bytes(row.wrapped), row.pk)
            except CantOpen:
                raise _missing(row.key_id) from None
            row.key_id, row.wrapped = ring.current.id, ring.current.wrap(data_key, row.pk)
        DataKey.objects.bulk_update(outdated, ["key_id", "wrapped"])
        record(by, "content keys rotated", Object("content key", ring.current.id), after={"dataKeys": len(outdated)})
    return Rotated(len(outdated), ring.current.id)


def _missing(key_id: str) -> Setup:
    return Setup(
        message("Wrapping the data keys anew"),
        message("the content key {key} is needed, and is not here.", key=key_id),
        message("Put it back among the former ones. Nothing was changed."),
    )
