"""What differs between two mappings, said so that a person can read it."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

from formcase.messages import Message, message, together
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
from formcase.planning.own_mapping.references import written_template

Item = GroupRule | PropertyRule


class Change(StrEnum):
    """What has become of a part."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs. names: the groups and the property around it; before, after: what it said and says,
    None where there was or is nothing."""

    change: Change
    names: tuple[str, ...]
    before: Message | None = None
    after: Message | None = None

    def message(self) -> Message:
        """The difference in one line."""
        place = "/".join(self.names) or "-"
        if self.before is not None and self.after is not None:
            return message("{place}: {before} → {after}", place=place, before=self.before, after=self.after)
        if self.after is not None:
            return message("{place}: added, {after}", place=place, after=self.after)
        if self.before is not None:
            return message("{place}: removed, {before}", place=place, before=self.before)
        return message("{place}: stands in another place", place=place)


def differences(before: OwnMapping, after: OwnMapping) -> tuple[Difference, ...]:
    """Everything in which the second mapping differs from the first; nothing where they say the same in one order."""
    return (*_of_forms(before, after), *_of_items(before.groups, after.groups, ()))


def rule_in_words(rule: Rule) -> Message:
    """What a rule does."""
    match rule:
        case Constant(text):
            return message("constant “{text}”", text=text)
        case Template(parts):
            return message("template “{text}”", text=written_template(parts))
        case Pick(field, shown):
            if shown:
                return message("field {field}, as it was seen", field=str(field))
            return message("field {field}", field=str(field))
        case Conversion(field, table, otherwise):
            rows = ", ".join(f"“{value}” = “{code}”" for value, code in table)
            if otherwise is None:
                return message(
                    "field {field} converted ({rows}; anything else is an error)", field=str(field), rows=rows
                )
            return message(
                "field {field} converted ({rows}; anything else = “{otherwise}”)",
                field=str(field),
                rows=rows,
                otherwise=otherwise,
            )


def condition_in_words(condition: Condition) -> Message:
    """What a condition asks for."""
    subject = str(condition.subject)
    texts = ", ".join(f"“{text}”" for text in condition.texts)
    match condition.demand:
        case Demand.EQUALS:
            return message("{field} is {text}", field=subject, text=texts)
        case Demand.ONE_OF:
            return message("{field} is one of {texts}", field=subject, texts=texts)
        case Demand.NOT_EMPTY:
            return message("{field} is not empty", field=subject)
        case Demand.EMPTY:
            return message("{field} is empty", field=subject)


def _of_forms(before: OwnMapping, after: OwnMapping) -> Iterator[Difference]:
    if before.forms != after.forms:
        yield Difference(Change.CHANGED, (), _forms(before), _forms(after))


def _forms(mapping: OwnMapping) -> Message:
    if not mapping.forms:
        return message("for every form")
    return message("for the forms {forms}", forms=", ".join(mapping.forms))


def _of_items(before: Sequence[Item], after: Sequence[Item], above: tuple[str, ...]) -> Iterator[Difference]:
    """Equal items are matched first, then those of one kind and name; what is left over was added, removed or moved."""
    gone: list[Item] = []
    come: list[Item] = []
    matched: list[tuple[Item, Item]] = []
    for tag, first, last, other_first, other_last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            gone.extend(before[first:last])
            come.extend(after[other_first:other_last])
    moved = [item for item in gone if _take(come, item)]
    for item in moved:
        gone.remove(item)
    for item in list(gone):
        if (other := next((each for each in come if _kind(each) == _kind(item)), None)) is not None:
            matched.append((item, other))
            gone.remove(item)
            come.remove(other)
    yield from (Difference(Change.MOVED, (*above, item.name)) for item in moved)
    for item, other in matched:
        yield from _of_item(item, other, (*above, item.name))
    yield from (Difference(Change.REMOVED, (*above, item.name), before=_said(item)) for item in gone)
    yield from (Difference(Change.ADDED, (*above, item.name), after=_said(item)) for item in come)


def _take(items: list[Item], wanted: Item) -> bool:
    if wanted not in items:
        return False
    items.remove(wanted)
    return True


def _kind(item: Item) -> Hashable:
    return type(item), item.name


def _of_item(before: Item, after: Item, names: tuple[str, ...]) -> Iterator[Difference]:
    if isinstance(before, GroupRule) and isinstance(after, GroupRule):
        if replace(before, items=()) != replace(after, items=()):
            yield Difference(Change.CHANGED, names, _said(before), _said(after))
        yield from _of_items(before.items, after.items, names)
    elif before != after:
        yield Difference(Change.CHANGED, names, _said(before), _said(after))


def _said(item: Item) -> Message:
    """What an item says, without the items inside it."""
    said = rule_in_words(item.rule) if isinstance(item, PropertyRule) else _group(item)
    if not item.when:
        return said
    conditions = together([condition_in_words(condition) for condition in item.when], ", ")
    return message("{rule}, where {conditions}", rule=said, conditions=conditions)


def _group(group: GroupRule) -> Message:
    if group.repeat is None:
        return message("a group of {count}", count=len(group.items))
    return message("a group for each {group}", group=str(group.repeat))
