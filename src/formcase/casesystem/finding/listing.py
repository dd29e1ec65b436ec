"""Listings: what may be sorted by, and paging by the key of the row that a page begins or ends with, so that page ten
thousand is as fast as the first and nothing but a key stands in an address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from psycopg import sql

from formcase.casesystem.query_options import Options
from formcase.casesystem.reading import Found, count_up_to, read_rows
from formcase.casesystem.reference import Reference
from formcase.casesystem.rights import Actor
from formcase.casesystem.sql_rows import Row, Scope, fetch, seen

ROWS = 50
COUNTED = 1000
Condition = Callable[[Row], sql.Composable]


@dataclass(frozen=True, slots=True)
class Listing:
    """A set as it is listed. columns: what it may be sorted by → SQL over `{row}` that is never null and has an index
    together with the key · shown: the properties that a row needs."""

    entity_set: str
    columns: Mapping[str, str]
    sort: str
    shown: frozenset[str]
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address asks for. after, before: the key of the row beside the page."""

    conditions: tuple[Condition, ...] = ()
    sort: str = ""
    descending: bool = True
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Slice:
    """One page. previous, following: the keys to go on from; empty where there is nothing. number: how many there are
    in all, counted no further than `COUNTED` + 1."""

    rows: Sequence[Found]
    previous: str
    following: str
    number: int


def find(actor: Actor, reference: Reference, listing: Listing, wanted: Wanted) -> Slice:
    """The page of what the actor sees that the address asks for; the first where it asks for one that is not there."""
    row = Scope(actor, reference).row(reference.model.sets[listing.entity_set])
    condition = sql.SQL(" and ").join([sql.SQL("true"), *(one(row) for one in wanted.conditions)])
    number = count_up_to(row, condition, COUNTED + 1)
    backwards = bool(wanted.before)
    position = _position(row, listing, wanted)
    if position is None:
        wanted, backwards = replace(wanted, after="", before=""), False
    ascending = wanted.descending is backwards
    limits = [condition] if position is None else [condition, _beyond(row, listing, wanted, position, ascending)]
    found = read_rows(
        row,
        sql.SQL(" and ").join(limits),
        Options(select=listing.shown),
        order=_order(row, listing, wanted, ascending),
        limit=ROWS + 1,
    )
    more = len(found) > ROWS
    rows = list(reversed(found[:ROWS])) if backwards else found[:ROWS]
    if not rows:
        return Slice((), "", "", number)
    first, last = str(rows[0].raw["ID"]), str(rows[-1].raw["ID"])
    has_previous = more if backwards else position is not None
    has_following = True if backwards else more
    return Slice(rows, first if has_previous else "", last if has_following else "", number)


def _position(row: Row, listing: Listing, wanted: Wanted) -> object | None:
    """What the row beside the page is sorted by. Only of a row that is seen: an unseen one's place tells about it."""
    key = wanted.before or wanted.after
    if not key or "\x00" in key:
        return None
    query = sql.SQL("select {value} as value from {source} where {id} = {key} and {seen}").format(
        value=_column(row, listing, wanted),
        source=row.source,
        id=row.column("key"),
        key=sql.Literal(key),
        seen=seen(row),
    )
    found = fetch(query)
    return found[0]["value"] if found else None


def _beyond(row: Row, listing: Listing, wanted: Wanted, position: object, ascending: bool) -> sql.Composable:
    return sql.SQL("({column}, {id}) {comparison} ({value}, {key})").format(
        column=_column(row, listing, wanted),
        id=row.column("key"),
        comparison=sql.SQL(">" if ascending else "<"),
        value=sql.Literal(position),
        key=sql.Literal(wanted.before or wanted.after),
    )


def _order(row: Row, listing: Listing, wanted: Wanted, ascending: bool) -> sql.Composable:
    direction = sql.SQL("asc" if ascending else "desc")
    return sql.SQL("{column} {direction}, {id} {direction}").format(
        column=_column(row, listing, wanted), id=row.column("key"), direction=direction
    )


def _column(row: Row, listing: Listing, wanted: Wanted) -> sql.Composable:
    return row.template(listing.columns.get(wanted.sort, listing.columns[listing.sort]))
