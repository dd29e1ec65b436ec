"""The hidden pages of a submission, computed from what was answered.

A group that repeats on a hidden page and whose templates name a group of the form that repeats stands once for each
entry of that group, and its templates then mean that entry. Outside of it, a template that names such a group means all
its entries.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from formcase.formservice.answer_templates import Reference, parse_template
from formcase.formservice.answers import AnsweredField, AnsweredGroup, AnsweredPage
from formcase.formservice.definitions import Field, Form, Group, Question, references

GroupPath = tuple[str, ...]
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


def ambiguous_repetitions(form: Form) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Groups of hidden pages that can't be repeated, each with the several repeating groups that its templates name."""
    known = references(form)
    for page in form.pages:
        if page.hidden:
            yield from _ambiguous(page.items, (page.name,), frozenset(), known)


def _ambiguous(
    items: tuple[Group | Field, ...], place: tuple[str, ...], bound: frozenset[GroupPath], known: Mapping[str, Question]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    for item in items:
        if not isinstance(item, Group):
            continue
        here = (*place, item.name)
        followed = sorted(_followed(item, bound, known)) if item.repeats else []
        if len(followed) > 1:
            yield here, tuple(" / ".join(path) for path in followed)
        else:
            yield from _ambiguous(item.items, here, bound | set(followed), known)


def _followed(group: Group, bound: frozenset[GroupPath], known: Mapping[str, Question]) -> set[GroupPath]:
    """The form's repeating groups that a mapping group goes along with: those that the templates of its own fields
    name, or, where these name none, those in the repeating groups inside it."""
    own: set[GroupPath] = set()
    inner: set[GroupPath] = set()
    for item in group.items:
        if isinstance(item, Group):
            (inner if item.repeats else own).update(_followed(item, bound, known))
        else:
            own.update(_outermost_free(item, bound, known))
    return own or inner


def _outermost_free(field: Field, bound: frozenset[GroupPath], known: Mapping[str, Question]) -> Iterator[GroupPath]:
    for part in parse_template(field.default or "", frozenset(known)):
        if isinstance(part, Reference):
            free = [path for path in _repeating(known[part.text]) if path not in bound]
            yield from free[:1]


def _repeating(question: Question) -> list[GroupPath]:
    """The paths of the repeating groups around a question, outermost first."""
    path = question.path
    return [path[: depth + 2] for depth, group in enumerate(question.groups) if group.repeats]


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
        followed = _followed(group, frozenset(chosen), self._known) if group.repeats else set()
        if not followed:
            return [chosen]
        path = followed.pop()
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
