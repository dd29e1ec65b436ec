"""What a workflow's own mapping says, as data: the groups of the mapping page, and for each property a rule.

What the rules give for a submission is found out by `pages.py`; how a mapping is written down, by `reading.py` and
`writing.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from formcase.planning.own_mapping.references import Part, Reference


class Demand(StrEnum):
    """What a condition asks for."""

    EQUALS = "equals"
    ONE_OF = "oneOf"
    NOT_EMPTY = "notEmpty"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Condition:
    """Asks something of an answer, or of a group of the form. texts: what the answer is compared with. A question with
    several answers fits where one of them does; a group is empty where nothing in it was answered."""

    subject: Reference
    demand: Demand
    texts: tuple[str, ...] = ()
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class Constant:
    """Always the same text."""

    text: str


@dataclass(frozen=True, slots=True)
class Template:
    """Text with answers in it. Alone, an answer is its value; beside other text, what the person saw."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Pick:
    """The answer to one question. shown: as the person saw it, not its value."""

    field: Reference
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Conversion:
    """The answer to one question, looked up in a table. otherwise: what stands for an answer that is not in the table;
    None where such an answer is an error. An empty answer stays empty, unless the table has one."""

    field: Reference
    table: tuple[tuple[str, str], ...]
    otherwise: str | None = None


Rule = Constant | Template | Pick | Conversion


@dataclass(frozen=True, slots=True)
class PropertyRule:
    """What a property gets. when: conditions that must all hold; else the property stays empty."""

    name: str
    rule: Rule
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupRule:
    """A group of the mapping page. repeat: a group of the form, for each entry of which this group stands once; what is
    inside then means that entry. when: conditions that must all hold for it to stand there, asked for each entry."""

    name: str
    items: tuple["GroupRule | PropertyRule", ...] = ()
    when: tuple[Condition, ...] = ()
    repeat: Reference | None = None


@dataclass(frozen=True, slots=True)
class OwnMapping:
    """A mapping. forms: the ids of the forms that it is for; empty for all of the workflow's."""

    groups: tuple[GroupRule, ...] = ()
    forms: tuple[str, ...] = ()

    def is_for(self, form_id: str) -> bool:
        """Whether submissions of this form are planned by it."""
        return not self.forms or form_id in self.forms


@dataclass(frozen=True, slots=True)
class Use:
    """A place of a mapping that names something of the form. place: the names of the groups and property around it."""

    place: tuple[str, ...]
    reference: Reference
    is_group: bool = False


def uses_of(mapping: OwnMapping) -> Iterator[Use]:
    """Everything of the form that a mapping names, in order."""
    for group in mapping.groups:
        yield from _uses_of(group, ())


def _uses_of(item: GroupRule | PropertyRule, above: tuple[str, ...]) -> Iterator[Use]:
    place = (*above, item.name)
    if isinstance(item, GroupRule) and item.repeat is not None:
        yield Use(place, item.repeat, True)
    for condition in item.when:
        yield Use(place, condition.subject, condition.is_group)
    if isinstance(item, GroupRule):
        for inner in item.items:
            yield from _uses_of(inner, place)
    else:
        for reference in references_of(item.rule):
            yield Use(place, reference)


def references_of(rule: Rule) -> tuple[Reference, ...]:
    """The fields that a rule takes its value from."""
    match rule:
        case Template(parts):
            return tuple(part for part in parts if isinstance(part, Reference))
        case Pick(field) | Conversion(field):
            return (field,)
        case Constant():
            return ()
