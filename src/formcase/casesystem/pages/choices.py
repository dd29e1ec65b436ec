"""Code tables as what people choose from."""

from collections.abc import Iterable
from datetime import date

from formcase.casesystem.reference import CodeEntry, Reference

Choices = list[tuple[str, str]]


def code_choices(codes: Iterable[CodeEntry], day: date | None = None, keep: str | None = None) -> Choices:
    """Codes with their texts; with a day only those that may be used on it, and the one to keep."""
    usable = [code for code in codes if day is None or code.value == keep or code.usable_on(day)]
    return [(code.value, code.text or code.value) for code in usable]


def domain_choices(reference: Reference, domain: str, day: date | None = None, keep: str | None = None) -> Choices:
    """The codes of a domain, in their order."""
    return code_choices(reference.kinds("CustomDomains", domain), day, keep)


def label_choices(reference: Reference, kind: str, day: date | None = None, keep: str | None = None) -> Choices:
    """The labels of a type, in their order."""
    return code_choices(reference.kinds("CustomLabels", kind), day, keep)


def set_choices(reference: Reference, entity_set: str, day: date | None = None, keep: str | None = None) -> Choices:
    """All codes of a set that has no kinds, by their texts."""
    codes = sorted(reference.by_key.get(entity_set, {}).values(), key=lambda code: (code.text or code.value).lower())
    return code_choices(codes, day, keep)


def group_choices(reference: Reference, day: date | None = None, keep: str | None = None) -> Choices:
    """The case groups as a tree: each after the one above it, further in."""
    groups = reference.by_key.get("FileClasses", {})
    below: dict[str | None, list[CodeEntry]] = {}
    for group in groups.values():
        above = group.properties.get("ParentFileClassKey")
        below.setdefault(above if above in groups else None, []).append(group)
    found: Choices = []
    waiting = [(group, 0) for group in sorted(below.get(None, []), key=lambda one: one.key, reverse=True)]
    while waiting:
        group, depth = waiting.pop()
        if day is None or group.key == keep or group.usable_on(day):
            found.append((group.key, f"{chr(0x2007) * 2 * depth}{group.key} {group.text or ''}".rstrip()))
        inner = sorted(below.get(group.key, []), key=lambda one: one.key, reverse=True)
        waiting += [(one, depth + 1) for one in inner]
    return found
