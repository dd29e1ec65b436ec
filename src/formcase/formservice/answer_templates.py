"""The templates of a hidden page: text in which `{Page.Group.Field}` stands for an answer.

Braces are doubled, and so are dots inside a name. Names may begin or end with a dot or a brace, so that the rule alone
can't tell everywhere where a reference ends; the form's own references decide it.
"""

import difflib
import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Reference:
    """Stands for an answer; `text` is how the template writes it, braces included."""

    text: str


class TemplateRefused(Exception):
    """A template that can't be understood."""


def escaped(text: str) -> str:
    """Constant text as a template writes it."""
    return text.replace("{", "{{").replace("}", "}}")


def reference_to(path: Sequence[str]) -> str:
    """How a template names the answer at this path."""
    return "{" + ".".join(escaped(name).replace(".", "..") for name in path) + "}"


@lru_cache(maxsize=4096)
def parse_template(template: str, known: frozenset[str]) -> tuple[str | Reference, ...]:
    """The template's parts in order: constant text and references. `known`: the references that the form allows."""
    steps = _steps(template, sorted(known, key=len, reverse=True))
    parts: list[str | Reference] = []
    position = 0
    while position < len(template):
        step = steps.get(position)
        if step is None:
            raise TemplateRefused(_what_is_wrong(template, known))
        length, part = step
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        else:
            parts.append(part)
        position += length
    return tuple(parts)


def _steps(template: str, by_length: Sequence[str]) -> dict[int, tuple[int, str | Reference]]:
    """For each position from which the rest can be read: how far the next part reaches, and what it is."""
    steps: dict[int, tuple[int, str | Reference]] = {}
    end = len(template)
    for position in range(end - 1, -1, -1):
        for length, part in _options(template, position, by_length):
            if position + length == end or position + length in steps:
                steps[position] = (length, part)
                break
    return steps


def _options(template: str, position: int, by_length: Sequence[str]) -> Iterator[tuple[int, str | Reference]]:
    character = template[position]
    if character not in "{}":
        yield 1, character
        return
    if character == "{":
        for reference in by_length:
            if template.startswith(reference, position):
                yield len(reference), Reference(reference)
    if template.startswith(character * 2, position):
        yield 2, character


def _what_is_wrong(template: str, known: Set[str]) -> str:
    for written in re.findall(r"(?<!\{)\{[^{}]+\}", template):
        if written not in known:
            near = difflib.get_close_matches(written, known, n=3, cutoff=0.5)
            text = _("{reference} names no field of the form's visible pages.").format(reference=written)
            return f"{text} {_('Near: {near}.').format(near=', '.join(near))}" if near else text
    return _("A brace stands alone. A brace that is meant as such is doubled; a dot inside a name, too.")
