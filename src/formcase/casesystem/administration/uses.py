"""What uses a row of the set-up, so that only what nothing uses is deleted."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from psycopg import sql

from formcase.casesystem import models
from formcase.casesystem.administration.rows import Row, rows
from formcase.casesystem.administration.tables import TABLES, Kind, Table
from formcase.casesystem.reference import Reference
from formcase.casesystem.sql_rows import fetch
from formcase.casesystem.stores import STORES

COUNTED = 1000
# Rights are changed and not deleted: a security code has a row for each table.
DELETABLE = frozenset(table.name for table in TABLES if table.name != "security groups")


@dataclass(frozen=True, slots=True)
class Use:
    """Something that uses it: what (the name of a set, or a title), and how many of them, counted up to 1000."""

    what: str
    number: int

    def __str__(self) -> str:
        number = str(self.number) if self.number < COUNTED else _("{number} or more").format(number=COUNTED)
        return f"{self.what}: {number}"


def uses_of(table: Table, row: Row, reference: Reference) -> list[Use]:
    """All that uses a row."""
    found = [*_by_set_up(table, row)]
    if table.entity_set:
        found += _by_entities(table, row, reference)
    if table.name == "access codes":
        found += _by_codes(str(row.values["code"]))
    if table.name == "users":
        found += _by_work(str(row.values["id"]))
    if table.name == "custom fields":
        found += _by_values(row)
    return found


def _by_set_up(table: Table, row: Row) -> Iterator[Use]:
    """Other rows of the set-up that name it."""
    key = row.values[table.key]
    for other in TABLES:
        columns = [column for column in other.columns if column.refers == table.name and not column.group]
        if not columns:
            continue
        naming = [
            one
            for one in rows(other)
            if any(
                key in (one.values[column.name] or ()) if column.kind is Kind.CODES else one.values[column.name] == key
                for column in columns
            )
        ]
        if other.name == "accounts":
            naming = [one for one in naming if one.values["acts for users"]]
        if naming:
            yield Use(str(other.title), len(naming))


def _by_entities(table: Table, row: Row, reference: Reference) -> Iterator[Use]:
    """Cases, documents, contacts and their rows that have this code."""
    key = str(row.values[table.key])
    for entity_set, store in STORES.items():
        if store.model is None:
            continue
        conditions = []
        for navigation in reference.model.of_set(entity_set).navigation.values():
            target = reference.model.types[navigation.target]
            of_table = not navigation.contained and reference.model.set_of(navigation.target) == table.entity_set
            if navigation.collection or not of_table or (target.kind or row.group) != row.group:
                continue
            path = next(iter(navigation.constraint))
            conditions.append(_has(entity_set, path, key))
        if conditions and (number := _number(store.table, sql.SQL(" or ").join(conditions))):
            yield Use(entity_set, number)


def _has(entity_set: str, path: str, value: str) -> sql.Composable:
    """Whether a property has this value."""
    store = STORES[entity_set]
    if (column := store.columns.get(path)) is not None:
        return sql.SQL("{column} = {value}").format(column=sql.Identifier(column), value=sql.Literal(value))
    if store.json_column is None or path in store.derived:
        return sql.SQL("false")
    return sql.SQL("{column} ->> {path} = {value}").format(
        column=sql.Identifier(store.json_column), path=sql.Literal(path), value=sql.Literal(value)
    )


def _number(table: str, condition: sql.Composable) -> int:
    query = sql.SQL(
        "select count(*) as number from (select from {table} where {condition} limit {limit}) counted"
    ).format(table=sql.Identifier(table), condition=condition, limit=sql.Literal(COUNTED))
    return int(fetch(query)[0]["number"])


def _by_codes(code: str) -> Iterator[Use]:
    """What can't be read, or changed, without an access code."""
    demands = models.DemandAlternative.objects.filter(codes__contains=[code]).values("demand")
    named = Q(read_demand__in=demands) | Q(write_code=code) | Q(write_expression__contains=code)
    for entity_set, model in (("Files", models.File), ("Records", models.Record), ("Contacts", models.Contact)):
        if number := model._default_manager.filter(named)[:COUNTED].count():
            yield Use(entity_set, number)


def _by_work(user: str) -> Iterator[Use]:
    """What a user has done, or is to do."""
    if models.HistoryEntry.objects.filter(user=user).exists():
        yield Use(_("History"), models.HistoryEntry.objects.filter(user=user)[:COUNTED].count())
    for entity_set, model in (("Files", models.File), ("Records", models.Record)):
        named = Q(officer=user) | Q(create_user=user) | Q(update_user=user)
        if number := model._default_manager.filter(named)[:COUNTED].count():
            yield Use(entity_set, number)


def _by_values(row: Row) -> Iterator[Use]:
    """What has a value in a custom field."""
    sets = {"File": "Files", "Record": "Records", "Contact": "Contacts"}
    models_of = {"File": models.File, "Record": models.Record, "Contact": models.Contact}
    name = str(row.values["name"])
    filled = Q(extra__has_any_keys=[name, f"{name}_Value"])
    if number := models_of[row.group]._default_manager.filter(filled)[:COUNTED].count():
        yield Use(sets[row.group], number)
