"""Answers a query: entities of a set as JSON-ready data, with what is expanded. Who sees what is in `sql_rows.py`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from psycopg import sql

from formcase.casesystem.edm import EntityType, Navigation, Primitive, Property
from formcase.casesystem.filters import filter_condition, order_term
from formcase.casesystem.query_options import PAGE_SIZE, Expand, Options, SkipToken
from formcase.casesystem.sql_rows import Row, fetch, from_json, join_of, joined, seen, summarised

MAX_EXPANDED = 1000
_TRUE = sql.SQL("true")
_NO_OPTIONS = Options()
Entity = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """One page. next is set where there is more; count where it was asked for."""

    entities: list[Entity]
    count: int | None
    next: SkipToken | None


@dataclass(frozen=True, slots=True)
class Found:
    """A row as the database gave it, and the entity that is shown of it."""

    raw: Mapping[str, Any]
    entity: Entity


def read_page(row: Row, condition: sql.Composable, options: Options, root: str, page_size: int = PAGE_SIZE) -> Page:
    """The entities that meet the condition and the options. root: the service's address, for links."""
    total = count(row, condition, options) if options.count else None
    token = options.skip_token or SkipToken(0)
    left = None if options.top is None else max(options.top - token.served, 0)
    size = page_size if left is None else min(page_size, left)
    found = _page_rows(row, condition, options, token, size + 1) if size else []
    more = len(found) > size and (left is None or left > size)
    found = found[:size]
    entities = _shown(row, found, options, root)
    if not more:
        return Page(entities, total, None)
    served = token.served + size
    if options.order_by:
        position = (token.position if token.position is not None else options.skip) + size
        return Page(entities, total, SkipToken(served, position=position))
    return Page(entities, total, SkipToken(served, after_key=found[-1]["ID"]))


def read_one(row: Row, condition: sql.Composable, options: Options, root: str) -> Found | None:
    """The one entity that meets the condition; the caller says who sees it. None where there is none."""
    query = sql.SQL("select {columns} from {source} where {condition} limit 1").format(
        columns=_columns(row, options), source=row.source, condition=condition
    )
    found = fetch(query)
    if not found:
        return None
    return Found(found[0], _shown(row, found, options, root)[0])


def read_rows(
    row: Row,
    condition: sql.Composable,
    options: Options,
    *,
    order: sql.Composable,
    limit: int,
) -> list[Found]:
    """The first entities, in an order of the caller's own, that meet the condition and are seen."""
    query = sql.SQL("select {columns} from {source} where {condition} order by {order} limit {limit}").format(
        columns=_columns(row, options),
        source=row.source,
        condition=_filtered(row, condition, options),
        order=order,
        limit=sql.Literal(limit),
    )
    found = fetch(query)
    return [Found(raw, entity) for raw, entity in zip(found, _shown(row, found, options, ""), strict=True)]


def count_up_to(row: Row, condition: sql.Composable, limit: int) -> int:
    """How many entities meet the condition and are seen, counted no further than the limit."""
    query = sql.SQL(
        "select count(*) as number from (select from {source} where {condition} limit {limit}) counted"
    ).format(source=row.source, condition=_filtered(row, condition, _NO_OPTIONS), limit=sql.Literal(limit))
    return int(fetch(query)[0]["number"])


def count(row: Row, condition: sql.Composable, options: Options) -> int:
    """How many entities meet the condition and the filter."""
    query = sql.SQL("select count(*) as number from {source} where {condition}").format(
        source=row.source, condition=_filtered(row, condition, options)
    )
    return int(fetch(query)[0]["number"])


def _filtered(row: Row, condition: sql.Composable, options: Options) -> sql.Composable:
    parts = [condition, seen(row)]
    if options.filter is not None:
        parts.append(filter_condition(options.filter, row))
    return sql.SQL(" and ").join(parts)


def _page_rows(
    row: Row, condition: sql.Composable, options: Options, token: SkipToken, limit: int
) -> list[dict[str, Any]]:
    condition = _filtered(row, condition, options)
    offset = options.skip if token.position is None else token.position
    if token.after_key is not None:
        offset = 0
        condition = sql.SQL("{condition} and {key} > {after}").format(
            condition=condition, key=row.value("ID"), after=sql.Literal(token.after_key)
        )
    query = sql.SQL(
        "select {columns} from {source} where {condition} order by {order} limit {limit} offset {offset}"
    ).format(
        columns=_columns(row, options),
        source=row.source,
        condition=condition,
        order=_order(row, options),
        limit=sql.Literal(limit),
        offset=sql.Literal(offset),
    )
    return fetch(query)


def _order(row: Row, options: Options) -> sql.Composable:
    # OData sorts null before every value.
    terms = [
        sql.SQL("{term} desc nulls last" if term.descending else "{term} asc nulls first").format(
            term=order_term(term.expression, row)
        )
        for term in options.order_by
    ]
    return sql.SQL(", ").join([*terms, row.value("ID")])


def _columns(row: Row, options: Options) -> sql.Composable:
    """Everything that the chosen properties, their summaries and the expansions are made from."""
    expanded = tuple(expand.navigation.name for expand in options.expand)
    asker = row.scope.actor.key if row.store.personal else None
    of_what = (row.type.name, row.alias, options.select, expanded, asker)
    return row.scope.reference.rendered(of_what, lambda: _composed_columns(row, options))


def _composed_columns(row: Row, options: Options) -> sql.Composable:
    wanted = _wanted_paths(row, options)
    columns = [
        sql.SQL("{value} as {name}").format(value=row.value(path, primitive), name=sql.Identifier(path))
        for path, primitive in wanted.items()
        if path in row.store.columns or path in row.store.derived
    ]
    if row.store.json_column is not None and any(
        path not in row.store.columns and path not in row.store.derived for path in wanted
    ):
        json_column = row.column(row.store.json_column)
        columns.append(sql.SQL("{column}::text as {name}").format(column=json_column, name=sql.Identifier("#json")))
    if row.store.model is not None:
        columns.append(
            sql.SQL("{version} as {name}").format(version=row.column("version"), name=sql.Identifier("#version"))
        )
    return sql.SQL(", ").join(columns)


def _wanted_paths(row: Row, options: Options) -> dict[str, Primitive]:
    paths: dict[str, Primitive] = {"ID": Primitive.STRING}
    for prop in _chosen(row.type, options.select):
        navigation = summarised(row.scope.reference, row.type, prop.name)
        if navigation is not None and prop.name not in row.store.derived:
            paths |= dict.fromkeys(navigation.constraint, Primitive.STRING)
        elif prop.complex is not None:
            paths |= {f"{prop.name}/{part}": Primitive.STRING for part in ("Code", "Expression")}
        elif prop.primitive is not None:
            paths[prop.name] = prop.primitive
    for expand in options.expand:
        if expand.navigation.contained:
            group = row.scope.reference.model.types[expand.navigation.target]
            names = group.properties.values()
            paths |= {f"{expand.navigation.name}/{prop.name}": prop.primitive or Primitive.STRING for prop in names}
        else:
            join = join_of(row.scope.reference, row.type, expand.navigation)
            paths |= dict.fromkeys(join, Primitive.STRING)
    if row.type.name in _KINDED:
        paths[_KINDED[row.type.name]] = Primitive.STRING
    return paths


_KINDED = {"WorkZone.CustomDomain": "Type_Value", "WorkZone.CustomLabel": "Type"}


def _chosen(entity_type: EntityType, select: frozenset[str] | None) -> Iterable[Property]:
    if select is None:
        return entity_type.properties.values()
    return [prop for name, prop in entity_type.properties.items() if name in select]


def _shown(row: Row, found: Sequence[dict[str, Any]], options: Options, root: str) -> list[Entity]:
    for raw in found:
        raw["#json"] = from_json(raw.get("#json"))
    entities = [_entity(row, raw, options, root) for raw in found]
    for expand in options.expand:
        if expand.navigation.contained:
            _show_groups(row, expand, found, entities)
        else:
            _show_expanded(row, expand, found, entities, root)
    return entities


def _entity(row: Row, raw: Mapping[str, Any], options: Options, root: str) -> Entity:
    entity: Entity = {}
    kind_of = _KINDED.get(row.type.name)
    if kind_of is not None and raw[kind_of] is not None:
        name = row.scope.reference.model.derived(row.type.name, str(raw[kind_of]))
        if name is not None:
            entity["@odata.type"] = f"#{name}"
    if "#version" in raw:
        entity["@odata.etag"] = etag(raw["#version"])
    if row.type.stream:
        entity["@odata.mediaReadLink"] = f"{root}{row.entity_set}('{raw['ID']}')/$value"
    for prop in _chosen(row.type, options.select):
        entity[prop.name] = _property_value(row, raw, prop)
    return entity


def etag(version: int) -> str:
    """The entity tag of a version."""
    return f'W/"{version}"'


def path_value(row: Row, raw: Mapping[str, Any], path: str) -> Any:
    """A property or part from what the database gave, as Python has it."""
    if path in row.store.columns or path in row.store.derived:
        return raw.get(path)
    found: Any = raw["#json"]
    for name in path.split("/"):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _property_value(row: Row, raw: Mapping[str, Any], prop: Property) -> Any:
    if prop.complex is not None:
        parts = {part: path_value(row, raw, f"{prop.name}/{part}") for part in ("Code", "Expression")}
        return parts if any(parts.values()) else None
    if prop.name not in row.store.derived:
        navigation = summarised(row.scope.reference, row.type, prop.name)
        if navigation is not None:
            return _summary(row, raw, navigation)
    return as_json(path_value(row, raw, prop.name), prop.primitive)


def _summary(row: Row, raw: Mapping[str, Any], navigation: Navigation) -> str | None:
    names = list(navigation.constraint)
    value = path_value(row, raw, names[0])
    country = path_value(row, raw, names[1]) if len(names) > 1 else None
    return None if value is None else row.scope.reference.summary(navigation, str(value), country)


def as_json(value: Any, primitive: Primitive | None) -> Any:
    """A value as it stands in JSON."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if primitive is Primitive.DECIMAL and value is not None:
        return Decimal(str(value))
    return value


def _show_groups(row: Row, expand: Expand, found: Sequence[Mapping[str, Any]], entities: list[Entity]) -> None:
    group = row.scope.reference.model.types[expand.navigation.target]
    for raw, entity in zip(found, entities, strict=True):
        entity[expand.navigation.name] = {
            prop.name: path_value(row, raw, f"{expand.navigation.name}/{prop.name}")
            for prop in _chosen(group, expand.options.select)
        }


def _show_expanded(
    row: Row, expand: Expand, found: Sequence[Mapping[str, Any]], entities: list[Entity], root: str
) -> None:
    navigation = expand.navigation
    join = join_of(row.scope.reference, row.type, navigation)
    keys = [tuple(path_value(row, raw, path) for path in join) for raw in found]
    wanted = {key for key in keys if None not in key}
    there = row.scope.row(navigation.target)
    if not wanted:
        _check(there, expand.options)
    groups = _targets(there, list(join.values()), wanted, expand.options, root) if wanted else {}
    for raw, key, entity in zip(found, keys, entities, strict=True):
        if not navigation.collection:
            entity[navigation.name] = next((found.entity for found in groups.get(key, ([], 0))[0]), None)
            continue
        targets, number = groups.get(key, ([], 0))
        if expand.options.count:
            entity[f"{navigation.name}@odata.count"] = number
        entity[navigation.name] = [target.entity for target in targets]
        limit = expand.options.top if expand.options.top is not None else number
        if len(targets) == MAX_EXPANDED and min(limit, number - expand.options.skip) > MAX_EXPANDED:
            link = f"{root}{row.entity_set}('{raw['ID']}')/{navigation.name}?$skip={MAX_EXPANDED}"
            entity[f"{navigation.name}@odata.nextLink"] = link


def _check(row: Row, options: Options) -> None:
    """Refuse what is wrong in nested options, also where there is nothing to expand."""
    _filtered(row, _TRUE, options)
    _order(row, options)
    for expand in options.expand:
        if not expand.navigation.contained:
            _check(row.scope.row(expand.navigation.target), expand.options)


def _targets(
    row: Row, joins: list[str], wanted: set[tuple[Any, ...]], options: Options, root: str
) -> dict[tuple[Any, ...], tuple[list[Found], int]]:
    """The expanded entities by the values that join them, with their number before `$top` and `$skip`."""
    values = sql.SQL(", ").join([row.value(path) for path in joins])
    tuples = [sql.SQL("({one})").format(one=sql.SQL(", ").join([sql.Literal(v) for v in key])) for key in wanted]
    condition = sql.SQL("({values}) in ({tuples})").format(values=values, tuples=sql.SQL(", ").join(tuples))
    limit = MAX_EXPANDED if options.top is None else min(options.top, MAX_EXPANDED)
    names = [sql.Identifier(f"#join{index}") for index in range(len(joins))]
    join_columns = [
        sql.SQL("{value} as {name}").format(value=row.value(path), name=name)
        for path, name in zip(joins, names, strict=True)
    ]
    order = _order(row, options)
    query = sql.SQL(
        "select * from (select {columns}, {joins}, count(*) over (partition by {values}) as {number},"
        " row_number() over (partition by {values} order by {order}) as {place}"
        " from {source} where {condition}) numbered where {place} > {skip} and {place} <= {last} order by {place}"
    ).format(
        columns=_columns(row, options),
        joins=sql.SQL(", ").join(join_columns),
        values=values,
        number=sql.Identifier("#number"),
        place=sql.Identifier("#place"),
        order=order,
        source=row.source,
        condition=_filtered(row, condition, options),
        skip=sql.Literal(options.skip),
        last=sql.Literal(options.skip + limit),
    )
    found = fetch(query)
    entities = _shown(row, found, options, root)
    groups: dict[tuple[Any, ...], tuple[list[Found], int]] = {}
    for raw, entity in zip(found, entities, strict=True):
        key = tuple(raw[f"#join{index}"] for index in range(len(joins)))
        members, _number = groups.get(key, ([], 0))
        members.append(Found(raw, entity))
        groups[key] = (members, int(raw["#number"]))
    return groups


def unfiltered(options: Options) -> Options:
    """Only what shapes a single entity: `$select` and `$expand`."""
    return replace(options, filter=None, order_by=(), top=None, skip=0, count=False, skip_token=None)


def along(here: Row, navigation: Navigation, there: Row, condition: sql.Composable) -> sql.Composable:
    """The rows that navigation leads to from the row that meets the condition."""
    return sql.SQL("exists (select from {source} where {condition} and {seen} and {join})").format(
        source=here.source, condition=condition, seen=seen(here), join=joined(here, navigation, there)
    )
