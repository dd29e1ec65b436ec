"""Which cases a mapping makes and which it updates, and with what.

A group that names a case by a key updates it, and no case is made in its stead; groups that name the same case are one
update. What an update adds stands below or beside what is there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from formcase.planning import errors
from formcase.planning.entries import Entries, text_of
from formcase.planning.knowledge import CaseQuestion, KnownCase, KnownRow
from formcase.planning.mapping import CASE_KEYS, MappedGroup
from formcase.planning.plan import (
    AddCaseRow,
    CreateCase,
    Entry,
    Existing,
    Operation,
    Planned,
    Reference,
    UpdateCase,
    UpdateCaseText,
    Value,
)

_TEXTS: Final = ("Text", "Note")
_ROWS: Final = {"Dates": "DateStamp", "Infos": "Info_Value"}
_LABEL: Final = "CustomLabel_Value"
_MANDATORY: Final = ("Title", "FileClass_Value")


@dataclass(frozen=True, slots=True)
class CaseInPlan:
    """One case of a plan: how it is referred to, what is known of it (None where it is made), which groups Files of
    the mapping mean it, and what is written."""

    reference: Reference
    known: KnownCase | None
    groups: frozenset[int]
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a text that an update adds."""

    reference_id: str
    day: date

    def __str__(self) -> str:
        return f"{self.reference_id}, {self.day.isoformat()}"


def plan_the_cases(
    mapped: Sequence[MappedGroup], entries: Entries, heading: Heading, reference_label: str
) -> tuple[CaseInPlan, ...]:
    """Plan all cases, in the order of the form. What is wrong goes to the entries' `found`."""
    together: dict[str, list[int]] = {}
    known_cases: dict[str, KnownCase] = {}
    for number, group in enumerate(mapped):
        _check_labels(group, entries, reference_label)
        if not asks_for_update(group):
            together[f"case-{number + 1}"] = [number]
            continue
        known = _known_case(group, entries)
        if known is None:
            entries.entry(group, without=CASE_KEYS)  # for what else is wrong in it
            continue
        known_cases[f"existing {known.id}"] = known
        together.setdefault(f"existing {known.id}", []).append(number)
    return tuple(
        _updated(known_cases[name], numbers, mapped, entries, heading)
        if name in known_cases
        else _made(name, numbers[0], mapped, entries)
        for name, numbers in together.items()
    )


def asks_for_update(group: MappedGroup) -> bool:
    """Whether the group names a case that is to be updated."""
    return any(group.has(key) for key in CASE_KEYS)


def questions_of(group: MappedGroup) -> Iterator[CaseQuestion]:
    """What must be asked to know which case a group names."""
    for key in CASE_KEYS:
        if group.has(key):
            yield CaseQuestion(key, text_of(group, key))


def _known_case(group: MappedGroup, entries: Entries) -> KnownCase | None:
    """The one case that all keys of the group name; None, and an error, where there is none such."""
    found = entries.found
    named: dict[str, KnownCase] = {}
    wrong = False
    for question in questions_of(group):
        place = found.field(group.paths(question.property)[0], group.type.name)
        cases = entries.knowledge.cases[question]
        if len(cases) == 1:
            named[cases[0].id] = cases[0]
            continue
        wrong = True
        if cases:
            numbers = tuple(case.number for case in cases)
            found.add(
                errors.CaseAmbiguous(place=place, value=question.value, property=question.property, numbers=numbers)
            )
        else:
            found.add(errors.CaseNotFound(place=place, value=question.value, property=question.property))
    if len(named) > 1:
        numbers = tuple(case.number for case in named.values())
        found.add(errors.KeysDisagree(place=found.group(group.path, group.type.name), numbers=numbers))
        wrong = True
    return None if wrong else next(iter(named.values()))


def _check_labels(group: MappedGroup, entries: Entries, reference_label: str) -> None:
    """The row that carries the reference ID is written by filing alone."""
    for row in group.nested.get("Infos", ()):
        if text_of(row, _LABEL) == reference_label:
            place = entries.found.field(row.paths(_LABEL)[0], row.type.name)
            entries.found.add(errors.ReferenceLabel(place=place, value=reference_label))


def _made(name: str, number: int, mapped: Sequence[MappedGroup], entries: Entries) -> CaseInPlan:
    group = mapped[number]
    entry = entries.entry(group)
    for mandatory in _MANDATORY:
        if not group.has(mandatory):
            place = entries.found.group(group.path, group.type.name)
            entries.found.add(errors.MissingMandatory(place=place, property=mandatory))
    return CaseInPlan(Planned(name), None, frozenset({number}), (CreateCase(name, entry),))


def _updated(
    known: KnownCase, numbers: Sequence[int], mapped: Sequence[MappedGroup], entries: Entries, heading: Heading
) -> CaseInPlan:
    case = Existing(known.id, known.number)
    written = [(mapped[number], entries.entry(mapped[number], without=CASE_KEYS)) for number in numbers]
    entry = _merged(written, entries)
    operations: list[UpdateCase | UpdateCaseText] = [
        *_single_values(case, entry),
        *(
            UpdateCaseText(case, name, _below(text, there, heading))
            for name, there in zip(_TEXTS, (known.text, known.note), strict=True)
            if isinstance(text := entry.nested.get(name), Entry)
        ),
    ]
    guarded = (_guarded(operation, known.etag if index == 0 else None) for index, operation in enumerate(operations))
    rows = (
        AddCaseRow(case, collection, row)
        for collection, there in zip(_ROWS, (known.dates, known.infos), strict=True)
        for row in _new_rows(collection, entry, there)
    )
    return CaseInPlan(case, known, frozenset(numbers), (*guarded, *rows))


def _single_values(case: Existing, entry: Entry) -> Iterator[UpdateCase]:
    complex_values = {
        name: inner for name, inner in entry.nested.items() if isinstance(inner, Entry) and name not in _TEXTS
    }
    if entry.values or complex_values:
        yield UpdateCase(case, Entry(entry.values, complex_values, entry.origins))


def _guarded(operation: UpdateCase | UpdateCaseText, etag: str | None) -> UpdateCase | UpdateCaseText:
    if isinstance(operation, UpdateCase):
        return UpdateCase(operation.case, operation.entry, etag)
    return UpdateCaseText(operation.case, operation.group, operation.entry, etag)


def _below(entry: Entry, there: str, heading: Heading) -> Entry:
    """The whole new text: what is there, and below it, under the heading, what the form adds."""
    added = entry.values.get("Text")
    if added is None:
        return entry
    gap = "" if not there.strip() else "" if there.endswith("\n\n") else "\n" if there.endswith("\n") else "\n\n"
    before = there if there.strip() else ""
    return Entry({**entry.values, "Text": f"{before}{gap}{heading}\n{added}"}, entry.nested, entry.origins)


def _new_rows(collection: str, entry: Entry, there: frozenset[KnownRow]) -> Iterator[Entry]:
    rows = entry.nested.get(collection, ())
    seen = set(there)
    for row in rows if isinstance(rows, tuple) else (rows,):
        value = row.values.get(_ROWS[collection])
        identity = KnownRow(str(row.values.get(_LABEL, "")), value if isinstance(value, str | date) else None)
        if identity not in seen:
            seen.add(identity)
            yield row


def _merged(written: Sequence[tuple[MappedGroup, Entry]], entries: Entries) -> Entry:
    """Several groups that mean one case, as one entry; a property with two different values is an error."""
    merged = written[0][1]
    for group, entry in written[1:]:
        merged = _merge(merged, entry, group, entries)
    return merged


def _merge(one: Entry, other: Entry, group: MappedGroup, entries: Entries) -> Entry:
    values: dict[str, Value] = dict(one.values)
    origins = dict(one.origins)
    for name, value in other.values.items():
        paths = other.origins.get(name, ())
        if name in values and values[name] != value:
            place = entries.found.field(paths[0] if paths else group.path, group.type.name)
            first = origins.get(name) or (group.path,)
            entries.found.add(errors.Contradiction(place=place, value=_shown(value), property=name, other=first[0]))
        values.setdefault(name, value)
        origins[name] = (*origins.get(name, ()), *paths)
    nested = dict(one.nested)
    for name, inner in other.nested.items():
        before = nested.get(name)
        if isinstance(inner, tuple):
            nested[name] = (*(before if isinstance(before, tuple) else ()), *inner)
        elif isinstance(before, Entry):
            nested[name] = _merge(before, inner, group.nested[name][0], entries)
        else:
            nested[name] = inner
    return Entry(values, nested, origins)


def _shown(value: Value) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
