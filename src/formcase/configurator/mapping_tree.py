"""A workflow's own mapping as a tree for a page: for each part what it says in words, what the case system says of it,
and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from formcase.configurator.translating import in_reader_language
from formcase.planning.knowledge import CodeTableKey
from formcase.planning.own_mapping.choices import PropertyChoice
from formcase.planning.own_mapping.differences import condition_in_words
from formcase.planning.own_mapping.editing import Item, Place, names_at
from formcase.planning.own_mapping.model import (
    Constant,
    Conversion,
    GroupRule,
    OwnMapping,
    Pick,
    PropertyRule,
    Rule,
    Template,
)
from formcase.planning.own_mapping.references import written_template
from formcase.planning.own_mapping.review import Remark, choice_at, missing_properties, property_of
from formcase.workflows.mapping_choices import CaseSystemChoices

ROOT: Final = "top"  # how an address names the mapping itself

TYPES: Final[Mapping[str, str | Promise]] = {
    "Edm.String": gettext_lazy("text"),
    "Edm.Boolean": gettext_lazy("yes or no"),
    "Edm.Date": gettext_lazy("date"),
    "Edm.DateTimeOffset": gettext_lazy("time"),
    "Edm.Decimal": gettext_lazy("number"),
    "Edm.Double": gettext_lazy("number"),
    "Edm.Single": gettext_lazy("number"),
    "Edm.Byte": gettext_lazy("whole number"),
    "Edm.SByte": gettext_lazy("whole number"),
    "Edm.Int16": gettext_lazy("whole number"),
    "Edm.Int32": gettext_lazy("whole number"),
    "Edm.Int64": gettext_lazy("whole number"),
    "Edm.Guid": "GUID",
}


@dataclass(frozen=True, slots=True)
class RuleView:
    """What a property gets. kind: constant, field, template or conversion; title: of a constant code; rows: of a table,
    value, code and the code's title; otherwise, otherwise_title: None where anything else is an error."""

    kind: str
    text: str
    title: str = ""
    shown: bool = False
    rows: tuple[tuple[str, str, str], ...] = ()
    otherwise: str | None = None
    otherwise_title: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A remark about a part. gravity: error or warning."""

    gravity: str
    text: str


@dataclass(frozen=True, slots=True)
class Node:
    """A group or property. key: as addresses name its place; known: what the case system says of the property; type: in
    words; missing: what the group should have; first, last: whether it can't go further up or down."""

    key: str
    name: str
    is_group: bool
    rule: RuleView | None
    repeat: str
    when: tuple[str, ...]
    known: PropertyChoice | None
    type: str
    notes: tuple[Note, ...]
    missing: tuple[PropertyChoice, ...]
    inner: tuple["Node", ...]
    first: bool
    last: bool

    @property
    def anchor(self) -> str:
        """What its part of the page is called."""
        return anchor_of(self.key)


@dataclass(frozen=True, slots=True)
class Noted:
    """A remark in the summary: where it leads, the names of the groups and property around it."""

    anchor: str
    names: str
    note: Note


def tree_of(mapping: OwnMapping, choices: CaseSystemChoices, remarks: Sequence[Remark]) -> tuple[Node, ...]:
    """The groups with everything in them."""
    tree = _Tree(choices, remarks)
    return tree.nodes(mapping.groups, (), ())


def summary_of(mapping: OwnMapping, remarks: Sequence[Remark]) -> tuple[Noted, ...]:
    """Every remark with the part that it is about, the errors first."""
    found = [
        Noted(
            anchor_of(key_of(remark.place)) if remark.place else "",
            " / ".join(names_at(mapping, remark.place)),
            _note(remark),
        )
        for remark in remarks
    ]
    return tuple(sorted(found, key=lambda noted: noted.note.gravity))


def key_of(place: Place) -> str:
    """A place as an address names it: `0.2`."""
    return ".".join(map(str, place)) or ROOT


def place_of(key: str) -> Place | None:
    """The place that an address names; None where it names none."""
    if key == ROOT:
        return ()
    parts = key.split(".")
    if not all(part.isdecimal() and len(part) < 5 for part in parts):
        return None
    return tuple(map(int, parts))


def anchor_of(key: str) -> str:
    """What the part of the page is called."""
    return f"part-{key.replace('.', '-')}"


def type_text(choice: PropertyChoice) -> str:
    """What kind of value a property takes, in words."""
    if choice.table is not None:
        return gettext("code of {table}").format(table=choice.table.type or choice.table.entity_set)
    text = str(TYPES.get(choice.type, choice.type))
    if choice.max_length is None:
        return text
    return gettext("{type}, at most {length} characters").format(type=text, length=choice.max_length)


@dataclass(frozen=True, slots=True)
class _Tree:
    choices: CaseSystemChoices
    remarks: Sequence[Remark]

    def nodes(self, items: Sequence[Item], place: Place, names: tuple[str, ...]) -> tuple[Node, ...]:
        last = len(items) - 1
        return tuple(
            self._node(item, (*place, number), (*names, item.name), (number == 0, number == last))
            for number, item in enumerate(items)
        )

    def _node(self, item: Item, place: Place, names: tuple[str, ...], ends: tuple[bool, bool]) -> Node:
        group = item if isinstance(item, GroupRule) else None
        known = None if group else property_of(choice_at(self.choices.groups, names[:-1]), item.name)
        return Node(
            key=key_of(place),
            name=item.name,
            is_group=group is not None,
            rule=_rule(item.rule, self._codes(known)) if isinstance(item, PropertyRule) else None,
            repeat="" if group is None or group.repeat is None else str(group.repeat),
            when=tuple(in_reader_language(condition_in_words(condition)) for condition in item.when),
            known=known,
            type="" if known is None else type_text(known),
            notes=tuple(_note(remark) for remark in self.remarks if remark.place == place),
            missing=() if group is None else missing_properties(group, choice_at(self.choices.groups, names)),
            inner=() if group is None else self.nodes(group.items, place, names),
            first=ends[0],
            last=ends[1],
        )

    def _codes(self, known: PropertyChoice | None) -> Mapping[str, str]:
        table: CodeTableKey | None = None if known is None else known.table
        return {} if table is None else self.choices.codes.get(table, {})


def _rule(rule: Rule, codes: Mapping[str, str]) -> RuleView:
    match rule:
        case Constant(text):
            return RuleView("constant", text, codes.get(text, ""))
        case Template(parts):
            return RuleView("template", written_template(parts))
        case Pick(field, shown):
            return RuleView("field", str(field), shown=shown)
        case Conversion(field, table, otherwise):
            rows = tuple((value, code, codes.get(code, "")) for value, code in table)
            title = codes.get(otherwise, "") if otherwise else ""
            return RuleView("conversion", str(field), rows=rows, otherwise=otherwise, otherwise_title=title)


def _noted(mapping: OwnMapping, remark: Remark) -> Noted:
    anchor = anchor_of(key_of(remark.place)) if remark.place else ""
    return Noted(anchor, " / ".join(names_at(mapping, remark.place)), _note(remark))


def _note(remark: Remark) -> Note:
    text = in_reader_language(remark.what)
    return Note(remark.gravity.value, text[:1].upper() + text[1:])
