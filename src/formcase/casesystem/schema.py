"""Builds the served model: the public WorkZone types from `model/workzone.json`, the installation's custom fields, and
the two extensions in the namespace Formcase. Writing it as XML is `csdl.py`."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from formcase.casesystem.edm import (
    ComplexType,
    CustomField,
    CustomFieldKind,
    EntityType,
    Model,
    Navigation,
    Primitive,
    Property,
)

NAMESPACE = "WorkZone"
EXTENSIONS = "Formcase"
PERMISSION = "WorkZone.Permission.Permission"
PERMISSIONS = ("WorkZone.Permission.Read", "WorkZone.Permission.Write", "WorkZone.Permission.ChangePermission")
_CODED = {"Dash": "-", "Dollar": "$"}  # how the WorkZone metadata writes these signs of a domain's code
_PRIMITIVE_OF = {
    CustomFieldKind.TEXT: Primitive.STRING,
    CustomFieldKind.INTEGER: Primitive.INT64,
    CustomFieldKind.DECIMAL: Primitive.DECIMAL,
    CustomFieldKind.BOOLEAN: Primitive.BOOLEAN,
    CustomFieldKind.DATE: Primitive.DATE,
    CustomFieldKind.TIME: Primitive.DATE_TIME_OFFSET,
}


def build_model(custom_fields: Iterable[CustomField]) -> Model:
    """The model with these custom fields in it."""
    raw = _raw()
    own = {name: _own(name, data) for name, data in _all_types(raw).items()}
    for custom in custom_fields:
        _add_custom_field(own, custom)
    types = {f"{NAMESPACE}.{name}": _whole(name, own) for name in own}
    types |= _extensions()
    sets = {str(data["set"]): f"{NAMESPACE}.{name}" for name, data in raw["entity_types"].items()}
    sets["SecurityGroupRights"] = f"{EXTENSIONS}.SecurityGroupRight"
    return Model(types, _complex_types(), sets, {"Me": f"{EXTENSIONS}.Me"})


def kind_of(short_name: str) -> str | None:
    """The domain or label type that a derived type stands for: `$K` for CustomDomainDollarK."""
    for prefix in ("CustomDomain", "CustomLabel"):
        code = short_name.removeprefix(prefix)
        if code not in (short_name, ""):
            for word, sign in _CODED.items():
                code = code.replace(word, sign)
            return code
    return None


def domain_type(domain: str) -> str:
    """The short name of the type of a domain's codes."""
    for word, sign in _CODED.items():
        domain = domain.replace(sign, word)
    return f"CustomDomain{domain}"


class _Own:
    """What a type declares itself, while the model is being built."""

    def __init__(self, base: str | None, stream: bool, keyed: bool) -> None:
        self.base = base
        self.stream = stream
        self.keyed = keyed
        self.properties: dict[str, Property] = {}
        self.navigation: dict[str, Navigation] = {}


@cache
def _raw() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    text = files("formcase.casesystem").joinpath("model/workzone.json").read_text("utf-8")
    loaded: Mapping[str, Mapping[str, Mapping[str, Any]]] = json.loads(text)
    return loaded


def _all_types(raw: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, Mapping[str, Any]]:
    return {**raw["entity_types"], **raw["derived_types"], **raw["groups"]}


def _own(name: str, data: Mapping[str, Any]) -> _Own:
    own = _Own(data.get("base"), bool(data.get("stream")), not name.startswith("Group_"))
    own.properties = {key: _property(key, text) for key, text in data.get("properties", {}).items()}
    own.navigation = {key: _navigation(key, shape) for key, shape in data.get("navigation", {}).items()}
    return own


def _property(name: str, text: str) -> Property:
    nullable = not text.endswith("!")
    kind, _, length = text.rstrip("!").partition("(")
    if "." in kind:
        return Property(name, None, kind, nullable=nullable)
    return Property(name, Primitive(f"Edm.{kind}"), max_length=length.rstrip(")") or None, nullable=nullable)


def _navigation(name: str, shape: Mapping[str, Any]) -> Navigation:
    return Navigation(
        name,
        f"{NAMESPACE}.{shape['target']}",
        collection=bool(shape.get("collection", False)),
        nullable=bool(shape.get("nullable", True)),
        contained=bool(shape.get("contained", False)),
        partner=shape.get("partner"),
        constraint=dict(shape.get("constraint", {})),
    )


def _whole(name: str, own: Mapping[str, _Own]) -> EntityType:
    mine = own[name]
    inherited = own[mine.base] if mine.base else _Own(None, False, True)
    return EntityType(
        f"{NAMESPACE}.{name}",
        mine.properties,
        mine.navigation,
        {**inherited.properties, **mine.properties},
        {**inherited.navigation, **mine.navigation},
        keyed=mine.keyed,
        stream=mine.stream or inherited.stream,
        base=f"{NAMESPACE}.{mine.base}" if mine.base else None,
        kind=kind_of(name) if mine.base else None,
    )


def _add_custom_field(own: dict[str, _Own], custom: CustomField) -> None:
    holder = own[custom.entity]
    primitive = _PRIMITIVE_OF.get(custom.kind)
    if primitive is not None:
        holder.properties[custom.name] = Property(custom.name, primitive)
        return
    target = "EmployeeDomain" if custom.kind is CustomFieldKind.EMPLOYEE else domain_type(str(custom.domain))
    own.setdefault(target, _Own("CustomDomain", stream=False, keyed=True))
    value, summary = f"{custom.name}_Value", f"{custom.name}_Summary"
    holder.properties[summary] = Property(summary)
    holder.properties[value] = Property(value)
    inverse = f"{_raw()['entity_types'][custom.entity]['set']}By{custom.name}"
    holder.navigation[custom.name] = Navigation(
        custom.name, f"{NAMESPACE}.{target}", partner=inverse, constraint={value: "Value"}
    )
    own[target].navigation[inverse] = Navigation(
        inverse, f"{NAMESPACE}.{custom.entity}", collection=True, partner=custom.name, constraint={"Value": value}
    )


def _complex_types() -> dict[str, ComplexType]:
    parts = {
        "Code": Property("Code", max_length="67"),
        "Expression": Property("Expression", max_length="4000"),
    }
    base = ComplexType(PERMISSION, parts)
    return {PERMISSION: base} | {name: ComplexType(name, parts, PERMISSION) for name in PERMISSIONS}


def _extensions() -> dict[str, EntityType]:
    booleans = ("Search", "Create", "Update", "Delete", "Lock", "Unlock")
    right = {name: Property(name, nullable=name != "ID") for name in ("ID", "SecCode", "Table")}
    right |= {name: Property(name, Primitive.BOOLEAN) for name in booleans}
    me = {name: Property(name, nullable=name != "ID") for name in ("ID", "SecCode", "Ou_Value", "DefaultGroupCode")}
    me["AccessCodes"] = Property("AccessCodes", nullable=False, texts=True)
    return {
        f"{EXTENSIONS}.{name}": EntityType(f"{EXTENSIONS}.{name}", properties, {}, properties, {})
        for name, properties in (("SecurityGroupRight", right), ("Me", me))
    }
