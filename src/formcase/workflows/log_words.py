"""The words that a line of the workflow log is found by, in every language, and what people type as a search for them.

Words are cut here and not by the database's parser: case numbers, codes and reference IDs must stay whole.
"""

import re
import unicodedata
from collections.abc import Iterator

from django.conf import settings

from formcase.messages import Message
from formcase.workflows.translation import translation

MOST_WORDS = 300
LONGEST_WORD = 200  # characters
_WORD = re.compile(r"\w+(?:[.\-/:@]\w+)*")
_PARTS = re.compile(r"[.\-/:@]")


def words_of(event: str, text: Message) -> list[str]:
    """The words of an event and of its message without what it hides, each once."""
    found = dict.fromkeys(_words(event))
    for language, _name in settings.LANGUAGES:
        found |= dict.fromkeys(_words(text.discreet(translation(language))))
    return sorted(found)[:MOST_WORDS]


def sought(typed: str) -> str | None:
    """What a person typed, as a tsquery: every word must be there, or one that begins with it. None where there is no
    word in it."""
    wanted = dict.fromkeys(match[0][:LONGEST_WORD] for match in _WORD.finditer(_folded(typed)))
    return " & ".join(_lexeme(word) for word in wanted) or None


def _words(text: str) -> Iterator[str]:
    """Each word, and the parts of those that have parts: 02.15 of 2026-02.15-00001 is found by itself."""
    for match in _WORD.finditer(_folded(text)):
        whole = match[0][:LONGEST_WORD]
        yield whole
        for start in _PARTS.finditer(whole):
            yield whole[start.end() :]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("\0", "")


def _lexeme(word: str) -> str:
    # one letter alone begins far too many words
    return f"'{word}'" + (":*" if len(word) > 1 else "")
