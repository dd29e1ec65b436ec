"""What a person answered, checked against the form: everything that is wrong is told at once.

Answers come as JSON has them: pages by name, in them fields and groups by name, a group that repeats as a list. Hidden
pages are not answered; see `hidden_pages`.
"""

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from formcase.formservice.asked import AskedPage, asked_files, asked_pages, asked_places
from formcase.formservice.design import Field, Form, Group, Page, questions
from formcase.formservice.lexical import is_line
from formcase.formservice.problems import Problem, Refused
from formcase.formservice.value_types import ValueRefused, read_value

MOST_ATTACHMENTS = 1000


@dataclass(frozen=True, slots=True)
class AnsweredField:
    """A question with its answers, as the XML writes them: none where it was left open, several where it allows it.
    is_asked: false where a condition kept it from being asked, also in groups and pages."""

    field: Field
    values: tuple[str, ...]
    is_asked: bool = True


@dataclass(frozen=True, slots=True)
class AnsweredGroup:
    """A group with one entry, or, where it repeats, with any number of them."""

    group: Group
    entries: tuple[tuple["AnsweredGroup | AnsweredField", ...], ...]
    is_asked: bool = True


@dataclass(frozen=True, slots=True)
class AnsweredPage:
    """A page with what was answered on it."""

    page: Page
    items: tuple[AnsweredGroup | AnsweredField, ...]
    is_asked: bool = True


class AnswersRefused(Refused):
    """Answers or attachments that don't fit the form."""


def check_answers(
    form: Form, answers: Mapping[str, object], attachments: Sequence[tuple[str, str | None]]
) -> tuple[AnsweredPage, ...]:
    """The visible pages as answered; `AnswersRefused` with all that is wrong.

    attachments: each file's name with the file field that it belongs to, None where it belongs to none.
    """
    reader = _Reader(asked_pages(form, answers))
    pages = reader.pages(form, answers)
    reader.attachments(form, attachments)
    if reader.problems:
        raise AnswersRefused(reader.problems)
    return pages


class _Reader:
    def __init__(self, asked: tuple[AskedPage, ...]) -> None:
        self.problems: list[Problem] = []
        self._asked = asked_places(asked)
        self._files = asked_files(asked)

    def pages(self, form: Form, answers: object) -> tuple[AnsweredPage, ...]:
        visible = [page for page in form.pages if not page.hidden]
        given = self._object(answers, (_("answers"),))
        for page in form.pages:
            if page.hidden and page.name in given:
                self._wrong((page.name,), _("This page is hidden: its values are computed, never given."))
        self._check_known(given, [page.name for page in form.pages], (), _("There is no page “{name}”."))
        return tuple(
            AnsweredPage(
                page,
                self._items(page.items, self._object(given.get(page.name), (page.name,)), (page.name,)),
                (page.name,) in self._asked,
            )
            for page in visible
        )

    def attachments(self, form: Form, attachments: Sequence[tuple[str, str | None]]) -> None:
        fields = {question.field.name: question for question in questions(form) if question.field.is_file}
        for number, (name, field) in enumerate(attachments, 1):
            place = (_("attachment {number}").format(number=number),)
            if not is_line(name):
                self._wrong(place, _("A file's name is one line of at most 255 characters, and not blank."))
            if field is not None and field not in fields:
                self._wrong(place, self._unknown(field, list(fields), _("There is no file field “{name}”.")))
        counted = Counter(field for _name, field in attachments)
        for name, question in fields.items():
            is_asked = name in self._files
            if question.field.required and is_asked and not counted[name]:
                self._wrong(question.path, _("A file must be attached to this field."))
            if counted[name] and not is_asked:
                self._wrong(question.path, _not_asked())
            if not question.field.multiple and counted[name] > 1:
                self._wrong(question.path, _("This field takes one file only."))
        if len(attachments) > MOST_ATTACHMENTS:
            text = _("At most {most} files can be attached.")
            self._wrong((_("attachments"),), text.format(most=MOST_ATTACHMENTS))

    def _wrong(self, place: tuple[str, ...], text: str) -> None:
        self.problems.append(Problem(place, text))

    def _object(self, value: object, place: tuple[str, ...]) -> Mapping[str, object]:
        if value is None:
            return {}
        if isinstance(value, Mapping):
            return value
        self._wrong(place, _("There must be a JSON object here, with the names of what is inside."))
        return {}

    def _check_known(
        self, given: Mapping[str, object], names: Sequence[str], place: tuple[str, ...], text: str
    ) -> None:
        for name in given:
            if name not in names:
                self._wrong(place, self._unknown(str(name), names, text))

    def _unknown(self, name: str, names: Sequence[str], text: str) -> str:
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.4)
        told = text.format(name=name)
        return f"{told} {_('Near: {near}.').format(near=', '.join(near))}" if near else told

    def _items(
        self, items: Iterable[Group | Field], given: Mapping[str, object], place: tuple[str, ...]
    ) -> tuple[AnsweredGroup | AnsweredField, ...]:
        items = tuple(items)
        self._check_known(given, [item.name for item in items], place, _("There is no field or group “{name}” here."))
        answered: list[AnsweredGroup | AnsweredField] = []
        for item in items:
            here = (*place, item.name)
            if isinstance(item, Group):
                answered.append(self._group(item, given.get(item.name), here))
            elif item.is_file:
                if item.name in given:
                    self._wrong(here, _("This field takes files; they are attached, not answered."))
            else:
                answered.append(self._field(item, given, here))
        return tuple(answered)

    def _group(self, group: Group, value: object, place: tuple[str, ...]) -> AnsweredGroup:
        is_asked = place in self._asked
        if not group.repeats:
            items = self._items(group.items, self._object(value, place), place)
            return AnsweredGroup(group, (items,), is_asked)
        if not is_asked:
            if value:
                self._wrong(place, _not_asked())
            return AnsweredGroup(group, (), is_asked=False)
        entries = [value] if isinstance(value, Mapping) else value or []
        if not isinstance(entries, Sequence) or isinstance(entries, str):
            self._wrong(place, _("This group repeats: there must be a list, with a JSON object for each entry."))
            return AnsweredGroup(group, ())
        self._check_number(group, len(entries), place)
        numbered = [(entry, (*place[:-1], f"{place[-1]}[{number}]")) for number, entry in enumerate(entries, 1)]
        return AnsweredGroup(
            group, tuple(self._items(group.items, self._object(entry, here), here) for entry, here in numbered)
        )

    def _check_number(self, group: Group, number: int, place: tuple[str, ...]) -> None:
        if number < group.at_least:
            text = _("There must be at least {least} of these.")
            self._wrong(place, text.format(least=group.at_least))
        if group.at_most is not None and number > group.at_most:
            self._wrong(place, _("There can be at most {most} of these.").format(most=group.at_most))

    def _field(self, field: Field, given: Mapping[str, object], place: tuple[str, ...]) -> AnsweredField:
        if place not in self._asked:
            if given.get(field.name) not in (None, "", []):
                self._wrong(place, _not_asked())
            return AnsweredField(field, (), is_asked=False)
        value = given.get(field.name, field.default)
        several = isinstance(value, Sequence) and not isinstance(value, str)
        if several and not field.multiple:
            self._wrong(place, _("This field takes one answer only, not a list."))
            return AnsweredField(field, ())
        listed = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        read = [self._value(field, one, place) for one in listed]
        values = tuple(one for one in read if one)
        if field.required and not values and None not in read:
            self._wrong(place, _("This field must be answered."))
        return AnsweredField(field, values)

    def _value(self, field: Field, value: object, place: tuple[str, ...]) -> str | None:
        """The value as written; empty where there is none, None where it was refused."""
        try:
            return read_value(field.type, value, tuple(choice.value for choice in field.choices))
        except ValueRefused as refusal:
            self._wrong(place, str(refusal))
            return None


def _not_asked() -> str:
    return _("This is not asked, because of what was answered before it.")
