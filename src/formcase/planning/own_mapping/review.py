"""What can be said against a mapping before any submission is planned by it, each thing with the part that it is about:
names and codes that the case system does not know, values that fit no type, what is missing, and what the form does not
have. `workflows.mapping_checks` says the same of what is in force, and of rights."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from formcase.messages import Message, message
from formcase.planning.knowledge import CodeTableKey
from formcase.planning.mapping import CASES
from formcase.planning.names import Names, most_like
from formcase.planning.own_mapping.choices import FormChoices, GroupChoice, PropertyChoice
from formcase.planning.own_mapping.editing import Located, Place, located
from formcase.planning.own_mapping.model import Constant, Conversion, GroupRule, OwnMapping, PropertyRule, references_of
from formcase.planning.own_mapping.references import Reference
from formcase.planning.values import Unfit, read_value

Codes = Mapping[CodeTableKey, Mapping[str, str]]
_NEAR: Final = 3
_ZONE: Final = ZoneInfo("UTC")  # whether a text is a value does not depend on it


class Gravity(StrEnum):
    """An error makes error cases; a warning may be meant."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that is wrong or looks wrong. place: empty where it is about the mapping as a whole."""

    place: Place
    gravity: Gravity
    what: Message


def review(
    mapping: OwnMapping, groups: Sequence[GroupChoice], codes: Codes, forms: Mapping[str, FormChoices]
) -> tuple[Remark, ...]:
    """Everything that can be said, in the mapping's order. groups: what the case system has, empty where it can't be
    asked; codes: the tables that could be read; forms: those that the mapping is for, by their ids."""
    return tuple(_remarks(mapping, groups, codes, forms))


def choice_at(groups: Sequence[GroupChoice], names: Sequence[str]) -> GroupChoice | None:
    """What the case system offers in the group of these names; None where it has no such group."""
    found: GroupChoice | None = None
    for name in names:
        known = Names(choice.name for choice in groups).find(name)
        found = next((choice for choice in groups if choice.name == known), None)
        if found is None:
            return None
        groups = found.groups
    return found


def property_of(group: GroupChoice | None, name: str) -> PropertyChoice | None:
    """A property of a group; None where it has no such property."""
    if group is None:
        return None
    known = Names(choice.name for choice in group.properties).find(name)
    return next((choice for choice in group.properties if choice.name == known), None)


def tables_named(mapping: OwnMapping, groups: Sequence[GroupChoice]) -> frozenset[CodeTableKey]:
    """The code tables that a mapping names codes of."""
    found = set()
    for part in located(mapping):
        if isinstance(part.item, PropertyRule) and _texts(part.item):
            choice = property_of(choice_at(groups, part.names[:-1]), part.item.name)
            if choice is not None and choice.table is not None:
                found.add(choice.table)
    return frozenset(found)


def missing_properties(group: GroupRule, choice: GroupChoice | None) -> tuple[PropertyChoice, ...]:
    """What must be there for a case or contact to be made, and no property of the group gives."""
    if choice is None:
        return ()
    names = Names(item.name for item in group.items if isinstance(item, PropertyRule))
    if any(each.is_key and names.find(each.name) for each in choice.properties):
        return ()
    return tuple(each for each in choice.properties if each.mandatory and names.find(each.name) is None)


def _remarks(
    mapping: OwnMapping, groups: Sequence[GroupChoice], codes: Codes, forms: Mapping[str, FormChoices]
) -> Iterator[Remark]:
    if not any(group.name == CASES for group in mapping.groups):
        what = message("The mapping has no group {name}, so no case would be made.", name=CASES)
        yield Remark((), Gravity.ERROR, what)
    for part in located(mapping):
        if groups:
            yield from _of_names(part, groups, codes)
        for form_id, choices in forms.items():
            if mapping.is_for(form_id):
                yield from _of_form(part, form_id, choices)


def _of_names(part: Located, groups: Sequence[GroupChoice], codes: Codes) -> Iterator[Remark]:
    above = part.names[:-1]
    around = choice_at(groups, above)
    if above and around is None:
        return  # the group itself is not known, which is told there
    if isinstance(part.item, GroupRule):
        yield from _of_group(part, part.item, groups, around)
        return
    choice = property_of(around, part.item.name)
    if choice is None:
        known = () if around is None else tuple(each.name for each in around.properties)
        yield Remark(part.place, Gravity.ERROR, _no_such(part.item.name, known))
        return
    for text in _texts(part.item):
        if (what := _against(text, choice, codes)) is not None:
            yield Remark(part.place, Gravity.ERROR, what)


def _of_group(
    part: Located, group: GroupRule, groups: Sequence[GroupChoice], around: GroupChoice | None
) -> Iterator[Remark]:
    choice = choice_at(groups, part.names)
    if choice is None:
        known = groups if around is None else around.groups
        yield Remark(part.place, Gravity.ERROR, _no_such(group.name, tuple(each.name for each in known)))
        return
    if not choice.several and group.repeat is not None:
        what = message("{name} can stand there once only, so it can't repeat.", name=group.name)
        yield Remark(part.place, Gravity.ERROR, what)
    for missing in missing_properties(group, choice):
        what = message("{name} is missing; without it nothing new can be made.", name=missing.name)
        yield Remark(part.place, Gravity.WARNING, what)


def _of_form(part: Located, form_id: str, choices: FormChoices) -> Iterator[Remark]:
    item = part.item
    fields = tuple(choice.reference for choice in choices.fields)
    groups = tuple(choice.reference for choice in choices.groups)
    asked = [(condition.subject, condition.is_group) for condition in item.when]
    if isinstance(item, GroupRule):
        asked += [] if item.repeat is None else [(item.repeat, True)]
    else:
        asked += [(reference, False) for reference in references_of(item.rule)]
    for reference, is_group in dict.fromkeys(asked):
        known = groups if is_group else fields
        if reference not in known:
            yield Remark(part.place, Gravity.WARNING, _not_in_form(reference, form_id, known))


def _texts(item: PropertyRule) -> tuple[str, ...]:
    """The values that a property is given by the mapping itself."""
    match item.rule:
        case Constant(text):
            return (text,) if text.strip() else ()
        case Conversion(_, table, otherwise):
            texts = [text for _, text in table if text.strip()]
            return tuple(dict.fromkeys([*texts, otherwise] if otherwise and otherwise.strip() else texts))
        case _:
            return ()


def _against(text: str, choice: PropertyChoice, codes: Codes) -> Message | None:
    """What is wrong with a text as a value of a property."""
    if choice.table is not None and (known := codes.get(choice.table)) is not None:
        if text in known:
            return None
        near = ", ".join(f"{code} ({known[code]})" for code in most_like(text, tuple(known), _NEAR))
        return message("there is no code {code}. Near: {near}.", code=text, near=near or "-")
    try:
        read_value(text.strip(), choice.type, _ZONE)
    except Unfit as unfit:
        return message("“{text}” does not fit; {expected} is expected.", text=text, expected=unfit.expected)
    except OverflowError:
        return message("“{text}” is a day that the calendar does not have.", text=text)
    if choice.max_length is not None and len(text) > choice.max_length:
        return message(
            "“{text}” has {length} characters; {limit} are allowed.",
            text=text[:60],
            length=len(text),
            limit=choice.max_length,
        )
    return None


def _no_such(name: str, known: Sequence[str]) -> Message:
    near = ", ".join(most_like(name, known, _NEAR))
    return message("the case system has no {name} here. Near: {near}.", name=name, near=near or "-")


def _not_in_form(reference: Reference, form_id: str, known: Sequence[Reference]) -> Message:
    near = ", ".join(most_like(str(reference), tuple(map(str, known)), _NEAR))
    return message(
        "form {form} has no {reference}. Near: {near}.", form=form_id, reference=str(reference), near=near or "-"
    )
