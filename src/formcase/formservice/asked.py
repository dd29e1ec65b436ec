"""What a form asks, given what was answered: conditions worked out, groups that repeat with their entries.

One walk in the form's order. A condition looks at answers that stand before it, and what is not asked has no answer,
whatever was typed there earlier. Answers are taken as they come, also wrong ones: checking is not done here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from formcase.formservice.conditions import Condition, holds
from formcase.formservice.design import Field, Form, Group, Page, references
from formcase.formservice.value_types import ValueRefused, read_value

Place = tuple[str, ...]
GroupPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskedField:
    """A field that is asked. path: its names; place: the same with the numbers of entries, as in the problems of its
    answer; position: numbers that tell it from any other of the form, as in `0-3-1-2`; given: the answer as it came,
    or the field's default."""

    field: Field
    path: GroupPath
    place: Place
    position: str
    given: object


@dataclass(frozen=True, slots=True)
class AskedEntry:
    """One entry of a group. Its number, from 1, counts among those of a group that repeats."""

    number: int
    place: Place
    position: str
    items: tuple["AskedField | AskedGroup", ...]


@dataclass(frozen=True, slots=True)
class AskedGroup:
    """A group that is asked; one that does not repeat has one entry."""

    group: Group
    place: Place
    position: str
    entries: tuple[AskedEntry, ...]


@dataclass(frozen=True, slots=True)
class AskedPage:
    """A page that is asked; its number is that among all pages of the form, from 0."""

    page: Page
    number: int
    items: tuple[AskedField | AskedGroup, ...]


def asked_pages(form: Form, answers: object) -> tuple[AskedPage, ...]:
    """The pages that are to be filled in, with what is asked on them."""
    return _Walk(form).pages(_object(answers))


def fields_of(items: Sequence[AskedField | AskedGroup]) -> Iterator[AskedField]:
    """All fields in these items, in order."""
    for item in items:
        if isinstance(item, AskedField):
            yield item
        else:
            for entry in item.entries:
                yield from fields_of(entry.items)


def groups_of(items: Sequence[AskedField | AskedGroup]) -> Iterator[AskedGroup]:
    """All groups in these items, in order, outer ones before those in them."""
    for item in items:
        if isinstance(item, AskedGroup):
            yield item
            for entry in item.entries:
                yield from groups_of(entry.items)


def asked_places(pages: Sequence[AskedPage]) -> frozenset[Place]:
    """The places of all that is asked."""
    places: set[Place] = {(page.page.name,) for page in pages}
    for page in pages:
        places.update(field.place for field in fields_of(page.items))
        places.update(group.place for group in groups_of(page.items))
    return frozenset(places)


def asked_files(pages: Sequence[AskedPage]) -> frozenset[str]:
    """The names of the file fields that are asked: also of those in a group that has no entry yet, because a file
    belongs to its field and not to an entry."""
    names = {field.field.name for page in pages for field in fields_of(page.items) if field.field.is_file}
    for page in pages:
        for group in groups_of(page.items):
            if not group.entries:
                names.update(_file_names(group.group.items))
    return frozenset(names)


def _file_names(items: tuple[Group | Field, ...]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Group):
            yield from _file_names(item.items)
        elif item.is_file:
            yield item.name


def only_asked(pages: Sequence[AskedPage]) -> dict[str, object]:
    """The answers without those to what is not asked."""
    return {page.page.name: _answers_in(page.items) for page in pages}


def _answers_in(items: Sequence[AskedField | AskedGroup]) -> dict[str, object]:
    answers: dict[str, object] = {}
    for item in items:
        if isinstance(item, AskedGroup):
            entries = [_answers_in(entry.items) for entry in item.entries]
            answers[item.group.name] = entries if item.group.repeats else entries[0]
        elif not item.field.is_file:
            answers[item.field.name] = item.given
    return answers


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where the walk is. path: the names alone; chosen: the entry of each group around it that repeats."""

    place: Place
    position: str
    path: GroupPath
    chosen: Mapping[GroupPath, int]

    def item(self, name: str, number: int) -> "_Spot":
        return _Spot((*self.place, name), f"{self.position}-{number}", (*self.path, name), self.chosen)

    def entry(self, number: int) -> "_Spot":
        place = (*self.place[:-1], f"{self.place[-1]}[{number}]")
        return _Spot(place, f"{self.position}-{number}", self.path, {**self.chosen, self.path: number})


class _Walk:
    """Goes through one form once, and keeps the answers that conditions further on may look at."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._known = references(form)
        # of each question its answers, each with the entries that it stands in
        self._answers: dict[GroupPath, list[tuple[Mapping[GroupPath, int], tuple[str, ...]]]] = {}

    def pages(self, answers: Mapping[str, object]) -> tuple[AskedPage, ...]:
        asked = []
        for number, page in enumerate(self._form.pages):
            if page.hidden or not self._is_shown(page.shown_when, {}):
                continue
            spot = _Spot((page.name,), str(number), (page.name,), {})
            asked.append(AskedPage(page, number, self._items(page.items, _object(answers.get(page.name)), spot)))
        return tuple(asked)

    def _is_shown(self, condition: Condition | None, chosen: Mapping[GroupPath, int]) -> bool:
        return condition is None or holds(condition, lambda reference: self._answers_of(reference, chosen))

    def _answers_of(self, reference: str, chosen: Mapping[GroupPath, int]) -> list[str]:
        """The answers that a reference means here: of the entries that enclose this place, else of all."""
        return [
            value
            for entries, values in self._answers.get(self._known[reference].path, [])
            if all(chosen.get(path, number) == number for path, number in entries.items())
            for value in values
        ]

    def _items(
        self, items: tuple[Group | Field, ...], given: Mapping[str, object], spot: _Spot
    ) -> tuple[AskedField | AskedGroup, ...]:
        asked: list[AskedField | AskedGroup] = []
        for number, item in enumerate(items):
            if not self._is_shown(item.shown_when, spot.chosen):
                continue
            here = spot.item(item.name, number)
            if isinstance(item, Group):
                asked.append(AskedGroup(item, here.place, here.position, self._entries(item, given, here)))
            else:
                value = given.get(item.name, item.default)
                self._answers.setdefault(here.path, []).append((here.chosen, _values(item, value)))
                asked.append(AskedField(item, here.path, here.place, here.position, value))
        return tuple(asked)

    def _entries(self, group: Group, given: Mapping[str, object], spot: _Spot) -> tuple[AskedEntry, ...]:
        value = given.get(group.name)
        if not group.repeats:
            return (AskedEntry(1, spot.place, spot.position, self._items(group.items, _object(value), spot)),)
        entries = []
        for number, entry in enumerate(_list(value), 1):
            here = spot.entry(number)
            items = self._items(group.items, _object(entry), here)
            entries.append(AskedEntry(number, here.place, here.position, items))
        return tuple(entries)


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[object]:
    if isinstance(value, Mapping):
        return [value]
    return value if isinstance(value, Sequence) and not isinstance(value, str) else []


def _values(field: Field, given: object) -> tuple[str, ...]:
    """The answers as written; what does not fit its type is no answer that a condition could look at."""
    if field.is_file:
        return ()
    choices = tuple(choice.value for choice in field.choices)
    values = []
    for one in given if isinstance(given, Sequence) and not isinstance(given, str) else [given]:
        try:
            values.append(read_value(field.type, one, choices))
        except ValueRefused:
            continue
    return tuple(value for value in values if value)
