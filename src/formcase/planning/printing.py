"""Prints a plan as a tree that a person can read: what would be written, and from which field each value came."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from formcase.messages import Message, Translate, message, untranslated
from formcase.planning.plan import (
    AddCaseRow,
    AddDocument,
    AddParty,
    AddReference,
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
from formcase.planning.tracing import entry_of
from formcase.submission.model import FieldPath

_INDENT: Final = "    "
_LONGEST: Final = 300


def print_plan(plan: Plan, translate: Translate = untranslated) -> str:
    """The plan as text, one operation after the other; values with `←` and the fields that they came from."""
    return "\n".join(_lines(plan, translate))


def head_of(operation: Operation) -> Message:
    """What an operation does, in one line."""
    match operation:
        case CreateContact(key):
            return message("Create contact {key}", key=key)
        case CreateAddress(key, contact):
            return message("Create address {key} of {contact}", key=key, contact=_name(contact))
        case CreateCase(key):
            return message("Create case {key}", key=key)
        case UpdateCase(case):
            return message("Update case {case}", case=_name(case))
        case UpdateCaseText(case, group):
            return message("Update {group} of case {case}", group=group, case=_name(case))
        case AddCaseRow(case, collection):
            return message("Add a row to {collection} of case {case}", collection=collection, case=_name(case))
        case AddParty(case, contact, address, role):
            return message(
                "Add {contact} to case {case} as {role}, with {address}",
                contact=_name(contact),
                case=_name(case),
                role=role,
                address=_name(address),
            )
        case AddDocument():
            return _document(operation)
        case AddReference(case, label, reference_id):
            return message(
                "Add {label} {reference} to case {case}", label=label, reference=reference_id, case=_name(case)
            )


def shown_value(value: Value) -> str:
    """A value as people read it, its first characters where it is long."""
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case date() | datetime():
            return value.isoformat()
        case int():
            return str(value)
        case str():
            return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"


def _lines(plan: Plan, translate: Translate) -> Iterator[str]:
    if plan.kind is PlanKind.ERROR_CASE:
        head = message("Error case for submission {reference}", reference=plan.reference_id)
    else:
        head = message("Plan for submission {reference}", reference=plan.reference_id)
    yield head.text(translate)
    for number, operation in enumerate(plan.operations, 1):
        yield f"{number:>3}. {head_of(operation).text(translate)}"
        entry = entry_of(operation)
        if entry is not None:
            yield from _of_entry(entry, _INDENT)
        if isinstance(operation, AddParty) and operation.origins:
            yield f"{_INDENT}← {_sources(operation.origins)}"


def _document(document: AddDocument) -> Message:
    if document.main is None:
        return message(
            "Add document {key} to case {case}: {file} ({type}, {size} bytes)",
            key=document.key,
            case=_name(document.case),
            file=document.file_name,
            type=document.media_type,
            size=document.size,
        )
    return message(
        "Add document {key} to case {case}, supplementing {main}: {file} ({type}, {size} bytes)",
        key=document.key,
        case=_name(document.case),
        main=document.main.key,
        file=document.file_name,
        type=document.media_type,
        size=document.size,
    )


def _name(reference: Reference) -> str:
    match reference:
        case Planned(key):
            return key
        case Existing(existing, number):
            return f"{number} [{existing}]" if number else f"[{existing}]"


def _of_entry(entry: Entry, indent: str) -> Iterator[str]:
    for name, value in entry.values.items():
        paths = entry.origins.get(name, ())
        source = f"  ← {_sources(paths)}" if paths else ""
        first, *more = shown_value(value).split("\n")
        yield f"{indent}{name}: {first}{source}"
        for line in more:
            yield f"{indent}{' ' * len(name)}  {line}"
    for name, inner in entry.nested.items():
        for row in inner if isinstance(inner, tuple) else (inner,):
            yield f"{indent}{name}"
            yield from _of_entry(row, indent + _INDENT)


def _sources(paths: tuple[FieldPath, ...]) -> str:
    return ", ".join(map(str, paths))
