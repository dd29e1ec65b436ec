"""Listings: what may be sorted by, and paging by the key of the row that a page begins or ends with, so that page ten
thousand is as fast as the first and nothing but a key stands in an address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from psycopg import sql

from formcase.casesystem.finding.searching import Search, is_rare, looked_up, measured, tested
from formcase.casesystem.query_options import Options
from formcase.casesystem.reading import Found, count_up_to, read_rows
from formcase.casesystem.reference import Reference
from formcase.casesystem.rights import Actor
from formcase.casesystem.sql_rows import Row, Scope, fetch, of_type, seen

ROWS = 50
COUNTED = 1000
LOOKED_THROUGH = 6_000  # rows
SORTED = 1_500  # rows of a search for what is common
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

    search: Search | None = None
    conditions: tuple[Condition, ...] = ()
    sort: str = ""
    descending: bool = True
    after: str = ""
    before: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether not all is asked for."""
        return self.search is not None or bool(self.conditions)


@dataclass(frozen=True, slots=True)
class Slice:
    """One page. previous, following: the keys to go on from; empty where there is nothing. number: how many there are
    in all, counted no further than `COUNTED` + 1. partial: whether it stands in the order of `SORTED` of them alone, as
    more were found than can be sorted."""

    rows: Sequence[Found]
    previous: str
    following: str
    number: int
    partial: bool = False


def find(actor: Actor, reference: Reference, listing: Listing, wanted: Wanted) -> Slice:
    """The page of what the actor sees that the address asks for; the first where it asks for one that is not there."""
    row = Scope(actor, reference).row(reference.model.sets[listing.entity_set])
    position = _position(row, listing, wanted)
    if position is None:
        wanted = replace(wanted, after="", before="")
    backwards = bool(wanted.before)
    order = _Order(row, listing, wanted, position)
    met = _searched(order) if wanted.search is not None else _listed(order, row)
    found, number = met.rows, met.number
    more = len(found) > ROWS
    rows = list(reversed(found[:ROWS])) if backwards else found[:ROWS]
    if not rows:
        return Slice((), "", "", number, met.partial)
    first, last = str(rows[0].raw["ID"]), str(rows[-1].raw["ID"])
    has_previous = more if backwards else position is not None
    has_following = True if backwards else more
    return Slice(rows, first if has_previous else "", last if has_following else "", number, met.partial)


@dataclass(frozen=True, slots=True)
class _Order:
    """In which order the rows stand, and from where on. position: what the row beside the page is sorted by."""

    row: Row
    listing: Listing
    wanted: Wanted
    position: object | None

    @property
    def condition(self) -> sql.Composable:
        """What the address narrows the listing by, a search left out."""
        return sql.SQL(" and ").join([sql.SQL("true"), *(one(self.row) for one in self.wanted.conditions)])

    @property
    def narrows(self) -> bool:
        """Whether that leaves so little that a search in it needs no care."""
        query = sql.SQL("select from {source} where {condition}").format(
            source=self.row.source, condition=self.condition
        )
        return bool(self.wanted.conditions) and is_rare(query)

    @property
    def beyond(self) -> sql.Composable:
        """The rows of this page and all that follow."""
        if self.position is None:
            return sql.SQL("true")
        return sql.SQL("({column}, {id}) {comparison} ({value}, {key})").format(
            column=_column(self.row, self.listing, self.wanted),
            id=self.row.column("key"),
            comparison=sql.SQL(">" if self._ascending else "<"),
            value=sql.Literal(self.position),
            key=sql.Literal(self.wanted.before or self.wanted.after),
        )

    @property
    def terms(self) -> sql.Composable:
        """For an `order by`."""
        return sql.SQL("{column} {direction}, {id} {direction}").format(
            column=_column(self.row, self.listing, self.wanted),
            id=self.row.column("key"),
            direction=sql.SQL("asc" if self._ascending else "desc"),
        )

    @property
    def _ascending(self) -> bool:
        return self.wanted.descending is bool(self.wanted.before)

    def only(self, found: sql.Composable) -> Row:
        """The row, taken from those alone that meet the condition and another one."""
        # The database must not go through the listing in its order here, in the hope to meet them soon.
        rest = sql.SQL("where {condition} and {found} offset 0")
        return self.row.taken(rest.format(condition=self.condition, found=found))

    def first_rows(self, beyond: sql.Composable) -> Row:
        """The row, taken from those of the table that come first in this order, whoever sees them."""
        return self.row.taken(
            sql.SQL("where {kind} and {beyond} order by {order} limit {limit}").format(
                kind=of_type(self.row), beyond=beyond, order=self.terms, limit=sql.Literal(LOOKED_THROUGH)
            )
        )


@dataclass(frozen=True, slots=True)
class _Met:
    """The rows of the page and the one after it, and how many there are in all; partial: as in a slice."""

    rows: list[Found]
    number: int
    partial: bool = False


def _listed(order: _Order, row: Row) -> _Met:
    return _Met(_page(order, row, order.condition), count_up_to(row, order.condition, COUNTED + 1))


def _searched(order: _Order) -> _Met:
    """The same of what a search finds: by looking up what is rare, by looking through the listing for what is common.

    What is common but does not stand where the listing begins is looked up after all, no more of it than can be sorted
    while somebody waits.
    """
    ways = order.wanted.search.ways_for(order.row) if order.wanted.search is not None else ()
    search = measured(order.row, ways)
    anywhere = order.only(looked_up(order.row, search.ways))
    if search.all_rare or order.narrows:
        return _listed(order, anywhere)
    condition = sql.SQL("{condition} and {test}").format(condition=order.condition, test=tested(search.ways))
    found = _page(order, order.first_rows(order.beyond), condition)
    if len(found) <= ROWS:
        return _sorted(order, anywhere)
    number = count_up_to(order.first_rows(sql.SQL("true")), condition, COUNTED + 1)
    if number <= COUNTED:
        number = count_up_to(anywhere, order.condition, COUNTED + 1)
    return _Met(found, number)


def _sorted(order: _Order, row: Row) -> _Met:
    """The page of the rows that are seen of these, sorted by themselves; of `SORTED` of them where there are more."""
    query = sql.SQL("select {key} as key from {source} where {seen} limit {limit}").format(
        key=row.column("key"), source=row.source, seen=seen(row), limit=sql.Literal(SORTED + 1)
    )
    keys = [str(one["key"]) for one in fetch(query)]
    among = sql.SQL("{key} = any({keys})").format(key=row.column("key"), keys=sql.Literal(keys[:SORTED]))
    found = _page(order, order.only(among), order.condition)
    return _Met(found, min(len(keys), COUNTED + 1), len(keys) > SORTED)


def _page(order: _Order, row: Row, condition: sql.Composable) -> list[Found]:
    return read_rows(
        row,
        sql.SQL("{condition} and {beyond}").format(condition=condition, beyond=order.beyond),
        Options(select=order.listing.shown),
        order=order.terms,
        limit=ROWS + 1,
    )


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


def _column(row: Row, listing: Listing, wanted: Wanted) -> sql.Composable:
    return row.template(listing.columns.get(wanted.sort, listing.columns[listing.sort]))
