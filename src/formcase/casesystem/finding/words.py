"""Words to search for, in PostgreSQL's Danish full-text search. Cut apart as `casesystem_words` does it in the
database; each word may be the beginning of the one that is found."""

import re

from psycopg import sql

MOST_WORDS = 12
_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a search."""
    return tuple(_WORD.findall(text)[:MOST_WORDS])


def holds_words(expression: sql.Composable, words: tuple[str, ...]) -> sql.Composable:
    """Whether the text of an indexed expression holds all of the words."""
    wanted = " & ".join(f"{word}:*" for word in words)
    return sql.SQL("casesystem_words({text}) @@ to_tsquery('danish', {wanted})").format(
        text=expression, wanted=sql.Literal(wanted)
    )
