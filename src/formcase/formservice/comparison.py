"""What has changed from one version of a form to another: pages, groups, fields, choices, conditions, texts, and order.

Things are the same where their names are, with the pages and groups around them; what was renamed is removed and added.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from formcase.formservice.definition_places import distinct_names
from formcase.formservice.design import Choice, Field, Form, Group, Page
from formcase.formservice.form_facts import Fact, field_facts, form_facts, group_facts, page_facts

Item = Group | Field


class Kind(StrEnum):
    """What has happened to a thing."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different. where: the titles that lead to it; name: as the XML has it, empty for the form
    itself; what: which part of it."""

    kind: Kind
    where: tuple[str, ...]
    name: str
    what: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """What is different on one page, or with the form as a whole."""

    title: str
    changes: tuple[Change, ...]


def compare(old: Form, new: Form) -> tuple[Section, ...]:
    """All that is different; nothing where the two say the same, whatever their numbers."""
    sections = [Section(_("The form as a whole"), tuple(_Comparison(old, new).whole()))]
    for name in _both([page.name for page in old.pages], [page.name for page in new.pages]):
        before = next((page for page in old.pages if page.name == name), None)
        after = next((page for page in new.pages if page.name == name), None)
        shown = after or before
        if shown is not None:
            sections.append(Section(shown.title or shown.name, tuple(_Comparison(old, new).page(before, after))))
    return tuple(section for section in sections if section.changes)


class _Comparison:
    def __init__(self, old: Form, new: Form) -> None:
        self._old = old
        self._new = new

    def whole(self) -> Iterator[Change]:
        """What is different with the form itself."""
        yield from _changed((), "", form_facts(self._old), form_facts(self._new))
        old, new = ({page.name: page.title or page.name for page in form.pages} for form in (self._old, self._new))
        yield from _order((), "", _("Order of the pages"), old, new)

    def page(self, before: Page | None, after: Page | None) -> Iterator[Change]:
        """What is different on a page; None where it is not there."""
        if before is None and after is not None:
            yield Change(Kind.ADDED, (), after.name, _("Page"), after=_listed(page_facts(after, self._new)))
            yield from self._all(Kind.ADDED, after.items, (), hidden=after.hidden)
        elif after is None and before is not None:
            yield Change(Kind.REMOVED, (), before.name, _("Page"), before=_listed(page_facts(before, self._old)))
            yield from self._all(Kind.REMOVED, before.items, (), hidden=before.hidden)
        elif before is not None and after is not None:
            yield from _changed((), after.name, page_facts(before, self._old), page_facts(after, self._new))
            yield from self._items(before.items, after.items, (), (before.hidden, after.hidden))

    def _items(
        self, before: Sequence[Item], after: Sequence[Item], where: tuple[str, ...], hidden: tuple[bool, bool]
    ) -> Iterator[Change]:
        """What is different among things side by side."""
        old, new = _named(before), _named(after)
        for name in _both(list(old), list(new)):
            one, other = old.get(name), new.get(name)
            if isinstance(one, Group) and isinstance(other, Group):
                here = (*where, _title(other))
                yield from _changed(here, name, group_facts(one, self._old), group_facts(other, self._new))
                yield from self._items(one.items, other.items, here, hidden)
            elif isinstance(one, Field) and isinstance(other, Field):
                yield from self._field(one, other, (*where, _title(other)), hidden)
            else:
                yield from self._all(Kind.REMOVED, (one,) if one else (), where, hidden=hidden[0])
                yield from self._all(Kind.ADDED, (other,) if other else (), where, hidden=hidden[1])
        titles = ({name: _title(item) for name, item in named.items()} for named in (old, new))
        yield from _order(where, "", _("Order"), *titles)

    def _field(self, one: Field, other: Field, here: tuple[str, ...], hidden: tuple[bool, bool]) -> Iterator[Change]:
        before = field_facts(one, self._old, hidden=hidden[0])
        yield from _changed(here, other.name, before, field_facts(other, self._new, hidden=hidden[1]))
        yield from _choices(here, other.name, one.choices, other.choices)

    def _all(self, kind: Kind, items: Sequence[Item], where: tuple[str, ...], *, hidden: bool) -> Iterator[Change]:
        """Everything that was added, or removed."""
        form = self._new if kind is Kind.ADDED else self._old
        for item in items:
            here = (*where, _title(item))
            if isinstance(item, Group):
                yield _whole(kind, here, item.name, _("Group"), group_facts(item, form))
                yield from self._all(kind, item.items, here, hidden=hidden)
            else:
                choices = ", ".join(_choice(choice) for choice in item.choices)
                facts = (*field_facts(item, form, hidden=hidden), Fact("choices", _("Choices"), choices))
                yield _whole(kind, here, item.name, _("Field"), facts)


def _whole(kind: Kind, where: tuple[str, ...], name: str, what: str, facts: Sequence[Fact]) -> Change:
    said = _listed(facts)
    return Change(kind, where, name, what, said if kind is Kind.REMOVED else "", said if kind is Kind.ADDED else "")


def _changed(where: tuple[str, ...], name: str, before: Sequence[Fact], after: Sequence[Fact]) -> Iterator[Change]:
    for one, other in zip(before, after, strict=True):
        if one.value == other.value:
            continue
        kind = Kind.CHANGED if one.value and other.value else Kind.ADDED if other.value else Kind.REMOVED
        yield Change(kind, where, name, other.name, one.value, other.value)


def _choices(where: tuple[str, ...], name: str, before: Sequence[Choice], after: Sequence[Choice]) -> Iterator[Change]:
    old, new = ({choice.value: choice for choice in choices} for choices in (before, after))
    what = _("Choice")
    for value in _both(list(old), list(new)):
        one, other = old.get(value), new.get(value)
        if one is None and other is not None:
            yield Change(Kind.ADDED, where, name, what, after=_choice(other))
        elif other is None and one is not None:
            yield Change(Kind.REMOVED, where, name, what, before=_choice(one))
        elif one is not None and other is not None and one.title != other.title:
            yield Change(Kind.CHANGED, where, name, what, _choice(one), _choice(other))
    titles = ({choice.value: choice.title for choice in choices} for choices in (before, after))
    yield from _order(where, name, _("Order of the choices"), *titles)


def _order(
    where: tuple[str, ...], name: str, what: str, old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[Change]:
    """What stands in both, in another order. old, new: titles by name, in their order."""
    before, after = [key for key in old if key in new], [key for key in new if key in old]
    if before != after:
        told = ("\n".join(new[key] for key in keys) for keys in (before, after))
        yield Change(Kind.CHANGED, where, name, what, *told)


def _both(old: list[str], new: list[str]) -> list[str]:
    """The names of both in the order of the new, what is gone standing behind what stood before it."""
    names = list(new)
    for number, name in enumerate(old):
        if name not in names:
            before = next((names.index(earlier) + 1 for earlier in reversed(old[:number]) if earlier in names), 0)
            names.insert(before, name)
    return names


def _named(items: Sequence[Item]) -> dict[str, Item]:
    return dict(zip(distinct_names([item.name for item in items]), items, strict=True))


def _title(item: Item) -> str:
    return item.title or item.name


def _choice(choice: Choice) -> str:
    return choice.title if choice.title == choice.value else f"{choice.title} ({choice.value})"


def _listed(facts: Sequence[Fact]) -> str:
    """What is said, without what goes without saying."""
    return "\n".join(f"{fact.name}: {fact.value}" for fact in facts if fact.value and not _is_usual(fact))


def _is_usual(fact: Fact) -> bool:
    return fact.key in ("hidden", "required", "multiple", "multiline", "repeats") and fact.value == _("no")
