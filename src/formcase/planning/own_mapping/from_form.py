"""A form's own mapping page, as it was designed, as a mapping: so a submission can be planned under another version of
its form, and a page can be taken over into a workflow's own mapping."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from formcase.planning.mapping import PAGE
from formcase.planning.own_mapping.model import Constant, GroupRule, OwnMapping, Pick, PropertyRule, Rule, Template
from formcase.planning.own_mapping.references import Part, Reference, Unclear, read_template_of
from formcase.submission.form import FormDefinition, FormField, FormGroup, FormPage

Names = tuple[str, ...]


def mapping_of_form(form: FormDefinition) -> OwnMapping | None:
    """The mapping that the form's page says; None where it has no such page."""
    page = next((page for page in form.pages if page.name == PAGE), None)
    if page is None:
        return None
    known = {
        reference: repeating for other in form.pages if not other.hidden for reference, repeating in _fields(other)
    }
    items = _Reader(known).items(page.items, frozenset())
    return OwnMapping(tuple(item for item in items if isinstance(item, GroupRule)))


def _fields(page: FormPage) -> Iterator[tuple[Reference, tuple[Names, ...]]]:
    """Each field of a page, with the groups around it that repeat, outermost first."""
    yield from _fields_in(page.items, (page.name,), ())


def _fields_in(
    items: Iterable[FormGroup | FormField], above: Names, repeating: tuple[Names, ...]
) -> Iterator[tuple[Reference, tuple[Names, ...]]]:
    for item in items:
        names = (*above, item.name)
        if isinstance(item, FormGroup):
            yield from _fields_in(item.items, names, (*repeating, names) if item.repeats else repeating)
        else:
            yield Reference(names), repeating


class _Reader:
    """Reads the templates of one form. A group that repeats goes along with the form's repeating group that its own
    templates name, or, where these name none, those inside it."""

    def __init__(self, known: Mapping[Reference, tuple[Names, ...]]) -> None:
        self._known: Final = known

    def items(
        self, items: Iterable[FormGroup | FormField], bound: frozenset[Names]
    ) -> Iterator[GroupRule | PropertyRule]:
        for item in items:
            if isinstance(item, FormField):
                yield PropertyRule(item.name, _rule(self._template(item)))
                continue
            followed = sorted(self._followed(item, bound))[:1] if item.repeats else []
            inner = tuple(self.items(item.items, bound.union(followed)))
            yield GroupRule(item.name, inner, repeat=Reference(followed[0]) if followed else None)

    def _followed(self, group: FormGroup, bound: frozenset[Names]) -> set[Names]:
        own: set[Names] = set()
        inside: set[Names] = set()
        for item in group.items:
            if isinstance(item, FormGroup):
                (inside if item.repeats else own).update(self._followed(item, bound))
                continue
            for part in self._template(item):
                if isinstance(part, Reference):
                    own.update([names for names in self._known[part] if names not in bound][:1])
        return own or inside

    def _template(self, field: FormField) -> tuple[Part, ...]:
        try:
            return read_template_of(field.default or "", self._known)
        except Unclear:
            return (field.default or "",)  # as a form service that does not know templates would take it


def _rule(parts: tuple[Part, ...]) -> Rule:
    if len(parts) == 1 and isinstance(parts[0], Reference):
        return Pick(parts[0])
    if all(isinstance(part, str) for part in parts):
        return Constant("".join(map(str, parts)))
    return Template(parts)
