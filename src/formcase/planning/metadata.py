"""The case system's model as planning sees it: which names there are and of what type. Read by a target."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Property:
    """A structural property. type is the full name: `Edm.String`, `WorkZone.Permission.Read`. max_length in code
    points, None where none is declared."""

    name: str
    type: str
    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class NavigationProperty:
    """A navigation property. target is the full name of an entity type; constraint maps properties of this type to
    properties of the target; entity_set is where the target's entities live, None for contained ones."""

    name: str
    target: str
    collection: bool
    contains_target: bool = False
    constraint: Mapping[str, str] = field(default_factory=dict)
    entity_set: str | None = None


@dataclass(frozen=True, slots=True)
class StructuredType:
    """An entity type or a complex type, with what it inherits."""

    name: str
    properties: Mapping[str, Property]
    navigation: Mapping[str, NavigationProperty] = field(default_factory=dict)
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Metadata:
    """types by full name (`WorkZone.File`); entity_sets maps a set's name to the full name of its type."""

    types: Mapping[str, StructuredType]
    entity_sets: Mapping[str, str]

    def of_set(self, entity_set: str) -> StructuredType:
        """The type of a set's entities. Raises KeyError where the case system has no such set."""
        return self.types[self.entity_sets[entity_set]]
