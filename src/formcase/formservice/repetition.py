"""Which group of the form a mapping group repeats with: the one that repeats and that the templates in it name."""

from collections.abc import Iterator, Mapping

from formcase.formservice.answer_templates import Reference, parse_template
from formcase.formservice.definition_places import distinct_names
from formcase.formservice.design import Field, Form, Group, Question, references

GroupPath = tuple[str, ...]


def ambiguous_repetitions(form: Form) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Groups of hidden pages that can't be repeated, each with the several repeating groups that its templates name."""
    known = references(form)
    for page in form.pages:
        if page.hidden:
            yield from _ambiguous(page.items, (page.name,), frozenset(), known)


def _ambiguous(
    items: tuple[Group | Field, ...], place: tuple[str, ...], bound: frozenset[GroupPath], known: Mapping[str, Question]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    for item, name in zip(items, distinct_names([item.name for item in items]), strict=True):
        if not isinstance(item, Group):
            continue
        here = (*place, name)
        groups = sorted(followed(item, bound, known)) if item.repeats else []
        if len(groups) > 1:
            yield here, tuple(" / ".join(path) for path in groups)
        else:
            yield from _ambiguous(item.items, here, bound | set(groups), known)


def followed(group: Group, bound: frozenset[GroupPath], known: Mapping[str, Question]) -> set[GroupPath]:
    """The form's repeating groups that a mapping group goes along with: those that the templates of its own fields
    name, or, where these name none, those in the repeating groups inside it."""
    own: set[GroupPath] = set()
    inner: set[GroupPath] = set()
    for item in group.items:
        if isinstance(item, Group):
            (inner if item.repeats else own).update(followed(item, bound, known))
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
