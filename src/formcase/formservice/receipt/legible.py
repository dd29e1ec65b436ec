"""Any text made showable: every character is either shown by a typeface or by its code point, and every line can be
broken somewhere. Nothing is left out.

The result is data for the template: a text is a list of paragraphs, a paragraph a list of lines, a line a list of
pieces. A piece is a run of text, `Code` for a character that no typeface shows, or `BREAK`, a place where a line may
end without any sign. What one paragraph holds has a bound, because typst's time grows with its square; a text beyond it
goes on in the next paragraph, which is set without a gap.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from formcase.formservice.receipt import typefaces

BREAK = None
"""A place where a line may be broken, leaving no character behind in the text that is copied from the page."""

_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_WORD = re.compile(r"\S+|\s+")
_TAB = " " * 4
_ZERO_WIDTH_JOINER = "\u200d"
# Characters without a glyph of their own that shape or lay out their neighbours; they go through as they are.
_QUIET = frozenset("\u00ad\u034f\u200b\u200c\u200d\u200e\u200f\u061c\u2060") | frozenset(
    map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
# Letters and marks that nobody can see; the other things that can't be seen are told by their category.
_UNSEEN = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0")
# Controls (those that turn the direction of reading among them), private and unassigned characters, halves of one.
_NO_LETTERS = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
_LATIN_ONLY = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x180))))
_CHUNK = 5
_LONGEST_RUN = 4000
_PARAGRAPH_WEIGHT, _LINE_WEIGHT, _PIECE_WEIGHT = 12000, 60, 20


@dataclass(frozen=True, slots=True)
class Code:
    """A character that is shown by its number: `U+1F600`."""

    point: str


Piece = str | Code | None
Line = list[Piece]
Paragraph = list[Line]


def paragraphs(text: str, *, longest_word: float, latin_only: bool = False) -> list[Paragraph]:
    """The text, ready to be set. longest_word: the room for one word, in widths of a common letter; a word that needs
    more may be broken anywhere. latin_only: trust no typeface with more than the letters of Europe's west."""
    told: list[Paragraph] = [[]]
    weight = 0
    for line in _LINE_END.split(text):
        told[-1].append([])
        weight += _LINE_WEIGHT
        for piece in _pieces(line, longest_word, latin_only):
            if weight > _PARAGRAPH_WEIGHT:
                told.append([[]])
                weight = 0
            told[-1][-1].append(piece)
            weight += _PIECE_WEIGHT + len(piece) if isinstance(piece, str) else _PIECE_WEIGHT
    return told


def one_line(text: str) -> str:
    """The text on one line, as it may stand in a file's properties."""
    flat = " ".join(_LINE_END.split(text))
    return "".join(character if _is_plain(character) else f"[{_point(character)}]" for character in flat).strip()


def width(text: str) -> float:
    """About how wide the text is, in widths of a common letter, rather too wide than too narrow."""
    return sum(map(_width_of, text))


def _pieces(line: str, longest_word: float, latin_only: bool) -> Iterator[Piece]:
    shown = _shown_in_latin(line) if latin_only else _shown(line)
    for run in shown:
        if isinstance(run, Code):
            yield run
            yield BREAK
        else:
            yield from _breakable(run, longest_word)


def _shown(line: str) -> Iterator[str | Code]:
    """Runs of what can be shown, and the code points between them.

    A mark must stand in the same typeface as the letter that it belongs to, else neither can be shown together.
    """
    run: list[str] = []
    cluster: frozenset[str] = frozenset()
    previous = ""
    for character in line.replace("\t", _TAB):
        fitting = _fitting(character, previous, cluster)
        if fitting is None:
            if run:
                yield "".join(run)
                run = []
            yield Code(_point(character))
            cluster = frozenset()
        else:
            run.append(character)
            cluster = fitting
        previous = character
    if run:
        yield "".join(run)


def _fitting(character: str, previous: str, cluster: frozenset[str]) -> frozenset[str] | None:
    """The typefaces that can show the character where it stands, None where there is none."""
    if character in _QUIET:
        return cluster
    if not _is_plain(character):
        return None
    belongs = unicodedata.category(character).startswith("M") or previous == _ZERO_WIDTH_JOINER
    if belongs and cluster:
        return frozenset(file for file in cluster if typefaces.shows(file, character)) or None
    return typefaces.covering(character) or None


def _shown_in_latin(line: str) -> Iterator[str | Code]:
    for character in line:
        yield character if character in _LATIN_ONLY else Code(_point(character))


def _is_plain(character: str) -> bool:
    if character in _QUIET:
        return True
    return character not in _UNSEEN and unicodedata.category(character) not in _NO_LETTERS


def _point(character: str) -> str:
    return f"U+{ord(character):04X}"


def _breakable(run: str, longest_word: float) -> Iterator[Piece]:
    """The run, with places to break inside the words that are too long; short words stay in one piece with others."""
    held: list[str] = []
    length = 0
    for word in _WORD.findall(run):
        fits = width(word) <= longest_word
        if held and not (fits and length < _LONGEST_RUN):
            yield "".join(held)
            held, length = [], 0
        if fits:
            held.append(word)
            length += len(word)
        else:
            for chunk in _chunks(word):
                yield chunk
                yield BREAK
    if held:
        yield "".join(held)


def _chunks(word: str) -> Iterator[str]:
    """Short parts of the word, never parting a letter from its marks or an emoji from its kin."""
    start, length = 0, 0
    for position, character in enumerate(word):
        joined = (
            character in _QUIET
            or unicodedata.category(character).startswith(("M", "Sk"))
            or word[position - 1] == _ZERO_WIDTH_JOINER
        )
        if length >= _CHUNK and not joined:
            yield word[start:position]
            start, length = position, 0
        length += 1
    yield word[start:]


def _width_of(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.8
    if character.isupper() or character in "mw@%&—…":
        return 1.5
    return 1.0
