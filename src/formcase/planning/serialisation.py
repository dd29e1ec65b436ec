"""Writes a plan as JSON and reads it back, exactly: a plan is kept in the journal and sent again after a crash.

Properties stand in lists, because some stores of JSON don't keep the order of an object's names; each value says its
type where JSON's own would not.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeAlias, cast

from formcase.planning.plan import (
    AddCaseRow,
    AddDocument,
    AddParty,
    AddReference,
    ContentKey,
    ContentKind,
    CreateAddress,
    CreateCase,
    CreateContact,
    Entry,
    Existing,
    Operation,
    Plan,
    PlanKind,
    Planned,
    Reference,
    UpdateCase,
    UpdateCaseText,
    Value,
)
from formcase.submission.model import FieldPath, Step

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
JsonObject: TypeAlias = Mapping[str, Json]

VERSION: Final = 1


class UnreadablePlan(ValueError):
    """The JSON is no plan that this version wrote."""


def plan_to_json(plan: Plan) -> str:
    """A plan as a JSON text."""
    return json.dumps(plan_to_data(plan), ensure_ascii=False)


def plan_from_json(text: str) -> Plan:
    """Read what `plan_to_json` wrote. Raises `UnreadablePlan`."""
    try:
        return plan_from_data(json.loads(text))
    except json.JSONDecodeError as error:
        raise UnreadablePlan("It is no JSON.") from error


def plan_to_data(plan: Plan) -> dict[str, Json]:
    """A plan as data of JSON's own types."""
    return {
        "version": VERSION,
        "kind": plan.kind.value,
        "referenceId": plan.reference_id,
        "operations": [_operation(operation) for operation in plan.operations],
    }


def plan_from_data(data: object) -> Plan:
    """Read what `plan_to_data` wrote. Raises `UnreadablePlan`."""
    try:
        plan = cast(JsonObject, data)
        if plan["version"] != VERSION:
            raise UnreadablePlan("It is a plan of another version.")
        return Plan(
            PlanKind(_str(plan["kind"])),
            _str(plan["referenceId"]),
            tuple(_read_operation(_object(operation)) for operation in _list(plan["operations"])),
        )
    except (KeyError, TypeError, ArithmeticError, ValueError) as error:
        if isinstance(error, UnreadablePlan):
            raise
        raise UnreadablePlan("It is no plan.") from error


def _operation(operation: Operation) -> dict[str, Json]:
    match operation:
        case CreateContact(key, entry):
            return {"do": "create contact", "key": key, "entry": _entry(entry)}
        case CreateAddress(key, contact, entry):
            return {"do": "create address", "key": key, "contact": _reference(contact), "entry": _entry(entry)}
        case CreateCase(key, entry):
            return {"do": "create case", "key": key, "entry": _entry(entry)}
        case UpdateCase(case, entry, etag):
            return {"do": "update case", "case": _reference(case), "entry": _entry(entry), "etag": etag}
        case UpdateCaseText(case, group, entry, etag):
            return {
                "do": "update case text", "case": _reference(case), "group": group, "entry": _entry(entry), "etag": etag
            }  # fmt: skip
        case AddCaseRow(case, collection, entry):
            return {"do": "add case row", "case": _reference(case), "collection": collection, "entry": _entry(entry)}
        case AddParty(case, contact, address, role, origins, role_origins):
            return {
                "do": "add party",
                "case": _reference(case),
                "contact": _reference(contact),
                "address": _reference(address),
                "role": role,
                "origins": _paths(origins),
                "roleOrigins": _paths(role_origins),
            }
        case AddDocument():
            return _document(operation)
        case AddReference(case, label, reference_id):
            return {"do": "add reference", "case": _reference(case), "label": label, "referenceId": reference_id}


def _read_operation(data: JsonObject) -> Operation:
    match data["do"]:
        case "create contact":
            return CreateContact(_str(data["key"]), _read_entry(data["entry"]))
        case "create address":
            return CreateAddress(_str(data["key"]), _read_reference(data["contact"]), _read_entry(data["entry"]))
        case "create case":
            return CreateCase(_str(data["key"]), _read_entry(data["entry"]))
        case "update case":
            return UpdateCase(_read_existing(data["case"]), _read_entry(data["entry"]), _optional(data["etag"]))
        case "update case text":
            return UpdateCaseText(
                _read_existing(data["case"]),
                _str(data["group"]),
                _read_entry(data["entry"]),
                _optional(data["etag"]),
            )
        case "add case row":
            return AddCaseRow(_read_existing(data["case"]), _str(data["collection"]), _read_entry(data["entry"]))
        case "add party":
            return AddParty(
                _read_reference(data["case"]),
                _read_reference(data["contact"]),
                _read_reference(data["address"]),
                _str(data["role"]),
                _read_paths(data["origins"]),
                _read_paths(data.get("roleOrigins", [])),
            )
        case "add document":
            return _read_document(data)
        case "add reference":
            return AddReference(_read_reference(data["case"]), _str(data["label"]), _str(data["referenceId"]))
    raise UnreadablePlan("It has an operation that nobody knows.")


def _document(document: AddDocument) -> dict[str, Json]:
    return {
        "do": "add document",
        "key": document.key,
        "case": _reference(document.case),
        "content": {"kind": document.content.kind.value, "attachment": document.content.attachment},
        "fileName": document.file_name,
        "mediaType": document.media_type,
        "size": document.size,
        "entry": _entry(document.entry),
        "main": None if document.main is None else _reference(document.main),
    }


def _read_document(data: JsonObject) -> AddDocument:
    content = _object(data["content"])
    main = None if data["main"] is None else _read_reference(data["main"])
    if isinstance(main, Existing):
        raise UnreadablePlan("A document supplements one of the same plan.")
    return AddDocument(
        key=_str(data["key"]),
        case=_read_reference(data["case"]),
        content=ContentKey(ContentKind(_str(content["kind"])), _optional(content["attachment"])),
        file_name=_str(data["fileName"]),
        media_type=_str(data["mediaType"]),
        size=_int(data["size"]),
        entry=_read_entry(data["entry"]),
        main=main,
    )


def _reference(reference: Reference) -> dict[str, Json]:
    match reference:
        case Planned(key):
            return {"planned": key}
        case Existing(existing, number):
            return {"existing": existing, "number": number}


def _read_reference(data: Json) -> Reference:
    reference = _object(data)
    return Planned(_str(reference["planned"])) if "planned" in reference else _read_existing(data)


def _read_existing(data: Json) -> Existing:
    reference = _object(data)
    return Existing(_str(reference["existing"]), _str(reference["number"]))


def _entry(entry: Entry) -> dict[str, Json]:
    return {
        "values": [[name, _value(value)] for name, value in entry.values.items()],
        "nested": [
            [name, [_entry(row) for row in inner] if isinstance(inner, tuple) else _entry(inner)]
            for name, inner in entry.nested.items()
        ],
        "origins": [[name, _paths(paths)] for name, paths in entry.origins.items()],
    }


def _read_entry(data: Json) -> Entry:
    entry = _object(data)
    nested: dict[str, Entry | tuple[Entry, ...]] = {}
    for name, inner in _pairs(entry["nested"]):
        nested[name] = _read_entry(inner) if isinstance(inner, Mapping) else tuple(map(_read_entry, _list(inner)))
    return Entry(
        {name: _read_value(value) for name, value in _pairs(entry["values"])},
        nested,
        {name: _read_paths(paths) for name, paths in _pairs(entry["origins"])},
    )


def _value(value: Value) -> Json:
    match value:
        case bool() | int() | str():
            return value
        case Decimal():
            return {"decimal": str(value)}
        case datetime():
            return {"time": value.isoformat()}
        case date():
            return {"date": value.isoformat()}


def _read_value(data: Json) -> Value:
    if isinstance(data, str | int):
        return data
    typed = _object(data)
    if "decimal" in typed:
        return Decimal(_str(typed["decimal"]))
    if "time" in typed:
        return datetime.fromisoformat(_str(typed["time"]))
    return date.fromisoformat(_str(typed["date"]))


def _paths(paths: Sequence[FieldPath]) -> Json:
    return [[[step.name, step.index] for step in path.steps] for path in paths]


def _read_paths(data: Json) -> tuple[FieldPath, ...]:
    return tuple(FieldPath(tuple(Step(name, _int(index)) for name, index in _pairs(path))) for path in _list(data))


def _pairs(data: Json) -> list[tuple[str, Json]]:
    pairs = []
    for pair in _list(data):
        name, value = _list(pair)
        pairs.append((_str(name), value))
    return pairs


def _object(data: Json) -> JsonObject:
    if not isinstance(data, Mapping):
        raise UnreadablePlan("An object is missing.")
    return data


def _list(data: Json) -> Sequence[Json]:
    if not isinstance(data, list | tuple):
        raise UnreadablePlan("A list is missing.")
    return data


def _str(data: Json) -> str:
    if not isinstance(data, str):
        raise UnreadablePlan("A text is missing.")
    return data


def _optional(data: Json) -> str | None:
    return None if data is None else _str(data)


def _int(data: Json) -> int:
    if not isinstance(data, int) or isinstance(data, bool):
        raise UnreadablePlan("A number is missing.")
    return data
