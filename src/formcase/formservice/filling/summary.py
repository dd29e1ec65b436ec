"""Everything that was answered, page by page, for the person to look through before it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass

from babel import Locale

from formcase.formservice.answer_texts import answer_text, locale_of
from formcase.formservice.asked import AskedField, AskedGroup, AskedPage
from formcase.formservice.design import Field, Form
from formcase.formservice.filling.controls import ErrorLink
from formcase.formservice.filling.sizes import size_told
from formcase.formservice.models import Upload
from formcase.formservice.value_types import ValueRefused, read_value


@dataclass(frozen=True, slots=True)
class Answer:
    """A question with its answers, none where it was left open."""

    label: str
    lines: tuple[str, ...]

    is_group = False


@dataclass(frozen=True, slots=True)
class AnswerGroup:
    """What belongs together under a heading."""

    heading: str
    items: tuple["Answer | AnswerGroup", ...]

    is_group = True


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the form with where to change it and what is wrong there."""

    title: str
    number: int
    items: tuple[Answer | AnswerGroup, ...]
    errors: tuple[ErrorLink, ...]


class Summary:
    """Makes the sections of one form's pages."""

    def __init__(self, form: Form, uploads: Sequence[Upload]) -> None:
        self._uploads = uploads
        self._locale: Locale = locale_of(form.language)

    def section(self, page: AskedPage, errors: Sequence[ErrorLink]) -> Section:
        """One page."""
        title = page.page.title or page.page.name
        return Section(title, page.number + 1, self._items(page.items), tuple(errors))

    def _items(self, items: Sequence[AskedField | AskedGroup]) -> tuple[Answer | AnswerGroup, ...]:
        shown: list[Answer | AnswerGroup] = []
        for item in items:
            if isinstance(item, AskedField):
                lines = self._files(item.field) if item.field.is_file else self._lines(item)
                shown.append(Answer(item.field.title or item.field.name, lines))
                continue
            title = item.group.title or item.group.name
            for entry in item.entries:
                heading = f"{title} {entry.number}" if item.group.repeats else title
                shown.append(AnswerGroup(heading, self._items(entry.items)))
            if not item.entries:
                shown.append(Answer(title, ()))
        return tuple(shown)

    def _lines(self, asked: AskedField) -> tuple[str, ...]:
        given = asked.given
        values = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
        return tuple(text for value in values if (text := self._text(asked.field, value)))

    def _text(self, field: Field, value: object) -> str:
        try:
            written = read_value(field.type, value, tuple(choice.value for choice in field.choices))
        except ValueRefused:
            return str(value)  # as it was typed; what is wrong with it is told beside it
        return answer_text(field.type, written, field.title_of(written), self._locale) if written else ""

    def _files(self, field: Field) -> tuple[str, ...]:
        return tuple(
            f"{upload.name} ({size_told(upload.size)})" for upload in self._uploads if upload.field == field.name
        )
