"""Everything that is known of a thing, as names and values for people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from formcase.casesystem.pages.names import name_of
from formcase.casesystem.reference import Reference
from formcase.casesystem.schema import NAMESPACE

# Of use to machines, told elsewhere on the page, or kept for other programs.
_LEFT_OUT = frozenset(
    {
        "ID",
        "Summary",
        "RowId",
        "FileKey",
        "RecordKey",
        "NameKey",
        "AddressKey",
        "AccessCode",
        "UpdateCode",
        "License",
        "PrimaryRecordKey",
        "Owner",
        "ExternalDocId",
        "OriginalFileName",
        "Extension",
        "DocLength",
        "Updated",
        "UpdateTime",
        "Year",
        "UserKey",
        "SystemShow",
        "SystemItem",
    }
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One property. is_custom: the installation added it."""

    name: str
    value: Any
    is_time: bool = False
    is_custom: bool = False


def facts(reference: Reference, short_type: str, entity: Mapping[str, Any], first: Sequence[str] = ()) -> list[Fact]:
    """What has a value, those named first in their order, then the others, custom fields last."""
    custom = {field.name: field for field in reference.custom_fields if field.entity == short_type}
    known = dict(_values(entity))
    names = [name for name in first if name in known]
    names += sorted(name for name in known if name not in first and name not in custom and name not in _LEFT_OUT)
    names += [name for name in custom if name in known]
    entity_type = reference.model.types[f"{NAMESPACE}.{short_type}"]
    found = []
    for name in names:
        prop = entity_type.properties.get(name)
        is_time = prop is not None and prop.primitive is not None and "Date" in prop.primitive
        found.append(Fact(name_of(name, reference), known[name], is_time, name in custom))
    return found


def _values(entity: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Values by the name without `_Value`; a code as its text where it has one."""
    for name, value in entity.items():
        if "@" in name or isinstance(value, dict | list) or value in (None, "") or name.endswith("_Summary"):
            continue
        if name.endswith("_Value"):
            base = name.removesuffix("_Value")
            text = entity.get(f"{base}_Summary")
            yield base, _coded(str(value), text)
        else:
            yield name, value


def _coded(value: str, text: str | None) -> str:
    return value if not text or text == value else text if text.startswith(value) else f"{text} ({value})"


def permission_text(value: Mapping[str, Any] | None) -> str:
    """A read or write code as people write it; empty where there is none."""
    if value is None:
        return ""
    return str(value.get("Expression") or value.get("Code") or "")


def dated(found: Iterable[Fact]) -> tuple[list[Fact], list[Fact]]:
    """The facts that are days or times, and the others."""
    everything = list(found)
    return [fact for fact in everything if fact.is_time], [fact for fact in everything if not fact.is_time]
