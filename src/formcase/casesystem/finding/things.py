"""One thing that is seen, and the rows that belong to it."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import sql

from formcase.casesystem.errors import not_found
from formcase.casesystem.query_options import Options, read_options
from formcase.casesystem.reading import Found, read_one, read_rows
from formcase.casesystem.sql_rows import Row, Scope, seen

MOST_ROWS = 500
_NOTHING: Mapping[str, str] = {}


def thing(scope: Scope, entity_set: str, key: str, **options: str) -> Found:
    """The entity with this key. options: OData's, without the `$`. Raises 404 where none is seen."""
    found = thing_or_none(scope, entity_set, key, **options)
    if found is None:
        raise not_found()
    return found


def thing_or_none(scope: Scope, entity_set: str, key: str | None, **options: str) -> Found | None:
    """The entity with this key; None where none is seen."""
    if not key or "\x00" in key:
        return None
    row = _row(scope, entity_set)
    condition = sql.SQL("{id} = {key} and {seen}").format(id=row.column("key"), key=sql.Literal(key), seen=seen(row))
    return read_one(row, condition, _options(row, options), "")


def rows_of(
    scope: Scope,
    entity_set: str,
    column: str,
    key: str,
    *,
    order: Sequence[str] = ("key",),
    limit: int = MOST_ROWS,
    **options: str,
) -> list[Found]:
    """The rows that are seen and belong to something. column: where they keep its key · order: columns, nulls last."""
    row = _row(scope, entity_set)
    return read_rows(
        row,
        sql.SQL("{column} = {key}").format(column=row.column(column), key=sql.Literal(key)),
        _options(row, options),
        order=sql.SQL(", ").join([*(row.column(name) for name in order), row.column("key")]),
        limit=limit,
    )


def things_by_key(scope: Scope, entity_set: str, keys: Sequence[str], **options: str) -> dict[str, Found]:
    """The entities with these keys, as far as they are seen."""
    if not keys:
        return {}
    row = _row(scope, entity_set)
    found = read_rows(
        row,
        sql.SQL("{id} = any({keys})").format(id=row.column("key"), keys=sql.Literal(list(keys))),
        _options(row, options),
        order=row.column("key"),
        limit=len(keys),
    )
    return {str(one.raw["ID"]): one for one in found}


def text_of(entity: Mapping[str, Any], group: str, name: str = "Text") -> str:
    """A text in a contained group; empty where there is none."""
    return str((entity.get(group) or _NOTHING).get(name) or "")


def _row(scope: Scope, entity_set: str) -> Row:
    return scope.row(scope.reference.model.sets[entity_set])


def _options(row: Row, options: Mapping[str, str]) -> Options:
    pairs = [(f"${name}", value) for name, value in options.items()]
    return read_options(pairs, row.type, row.scope.reference.model)
