"""Writes the model as CSDL 4.0 XML, the answer to `$metadata`."""

from collections.abc import Iterator

from lxml import etree

from formcase.casesystem.edm import ComplexType, EntityType, Model, Navigation, Primitive, Property
from formcase.casesystem.schema import EXTENSIONS, NAMESPACE, PERMISSION

_EDMX = "http://docs.oasis-open.org/odata/ns/edmx"
_EDM = "http://docs.oasis-open.org/odata/ns/edm"
_PERMISSIONS = "WorkZone.Permission"
_CODES = "AccessCodeDomains"


def metadata_document(model: Model) -> bytes:
    """The whole model as one document."""
    document = etree.Element(f"{{{_EDMX}}}Edmx", {"Version": "4.0"}, nsmap={"edmx": _EDMX})
    services = etree.SubElement(document, f"{{{_EDMX}}}DataServices")
    permissions = _schema(services, _PERMISSIONS)
    for complex_type in model.complex_types.values():
        _add_complex_type(permissions, complex_type)
    workzone = _schema(services, NAMESPACE)
    extensions = _schema(services, EXTENSIONS)
    for entity_type in model.types.values():
        _add_entity_type(workzone if entity_type.name.startswith(f"{NAMESPACE}.") else extensions, entity_type)
    _add_container(workzone, model)
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _schema(services: etree._Element, namespace: str) -> etree._Element:
    return etree.SubElement(services, f"{{{_EDM}}}Schema", {"Namespace": namespace}, nsmap={None: _EDM})  # type: ignore[dict-item]  # the stubs forget that None is the default


def _child(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_EDM}}}{name}", attributes)


def _add_complex_type(schema: etree._Element, complex_type: ComplexType) -> None:
    name = complex_type.name.rpartition(".")[2]
    if complex_type.base is not None:
        _child(schema, "ComplexType", Name=name, BaseType=complex_type.base)
        return
    element = _child(schema, "ComplexType", Name=name)
    for prop in complex_type.properties.values():
        _add_property(element, prop)
    codes = Navigation("AccessCodeDomain", f"{NAMESPACE}.AccessCodeDomain", constraint={"Code": "ID"})
    _add_navigation(element, codes)


def _add_entity_type(schema: etree._Element, entity_type: EntityType) -> None:
    attributes = {"Name": entity_type.short_name}
    if entity_type.base is not None:
        attributes["BaseType"] = entity_type.base
    if entity_type.stream and entity_type.base is None:
        attributes["HasStream"] = "true"
    element = _child(schema, "EntityType", **attributes)
    if entity_type.keyed and entity_type.base is None:
        _child(_child(element, "Key"), "PropertyRef", Name="ID")
    for prop in entity_type.own_properties.values():
        _add_property(element, prop)
    for navigation in entity_type.own_navigation.values():
        _add_navigation(element, navigation)


def _add_property(parent: etree._Element, prop: Property) -> None:
    attributes = {"Name": prop.name, "Type": prop.type_name}
    if not prop.nullable:
        attributes["Nullable"] = "false"
    if prop.max_length is not None:
        attributes["MaxLength"] = prop.max_length
    if prop.primitive is Primitive.DECIMAL:
        attributes["Scale"] = "variable"
    _child(parent, "Property", **attributes)


def _add_navigation(parent: etree._Element, navigation: Navigation) -> None:
    target = f"Collection({navigation.target})" if navigation.collection else navigation.target
    attributes = {"Name": navigation.name, "Type": target}
    if not navigation.nullable:
        attributes["Nullable"] = "false"
    if navigation.partner is not None:
        attributes["Partner"] = navigation.partner
    if navigation.contained:
        attributes["ContainsTarget"] = "true"
    element = _child(parent, "NavigationProperty", **attributes)
    for here, there in navigation.constraint.items():
        _child(element, "ReferentialConstraint", Property=here, ReferencedProperty=there)


def _add_container(schema: etree._Element, model: Model) -> None:
    container = _child(schema, "EntityContainer", Name="OData")
    for name, type_name in model.sets.items():
        element = _child(container, "EntitySet", Name=name, EntityType=type_name)
        for path, target in sorted(_bindings(model, type_name), key=lambda pair: pair[0].casefold()):
            _child(element, "NavigationPropertyBinding", Path=path, Target=target)
    for name, type_name in model.singletons.items():
        _child(container, "Singleton", Name=name, Type=type_name)


def _bindings(model: Model, type_name: str) -> Iterator[tuple[str, str]]:
    for entity_type in model.types.values():
        if type_name not in (entity_type.name, entity_type.base):
            continue
        prefix = "" if entity_type.base is None else f"{entity_type.name}/"
        for navigation in entity_type.own_navigation.values():
            if not navigation.contained:
                yield f"{prefix}{navigation.name}", model.set_of(navigation.target)
        for prop in entity_type.own_properties.values():
            # The public metadata leaves the general permission of contact types without a binding.
            unbound = prop.complex == PERMISSION and entity_type.short_name == "ContactType"
            if prop.complex is not None and not unbound:
                yield f"{prefix}{prop.name}/AccessCodeDomain", _CODES
