"""Traces what the case system refuses back to the field of the form that it came from."""

import re
from collections.abc import Iterator
from typing import Final

from formcase.planning.plan import (
    AddCaseRow,
    AddDocument,
    AddParty,
    CreateAddress,
    CreateCase,
    CreateContact,
    Entry,
    Operation,
    Plan,
    UpdateCase,
    UpdateCaseText,
)
from formcase.submission.model import FieldPath

_BIND: Final = "@odata.bind"
_SEPARATOR: Final = re.compile(r"[/.\[\]()]+")


def origin_of(plan: Plan, part: int | None, target: str | None) -> FieldPath | None:
    """The field that a refused value came from; None where a rule gave it, or where it can't be known.

    part: the index of the refused operation. target: what the case system calls the value, as it names it:
    `FileClass_Value`, `File/Title`, `Name@odata.bind`, `Dates/0/DateStamp`.
    """
    if part is None or not 0 <= part < len(plan.operations):
        return None
    operation = plan.operations[part]
    steps = _steps(target or "")
    if isinstance(operation, AddParty):
        return _of_party(operation, steps)
    entry = entry_of(operation)
    if entry is None or not steps:
        return None
    return next(_along(entry, steps), None) or next(_anywhere(entry, steps[-1]), None)


def entry_of(operation: Operation) -> Entry | None:
    """What an operation writes, where it is an entry."""
    if isinstance(
        operation, CreateContact | CreateAddress | CreateCase | UpdateCase | UpdateCaseText | AddCaseRow | AddDocument
    ):
        return operation.entry
    return None


def _steps(target: str) -> list[str]:
    names = [name.strip("'\"$ ").removesuffix(_BIND) for name in _SEPARATOR.split(target.replace(_BIND, ""))]
    return [name for name in names if name]


def _of_party(party: AddParty, steps: list[str]) -> FieldPath | None:
    """origins holds the contact's code or group first."""
    if not party.origins or not steps:
        return None
    if steps[-1].startswith("CustomLabel"):
        return party.role_origins[0] if party.role_origins else None
    return party.origins[0] if steps[-1] in {"Name", "NameKey_Value", "NameAddress", "AddressKey_Value"} else None


def _along(entry: Entry, steps: list[str]) -> Iterator[FieldPath]:
    """The fields of the value at the end of these steps; what comes before them in the target is skipped."""
    name, *rest = steps
    if not rest:
        yield from _origins(entry, name)
        return
    inner = entry.nested.get(name)
    if isinstance(inner, Entry):
        yield from _along(inner, rest)
    elif inner is not None:
        index = int(rest[0]) if rest[0].isdecimal() else None
        if index is None:
            for row in inner:
                yield from _along(row, rest)
        elif index < len(inner) and len(rest) > 1:
            yield from _along(inner[index], rest[1:])
    else:
        yield from _along(entry, rest)


def _anywhere(entry: Entry, name: str) -> Iterator[FieldPath]:
    yield from _origins(entry, name)
    for inner in entry.nested.values():
        for row in inner if isinstance(inner, tuple) else (inner,):
            yield from _anywhere(row, name)


def _origins(entry: Entry, name: str) -> Iterator[FieldPath]:
    """A navigation is refused by its own name, and was written by its code."""
    for written in (name, f"{name}_Value"):
        yield from entry.origins.get(written, ())
