"""The entries of groups that repeat, in answers as they were typed: one more, one less, the empty ones away."""

import copy
from collections.abc import Mapping

from formcase.formservice.design import Field, Group, Page

Answers = dict[str, object]
Items = tuple[Group | Field, ...]


def with_entry(page: Page, answers: object, position: str) -> tuple[Answers, int]:
    """The page's answers with one more entry of the group at this position, and its number; 0 where there is no such
    group, or no room in it."""
    changed = _copied(answers)
    found = _entries_at(page, changed, position)
    if found is None or len(found[1]) >= found[0].most_offered:
        return changed, 0
    found[1].append({})
    return changed, len(found[1])


def without_entry(page: Page, answers: object, position: str, number: int) -> Answers:
    """The page's answers without this entry, counted from 1; the same where there is none."""
    changed = _copied(answers)
    found = _entries_at(page, changed, position)
    if found is not None and 1 <= number <= len(found[1]):
        del found[1][number - 1]
    return changed


def without_empty_entries(items: Items, answers: object) -> Answers:
    """The answers without entries in which nothing was said beyond what stood there from the start."""
    changed = _copied(answers)
    for item in items:
        if not isinstance(item, Group) or item.name not in changed:
            continue
        value = changed[item.name]
        if not item.repeats:
            changed[item.name] = without_empty_entries(item.items, value)
        elif isinstance(value, list):
            entries = [without_empty_entries(item.items, entry) for entry in value]
            changed[item.name] = [entry for entry in entries if not _is_empty(item.items, entry)]
    return changed


def opened(items: Items, answers: object) -> Answers:
    """The answers with one entry, or as many as there must be, in each group that repeats and was not touched yet."""
    changed = _copied(answers)
    for item in items:
        if not isinstance(item, Group):
            continue
        value = changed.get(item.name)
        if not item.repeats:
            changed[item.name] = opened(item.items, value)
            continue
        entries = value if isinstance(value, list) else [{} for _number in range(max(1, item.at_least))]
        changed[item.name] = [opened(item.items, entry) for entry in entries]
    return changed


def _copied(answers: object) -> Answers:
    return copy.deepcopy(dict(answers)) if isinstance(answers, Mapping) else {}


def _entries_at(page: Page, answers: Answers, position: str) -> tuple[Group, list[object]] | None:
    """The repeating group at a position with its entries, which may be changed; None where there is none."""
    numbers = [int(part) for part in position.split("-") if part.isascii() and part.isdigit()][1:]
    items, here = page.items, answers
    while numbers:
        index = numbers.pop(0)
        group = items[index] if index < len(items) else None
        if not isinstance(group, Group):
            return None
        if group.repeats:
            entries = here.setdefault(group.name, [])
            if not isinstance(entries, list):
                return None
            if not numbers:
                return group, entries
            entry = numbers.pop(0)
            if not 1 <= entry <= len(entries) or not isinstance(entries[entry - 1], dict):
                return None
            items, here = group.items, entries[entry - 1]
            continue
        inner = here.setdefault(group.name, {})
        if not isinstance(inner, dict):
            return None
        items, here = group.items, inner
    return None


def _is_empty(items: Items, answers: object) -> bool:
    known = answers if isinstance(answers, Mapping) else {}
    for item in items:
        value = known.get(item.name)
        if isinstance(item, Group):
            inner = value if isinstance(value, list) else [value]
            if any(not _is_empty(item.items, entry) for entry in inner):
                return False
        elif value not in (None, "", [], item.default):
            return False
    return True
