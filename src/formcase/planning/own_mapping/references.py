"""How a mapping names a field or group of the form: `Page.Group.Field`, in templates within braces.

Braces and dots that belong to a name are doubled. A name that begins or ends with one can leave open where it ends;
such a reference is written as the list of its names instead.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

_SINGLE: Final = re.compile(r"\{\{|\}\}|\.\.|[{}.]|[^{}.]+")


@dataclass(frozen=True, slots=True)
class Reference:
    """A field or group of a form: its page, the groups around it, and its own name last."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(_doubled(name).replace(".", "..") for name in self.names)


Part = str | Reference


class Unclear(ValueError):
    """The text can't be read. at: the position of what is wrong."""

    def __init__(self, at: int) -> None:
        super().__init__(f"at {at}")
        self.at = at


def read_reference(text: str) -> Reference:
    """The reference that `str(reference)` wrote. Raises `Unclear`."""
    names = [""]
    for token in _SINGLE.finditer(text):
        part = token[0]
        if part == ".":
            names.append("")
        elif part in {"{", "}"}:
            raise Unclear(token.start())
        else:
            names[-1] += part[:1] if part in {"{{", "}}", ".."} else part
    if not all(name.strip() for name in names):
        raise Unclear(len(text))
    return Reference(tuple(names))


def is_clear(reference: Reference) -> bool:
    """Whether the written reference can be read in one way only."""
    return _reads_as(str(reference), reference)


def _reads_as(text: str, reference: Reference) -> bool:
    try:
        return read_reference(text) == reference
    except Unclear:
        return False


def read_template(text: str) -> tuple[Part, ...]:
    """The parts of a template: texts and references. Raises `Unclear`."""
    return tuple(_joined(_parts(text)))


def read_template_of(text: str, known: Iterable[Reference]) -> tuple[Part, ...]:
    """The parts of a template of a form whose fields are known, so that they decide what is a reference and where it
    ends. Raises `Unclear`."""
    by_text = sorted(((f"{{{reference}}}", reference) for reference in known), key=lambda each: -len(each[0]))
    steps: dict[int, tuple[int, Part]] = {}
    end = len(text)
    for position in range(end - 1, -1, -1):
        for length, part in _possible(text, position, by_text):
            if position + length == end or position + length in steps:
                steps[position] = (length, part)
                break
    return tuple(_joined(_along(steps, end)))


def written_template(parts: Iterable[Part]) -> str:
    """A template of these parts as text."""
    return "".join(_doubled(part) if isinstance(part, str) else f"{{{part}}}" for part in parts)


def is_clear_template(parts: tuple[Part, ...]) -> bool:
    """Whether the written template reads as these parts again."""
    try:
        return read_template(written_template(parts)) == parts
    except Unclear:
        return False


def _doubled(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _parts(text: str) -> Iterator[Part]:
    position = 0
    while position < len(text):
        if text[position] not in "{}":
            length = re.compile("[^{}]+").match(text, position).end() - position  # type: ignore[union-attr]
            yield text[position : position + length]
        elif text[position : position + 2] in {"{{", "}}"}:
            length = 2
            yield text[position]
        elif text[position] == "{":
            end = _end_of_reference(text, position + 1)
            length = end + 1 - position
            yield _reference_at(text, position + 1, end)
        else:
            raise Unclear(position)
        position += length


def _end_of_reference(text: str, start: int) -> int:
    """The brace that ends a reference: in an odd number in a row, the first after those that close one in the name."""
    opened = 0
    for run in re.compile(r"\{+|\}+").finditer(text, start):
        pairs, single = divmod(len(run[0]), 2)
        if run[0][0] == "{":
            opened += pairs
        elif single:
            return run.start() + 2 * min(opened, pairs)
        else:
            opened -= pairs
    raise Unclear(start - 1)


def _reference_at(text: str, start: int, end: int) -> Reference:
    try:
        return read_reference(text[start:end])
    except Unclear as unclear:
        raise Unclear(start + unclear.at) from unclear


def _possible(text: str, position: int, by_text: list[tuple[str, Reference]]) -> Iterator[tuple[int, Part]]:
    character = text[position]
    if character not in "{}":
        yield 1, character
        return
    if character == "{":
        for written, reference in by_text:
            if text.startswith(written, position):
                yield len(written), reference
    if text.startswith(character * 2, position):
        yield 2, character


def _along(steps: dict[int, tuple[int, Part]], end: int) -> Iterator[Part]:
    position = 0
    while position < end:
        if position not in steps:
            raise Unclear(position)
        length, part = steps[position]
        yield part
        position += length


def _joined(parts: Iterable[Part]) -> Iterator[Part]:
    """Texts that follow each other as one."""
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        if text:
            yield text
            text = ""
        yield part
    if text:
        yield text
