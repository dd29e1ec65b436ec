"""From a receipt to the data that the template sets: headings with their levels, lists, tables with their columns.

The template decides how these look; what a person wrote reaches it as data only and is never read as typst.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby, zip_longest
from zoneinfo import ZoneInfo

from formcase.formservice.receipt.legible import Code, Piece, one_line, paragraphs, width
from formcase.formservice.receipt.model import Answer, Block, Item, Receipt, Section, Table
from formcase.formservice.receipt.typefaces import families
from formcase.formservice.receipt.words import Words, size_told, told, words_for

Data = dict[str, object]

_LANGUAGE = re.compile("([a-z]{2,3})(?:-[a-z]{4})?(?:-([a-z]{2}))?(?:-.*)?", re.IGNORECASE)
_FALLBACK_LANGUAGE = "da"
_DEEPEST_HEADING = 6
# More columns than this are not readable on a page that stands upright: such entries are set one below the other.
_MOST_COLUMNS = 6
# Room in widths of a common letter, a little less than the template gives.
_TITLE_ROOM = 40
_HEADING_ROOM = 60
_LABEL_ROOM = 22
_VALUE_ROOM = 44
_TABLE_ROOM = 84
_CELL_MARGIN = 3.5
_NARROWEST, _WIDEST = 9, 36
# An answer beyond this stands below its question, over the whole width.
_LONG_ANSWER, _MANY_LINES = 600, 12


def composed(receipt: Receipt, *, latin_only: bool = False) -> Data:
    """The receipt as the template reads it."""
    return _Composition(words_for(receipt.language), latin_only).document(receipt)


class _Composition:
    """One receipt being composed, in one language; it notes whether a character had to be shown by its number."""

    def __init__(self, words: Words, latin_only: bool) -> None:
        self._words = words
        self._latin_only = latin_only
        self._codes = False

    def document(self, receipt: Receipt) -> Data:
        language, region = _language(receipt.language)
        title = receipt.title if receipt.title.strip() else receipt.reference_id
        body = [*self._sections(receipt.sections), *self._attachments(receipt.attachments)]
        data: Data = {
            "language": language,
            "region": region,
            "families": families(),
            "documentTitle": one_line(f"{title} ({receipt.reference_id})"),
            "receipt": self._words.receipt,
            "title": self._text(title, _TITLE_ROOM),
            "facts": self._facts(receipt),
            "footer": f"{self._words.reference_id} {one_line(receipt.reference_id)}",
            "page": self._words.page,
            "body": body,
        }
        return data | {"codes": self._words.codes if self._codes else None}

    def _facts(self, receipt: Receipt) -> list[Data]:
        words = self._words
        submitted = told(receipt.submitted_at.astimezone(ZoneInfo(receipt.time_zone)), words)
        facts = [(words.reference_id, receipt.reference_id), (words.submitted, submitted)]
        if receipt.submitter and receipt.submitter.strip():
            facts.append((words.submitter, receipt.submitter))
        return [{"label": label, "value": self._text(value, _LABEL_ROOM)} for label, value in facts]

    def _sections(self, sections: Iterable[Section]) -> Iterator[Data]:
        for section in sections:
            yield from self._titled(section.title, section.items, level=2)

    def _attachments(self, attachments: tuple[tuple[str, int], ...]) -> Iterator[Data]:
        words = self._words
        if attachments:
            rows = tuple((name, size_told(size, words)) for name, size in attachments)
            yield from self._table(Table(words.attachments, (words.file, words.size), rows), level=2)

    def _titled(self, title: str, items: tuple[Item, ...], level: int) -> Iterator[Data]:
        """The items under their heading; a blank title makes no heading, so that none of the levels is left out."""
        if title.strip():
            yield self._heading(title, level)
            level += 1
        for answers, group in groupby(items, key=lambda item: isinstance(item, Answer)):
            if answers:
                yield self._answers(item for item in group if isinstance(item, Answer))
            else:
                for item in group:
                    yield from self._group(item, level)

    def _group(self, item: Item, level: int) -> Iterator[Data]:
        if isinstance(item, Table):
            yield from self._table(item, level)
        elif isinstance(item, Block):
            yield from self._titled(item.title, item.items, level)

    def _heading(self, title: str, level: int) -> Data:
        return {
            "kind": "heading",
            "level": min(level, _DEEPEST_HEADING),
            "text": self._text(title.strip(), _HEADING_ROOM),
        }

    def _answers(self, answers: Iterable[Answer]) -> Data:
        return {
            "kind": "answers",
            "answers": [
                {
                    "label": self._text(answer.label, _LABEL_ROOM),
                    "value": self._text(answer.value, _VALUE_ROOM) if answer.value.strip() else None,
                    "long": width(answer.value) > _LONG_ANSWER or answer.value.count("\n") > _MANY_LINES,
                }
                for answer in answers
            ],
            "notAnswered": self._words.not_answered,
        }

    def _table(self, table: Table, level: int) -> Iterator[Data]:
        count = max([len(table.columns), *map(len, table.rows)])
        columns = tuple(
            title if title.strip() else self._words.column.format(number=number)
            for number, title in enumerate((*table.columns, *[""] * (count - len(table.columns))), start=1)
        )
        if table.rows and count > _MOST_COLUMNS:
            yield from self._titled(table.title, self._entries(columns, table.rows), level)
            return
        if table.title.strip():
            yield self._heading(table.title, level)
        if table.rows and columns:
            yield self._rows(columns, table.rows)
        else:
            yield {"kind": "note", "text": self._words.no_entries}

    def _entries(self, columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> tuple[Block, ...]:
        return tuple(
            Block(
                self._words.entry.format(number=number),
                tuple(Answer(label, value) for label, value in zip_longest(columns, row, fillvalue="")),
            )
            for number, row in enumerate(rows, start=1)
        )

    def _rows(self, columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Data:
        shares = [_share(cells) for cells in zip_longest(columns, *rows, fillvalue="")]
        rooms = [_TABLE_ROOM * share / sum(shares) - _CELL_MARGIN for share in shares]
        return {
            "kind": "table",
            "shares": shares,
            "columns": [self._text(title, room) for title, room in zip(columns, rooms, strict=True)],
            "rows": [
                [self._text(cell, room) for cell, room in zip((*row, *padding), rooms, strict=False)]
                for row in rows
                for padding in [[""] * (len(columns) - len(row))]
            ],
        }

    def _text(self, text: str, room: float) -> list[list[list[object]]]:
        shown = paragraphs(text, longest_word=room, latin_only=self._latin_only)
        self._codes = self._codes or any(isinstance(piece, Code) for part in shown for line in part for piece in line)
        return [[[_piece(piece) for piece in line] for line in paragraph] for paragraph in shown]


def _piece(piece: Piece) -> object:
    return {"code": piece.point} if isinstance(piece, Code) else piece


def _share(cells: Iterable[str]) -> float:
    """A column's part of the table's width: as wide as its longest line needs, within bounds."""
    longest = max(width(line) for cell in cells for line in (cell.splitlines() or [""]))
    return min(max(_NARROWEST, longest + _CELL_MARGIN), _WIDEST)


def _language(tag: str) -> tuple[str, str | None]:
    found = _LANGUAGE.fullmatch(tag)
    if not found:
        return _FALLBACK_LANGUAGE, None
    return found[1].lower(), found[2].upper() if found[2] else None
