"""Finds what a submission answers to a reference: fields, and the entries of groups that repeat."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from formcase.planning.own_mapping.references import Reference
from formcase.submission.model import Field, FieldPath, Group, Page, Step, Submission, paths_of

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A field that was answered."""

    path: FieldPath
    field: Field

    def shown(self) -> str:
        """As the person saw it."""
        return self.field.display or self.field.value


@dataclass(slots=True)
class Place:
    """A page or an entry of a group, with what stands in it by name."""

    path: FieldPath
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    groups: dict[str, list["Place"]] = field(default_factory=dict)
    is_empty: bool = True  # whether nothing in it was answered


Chosen = Mapping[Names, Place]
"""Which entry of a repeating group is meant, by the group's names from the page down."""


class Answers:
    """The answers of one submission. Fields that are empty or blank count as not answered.

    What was found is kept, as rules that repeat ask the same again and again.
    """

    def __init__(self, submission: Submission) -> None:
        self._pages: dict[str, list[Place]] = {}
        for path, page in _pages_of(submission):
            self._pages.setdefault(page.name, []).append(_place(path, page.items))
        self._answers: dict[_Key, tuple[Answer, ...]] = {}
        self._values: dict[_Key, frozenset[str]] = {}
        self._empty: dict[_Key, bool] = {}

    def to(self, question: Reference, chosen: Chosen) -> tuple[Answer, ...]:
        """The answers to a question, in the form's order; several where several choices were made, or where it stands
        in a group that repeats and no entry of it is chosen."""
        key = _key(question.names, chosen)
        if key not in self._answers:
            places = self._reach(question.names[:-1], chosen)
            self._answers[key] = tuple(
                answer for place, _ in places for answer in place.answers.get(question.names[-1], ())
            )
        return self._answers[key]

    def values(self, question: Reference, chosen: Chosen) -> frozenset[str]:
        """The different values that a question was answered with, without blanks around them."""
        key = _key(question.names, chosen)
        if key not in self._values:
            self._values[key] = frozenset(answer.field.value.strip() for answer in self.to(question, chosen))
        return self._values[key]

    def is_empty(self, group: Reference, chosen: Chosen) -> bool:
        """Whether nothing was answered in a group, in none of its entries."""
        key = _key(group.names, chosen)
        if key not in self._empty:
            self._empty[key] = all(place.is_empty for place, _ in self._reach(group.names, chosen))
        return self._empty[key]

    def entries(self, group: Reference, chosen: Chosen) -> Iterator[tuple[Place, Chosen]]:
        """Each entry of a group, with what is chosen inside it: this entry, and those that it stands in."""
        for place, around in self._reach(group.names, chosen):
            yield place, {**chosen, **around, group.names: place}

    def _reach(self, names: Names, chosen: Chosen) -> Iterator[tuple[Place, Chosen]]:
        """The places at the end of these names, each with the entries on the way to it."""
        depth = _depth(names, chosen)
        if depth:
            yield from _below(chosen[names[:depth]], names, depth, {})
        else:
            for page in self._pages.get(names[0], ()):
                yield from _below(page, names, 1, {})


def _below(place: Place, names: Names, depth: int, around: Chosen) -> Iterator[tuple[Place, Chosen]]:
    if depth == len(names):
        yield place, around
        return
    for inner in place.groups.get(names[depth], ()):
        yield from _below(inner, names, depth + 1, {**around, names[: depth + 1]: inner})


_Key = tuple[Names, FieldPath | None]


def _key(names: Names, chosen: Chosen) -> _Key:
    depth = _depth(names, chosen)
    return names, chosen[names[:depth]].path if depth else None


def _depth(names: Names, chosen: Chosen) -> int:
    """How many of the names lead to the innermost entry that is chosen; 0 where none is."""
    return next((depth for depth in range(len(names), 0, -1) if names[:depth] in chosen), 0)


def _pages_of(submission: Submission) -> Iterator[tuple[FieldPath, Page]]:
    names = [page.name for page in submission.pages]
    seen: dict[str, int] = {}
    for page in submission.pages:
        seen[page.name] = seen.get(page.name, 0) + 1
        yield FieldPath((Step(page.name, seen[page.name] if names.count(page.name) > 1 else 0),)), page


def _place(path: FieldPath, items: tuple[Group | Field, ...]) -> Place:
    place = Place(path)
    for item_path, item in paths_of(items, path):
        if isinstance(item, Group):
            inner = _place(item_path, item.items)
            place.groups.setdefault(item.name, []).append(inner)
            place.is_empty &= inner.is_empty
        elif item.value.strip():
            place.answers.setdefault(item.name, []).append(Answer(item_path, item))
            place.is_empty = False
    return place
