"""Words to search for, in PostgreSQL's Danish full-text search. Cut apart as `casesystem_words` does it in the
database; each word may be the beginning of the one that is found, where it is long enough to be one."""

import re

from psycopg import sql

from formcase.casesystem.sql_rows import Row

MOST_WORDS = 12
SHORTEST_BEGINNING = 3
_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a search."""
    return tuple(_WORD.findall(text)[:MOST_WORDS])


def holds_words(row: Row, words: tuple[str, ...]) -> sql.Composable:
    """Whether what is kept of a row's words holds all of these."""
    wanted = " & ".join(f"{word}:*" if len(word) >= SHORTEST_BEGINNING else word for word in words)
    return sql.SQL("{kept} @@ to_tsquery('danish', {wanted})").format(
        kept=row.column("words"), wanted=sql.Literal(wanted)
    )
