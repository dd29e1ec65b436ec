"""What searches for words have in common, whatever they search in."""

from collections.abc import Callable, Sequence

from psycopg import sql

from formcase.casesystem.finding.listing import Condition
from formcase.casesystem.finding.words import holds_words, words_of
from formcase.casesystem.sql_rows import Row

Ways = Callable[[Row, tuple[str, ...]], Sequence[sql.Composable]]


def search(text: str, ways: Ways) -> Condition:
    """Rows that any of the ways finds: each is a query for their keys. A search without a word finds nothing."""
    words = words_of(text)

    def condition(row: Row) -> sql.Composable:
        if not words:
            return sql.SQL("false")
        union = sql.SQL(" union ").join(ways(row, words))
        return sql.SQL("{key} in ({ways})").format(key=row.column("key"), ways=union)

    return condition


def by_own_text(row: Row, words: tuple[str, ...], template: str) -> sql.Composable:
    """The keys of those whose own text, which the template names, holds the words."""
    there = row.scope.row(row.type.name)
    return sql.SQL("select {key} from {source} where {words}").format(
        key=there.column("key"), source=there.source, words=holds_words(there.template(template), words)
    )
