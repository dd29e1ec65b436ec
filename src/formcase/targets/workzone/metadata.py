"""The case system's model, from its `$metadata` document (CSDL 4.0) to planning's own types.

Inheritance is resolved here, and for every navigation property it is found out where its entities live. Annotations
are not read: the public WorkZone model has none.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from formcase.planning.metadata import Metadata, NavigationProperty, Property, StructuredType

LARGEST = 64 * 1024 * 1024
_DEEPEST_INHERITANCE = 32
_EDMX = "{http://docs.oasis-open.org/odata/ns/edmx}"
_EDM = "{http://docs.oasis-open.org/odata/ns/edm}"


class InvalidMetadata(ValueError):
    """The document is no CSDL that can be used; says why."""


def read_metadata(document: bytes) -> Metadata:
    """Read a `$metadata` document."""
    schemas = tuple(_root(document).iterfind(f"{_EDMX}DataServices/{_EDM}Schema"))
    if not schemas:
        raise InvalidMetadata("there is no schema in it")
    declared = _declarations(schemas)
    whole = {name: _resolve(name, declared) for name in declared}
    sets = _entity_sets(schemas, declared)
    homes = _homes(schemas, whole, sets, _Names.of(schemas))
    types = {name: _with_homes(type_, declared, homes, sets) for name, type_ in whole.items()}
    return Metadata(types=types, entity_sets=sets)


def demand_sets(model: Metadata, names: Iterable[str]) -> None:
    """Raise `InvalidMetadata` where the model lacks one of these entity sets."""
    missing = sorted(set(names) - model.entity_sets.keys())
    if missing:
        raise InvalidMetadata(f"it has no {', '.join(missing)}")


def _root(document: bytes) -> etree._Element:
    if len(document) > LARGEST:
        raise InvalidMetadata("it is too large")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise InvalidMetadata(f"it is not well-formed XML: {error.msg}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise InvalidMetadata("it has a document type declaration")
    if root.tag != f"{_EDMX}Edmx":
        raise InvalidMetadata("it is not a CSDL 4.0 document")
    return root


@dataclass(frozen=True, slots=True)
class _Names:
    """Full names: aliases of namespaces and type definitions taken away."""

    aliases: Mapping[str, str]
    definitions: Mapping[str, str]

    @classmethod
    def of(cls, schemas: tuple[etree._Element, ...]) -> "_Names":
        aliases = {schema.get("Alias", ""): _required(schema, "Namespace") for schema in schemas if schema.get("Alias")}
        definitions = {
            f"{_required(schema, 'Namespace')}.{_required(definition, 'Name')}": _required(definition, "UnderlyingType")
            for schema in schemas
            for definition in schema.iterfind(f"{_EDM}TypeDefinition")
        }
        return cls(aliases, definitions)

    def full(self, name: str) -> str:
        """`Self.File` becomes `WorkZone.File`."""
        namespace, _, local = name.rpartition(".")
        whole = f"{self.aliases.get(namespace, namespace)}.{local}" if namespace else local
        return self.definitions.get(whole, whole)

    def split(self, type_text: str) -> tuple[str, bool]:
        """The full name of a type and whether it is a collection of it."""
        if type_text.startswith("Collection(") and type_text.endswith(")"):
            return self.full(type_text[len("Collection(") : -1]), True
        return self.full(type_text), False


@dataclass(frozen=True, slots=True)
class _Declared:
    """A type as it stands in the document, without what it inherits."""

    name: str
    base: str | None
    key: tuple[str, ...]
    properties: Mapping[str, Property] = field(default_factory=dict)
    navigation: Mapping[str, NavigationProperty] = field(default_factory=dict)


def _declarations(schemas: tuple[etree._Element, ...]) -> dict[str, _Declared]:
    names = _Names.of(schemas)
    declared: dict[str, _Declared] = {}
    for schema in schemas:
        for element in schema.iterchildren(f"{_EDM}EntityType", f"{_EDM}ComplexType"):
            name = f"{_required(schema, 'Namespace')}.{_required(element, 'Name')}"
            declared[name] = _declaration(element, name, names)
    return declared


def _declaration(element: etree._Element, name: str, names: _Names) -> _Declared:
    base = element.get("BaseType")
    return _Declared(
        name=name,
        base=names.full(base) if base else None,
        key=tuple(_required(reference, "Name") for reference in element.iterfind(f"{_EDM}Key/{_EDM}PropertyRef")),
        properties={
            _required(child, "Name"): _property(child, names) for child in element.iterchildren(f"{_EDM}Property")
        },
        navigation={
            _required(child, "Name"): _navigation(child, names)
            for child in element.iterchildren(f"{_EDM}NavigationProperty")
        },
    )


def _property(element: etree._Element, names: _Names) -> Property:
    type_name, collection = names.split(_required(element, "Type"))
    length = element.get("MaxLength", "")
    return Property(
        name=_required(element, "Name"),
        type=f"Collection({type_name})" if collection else type_name,
        max_length=int(length) if length.isascii() and length.isdigit() else None,
    )


def _navigation(element: etree._Element, names: _Names) -> NavigationProperty:
    target, collection = names.split(_required(element, "Type"))
    return NavigationProperty(
        name=_required(element, "Name"),
        target=target,
        collection=collection,
        contains_target=element.get("ContainsTarget") in {"true", "1"},
        constraint={
            _required(constraint, "Property"): _required(constraint, "ReferencedProperty")
            for constraint in element.iterchildren(f"{_EDM}ReferentialConstraint")
        },
    )


def _ancestry(name: str, declared: Mapping[str, _Declared]) -> Iterator[_Declared]:
    """A type and what it inherits from, itself first."""
    current: str | None = name
    for _ in range(_DEEPEST_INHERITANCE):
        if current is None:
            return
        if current not in declared:
            raise InvalidMetadata(f"{name} inherits from {current}, which is not there")
        yield declared[current]
        current = declared[current].base
    raise InvalidMetadata(f"{name} inherits from itself")


def _resolve(name: str, declared: Mapping[str, _Declared]) -> StructuredType:
    properties: dict[str, Property] = {}
    navigation: dict[str, NavigationProperty] = {}
    key: tuple[str, ...] = ()
    for level in reversed(tuple(_ancestry(name, declared))):
        properties.update(level.properties)
        navigation.update(level.navigation)
        key = level.key or key
    return StructuredType(name=name, properties=properties, navigation=navigation, key=key)


def _entity_sets(schemas: tuple[etree._Element, ...], declared: Mapping[str, _Declared]) -> dict[str, str]:
    names = _Names.of(schemas)
    sets: dict[str, str] = {}
    for element in _set_elements(schemas):
        name, type_name = _required(element, "Name"), names.full(_required(element, "EntityType"))
        if type_name not in declared:
            raise InvalidMetadata(f"{name} holds {type_name}, which is not there")
        sets[name] = type_name
    return sets


def _set_elements(schemas: tuple[etree._Element, ...]) -> Iterator[etree._Element]:
    for schema in schemas:
        yield from schema.iterfind(f"{_EDM}EntityContainer/{_EDM}EntitySet")


_Homes = dict[tuple[str, str], str]  # (type, navigation property) → entity set


def _homes(
    schemas: tuple[etree._Element, ...],
    types: Mapping[str, StructuredType],
    sets: Mapping[str, str],
    names: _Names,
) -> _Homes:
    """What the bindings of the entity sets say, each under the type that its path ends on."""
    homes: _Homes = {}
    for element in _set_elements(schemas):
        type_name = sets[_required(element, "Name")]
        for binding in element.iterchildren(f"{_EDM}NavigationPropertyBinding"):
            target = _required(binding, "Target").rpartition("/")[2]
            end = _follow(type_name, _required(binding, "Path"), types, names)
            if end is not None and target in sets:
                homes.setdefault(end, target)
    return homes


def _follow(type_name: str, path: str, types: Mapping[str, StructuredType], names: _Names) -> tuple[str, str] | None:
    """The type and navigation property that a binding's path ends on; None where the path leads nowhere."""
    *way, last = path.split("/")
    for segment in way:
        if "." in segment:
            type_name = names.full(segment)
        elif segment in types[type_name].navigation:
            type_name = types[type_name].navigation[segment].target
        elif segment in types[type_name].properties:
            type_name = types[type_name].properties[segment].type
        if type_name not in types:
            return None
    return (type_name, last) if last in types[type_name].navigation else None


def _with_homes(
    type_: StructuredType, declared: Mapping[str, _Declared], homes: _Homes, sets: Mapping[str, str]
) -> StructuredType:
    lineage = [level.name for level in _ancestry(type_.name, declared)]
    navigation = {
        name: replace(property_, entity_set=_home(lineage, property_, declared, homes, sets))
        for name, property_ in type_.navigation.items()
    }
    return replace(type_, navigation=navigation)


def _home(
    lineage: list[str],
    property_: NavigationProperty,
    declared: Mapping[str, _Declared],
    homes: _Homes,
    sets: Mapping[str, str],
) -> str | None:
    """The binding of the type or of what it inherits from; without one the only set that can hold the target."""
    if property_.contains_target:
        return None
    for name in lineage:
        if (name, property_.name) in homes:
            return homes[name, property_.name]
    if property_.target not in declared:
        return None
    family = {level.name for level in _ancestry(property_.target, declared)}
    possible = [name for name, type_name in sets.items() if type_name in family]
    return possible[0] if len(possible) == 1 else None


def _required(element: etree._Element, attribute: str) -> str:
    value = element.get(attribute)
    if value is None:
        raise InvalidMetadata(f"{etree.QName(element).localname} without {attribute}")
    return value
