"""SQL for rows of served sets: what a property is in SQL, which rows an actor sees, how navigation joins them.

Everything is composed from `psycopg.sql` parts: names come from `stores.py`, values are literals that psycopg quotes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import count
from typing import Any

from django.conf import settings
from django.db import connection
from psycopg import sql

from formcase.casesystem.edm import EntityType, Navigation, Primitive
from formcase.casesystem.reference import CODE_SETS, Reference
from formcase.casesystem.rights import Action, Actor, Table
from formcase.casesystem.stores import STORES, Store

_CAST = {
    Primitive.STRING: sql.SQL("{value}"),
    Primitive.BOOLEAN: sql.SQL("({value})::boolean"),
    Primitive.INT64: sql.SQL("({value})::bigint"),
    Primitive.DECIMAL: sql.SQL("({value})::numeric"),
    Primitive.DATE: sql.SQL("({value})::date"),
    Primitive.DATE_TIME_OFFSET: sql.SQL("({value})::timestamptz"),
}
_NULL = {
    Primitive.STRING: sql.SQL("null::text"),
    Primitive.BOOLEAN: sql.SQL("null::boolean"),
    Primitive.INT64: sql.SQL("null::bigint"),
    Primitive.DECIMAL: sql.SQL("null::numeric"),
    Primitive.DATE: sql.SQL("null::date"),
    Primitive.DATE_TIME_OFFSET: sql.SQL("null::timestamptz"),
}
_TRUE = sql.SQL("true")
_FALSE = sql.SQL("false")


@dataclass(frozen=True, slots=True)
class Scope:
    """What every part of one query shares: who asks, the reference data, and the numbering of aliases."""

    actor: Actor
    reference: Reference
    numbers: "count[int]" = field(default_factory=count)

    def row(self, type_name: str) -> "Row":
        """A new row of this type to speak about."""
        entity_type = self.reference.model.types[type_name]
        entity_set = self.reference.model.set_of(type_name)
        return Row(self, entity_type, entity_set, STORES[entity_set], f"t{next(self.numbers)}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a served set under an alias. taken_from: a query in brackets that it is taken from, instead of the
    whole table."""

    scope: Scope
    type: EntityType
    entity_set: str
    store: Store
    alias: str
    taken_from: sql.Composable | None = None

    @property
    def source(self) -> sql.Composable:
        """The table with its alias, for a `from`."""
        return sql.SQL("{table} {alias}").format(
            table=self.taken_from or sql.Identifier(self.store.table), alias=sql.Identifier(self.alias)
        )

    def taken(self, rest: sql.Composable) -> "Row":
        """The same row, taken from a part of its table alone. rest: what follows `select * from` the table."""
        query = sql.SQL("(select * from {source} {rest})").format(source=self.source, rest=rest)
        return replace(self, taken_from=query)

    def column(self, name: str) -> sql.Composable:
        """A column of this row."""
        return sql.Identifier(self.alias, name)

    def template(self, text: str) -> sql.Composable:
        """A template from `stores.py`, spoken about this row."""
        return sql.SQL(text).format(
            row=sql.Identifier(self.alias),
            zone=sql.Literal(settings.TIME_ZONE),
            actor=sql.Literal(self.scope.actor.key),
        )

    def value(self, path: str, primitive: Primitive = Primitive.STRING) -> sql.Composable:
        """A property, or a part of a complex property or group (`AccessCode/Code`), as SQL of its type."""
        if (column := self.store.columns.get(path)) is not None:
            return self.column(column)
        if (derived := self.store.derived.get(path)) is not None:
            return sql.SQL("({value})").format(value=self.template(derived))
        navigation = summarised(self.scope.reference, self.type, path)
        if navigation is not None:
            target = self.scope.row(navigation.target)
            return target.scalar(target.value("Summary"), joined(self, navigation, target))
        if self.store.json_column is None:
            return _NULL[primitive]
        extracted = sql.SQL("{column} #>> {path}").format(
            column=self.column(self.store.json_column), path=sql.Literal("{" + path.replace("/", ",") + "}")
        )
        return _CAST[primitive].format(value=sql.SQL("({value})").format(value=extracted))

    def scalar(self, value: sql.Composable, condition: sql.Composable) -> sql.Composable:
        """One value of the row that meets the condition; null where none is seen."""
        return sql.SQL("(select {value} from {source} where {condition} and {seen} limit 1)").format(
            value=value, source=self.source, condition=condition, seen=seen(self)
        )

    def exists(self, condition: sql.Composable) -> sql.Composable:
        """Whether a row that is seen meets the condition."""
        return sql.SQL("exists (select from {source} where {condition} and {seen})").format(
            source=self.source, condition=condition, seen=seen(self)
        )


def summarised(reference: Reference, entity_type: EntityType, name: str) -> Navigation | None:
    """The navigation to a code table that a `…_Summary` puts in words; None where it has none."""
    navigation = reference.model.summarised(entity_type.name).get(name)
    return navigation if navigation is not None and reference.model.set_of(navigation.target) in CODE_SETS else None


def joined(here: Row, navigation: Navigation, there: Row) -> sql.Composable:
    """The condition under which `there` is what navigation leads to from `here`."""
    pairs = join_of(here.scope.reference, here.type, navigation)
    conditions = [
        sql.SQL("{there} = {here}").format(there=there.value(theirs), here=here.value(ours))
        for ours, theirs in pairs.items()
    ]
    return sql.SQL(" and ").join([*conditions, *_kind(there)])


def join_of(reference: Reference, entity_type: EntityType, navigation: Navigation) -> Mapping[str, str]:
    """Which properties must be equal: property here → property there."""
    store = STORES[reference.model.set_of(entity_type.name)]
    return store.joins.get(navigation.name) or navigation.constraint


def of_type(row: Row) -> sql.Composable:
    """Which rows of the table are of the row's type at all."""
    conditions = [*_kind(row)]
    if row.store.where is not None:
        conditions.append(row.template(row.store.where))
    if row.type.short_name == "RecordA":
        conditions.append(sql.SQL("{main} is not null").format(main=row.column("main_id")))
    return sql.SQL(" and ").join(conditions) if conditions else _TRUE


def seen(row: Row) -> sql.Composable:
    """Which rows the actor sees: what is unseen is absent everywhere."""
    actor = row.scope.actor
    if row.store.right is not None and not actor.may(Action.SEARCH, row.store.right):
        return _FALSE
    conditions = [of_type(row), *_seen_as(row)]
    return sql.SQL("({all})").format(all=sql.SQL(" and ").join(conditions))


def readable(alias: str, actor: Actor) -> sql.Composable:
    """Whether the actor's codes meet the read code of a row of cases, documents or contacts."""
    if actor.holds_all_codes:
        return _TRUE
    return sql.SQL("({demand} is null or {demand} in ({met}))").format(
        demand=sql.Identifier(alias, "read_demand_id"), met=met_demands(actor)
    )


def met_demands(actor: Actor) -> sql.Composable:
    """The demands that the actor's codes meet."""
    return sql.SQL(
        "select met.demand_id from casesystem_demandalternative met where met.codes <@ {held}::text[]"
    ).format(held=sql.Literal(sorted(actor.codes)))


def fetch(query: sql.Composable) -> list[dict[str, Any]]:
    """Run a query; rows by column name."""
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute(query.as_string(connection.connection))
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def from_json(text: object) -> dict[str, Any]:
    """A JSON column, with exact decimals."""
    if text is None:
        return {}
    loaded: dict[str, Any] = json.loads(str(text), parse_float=Decimal)
    return loaded


def _kind(row: Row) -> list[sql.Composable]:
    if row.type.kind is None:
        return []
    return [sql.SQL("{kind} = {wanted}").format(kind=row.column("kind"), wanted=sql.Literal(row.type.kind))]


def _seen_as(row: Row) -> list[sql.Composable]:
    """The conditions that a set adds: its own read code and that of what it is part of."""
    rule = _RULES.get(row.entity_set)
    return rule(row) if rule is not None else []


def _no_restricted(table: str, key: sql.Composable, actor: Actor) -> list[sql.Composable]:
    """No row of the table with this key is hidden by its read code. Null keys hide nothing."""
    if actor.holds_all_codes:
        return []
    return [
        sql.SQL(
            "not exists (select from {table} hidden where hidden.key = {key} and hidden.read_demand_id is not null"
            " and hidden.read_demand_id not in ({met}))"
        ).format(table=sql.Identifier(table), key=key, met=met_demands(actor))
    ]


def _search(actor: Actor, table: Table) -> list[sql.Composable]:
    return [] if actor.may(Action.SEARCH, table) else [_FALSE]


def _guarded(row: Row) -> list[sql.Composable]:
    return [readable(row.alias, row.scope.actor)]


def _case_rows(row: Row) -> list[sql.Composable]:
    actor = row.scope.actor
    return [*_search(actor, Table.CASE), *_no_restricted("casesystem_file", row.column("file_id"), actor)]


def _party_rows(row: Row) -> list[sql.Composable]:
    # A party shows its contact's code: who may not see the contact does not see that it is a party either.
    actor = row.scope.actor
    return [
        *_case_rows(row),
        *_search(actor, Table.CONTACT),
        *_no_restricted("casesystem_contact", row.column("contact_id"), actor),
    ]


def _references(row: Row) -> list[sql.Composable]:
    actor = row.scope.actor
    return [*_case_rows(row), *_no_restricted("casesystem_file", row.column("referred_id"), actor)]


def _records(row: Row) -> list[sql.Composable]:
    """A document is hidden by its own code, by its case, and by the document that it supplements with its case."""
    actor = row.scope.actor
    if actor.holds_all_codes:
        return []
    # A value and no `not exists`: that would be made a join, and all main documents be read to show one page.
    main = sql.SQL(
        "(select {main_seen} and {file_seen} from casesystem_record main left join casesystem_file main_file on"
        " main_file.key = main.file_id where main.key = {main}) is not false"
    ).format(main=row.column("main_id"), main_seen=readable("main", actor), file_seen=readable("main_file", actor))
    return [readable(row.alias, actor), *_no_restricted("casesystem_file", row.column("file_id"), actor), main]


def _of_record(row: Row, key: str = "record_id") -> list[sql.Composable]:
    record = row.scope.row("WorkZone.Record")
    return [record.exists(sql.SQL("{theirs} = {ours}").format(theirs=record.column("key"), ours=row.column(key)))]


def _record_parties(row: Row) -> list[sql.Composable]:
    actor = row.scope.actor
    return [
        *_of_record(row),
        *_search(actor, Table.CONTACT),
        *_no_restricted("casesystem_contact", row.column("contact_id"), actor),
    ]


def _links(row: Row) -> list[sql.Composable]:
    return [*_case_rows(row), *_of_record(row)]


def _addresses(row: Row) -> list[sql.Composable]:
    actor = row.scope.actor
    return [*_search(actor, Table.CONTACT), *_no_restricted("casesystem_contact", row.column("contact_id"), actor)]


_RULES = {
    "Files": _guarded,
    "Contacts": _guarded,
    "FileContacts": _party_rows,
    "FileInfos": _case_rows,
    "FileDates": _case_rows,
    "FileFiles": _references,
    "FileRecords": _links,
    "Records": _records,
    "RecordContacts": _record_parties,
    "RecordInfos": _of_record,
    "RecordDates": _of_record,
    "Documents": _of_record,
    "Addresses": _addresses,
}
