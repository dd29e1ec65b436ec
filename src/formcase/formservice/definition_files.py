"""A definition as it was handed in: bytes or text that should be JSON, and in it only words that mean something.

All that is wrong is told at once, each with the line, the JSON pointer and the names that lead there.
"""

import difflib
import json
import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from formcase.formservice.definition_places import (
    Pointer,
    distinct_names,
    line_starts,
    offsets,
    pointer_to,
    written_pointer,
)
from formcase.formservice.definitions import DefinitionRefused, read_definition
from formcase.formservice.design import Form, written
from formcase.formservice.problems import Problem

LARGEST = 1024 * 1024  # bytes
_DEEPEST = 200  # levels of JSON; a form has 60 levels of groups, each of them two of JSON

_FORM = ("id", "title", "version", "updatedAt", "language", "about", "largestTotal", "mostFiles", "pages")
_PAGE = ("name", "title", "hidden", "help", "shownWhen", "items")
_GROUP = ("group", "title", "repeats", "atLeast", "atMost", "help", "shownWhen", "items")
_FIELD = (
    *("field", "title", "type", "required", "multiple", "choices", "default", "help", "multiline", "shownWhen"),
    *("accept", "largestFile", "autocomplete"),
)
_CHOICE = ("value", "title")


@dataclass(frozen=True, slots=True)
class PlacedProblem:
    """Something that is wrong, and where. line: from 1, None where nothing of the place is there; pointer: as RFC 6901
    writes it."""

    line: int | None
    pointer: str
    problem: Problem


class FileRefused(DefinitionRefused):
    """A definition that can't be taken, with the place of everything that is wrong with it."""

    def __init__(self, placed: Iterable[PlacedProblem]) -> None:
        self.placed = tuple(placed)
        super().__init__([_with_line(one) for one in self.placed])


class NotJson(FileRefused):
    """What was handed in is no JSON at all, so that nothing else can be said of it."""


@dataclass(frozen=True, slots=True)
class DefinitionFile:
    """A sound definition: the form, and the document that it was read from."""

    form: Form
    document: Mapping[str, object]


def decoded(content: bytes) -> str:
    """The text of a file. Raises `NotJson`."""
    if len(content) > LARGEST:
        raise NotJson([_at_once(None, _("The file is too large: a definition has at most 1 MiB."))])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NotJson([_at_once(line, _("This is no text in UTF-8. Save the file as UTF-8."))]) from None


def read_definition_text(text: str) -> DefinitionFile:
    """The form that a text defines. Raises `FileRefused`."""
    document, twice = _parsed(text)
    unknown = list(_unknown_words(document))
    try:
        form = read_definition(document)
    except DefinitionRefused as refusal:
        raise FileRefused(_placed(text, document, [*twice, *unknown, *refusal.problems])) from None
    if twice or unknown or not isinstance(document, Mapping):
        raise FileRefused(_placed(text, document, [*twice, *unknown]))
    return DefinitionFile(form, document)


def written_text(form: Form) -> str:
    """The form's definition as a file: readable, in the order of the documentation, and read back to the same form."""
    return json.dumps(written(form, for_clients=False), ensure_ascii=False, indent=2) + "\n"


def refused(text: str, document: object, problems: Sequence[Problem]) -> FileRefused:
    """The refusal of a definition that is sound and can't be taken all the same."""
    return FileRefused(_placed(text, document, problems))


def _parsed(text: str) -> tuple[object, list[Problem]]:
    twice: list[Problem] = []

    def pairs(found: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _value in found]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            name = next((str(value) for own, value in found if own in ("field", "group", "name")), "")
            text = _("“{key}” stands twice in one object; only one of the two would count.").format(key=key)
            twice.append(Problem((name,) if name else (), text))
        return dict(found)

    try:
        document = json.loads(text, object_pairs_hook=pairs, parse_constant=_no_number, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise NotJson([_at_once(error.lineno, _syntax(text, error))]) from None
    except _NotFinite as error:
        raise NotJson([_at_once(None, _("“{number}” is no number of JSON.").format(number=error))]) from None
    except (RecursionError, ValueError):
        raise NotJson([_at_once(None, _("This is nested too deeply, or has a number without end."))]) from None
    if _depth(document) > _DEEPEST:
        raise NotJson([_at_once(None, _("This is nested too deeply, or has a number without end."))])
    return document, twice


class _NotFinite(Exception):
    pass


def _no_number(name: str) -> float:
    raise _NotFinite(name)


def _finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise _NotFinite(written)
    return number


def _syntax(text: str, error: json.JSONDecodeError) -> str:
    """What is wrong with the syntax, in words that say what would be right."""
    if not text.strip():
        return _("There is nothing here. A definition is a JSON object, which begins with “{”.")
    found = text[error.pos : error.pos + 1]
    known = {
        "Expecting value": _("There must be a value here: a text in quotation marks, a number, a list, an object …"),
        "Expecting property name enclosed in double quotes": _(
            "There must be a name in double quotation marks here; behind the last one of an object stands no comma."
        ),
        "Illegal trailing comma before end of object": _("Behind the last one of an object stands no comma."),
        "Illegal trailing comma before end of array": _("Behind the last one of a list stands no comma."),
        "Expecting ':' delimiter": _("Behind a name there must be a colon."),
        "Expecting ',' delimiter": _("There must be a comma here, or the end of the object or list."),
        "Extra data": _("The definition ends before this; nothing more may stand there."),
        "Unterminated string starting at": _("The text that begins here has no closing quotation mark."),
        "Invalid control character at": _("A text stands in one line; a line break inside it is written as \\n."),
        "Invalid \\escape": _("There is no such sign behind “\\”; “\\” itself is written as \\\\."),
    }
    told = next((words for english, words in known.items() if error.msg.startswith(english)), _("This is no JSON."))
    column = _("column {column}").format(column=error.colno)
    what = _("found: {found}").format(found=found) if found.strip() else _("found: the end of the line")
    return f"{told} ({column}, {what})"


def _depth(document: object) -> int:
    deepest, waiting = 0, [(document, 1)]
    while waiting:
        here, depth = waiting.pop()
        deepest = max(deepest, depth)
        inner = here.values() if isinstance(here, Mapping) else here if isinstance(here, list) else ()
        waiting.extend((value, depth + 1) for value in inner)
    return deepest


def _unknown_words(document: object) -> Iterator[Problem]:
    """Keys that say nothing: most likely misspelt ones, whose meaning would be lost."""
    yield from _unknown(document, ("form",), _FORM)
    for number, page in enumerate(_listed(document, "pages"), 1):
        name = _text(page, "name") or f"pages[{number}]"
        yield from _unknown(page, (name,), _PAGE)
        yield from _unknown_in(_listed(page, "items"), (name,))


def _unknown_in(items: Sequence[object], place: tuple[str, ...]) -> Iterator[Problem]:
    names = [_text(item, "field") or _text(item, "group") or f"items[{number}]" for number, item in enumerate(items, 1)]
    for item, name in zip(items, distinct_names(names), strict=True):
        here = (*place, name)
        if not isinstance(item, Mapping) or ("field" in item) == ("group" in item):
            continue
        yield from _unknown(item, here, _FIELD if "field" in item else _GROUP)
        for number, choice in enumerate(_listed(item, "choices"), 1):
            yield from _unknown(choice, (*here, f"choices[{number}]"), _CHOICE)
        yield from _unknown_in(_listed(item, "items"), here)


def _unknown(document: object, place: tuple[str, ...], known: tuple[str, ...]) -> Iterator[Problem]:
    for key in document if isinstance(document, Mapping) else ():
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
            right = (
                _("Near: {near}.").format(near=near[0]) if near else _("Known: {known}.").format(known=", ".join(known))
            )
            told = _("“{key}” means nothing here.").format(key=key)
            yield Problem((*place, key), f"{told} {right}")


def _listed(document: object, key: str) -> list[object]:
    value = document.get(key) if isinstance(document, Mapping) else None
    return value if isinstance(value, list) else []


def _text(document: object, key: str) -> str:
    value = document.get(key) if isinstance(document, Mapping) else None
    return value if isinstance(value, str) else ""


def _placed(text: str, document: object, problems: Sequence[Problem]) -> list[PlacedProblem]:
    """The problems with their places, in the order of the text."""
    where, starts = offsets(text), line_starts(text)
    found = []
    for problem in dict.fromkeys(problems):
        pointer: Pointer = pointer_to(document, problem.place)
        line = bisect_right(starts, where.get(pointer, 0))
        found.append(PlacedProblem(line, written_pointer(pointer), problem))
    return sorted(found, key=lambda one: one.line or 0)


def _at_once(line: int | None, text: str) -> PlacedProblem:
    return PlacedProblem(line, "", Problem((), text))


def _with_line(placed: PlacedProblem) -> Problem:
    """As the command tells it."""
    if placed.line is None:
        return placed.problem
    line = _("line {line}").format(line=placed.line)
    return Problem((line, *placed.problem.place), placed.problem.text)
