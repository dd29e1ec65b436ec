"""What was done with a case, a document or a contact: noted as it is written, and read again by those who may.

An entry about something that is there is seen by whoever sees that thing; one about something that was deleted, by
whoever met the demands it had. Links are not told, as they would name what the reader may not see.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from psycopg import sql

from formcase.casesystem import models
from formcase.casesystem.access_codes import Permission
from formcase.casesystem.rights import Action, Actor
from formcase.casesystem.sql_rows import Scope, fetch, from_json, met_demands
from formcase.casesystem.stores import STORES

CREATED, CHANGED, DELETED = "created", "changed", "deleted"
SHOWN = 150
_LINKS = frozenset({"FileKey_Value", "PrimaryRecordKey_Value", "NameKey_Value", "AddressKey_Value", "RecordKey_Value"})
_OWNERS = {"Files": "file_key", "Records": "record_key", "Contacts": "contact_key"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a history. changes: property path → before and after."""

    at: datetime
    user: str
    entity_set: str
    key: str
    action: str
    changes: Mapping[str, tuple[Any, Any]]


def entry_of(
    entity_set: str, instance: models.Entity, record: models.Record | None, action: str, changes: Mapping[str, Any]
) -> models.HistoryEntry:
    """An entry without who and when, not stored yet. record: the document that the thing is a row of."""
    owners = dict(_owners(entity_set, instance, record))
    return models.HistoryEntry(entity_set=entity_set, key=instance.key, action=action, changes=dict(changes), **owners)


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What differs, as it is stored: path → [before, after]."""
    changed = {path: [_plain(before.get(path)), _plain(value)] for path, value in after.items() if path not in _LINKS}
    return {path: pair for path, pair in changed.items() if pair[0] != pair[1]}


def demands_of(instance: models.Entity) -> list[int]:
    """What must be met to see this thing, beyond what its case demands."""
    found = []
    if isinstance(instance, models.Guarded):
        found.append(instance.read_demand_id)
    if isinstance(instance, models.Record) and instance.main is not None:
        found.append(instance.main.read_demand_id)
        found.append(instance.main.file.read_demand_id if instance.main.file is not None else None)
    for name in ("contact", "record"):
        owner = getattr(instance, name, None)
        if isinstance(owner, models.Guarded):
            found += demands_of(owner)
    return [demand for demand in found if demand is not None]


def mark_gone(entity_set: str, instance: models.Entity) -> None:
    """Take the values out of the history of what is being deleted; a case takes its whole history with it."""
    about = models.HistoryEntry.objects.filter(entity_set=entity_set, key=instance.key)
    about.update(gone=True, changes={}, demands=demands_of(instance))
    if entity_set in _OWNERS:
        models.HistoryEntry.objects.filter(**{_OWNERS[entity_set]: instance.key, "gone": False}).update(changes={})
    if entity_set == "Files":
        models.HistoryEntry.objects.filter(file_key=instance.key).delete()


def history(scope: Scope, owner_set: str, owner_key: str, limit: int = SHOWN) -> list[Entry]:
    """The newest entries about one case, document or contact that the actor sees."""
    query = sql.SQL(
        'select at, "user", entity_set, key, action, changes::text as changes from casesystem_historyentry entry'
        " where {owner} = {key} and {seen} order by id desc limit {limit}"
    ).format(
        owner=sql.Identifier("entry", _OWNERS[owner_set]),
        key=sql.Literal(owner_key),
        seen=_seen(scope),
        limit=sql.Literal(limit),
    )
    return [_entry(row) for row in fetch(query)]


def _seen(scope: Scope) -> sql.Composable:
    """One condition for each set: seen now, or gone and its demands met."""
    conditions = []
    for entity_set, store in STORES.items():
        if store.right is None or store.model is None or not scope.actor.may(Action.SEARCH, store.right):
            continue
        row = scope.row(scope.reference.model.sets[entity_set])
        there = row.exists(sql.SQL("{key} = entry.key").format(key=row.column("key")))
        conditions.append(
            sql.SQL("(entry.entity_set = {set} and case when entry.gone then {met} else {there} end)").format(
                set=sql.Literal(entity_set), met=_demands_met(scope.actor), there=there
            )
        )
    return sql.SQL("({all})").format(all=sql.SQL(" or ").join(conditions)) if conditions else sql.SQL("false")


def _demands_met(actor: Actor) -> sql.Composable:
    if actor.holds_all_codes:
        return sql.SQL("true")
    return sql.SQL("not exists (select from unnest(entry.demands) demand where demand not in ({met}))").format(
        met=met_demands(actor)
    )


def _owners(entity_set: str, instance: models.Entity, record: models.Record | None) -> Iterator[tuple[str, str | None]]:
    """Whose history an entry about this belongs to."""
    if entity_set in _OWNERS:
        yield _OWNERS[entity_set], instance.key
    if entity_set != "Files":
        yield "file_key", getattr(record or instance, "file_id", None)
    if record is not None:
        yield "record_key", record.key
    if isinstance(instance, models.Address):
        yield "contact_key", instance.contact_id


def _entry(row: Mapping[str, Any]) -> Entry:
    changes = {path: (pair[0], pair[1]) for path, pair in from_json(row["changes"]).items()}
    return Entry(row["at"], row["user"], row["entity_set"], row["key"], row["action"], changes)


def _plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, Permission):
        return value.demand
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
