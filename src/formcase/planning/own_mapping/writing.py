"""Writes a mapping as JSON data that people can read and keep; `reading.py` reads it back exactly."""

import json
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from formcase.planning.own_mapping.model import (
    Condition,
    Constant,
    Conversion,
    Demand,
    GroupRule,
    OwnMapping,
    Pick,
    PropertyRule,
    Rule,
    Template,
)
from formcase.planning.own_mapping.references import Reference, is_clear, is_clear_template, written_template

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

KIND: Final = "mapping"
VERSION: Final = 1


def mapping_to_json(mapping: OwnMapping) -> str:
    """A mapping as a JSON text with a line for each thing."""
    return json.dumps(mapping_to_data(mapping), ensure_ascii=False, indent=2) + "\n"


def mapping_to_data(mapping: OwnMapping) -> dict[str, Json]:
    """A mapping as data of JSON's own types."""
    return {
        "formcase": KIND,
        "version": VERSION,
        **({"forms": list(mapping.forms)} if mapping.forms else {}),
        "groups": [_item(group) for group in mapping.groups],
    }


def _item(item: GroupRule | PropertyRule) -> dict[str, Json]:
    if isinstance(item, PropertyRule):
        return {"property": item.name, **_rule(item.rule), **_when(item.when)}
    return {
        "group": item.name,
        **({} if item.repeat is None else {"repeat": _reference(item.repeat)}),
        **_when(item.when),
        "items": [_item(inner) for inner in item.items],
    }


def _rule(rule: Rule) -> dict[str, Json]:
    match rule:
        case Constant(text):
            return {"constant": text}
        case Template(parts):
            return {"template": written_template(parts) if is_clear_template(parts) else [_part(p) for p in parts]}
        case Pick(field, shown):
            return {"field": _reference(field), **({"shown": True} if shown else {})}
        case Conversion(field, table, otherwise):
            return {
                "field": _reference(field),
                "convert": dict(table),
                **({} if otherwise is None else {"otherwise": otherwise}),
            }


def _part(part: str | Reference) -> Json:
    return part if isinstance(part, str) else {"field": _reference(part)}


def _when(conditions: tuple[Condition, ...]) -> dict[str, Json]:
    written = [_condition(condition) for condition in conditions]
    return {} if not written else {"when": written[0] if len(written) == 1 else written}


def _condition(condition: Condition) -> dict[str, Json]:
    subject: dict[str, Json] = {"group" if condition.is_group else "field": _reference(condition.subject)}
    match condition.demand:
        case Demand.EQUALS:
            return {**subject, "equals": condition.texts[0]}
        case Demand.ONE_OF:
            return {**subject, "oneOf": list(condition.texts)}
        case Demand.NOT_EMPTY | Demand.EMPTY:
            return {**subject, condition.demand.value: True}


def _reference(reference: Reference) -> Json:
    return str(reference) if is_clear(reference) else list(reference.names)
