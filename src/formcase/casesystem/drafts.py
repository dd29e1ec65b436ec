"""Turns the JSON of a write into a draft: typed values by property, what is bound, what is nested.

Everything that can be told from the model and the code tables is checked here; rules of single sets are in `rules.py`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from formcase.casesystem.access_codes import (
    MAX_CODE_LENGTH,
    MAX_EXPRESSION_LENGTH,
    BadExpressionError,
    Permission,
)
from formcase.casesystem.edm import EntityType, Navigation, Property
from formcase.casesystem.errors import Problems, Refusal
from formcase.casesystem.json_values import WrongTypeError, check_text, read_value
from formcase.casesystem.paths import entity_at
from formcase.casesystem.reference import CODE_SETS, CodeEntry, Reference
from formcase.casesystem.stores import STORES, Store

_BIND = "@odata.bind"
# Set by the service, on whatever set they stand; `…_Summary` and what `stores.py` works out are so too.
_COMPUTED = frozenset(
    {
        "ID",
        "UserKey",
        "Summary",
        "RowId",
        "RowIdRev",
        "Created",
        "CreateUser_Value",
        "CreateOu_Value",
        "Updated",
        "UpdateTime",
        "UpdateUser_Value",
        "EffectiveReadPermission",
        "EffectiveWritePermission",
        "RegTime",
    }
)
_COMPUTED_OF = {
    "Files": frozenset({"FileNo", "FileKey"}),
    "Records": frozenset({"RecordKey", "FileKeyRecordNo", "HasWritePermission", "RecordNoExt"}),
    "FileRecords": frozenset({"FileKeyRecordNo"}),
    "Contacts": frozenset({"NameKey"}),
    "Addresses": frozenset({"AddressKey"}),
}


@dataclass(slots=True)
class Draft:
    """What a write wants.

    values: by property path (`Title`, `Text/Text`), a complex property as a Permission · bound: keys of entities by
    navigation · nested: bodies by collection · given: how the client named a value, for error targets.
    """

    entity_set: str
    type: EntityType
    prefix: str
    problems: Problems
    values: dict[str, Any] = field(default_factory=dict)
    bound: dict[str, tuple[str, str]] = field(default_factory=dict)
    nested: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        """Where the set lies."""
        return STORES[self.entity_set]

    def target(self, path: str) -> str:
        """The error target of a value: as the client named it."""
        return self.prefix + self.given.get(path, path)

    def problem(self, code: str, message: str, path: str) -> None:
        """Note what is wrong with a value."""
        self.problems.add(code, message, self.target(path))

    def put(self, path: str, value: Any, name: str) -> None:
        """Take a value; two ways to give it must agree."""
        if path in self.values and self.values[path] != value:
            message = _("{one} and {other} do not agree.").format(one=self.given.get(path, path), other=name)
            self.problems.add("Disagreement", message, self.prefix + name)
            return
        self.values[path] = value
        self.given.setdefault(path, name)

    def default(self, path: str, value: Any) -> None:
        """Fill in what the client left out or gave as null."""
        if self.values.get(path) is None and value is not None:
            self.values[path] = value

    def require(self, *paths: str) -> None:
        """Note each mandatory value that is missing or blank."""
        for path in paths:
            value = self.values.get(path)
            if value is None or (isinstance(value, str) and not value.strip()):
                message = _("{name} is mandatory on {type}.").format(name=path, type=self.type.short_name)
                self.problem("MissingValue", message, path)


class DraftReader:
    """Reads bodies for one acting user and one state of the reference data."""

    def __init__(self, reference: Reference, root_path: str, resolve: Callable[[str], str], today: date) -> None:
        self._reference = reference
        self._root_path = root_path
        self._resolve = resolve  # `$<Content-ID>` → the URL it stands for
        self._today = today

    def read(
        self,
        entity_set: str,
        entity_type: EntityType,
        body: Mapping[str, Any],
        *,
        creating: bool,
        prefix: str = "",
        problems: Problems | None = None,
        current: Callable[[str], Any] | None = None,
    ) -> Draft:
        """The draft of an entity. current gives an updated entity's present value, which need not be valid any more."""
        draft = Draft(entity_set, entity_type, prefix, problems or Problems())
        for name, value in body.items():
            self._read_member(draft, name, value, creating)
        self._check_codes(draft, current or (lambda path: None))
        return draft

    def read_group(
        self, entity_set: str, entity_type: EntityType, navigation: Navigation, body: Mapping[str, Any]
    ) -> Draft:
        """The draft of a contained group."""
        draft = Draft(entity_set, entity_type, "", Problems())
        self._read_group(draft, navigation, body, "")
        return draft

    def _read_member(self, draft: Draft, name: str, value: object, creating: bool) -> None:
        if name.endswith(_BIND):
            self._read_binding(draft, name, value)
        elif "@" in name:
            self._read_annotation(draft, name, value)
        elif (prop := draft.type.properties.get(name)) is not None:
            self._read_property(draft, prop, value)
        elif (navigation := draft.type.navigation.get(name)) is not None:
            self._read_nested(draft, navigation, value, creating)
        else:
            self._unknown(draft, name)

    def _unknown(self, draft: Draft, name: str) -> None:
        message = _("There is no property {name} on {type}.").format(name=name, type=draft.type.name)
        draft.problems.add("UnknownProperty", message, draft.prefix + name)

    def _read_annotation(self, draft: Draft, name: str, value: object) -> None:
        head = name.partition("@")[0]
        if head and head not in draft.type.properties and head not in draft.type.navigation:
            self._unknown(draft, head)
        elif name == "@odata.type":
            wanted = str(value).removeprefix("#")
            known = self._reference.model.types.get(wanted)
            if wanted != draft.type.name and (known is None or known.base != draft.type.name):
                message = _("{type} does not belong here.").format(type=wanted)
                draft.problems.add("WrongType", message, draft.prefix + name)

    def _read_property(self, draft: Draft, prop: Property, value: object) -> None:
        if is_computed(draft.entity_set, prop.name):
            if value is not None:
                message = _("{name} is set by the service.").format(name=prop.name)
                draft.problems.add("ReadOnly", message, draft.prefix + prop.name)
            return
        if prop.complex is not None:
            self._read_permission(draft, prop, value)
            return
        if prop.primitive is None:
            self._unknown(draft, prop.name)
            return
        try:
            draft.put(prop.name, read_value(value, prop.primitive), prop.name)
        except WrongTypeError as error:
            message = _("{name}: {what}.").format(name=prop.name, what=error)
            draft.problems.add("WrongType", message, draft.prefix + prop.name)

    def _read_permission(self, draft: Draft, prop: Property, value: object) -> None:
        if value is None:
            draft.put(prop.name, Permission(), prop.name)
            return
        if not isinstance(value, dict):
            message = _("{name} must be an object with Code and Expression.").format(name=prop.name)
            draft.problems.add("WrongType", message, draft.prefix + prop.name)
            return
        parts: dict[str, str | None] = {}
        for name, part in value.items():
            self._read_part(draft, prop, name, part, parts)
        permission = Permission(parts.get("Code") or None, parts.get("Expression") or None)
        self._check_permission(draft, prop, permission)
        draft.put(prop.name, permission, prop.name)

    def _read_part(self, draft: Draft, prop: Property, name: str, part: object, parts: dict[str, str | None]) -> None:
        target = f"{draft.prefix}{prop.name}/{name}"
        if name == "AccessCodeDomain@odata.bind":
            entity = self._bound(draft, target, part, "AccessCodeDomains")
            name, part = "Code", entity[1] if entity else None
        elif name.startswith("@"):
            return
        if name not in ("Code", "Expression"):
            message = _("{name} has the parts Code and Expression only.").format(name=prop.name)
            draft.problems.add("UnknownProperty", message, target)
            return
        try:
            text = None if part is None else check_text(part).strip()
        except WrongTypeError as error:
            draft.problems.add("WrongType", _("{name}: {what}.").format(name=target, what=error), target)
            return
        if name in parts and parts[name] != text:
            draft.problems.add("Disagreement", _("Code and AccessCodeDomain do not agree."), target)
        parts[name] = text

    def _check_permission(self, draft: Draft, prop: Property, permission: Permission) -> None:
        code_target, expression_target = (f"{draft.prefix}{prop.name}/{part}" for part in ("Code", "Expression"))
        if permission.code is not None:
            self._check_access_code(draft, permission.code, code_target)
        if permission.expression is None:
            return
        if len(permission.expression) > MAX_EXPRESSION_LENGTH:
            draft.problems.add("WrongType", _("The expression is too long."), expression_target)
            return
        try:
            permission.alternatives()
        except BadExpressionError as error:
            message = _("The expression “{text}” can't be read: {what}.").format(
                text=permission.expression[:200], what=error
            )
            draft.problems.add("InvalidExpression", message, expression_target)
            return
        for code in sorted(permission.codes()):
            self._check_access_code(draft, code, expression_target)

    def _check_access_code(self, draft: Draft, code: str, target: str) -> None:
        entry = self._reference.code("AccessCodeDomains", code)
        if len(code) > MAX_CODE_LENGTH or entry is None or not entry.usable_on(self._today):
            draft.problems.add("UnknownCode", _("There is no access code {code}.").format(code=code[:80]), target)

    def _read_nested(self, draft: Draft, navigation: Navigation, value: object, creating: bool) -> None:
        target = draft.prefix + navigation.name
        if not creating:
            message = _("{name} can't be nested in an update.").format(name=navigation.name)
            draft.problems.add("NestedUpdate", message, target)
        elif navigation.contained:
            if value is not None:
                self._read_group(draft, navigation, value, f"{navigation.name}/")
        elif not navigation.collection:
            message = _("{name} can only be bound, with {name}@odata.bind.").format(name=navigation.name)
            draft.problems.add("NotSupported", message, target)
        elif not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            message = _("{name} must be a list of objects.").format(name=navigation.name)
            draft.problems.add("WrongType", message, target)
        elif list(navigation.constraint) != ["ID"]:
            message = _("{name} can't be nested.").format(name=navigation.name)
            draft.problems.add("NotSupported", message, target)
        else:
            draft.nested[navigation.name] = value

    def _read_group(self, draft: Draft, navigation: Navigation, value: object, prefix: str) -> None:
        group = self._reference.model.types[navigation.target]
        if not isinstance(value, dict):
            message = _("{name} must be an object.").format(name=navigation.name)
            draft.problems.add("WrongType", message, draft.prefix + prefix.rstrip("/"))
            return
        for name, part in value.items():
            path, target = f"{navigation.name}/{name}", prefix + name
            prop = group.properties.get(name)
            if name.startswith("@"):
                continue
            if prop is None or prop.primitive is None:
                message = _("There is no property {name} on {type}.").format(name=name, type=group.name)
                draft.problems.add("UnknownProperty", message, draft.prefix + target)
            elif path in draft.store.derived:
                if part is not None:
                    message = _("{name} is set by the service.").format(name=name)
                    draft.problems.add("ReadOnly", message, draft.prefix + target)
            else:
                try:
                    draft.put(path, read_value(part, prop.primitive), target)
                except WrongTypeError as error:
                    message = _("{name}: {what}.").format(name=name, what=error)
                    draft.problems.add("WrongType", message, draft.prefix + target)

    def _read_binding(self, draft: Draft, name: str, value: object) -> None:
        navigation = draft.type.navigation.get(name.removesuffix(_BIND))
        target = draft.prefix + name
        if navigation is None:
            self._unknown(draft, name.removesuffix(_BIND))
            return
        sources = list(draft.store.joins.get(navigation.name) or navigation.constraint)
        if navigation.collection or navigation.contained:
            message = _("{name} can't be bound.").format(name=navigation.name)
            draft.problems.add("NotSupported", message, target)
            return
        if value is not None and any(is_computed(draft.entity_set, source) for source in navigation.constraint):
            message = _("{name} is set by the service.").format(name=navigation.name)
            draft.problems.add("ReadOnly", message, target)
            return
        if value is None:
            for source in sources:
                if source in draft.type.properties and not is_computed(draft.entity_set, source):
                    draft.put(source, None, name)
            return
        entity = self._bound(draft, target, value, self._reference.model.set_of(navigation.target))
        if entity is not None:
            self._put_bound(draft, navigation, name, entity)

    def _bound(self, draft: Draft, target: str, value: object, wanted: str) -> tuple[str, str] | None:
        """The entity that a binding names; None, and a problem, where it can't be that."""
        if not isinstance(value, str):
            message = _("A binding is the address of an entity, such as Files('1000000001').")
            draft.problems.add("InvalidBinding", message, target)
            return None
        try:
            entity = entity_at(self._resolve(value), self._root_path)
        except Refusal as refusal:
            draft.problems.add("InvalidBinding", refusal.problem.message, target)
            return None
        if entity[0] != wanted:
            message = _("“{url}” is not in {set}.").format(url=value, set=wanted)
            draft.problems.add("InvalidBinding", message, target)
            return None
        return entity

    def _put_bound(self, draft: Draft, navigation: Navigation, name: str, entity: tuple[str, str]) -> None:
        entity_set, key = entity
        if entity_set not in CODE_SETS:
            draft.bound[navigation.name] = entity
            for source in navigation.constraint:
                draft.put(source, key, name)
            return
        entry = self._reference.by_key.get(entity_set, {}).get(key)
        kind = self._reference.model.types[navigation.target].kind
        if entry is None or (kind is not None and entry.kind != kind):
            message = _("There is no {set}({key}) to bind to.").format(set=entity_set, key=f"'{key}'")
            draft.problems.add("InvalidBinding", message, draft.prefix + name)
            return
        for source, there in navigation.constraint.items():
            draft.put(source, entry.kind if there == "CountryCode_Value" else entry.value, name)

    def _check_codes(self, draft: Draft, current: Callable[[str], Any]) -> None:
        for navigation in code_navigation(self._reference, draft.type):
            value_path, *_more = navigation.constraint
            value = draft.values.get(value_path)
            if not isinstance(value, str) or value == current(value_path):
                continue
            if navigation.target == "WorkZone.Postcode":
                continue  # its country may be a default: `rules.py`
            self.check_code(draft, value_path, self._reference.code_for(navigation, value))

    def check_code(self, draft: Draft, path: str, entry: CodeEntry | None) -> None:
        """Note a problem where a code is unknown, hidden or not valid today."""
        if entry is None or not entry.usable_on(self._today):
            value = draft.values[path]
            message = _("There is no code {value} for {name}.").format(value=value[:80], name=path)
            code = "InvalidBinding" if draft.given.get(path, path).endswith(_BIND) else "UnknownCode"
            draft.problem(code, message, path)


def is_computed(entity_set: str, name: str) -> bool:
    """Whether the service sets this property itself."""
    return (
        name in _COMPUTED
        or name.endswith("_Summary")
        or name in STORES[entity_set].derived
        or name in _COMPUTED_OF.get(entity_set, frozenset())
    )


def code_navigation(reference: Reference, entity_type: EntityType) -> Iterable[Navigation]:
    """The single navigation to code tables; not that of information rows, whose label names the domain."""
    for navigation in entity_type.navigation.values():
        plain = not navigation.collection and not navigation.contained and navigation.constraint
        if plain and navigation.name != "Info" and reference.model.set_of(navigation.target) in CODE_SETS:
            yield navigation
