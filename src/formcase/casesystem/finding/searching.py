"""Searches for words: the ways in which something is found by them, and how common what each way finds is.

What finds little is looked up first and then sorted. What finds much is met soon by whoever goes through the listing in
its order, and would take long to look up: there each row is tested instead. The database's statistics tell which of the
two a search is.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from psycopg import sql

from formcase.casesystem.finding.words import holds_words, words_of
from formcase.casesystem.sql_rows import Row, fetch

COMMON = 5_000  # rows


@dataclass(frozen=True, slots=True)
class Way:
    """A way to find rows. test: whether a row is found by it · keys: a query for the keys of all that are; None where
    the test itself has an index · measured: the query of which the database is asked how much it will find."""

    test: sql.Composable
    keys: sql.Composable | None
    measured: sql.Composable


@dataclass(frozen=True, slots=True)
class Search:
    """What was searched for. ways: how a row of the set is found by words."""

    text: str
    ways: Callable[[Row, tuple[str, ...]], Sequence[Way]]

    def ways_for(self, row: Row) -> Sequence[Way]:
        """The ways to find this row; none where there is no word: that finds nothing."""
        words = words_of(self.text)
        return self.ways(row, words) if words else ()


def by_own_words(row: Row, words: tuple[str, ...]) -> Way:
    """Found by the row's own words."""
    test = holds_words(row, words)
    measured = sql.SQL("select from {source} where {test}").format(source=row.source, test=test)
    return Way(test, None, measured)


@dataclass(frozen=True, slots=True)
class Measured:
    """The ways of one search, after the database was asked how much each finds. Where one that goes by keys finds
    little, its keys are there already: they are needed more than once. all_rare: whether no way finds much."""

    ways: Sequence[Way]
    all_rare: bool


def measured(row: Row, ways: Sequence[Way]) -> Measured:
    """Ask of each way how much it finds, and those that find little for it."""
    rare = [is_rare(way.measured) for way in ways]
    return Measured(
        [_gathered(row, way) if is_it else way for way, is_it in zip(ways, rare, strict=True)],
        all(rare),
    )


def tested(ways: Sequence[Way]) -> sql.Composable:
    """The rows that any of the ways finds, as a test of rows that are there already."""
    return _any([way.test for way in ways])


def looked_up(row: Row, ways: Sequence[Way]) -> sql.Composable:
    """The same as a condition that indexes answer, for rows in any place."""
    return _any(
        [
            way.test
            if way.keys is None
            else sql.SQL("{key} in ({queries})").format(key=row.column("key"), queries=way.keys)
            for way in ways
        ]
    )


def _gathered(row: Row, way: Way) -> Way:
    if way.keys is None:
        return way
    keys = sorted({str(value) for one in fetch(way.keys) for value in one.values()})
    test = sql.SQL("{key} = any({keys}::text[])").format(key=row.column("key"), keys=sql.Literal(keys))
    return Way(test, None, way.measured)


def _any(conditions: Sequence[sql.Composable]) -> sql.Composable:
    return sql.SQL("({any})").format(any=sql.SQL(" or ").join(conditions)) if conditions else sql.SQL("false")


def is_rare(query: sql.Composable) -> bool:
    """Whether the database expects a query to find little."""
    (answer,) = fetch(sql.SQL("explain (format json) {query}").format(query=query))
    plan = answer["QUERY PLAN"]
    told = json.loads(plan) if isinstance(plan, str) else plan
    return int(told[0]["Plan"]["Plan Rows"]) <= COMMON
