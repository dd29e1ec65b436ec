"""Makes the mapping page of a submission by a workflow's own mapping, and says from which fields of the form each part
of it came. What the page then means is planned as for any other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from formcase.planning import errors
from formcase.planning.errors import Near, Place, PlanError
from formcase.planning.mapping import PAGE
from formcase.planning.names import most_like
from formcase.planning.own_mapping.answers import Answer, Answers, Chosen
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
from formcase.planning.own_mapping.references import Part
from formcase.submission import limits
from formcase.submission.model import Field, FieldPath, Group, Page, Step, Submission, paths_of

_BETWEEN: Final = "; "
_MOST_ENTRIES: Final = 10 * limits.NODES  # that repetitions look at, those included that their conditions leave out
_NEAR: Final = 4
_NOTHING: Final = Page(PAGE, hidden=True)


@dataclass(frozen=True, slots=True)
class MadePage:
    """A mapping page that was made. origins: for each group and field of it the form's fields or groups that it came
    from; none where the mapping alone says it. errors: what is wrong with the submission for this mapping."""

    page: Page
    origins: Mapping[FieldPath, tuple[FieldPath, ...]] = field(default_factory=dict)
    errors: tuple[PlanError, ...] = ()

    def is_unusable(self) -> bool:
        """Whether there is no page, so that nothing more can be told."""
        return any(isinstance(error, errors.MappingMakesTooMuch) for error in self.errors)


def mapping_page(mapping: OwnMapping, submission: Submission) -> MadePage:
    """The mapping page that a mapping makes of a submission."""
    maker = _Maker(Answers(submission))
    try:
        made = [each for group in mapping.groups for each in maker.groups(group, {})]
    except _TooMuch:
        place = Place(submission.form_id, submission.form_version, sources=())
        return MadePage(_NOTHING, errors=(errors.MappingMakesTooMuch(place=place),))
    path = FieldPath((Step(PAGE),))
    placed = tuple(_placed(made, path))
    return MadePage(
        Page(PAGE, tuple(each.item() for each in made), hidden=True),
        {at: each.sources for at, each in placed},
        tuple(_errors(placed, submission)),
    )


def apply_mapping(mapping: OwnMapping, submission: Submission) -> tuple[Submission, MadePage]:
    """The submission with the page that the mapping makes in place of its own, and that page.

    A page of its own that is shown, or stands there twice, is wrong in any case.
    """
    made = mapping_page(mapping, submission)
    others = tuple(page for page in submission.pages if page.name != PAGE)
    own = tuple(_errors_of_own_page(submission))
    return replace(submission, pages=(*others, made.page)), replace(made, errors=(*own, *made.errors))


def _errors_of_own_page(submission: Submission) -> Iterator[PlanError]:
    own = [page for page in submission.pages if page.name == PAGE]
    place = Place(submission.form_id, submission.form_version, FieldPath((Step(PAGE),)))
    if len(own) > 1:
        yield errors.SeveralMappingPages(place=place)
    if own and not own[0].hidden:
        yield errors.MappingPageShown(place=place)


@dataclass(frozen=True, slots=True)
class _MadeField:
    """A field that was made. unknown: the conversion that does not know the answer."""

    name: str
    value: str
    sources: tuple[FieldPath, ...] = ()
    unknown: tuple[str, Conversion] | None = None

    def item(self) -> Field:
        return Field(self.name, self.value)


@dataclass(frozen=True, slots=True)
class _MadeGroup:
    """A group that was made; sources: the entry of the form's group that it stands for."""

    name: str
    items: tuple["_MadeGroup | _MadeField", ...]
    sources: tuple[FieldPath, ...] = ()

    def item(self) -> Group:
        return Group(self.name, tuple(inner.item() for inner in self.items))


_Made = _MadeGroup | _MadeField


class _TooMuch(Exception):
    """The page would be larger than a submission may be."""


@dataclass(slots=True)
class _Maker:
    """Makes the groups and fields of one page, as long as it is no larger than a submission may be."""

    answers: Answers
    _entries: int = 0
    _nodes: int = 0
    _characters: int = 0

    def groups(self, rule: GroupRule, chosen: Chosen) -> Iterator[_MadeGroup]:
        """The group, once or for each entry that it repeats with."""
        if rule.repeat is None:
            if self._holds(rule.when, chosen):
                yield self._group(rule, chosen, ())
            return
        for entry, inside in self.answers.entries(rule.repeat, chosen):
            self._entries += 1
            if self._entries > _MOST_ENTRIES:
                raise _TooMuch
            if self._holds(rule.when, inside):
                yield self._group(rule, inside, (entry.path,))

    def _group(self, rule: GroupRule, chosen: Chosen, sources: tuple[FieldPath, ...]) -> _MadeGroup:
        self._count("")
        items: list[_Made] = []
        for item in rule.items:
            items.extend(self.groups(item, chosen) if isinstance(item, GroupRule) else self._fields(item, chosen))
        return _MadeGroup(rule.name, tuple(items), sources)

    def _fields(self, rule: PropertyRule, chosen: Chosen) -> Iterator[_MadeField]:
        """The property's fields. One that is empty stands there too, so that its name is checked in any case."""
        made = list(self._values(rule.name, rule.rule, chosen)) if self._holds(rule.when, chosen) else []
        for each in made or [_MadeField(rule.name, "")]:
            self._count(each.value)
            yield each

    def _values(self, name: str, rule: Rule, chosen: Chosen) -> Iterator[_MadeField]:
        match rule:
            case Constant(text):
                yield _MadeField(name, text)
            case Template(parts):
                yield self._filled_in(name, parts, chosen)
            case Pick(reference, shown):
                for answer in self.answers.to(reference, chosen):
                    yield _MadeField(name, answer.shown() if shown else answer.field.value, (answer.path,))
            case Conversion():
                yield from self._converted(name, rule, chosen)

    def _filled_in(self, name: str, parts: Sequence[Part], chosen: Chosen) -> _MadeField:
        texts: list[str] = []
        sources: dict[FieldPath, None] = {}
        for part in parts:
            if isinstance(part, str):
                texts.append(part)
                continue
            answers = self.answers.to(part, chosen)
            texts.append(_BETWEEN.join(each.shown() if len(parts) > 1 else each.field.value for each in answers))
            sources.update((each.path, None) for each in answers)
            self._grows(len(texts[-1]))
        return _MadeField(name, "".join(texts), tuple(sources))

    def _converted(self, name: str, rule: Conversion, chosen: Chosen) -> Iterator[_MadeField]:
        table = dict(rule.table)
        answers = self.answers.to(rule.field, chosen)
        if not answers and "" in table:
            yield _MadeField(name, table[""])
        for answer in answers:
            yield _looked_up(name, rule, table, answer)

    def _holds(self, conditions: Sequence[Condition], chosen: Chosen) -> bool:
        return all(self._is_met(condition, chosen) for condition in conditions)

    def _is_met(self, condition: Condition, chosen: Chosen) -> bool:
        subject = condition.subject
        if condition.demand in {Demand.EMPTY, Demand.NOT_EMPTY}:
            empty = (
                self.answers.is_empty(subject, chosen) if condition.is_group else not self.answers.to(subject, chosen)
            )
            return empty is (condition.demand is Demand.EMPTY)
        given = self.answers.values(subject, chosen) or {""}
        return any(text.strip() in given for text in condition.texts)

    def _count(self, text: str) -> None:
        self._nodes += 1
        self._grows(len(text))

    def _grows(self, characters: int) -> None:
        self._characters += characters
        if self._nodes > limits.NODES or self._characters > limits.BYTES:
            raise _TooMuch


def _looked_up(name: str, rule: Conversion, table: Mapping[str, str], answer: Answer) -> _MadeField:
    value = answer.field.value.strip()
    code = table.get(value, rule.otherwise)
    if code is None:
        return _MadeField(name, "", (answer.path,), (value, rule))
    return _MadeField(name, code, (answer.path,))


def _placed(made: Sequence[_Made], above: FieldPath) -> Iterator[tuple[FieldPath, _Made]]:
    """Each group and field with the path at which it will be read."""
    for (path, _), each in zip(paths_of(tuple(one.item() for one in made), above), made, strict=True):
        yield path, each
        if isinstance(each, _MadeGroup):
            yield from _placed(each.items, path)


def _errors(placed: Sequence[tuple[FieldPath, _Made]], submission: Submission) -> Iterator[PlanError]:
    for path, each in placed:
        if isinstance(each, _MadeField) and each.unknown is not None:
            value, rule = each.unknown
            table = dict(rule.table)
            yield errors.NotInConversion(
                place=Place(submission.form_id, submission.form_version, path, True, sources=each.sources),
                value=value,
                near=tuple(Near(known, table[known]) for known in most_like(value, tuple(table), _NEAR)),
            )
