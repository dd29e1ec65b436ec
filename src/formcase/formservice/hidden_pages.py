"""The hidden pages of a submission, computed from what was answered.

A group that repeats on a hidden page and whose templates name a group of the form that repeats stands once for each
entry of that group, and its templates then mean that entry. Outside of it, a template that names such a group means all
its entries.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from formcase.formservice.answer_templates import Reference, parse_template
from formcase.formservice.answers import AnsweredField, AnsweredGroup, AnsweredPage
from formcase.formservice.design import Field, Form, Group, Question, references
from formcase.formservice.repetition import GroupPath, followed

Entry = tuple[AnsweredGroup | AnsweredField, ...]


@dataclass(frozen=True, slots=True)
class ComputedField:
    """A field of a hidden page with its value, empty where nothing was answered."""

    field: Field
    value: str


@dataclass(frozen=True, slots=True)
class ComputedGroup:
    """One entry of a group of a hidden page."""

    group: Group
    items: tuple["ComputedGroup | ComputedField", ...]


def compute(form: Form, answered: Iterable[AnsweredPage]) -> Mapping[str, tuple[ComputedGroup | ComputedField, ...]]:
    """What stands on each hidden page, by the page's name."""
    computation = _Computation(references(form), {page.page.name: page.items for page in answered})
    return {page.name: computation.items(page.items, {}) for page in form.pages if page.hidden}


class _Computation:
    """The answers of one submission, asked for by templates."""

    def __init__(self, known: Mapping[str, Question], pages: Mapping[str, Entry]) -> None:
        self._known = known
        self._references = frozenset(known)
        self._pages = pages

    def items(
        self, items: tuple[Group | Field, ...], chosen: Mapping[GroupPath, Entry]
    ) -> tuple[ComputedGroup | ComputedField, ...]:
        """The computed items; `chosen`: the entry that is meant of each repeating group."""
        computed: list[ComputedGroup | ComputedField] = []
        for item in items:
            if isinstance(item, Group):
                entries = self._entries(item, chosen)
                computed.extend(ComputedGroup(item, self.items(item.items, entry)) for entry in entries)
            else:
                computed.append(ComputedField(item, self._value(item, chosen)))
        return tuple(computed)

    def _entries(self, group: Group, chosen: Mapping[GroupPath, Entry]) -> list[Mapping[GroupPath, Entry]]:
        path = next(iter(followed(group, frozenset(chosen), self._known)), None) if group.repeats else None
        if path is None:
            return [chosen]
        return [{**chosen, path: entry} for entry in self._reach(path, chosen)]

    def _reach(self, path: GroupPath, chosen: Mapping[GroupPath, Entry]) -> list[Entry]:
        """The entries that a group path leads to from the page down."""
        reached: list[Entry] = [self._pages[path[0]]]
        for depth in range(2, len(path) + 1):
            here = path[:depth]
            if here in chosen:
                reached = [chosen[here]]
            else:
                reached = [inner for entry in reached for inner in _inside(entry, here)]
        return reached

    def _value(self, field: Field, chosen: Mapping[GroupPath, Entry]) -> str:
        parts = parse_template(field.default or "", self._references)
        shown = len(parts) > 1
        return "".join(part if isinstance(part, str) else self._answer(part, chosen, shown=shown) for part in parts)

    def _answer(self, reference: Reference, chosen: Mapping[GroupPath, Entry], *, shown: bool) -> str:
        """An answer as text. A choice alone is its value, which the case system knows; in a sentence (`shown`) it is
        what the person chose, as the form shows it."""
        path = self._known[reference.text].path
        answers: list[str] = []
        for entry in self._reach(path[:-1], chosen):
            for item in entry:
                if isinstance(item, AnsweredField) and item.field.name == path[-1]:
                    answers.extend((shown and item.field.title_of(value)) or value for value in item.values)
        return "; ".join(answers)


def _inside(entry: Entry, path: GroupPath) -> tuple[Entry, ...]:
    return next((item.entries for item in entry if isinstance(item, AnsweredGroup) and item.group.name == path[-1]), ())
