"""The entity data model as data: types, properties, navigation. Read from `model/`, extended by custom fields.

Knows nothing of storage, of HTTP, or of who may see what.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class Primitive(StrEnum):
    """The primitive types that are served."""

    STRING = "Edm.String"
    BOOLEAN = "Edm.Boolean"
    INT64 = "Edm.Int64"
    DECIMAL = "Edm.Decimal"
    DATE = "Edm.Date"
    DATE_TIME_OFFSET = "Edm.DateTimeOffset"


@dataclass(frozen=True, slots=True)
class Property:
    """A structural property. Exactly one of primitive and complex is set; texts marks a collection of texts."""

    name: str
    primitive: Primitive | None = Primitive.STRING
    complex: str | None = None
    max_length: str | None = None
    nullable: bool = True
    texts: bool = False

    @property
    def type_name(self) -> str:
        """The type as the metadata writes it."""
        if self.texts:
            return "Collection(Edm.String)"
        return str(self.primitive) if self.primitive is not None else str(self.complex)


@dataclass(frozen=True, slots=True)
class Navigation:
    """A navigation property. target is the full name of a type; constraint: property here → property there."""

    name: str
    target: str
    collection: bool = False
    nullable: bool = True
    contained: bool = False
    partner: str | None = None
    constraint: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EntityType:
    """An entity type, or a contained group where it has no key. properties and navigation include what is inherited;
    own_* are what the type itself declares."""

    name: str  # full: WorkZone.File
    own_properties: Mapping[str, Property]
    own_navigation: Mapping[str, Navigation]
    properties: Mapping[str, Property]
    navigation: Mapping[str, Navigation]
    keyed: bool = True
    stream: bool = False
    base: str | None = None
    kind: str | None = None  # the domain or label type of a derived type: SAGTILST for CustomDomainSAGTILST

    @property
    def short_name(self) -> str:
        """The name without its namespace."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class ComplexType:
    """A complex type: WorkZone.Permission.Read and its kin."""

    name: str
    properties: Mapping[str, Property]
    base: str | None = None


@dataclass(frozen=True)
class Model:
    """Everything that `$metadata` shows."""

    types: Mapping[str, EntityType]
    complex_types: Mapping[str, ComplexType]
    sets: Mapping[str, str]  # set → full name of its type
    singletons: Mapping[str, str]

    def of_set(self, entity_set: str) -> EntityType:
        """The type of a set's entities."""
        return self.types[self.sets[entity_set]]

    def set_of(self, type_name: str) -> str:
        """The set in which the entities of a type live, derived types included."""
        entity_type = self.types[type_name]
        return self._set_by_type[entity_type.base or entity_type.name]

    def derived(self, base: str, kind: str) -> str | None:
        """The type derived from base for a domain or label type; None where the model has none."""
        return self._derived.get((base, kind))

    def summarised(self, type_name: str) -> Mapping[str, Navigation]:
        """For each `…_Summary` of a type that has a navigation beside it: that navigation."""
        return self._summarised[type_name]

    @cached_property
    def _set_by_type(self) -> Mapping[str, str]:
        return {held: name for name, held in self.sets.items()}

    @cached_property
    def _derived(self) -> Mapping[tuple[str, str], str]:
        return {(one.base, one.kind): name for name, one in self.types.items() if one.base and one.kind}

    @cached_property
    def _summarised(self) -> Mapping[str, Mapping[str, Navigation]]:
        return {name: dict(_summaries(entity_type)) for name, entity_type in self.types.items()}


def _summaries(entity_type: EntityType) -> Iterator[tuple[str, Navigation]]:
    for navigation in entity_type.navigation.values():
        if navigation.collection or navigation.contained or not navigation.constraint:
            continue
        summary = next(iter(navigation.constraint)).removesuffix("_Value") + "_Summary"
        if summary in entity_type.properties:
            yield summary, navigation


class CustomFieldKind(StrEnum):
    """What a custom field holds."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    LIST = "list"  # a code of a domain of its own
    EMPLOYEE = "employee"


@dataclass(frozen=True, slots=True)
class CustomField:
    """A property that an installation added. entity is the short type name; domain is set for lists ·
    text: what people call it."""

    entity: str
    name: str
    kind: CustomFieldKind
    domain: str | None = None
    text: str | None = None
