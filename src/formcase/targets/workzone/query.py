"""Questions to an entity set as an address below the service root: filter, select, expand, order."""

from collections.abc import Sequence
from dataclasses import dataclass

from formcase.planning.plan import Value
from formcase.targets.workzone.literals import identifier, key, literal, query_value


@dataclass(frozen=True, slots=True)
class Equals:
    """A property has this value."""

    property: str
    value: Value

    def __str__(self) -> str:
        return f"{identifier(self.property)} eq {literal(self.value)}"


@dataclass(frozen=True, slots=True)
class Expand:
    """Related entities read along; select keeps these of their properties, all where it is empty."""

    navigation: str
    select: tuple[str, ...] = ()

    def __str__(self) -> str:
        name = identifier(self.navigation)
        return f"{name}($select={_names(self.select)})" if self.select else name


def entities(
    entity_set: str,
    *where: Equals,
    select: Sequence[str] = (),
    expand: Sequence[Expand] = (),
    order: Sequence[str] = (),
) -> str:
    """The address of those entities of a set for which all conditions hold."""
    return identifier(entity_set) + _options(" and ".join(map(str, where)), select, expand, order)


def entity(entity_set: str, key_value: str, *, select: Sequence[str] = (), expand: Sequence[Expand] = ()) -> str:
    """The address of one entity by its key."""
    return key(entity_set, key_value) + _options("", select, expand, ())


def _options(where: str, select: Sequence[str], expand: Sequence[Expand], order: Sequence[str]) -> str:
    options = {
        "$filter": where,
        "$select": _names(select),
        "$expand": ",".join(map(str, expand)),
        "$orderby": _names(order),
    }
    given = "&".join(f"{name}={query_value(text)}" for name, text in options.items() if text)
    return f"?{given}" if given else ""


def _names(names: Sequence[str]) -> str:
    return ",".join(map(identifier, names))
