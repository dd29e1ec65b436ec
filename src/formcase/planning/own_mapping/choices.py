"""What there is to choose from when a mapping is made: the case system's properties, and the form's fields.

A code list is named by its table; its codes are asked of the case system by whoever shows them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Final

from formcase.planning.codes import table_of
from formcase.planning.knowledge import CodeTableKey
from formcase.planning.mapping import (
    CASE_KEYS,
    CASES,
    CONTACTS,
    IN_CASES,
    IN_CONTACTS,
    IN_TEMPLATE,
    PAGE,
    ROLE,
    TEMPLATE,
)
from formcase.planning.metadata import Metadata, StructuredType
from formcase.planning.own_mapping.references import Reference
from formcase.planning.own_values import is_set_by_case_system
from formcase.planning.values import can_be_read
from formcase.planning.words import PARTY_ROLES
from formcase.submission.form import FormDefinition, FormField, FormGroup
from formcase.submission.model import Field, Group, Submission

_MANDATORY: Final = {CASES: ("Title", "FileClass_Value"), CONTACTS: ("NameType_Value", "Name1")}
_SETS: Final = {CASES: "Files", CONTACTS: "Contacts", TEMPLATE: "Records"}
_GROUPS: Final = {CASES: (*IN_CASES, CONTACTS), CONTACTS: IN_CONTACTS, TEMPLATE: IN_TEMPLATE}


@dataclass(frozen=True, slots=True)
class PropertyChoice:
    """A property that a mapping may set. table: where its codes are, None where any value may be; mandatory: without it
    no case or contact can be made; custom: whether the installation has added it to the public model; is_key: whether
    it says which case is updated."""

    name: str
    type: str
    max_length: int | None = None
    table: CodeTableKey | None = None
    mandatory: bool = False
    custom: bool = False
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """A group that a mapping may have, with what may stand in it. several: whether it may stand there repeatedly."""

    name: str
    entity: str
    properties: tuple[PropertyChoice, ...]
    groups: tuple["GroupChoice", ...] = ()
    several: bool = True


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """A field of the form. repeating: the groups around it that repeat, outermost first; choices: value and title."""

    reference: Reference
    title: str
    type: str
    required: bool
    multiple: bool
    hidden: bool
    choices: tuple[tuple[str, str], ...]
    repeating: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class FormGroupChoice:
    """A group of the form."""

    reference: Reference
    title: str
    repeats: bool
    hidden: bool
    repeating: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class FormChoices:
    """What a mapping can name of a form, in the form's order; its own mapping page is not among it."""

    fields: tuple[FieldChoice, ...]
    groups: tuple[FormGroupChoice, ...]


def property_choices(metadata: Metadata) -> tuple[GroupChoice, ...]:
    """The groups of a mapping, with everything that the case system lets a form set; those that it serves."""
    found = (_top_group(metadata, name) for name in (CASES, CONTACTS, TEMPLATE))
    return tuple(group for group in found if group is not None)


def tables_of(groups: Sequence[GroupChoice]) -> frozenset[CodeTableKey]:
    """The code tables that the properties of these groups and of those inside them need."""
    own = {choice.table for group in groups for choice in group.properties if choice.table is not None}
    return frozenset(own).union(*(tables_of(group.groups) for group in groups))


def form_choices(form: FormDefinition) -> FormChoices:
    """The fields and groups of a form."""
    fields: list[FieldChoice] = []
    groups: list[FormGroupChoice] = []
    for page in form.pages:
        if page.name == PAGE:
            continue
        for each in _walk(page.items, (page.name,), (), page.hidden):
            if isinstance(each, FieldChoice):
                fields.append(each)
            else:
                groups.append(each)
    return FormChoices(tuple(fields), tuple(groups))


def submission_choices(submission: Submission) -> FormChoices:
    """The fields and groups that a submission has, where no design of its form is at hand. A group repeats where the
    submission has several of it; what a field demands is not known."""
    gathering = _Gathering()
    for page in submission.pages:
        if page.name != PAGE:
            gathering.items(page.items, (page.name,), (), page.hidden)
    return FormChoices(tuple(gathering.fields.values()), tuple(gathering.groups.values()))


@dataclass(slots=True)
class _Gathering:
    """What a submission has, each thing once."""

    fields: dict[Reference, FieldChoice] = field(default_factory=dict)
    groups: dict[Reference, FormGroupChoice] = field(default_factory=dict)

    def items(
        self, items: Sequence[Group | Field], above: tuple[str, ...], repeating: tuple[Reference, ...], hidden: bool
    ) -> None:
        counted = Counter(item.name for item in items)
        for item in items:
            reference = Reference((*above, item.name))
            title = item.title or item.name
            several = counted[item.name] > 1
            if isinstance(item, Field):
                made = FieldChoice(reference, title, item.type, False, several, hidden, (), repeating)
                self.fields.setdefault(reference, made)
                continue
            known = self.groups.get(reference)
            repeats = several or (known is not None and known.repeats)
            self.groups[reference] = FormGroupChoice(reference, title, repeats, hidden, repeating)
            self.items(item.items, reference.names, (*repeating, reference) if repeats else repeating, hidden)


def _top_group(metadata: Metadata, name: str) -> GroupChoice | None:
    entity_type = metadata.types.get(metadata.entity_sets.get(_SETS[name], ""))
    if entity_type is None:
        return None
    inner = (_inner_group(metadata, entity_type, each) for each in _GROUPS[name])
    return GroupChoice(
        name,
        entity_type.name,
        tuple(_properties(metadata, entity_type, name)),
        tuple(group for group in inner if group is not None),
        several=name != TEMPLATE,
    )


def _inner_group(metadata: Metadata, holder: StructuredType, name: str) -> GroupChoice | None:
    if name == CONTACTS:
        return _top_group(metadata, CONTACTS)
    navigation, kept_in = holder.navigation.get(name), holder.properties.get(name)
    type_name = navigation.target if navigation is not None else kept_in.type if kept_in is not None else ""
    inner = metadata.types.get(type_name)
    if inner is None:
        return None
    several = navigation is not None and navigation.collection
    return GroupChoice(name, inner.name, tuple(_properties(metadata, inner, name)), several=several)


def _properties(metadata: Metadata, entity_type: StructuredType, group: str) -> Iterator[PropertyChoice]:
    mandatory = _MANDATORY.get(group, ())
    standard = _standard().get(entity_type.name.rpartition(".")[2])
    for name, property_ in entity_type.properties.items():
        is_key = group == CASES and name in CASE_KEYS
        if not can_be_read(property_.type) or name.endswith("_Summary"):
            continue
        if is_set_by_case_system(name) and not is_key:
            continue
        yield PropertyChoice(
            name,
            property_.type,
            property_.max_length,
            table_of(metadata, entity_type, name),
            name in mandatory,
            standard is not None and not is_key and name not in standard,
            is_key,
        )
    if group == CONTACTS:
        yield PropertyChoice(ROLE, "Edm.String", table=PARTY_ROLES)


@cache
def _standard() -> Mapping[str, frozenset[str]]:
    """The properties of the public model, by type. The metadata itself has no mark on those that were added."""
    text = resources.files(__package__).joinpath("standard_properties.txt").read_text(encoding="utf-8")
    names: dict[str, set[str]] = {}
    current = ""
    for line in text.splitlines():
        if line.startswith(" "):
            names[current].update(line.split())
        else:
            current = line.strip()
            names[current] = set()
    return {each: frozenset(properties) for each, properties in names.items()}


def _walk(
    items: Sequence[FormGroup | FormField], above: tuple[str, ...], repeating: tuple[Reference, ...], hidden: bool
) -> Iterator[FieldChoice | FormGroupChoice]:
    for item in items:
        reference = Reference((*above, item.name))
        title = item.title or item.name
        if isinstance(item, FormGroup):
            yield FormGroupChoice(reference, title, item.repeats, hidden, repeating)
            inside = (*repeating, reference) if item.repeats else repeating
            yield from _walk(item.items, reference.names, inside, hidden)
        elif item.type != "file":
            yield FieldChoice(
                reference, title, item.type, item.required, item.multiple, hidden, item.choices, repeating
            )
