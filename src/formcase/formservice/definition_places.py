"""Where things stand in a definition's JSON: the pointer to the place that a problem names, and the line of a pointer.

Knows the shape of definitions and nothing of what is right in them.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

Pointer = tuple[str | int, ...]

_NUMBERED = re.compile(r"(.*)\[([1-9][0-9]*)\]")
_LISTS = ("pages", "items", "choices")
_WHITE = re.compile(r"[ \t\r\n]*")


def pointer_to(document: object, place: Sequence[str]) -> Pointer:
    """The pointer to a problem's place, or to the innermost part of it that is there."""
    names = list(place[1:]) if place[:1] == ("form",) else list(place)
    here = document
    found: list[str | int] = []
    for name in names:
        step = _step(here, name)
        if step is None:
            break
        found.extend(step)
        here = _at(here, step)
    return tuple(found)


def written_pointer(pointer: Pointer) -> str:
    """The pointer as RFC 6901 writes it; empty for the whole document."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in pointer)


def distinct_names(names: Sequence[str]) -> list[str]:
    """Names of things side by side, each that stands there several times with its number, as in `Files[2]`."""
    seen: dict[str, int] = {}
    told = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        told.append(f"{name}[{seen[name]}]" if names.count(name) > 1 else name)
    return told


def offsets(text: str) -> dict[Pointer, int]:
    """Where each value of a JSON text begins, in characters; the text must be sound JSON."""
    return dict(_Walk(text).value(_after_white(text, 0), ()))


def line_starts(text: str) -> list[int]:
    """Where each line of a text begins, in characters."""
    return [0, *(found.end() for found in re.finditer("\n", text))]


def _step(here: object, name: str) -> Pointer | None:
    if not isinstance(here, Mapping):
        return None
    for key in ("pages", "items"):
        listed = here.get(key)
        if isinstance(listed, list):
            names = [_name(item) for item in listed]
            if name in names:
                return key, names.index(name)
            if name in distinct_names(names):
                return key, distinct_names(names).index(name)
    numbered = _NUMBERED.fullmatch(name)
    if numbered and numbered[1] in _LISTS:
        listed, index = here.get(numbered[1]), int(numbered[2]) - 1
        if isinstance(listed, list) and index < len(listed):
            return numbered[1], index
    return (name,) if name in here else None


def _at(here: object, step: Pointer) -> object:
    for part in step:
        match here, part:
            case Mapping(), str():
                here = here[part]
            case list(), int():
                here = here[part]
    return here


def _name(item: object) -> str:
    """The name of a page, group or field; empty where there is none."""
    if not isinstance(item, Mapping):
        return ""
    value = item.get("field") or item.get("group") or item.get("name")
    return value if isinstance(value, str) else ""


def _after_white(text: str, offset: int) -> int:
    found = _WHITE.match(text, offset)
    return found.end() if found else offset


class _Walk:
    """Goes through a text once; the decoder of the library reads what has no parts, and the keys."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._decoder = json.JSONDecoder(strict=False)
        self.end = 0

    def value(self, offset: int, pointer: Pointer) -> Iterator[tuple[Pointer, int]]:
        """The value that begins here, and all inside it; afterwards `end` is behind it."""
        yield pointer, offset
        if self._text[offset] not in "{[":
            self.end = self._decoder.raw_decode(self._text, offset)[1]
            return
        is_object = self._text[offset] == "{"
        self.end = _after_white(self._text, offset + 1)
        number = 0
        while self._text[self.end] not in "}]":
            key: str | int = number
            if is_object:
                key, self.end = self._decoder.raw_decode(self._text, self.end)
                self.end = _after_white(self._text, _after_white(self._text, self.end) + 1)  # behind the colon
            yield from self.value(self.end, (*pointer, key))
            self.end = _after_white(self._text, self.end)
            if self._text[self.end] == ",":
                self.end = _after_white(self._text, self.end + 1)
            number += 1
        self.end += 1
