"""Changes one part of a mapping: adds, replaces, moves, removes. A part is found by its place. Nothing is checked."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from formcase.planning.own_mapping.model import GroupRule, OwnMapping, PropertyRule

Item: TypeAlias = GroupRule | PropertyRule
Place: TypeAlias = tuple[int, ...]
"""Which part of a mapping: the number of the group, then of the items inside each other. Empty: the mapping itself."""


@dataclass(frozen=True, slots=True)
class Located:
    """A part of a mapping. names: of the groups around it and its own."""

    place: Place
    names: tuple[str, ...]
    item: Item


def located(mapping: OwnMapping) -> Iterator[Located]:
    """Every part of a mapping, in order, each group before what stands in it."""
    for number, group in enumerate(mapping.groups):
        yield from _located(group, (number,), ())


def item_at(mapping: OwnMapping, place: Place) -> Item | None:
    """The part at a place; None where there is none."""
    items: tuple[Item, ...] = mapping.groups
    found: Item | None = None
    for number in place:
        if not 0 <= number < len(items):
            return None
        found = items[number]
        items = found.items if isinstance(found, GroupRule) else ()
    return found


def names_at(mapping: OwnMapping, place: Place) -> tuple[str, ...]:
    """The names of the groups down to a place, and its own; as many as there are."""
    parts = (item_at(mapping, place[:depth]) for depth in range(1, len(place) + 1))
    return tuple(part.name for part in parts if part is not None)


def replaced(mapping: OwnMapping, place: Place, item: Item) -> OwnMapping:
    """The mapping with another part at a place. Raises LookupError where there is none."""
    items = list(_siblings(mapping, place))
    items[place[-1]] = item
    return _with_items(mapping, place[:-1], tuple(items))


def added(mapping: OwnMapping, above: Place, item: Item) -> tuple[OwnMapping, Place]:
    """The mapping with one part more at the end of a group, and where it stands. Raises LookupError where there is no
    such group."""
    items = _items_of(mapping, above)
    return _with_items(mapping, above, (*items, item)), (*above, len(items))


def removed(mapping: OwnMapping, place: Place) -> OwnMapping:
    """The mapping without a part. Raises LookupError where there is none."""
    items = list(_siblings(mapping, place))
    del items[place[-1]]
    return _with_items(mapping, place[:-1], tuple(items))


def moved(mapping: OwnMapping, place: Place, by: int) -> OwnMapping:
    """The mapping with a part further down among its siblings, or up where it is negative; at most to the end. Raises
    LookupError where there is none."""
    items = list(_siblings(mapping, place))
    item = items.pop(place[-1])
    items.insert(max(0, place[-1] + by), item)
    return _with_items(mapping, place[:-1], tuple(items))


def found_again(before: OwnMapping, after: OwnMapping, place: Place) -> Place | None:
    """Where a part of a mapping stands in a mapping that somebody else has made of it: the same part, else the only
    one of its name in the same group; None where it is not there any more, or can't be told from others."""
    found: Place = ()
    for depth in range(1, len(place) + 1):
        wanted = item_at(before, place[:depth])
        items = _items_of(after, found)
        if wanted is None:
            return None
        number = _number(items, wanted, place[depth - 1])
        if number is None:
            return None
        found = (*found, number)
    return found


def _number(items: tuple[Item, ...], wanted: Item, number: int) -> int | None:
    if number < len(items) and items[number] == wanted:
        return number
    same = [index for index, item in enumerate(items) if item == wanted]
    alike = [index for index, item in enumerate(items) if type(item) is type(wanted) and item.name == wanted.name]
    fitting = same or alike
    if number in fitting:
        return number
    return fitting[0] if len(fitting) == 1 else None


def _located(item: Item, place: Place, above: tuple[str, ...]) -> Iterator[Located]:
    names = (*above, item.name)
    yield Located(place, names, item)
    if isinstance(item, GroupRule):
        for number, inner in enumerate(item.items):
            yield from _located(inner, (*place, number), names)


def _siblings(mapping: OwnMapping, place: Place) -> tuple[Item, ...]:
    if item_at(mapping, place) is None:
        raise LookupError(place)
    return _items_of(mapping, place[:-1])


def _items_of(mapping: OwnMapping, place: Place) -> tuple[Item, ...]:
    if not place:
        return mapping.groups
    return _group_at(mapping, place).items


def _with_items(mapping: OwnMapping, place: Place, items: tuple[Item, ...]) -> OwnMapping:
    if not place:
        return replace(mapping, groups=tuple(item for item in items if isinstance(item, GroupRule)))
    return replaced(mapping, place, replace(_group_at(mapping, place), items=items))


def _group_at(mapping: OwnMapping, place: Place) -> GroupRule:
    match item_at(mapping, place):
        case GroupRule() as group:
            return group
        case _:
            raise LookupError(place)
