"""The words that a line of the workflow log is found by, in every language, and what people type as a search for them.

Words are cut here and not by the database's parser: case numbers, codes and reference IDs must stay whole. The database
adds their stems (`workflows_log_words`), so that a word is found in its other forms.
"""

import re
import unicodedata
from collections.abc import Iterator

from django.conf import settings
from django.db import connection

from formcase.messages import Message
from formcase.workflows.sql import statement
from formcase.workflows.translation import translation

MOST_WORDS = 300
LONGEST_WORD = 200  # characters
_WORD = re.compile(r"\w+(?:[.\-/:@]\w+)*")
_TYPED = re.compile(rf"({_WORD.pattern})(\*?)")
_PARTS = re.compile(r"[.\-/:@]")


def words_of(event: str, text: Message) -> list[str]:
    """The words of an event and of its message without what it hides, each once."""
    found = dict.fromkeys(_words(event))
    for language, _name in settings.LANGUAGES:
        found |= dict.fromkeys(_words(text.discreet(translation(language))))
    return sorted(found)[:MOST_WORDS]


def sought(typed: str) -> str | None:
    """What a person typed, as a tsquery: every word must be there, in whichever form; `begin*` stands for all words
    that begin so. None where there is no word in it."""
    found = [(match[1][:LONGEST_WORD], bool(match[2])) for match in _TYPED.finditer(_folded(typed))]
    if not found:
        return None
    stems = _stems([word for word, begins in found if not begins])
    parts = [f"'{word}':*" if begins else _any_of(word, stems[word]) for word, begins in dict.fromkeys(found)]
    return " & ".join(parts)


def _words(text: str) -> Iterator[str]:
    """Each word, and the parts of those that have parts: 02.15 of 2026-02.15-00001 is found by itself."""
    for match in _WORD.finditer(_folded(text)):
        whole = match[0][:LONGEST_WORD]
        yield whole
        for start in _PARTS.finditer(whole):
            yield whole[start.end() :]
        for end in _PARTS.finditer(whole):
            yield whole[: end.start()]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("\0", "")


def _stems(words: list[str]) -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(statement("log_stems"), {"words": words})
        return dict(cursor.fetchall())


def _any_of(word: str, stems: list[str]) -> str:
    forms = dict.fromkeys(stems) or (word,)  # where the word stands, its stems stand, too
    return "(" + " | ".join("'{}'".format(form.replace("'", "''").replace("\\", "\\\\")) for form in forms) + ")"
