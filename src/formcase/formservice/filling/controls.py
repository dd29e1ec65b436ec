"""The questions of a page as its template shows them: label, help, control, what was typed, what is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from formcase.formservice.asked import AskedEntry, AskedField, AskedGroup, AskedPage, fields_of, groups_of
from formcase.formservice.conditions import Condition, answers_named
from formcase.formservice.design import Field, Form, Group, Question, questions, references
from formcase.formservice.file_kinds import endings
from formcase.formservice.filling.attaching import file_control
from formcase.formservice.filling.limits import kinds_of, largest_file
from formcase.formservice.filling.posted import control_name, entries_name
from formcase.formservice.filling.sizes import size_told
from formcase.formservice.models import Upload
from formcase.formservice.problems import Problem

_MOST_RADIOS = 7  # more choices than these stand in a list


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers that are offered."""

    id: str
    value: str
    title: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that is attached to a field."""

    key: str
    name: str
    size: str


@dataclass(frozen=True, slots=True)
class Control:
    """A question. kind: `text`, `lines`, `radios`, `boxes`, `list` or `file`; its id is its name."""

    name: str
    kind: str
    label: str
    required: bool
    hints: tuple[str, ...]
    error: str
    value: str = ""
    options: tuple[Option, ...] = ()
    input_mode: str = ""
    input_type: str = "text"
    autocomplete: str = ""
    decides: bool = False
    multiple: bool = False
    field: str = ""
    accept: str = ""
    largest: int = 0
    largest_told: str = ""
    attached: tuple[Attached, ...] = ()

    is_group = False

    @property
    def described_by(self) -> str:
        """The ids of what explains the control."""
        hints = [f"{self.name}-hint"] if self.hints else []
        return " ".join([*hints, *([f"{self.name}-error"] if self.error else [])])


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a group."""

    number: int
    heading: str
    id: str
    items: tuple["Control | Block", ...]
    removable: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A group. `repeats`: with buttons to add and to remove entries."""

    id: str
    position: str
    title: str
    help: str
    repeats: bool
    entries: tuple[Entry, ...]
    entries_name: str
    may_add: bool
    error: str
    files: tuple[Control, ...]

    is_group = True


@dataclass(frozen=True, slots=True)
class ErrorLink:
    """What is wrong with an answer, and where it is given."""

    label: str
    text: str
    target: str


class Controls:
    """Makes the controls of one form's pages. problems: those that are to be told; uploads: the attached files."""

    def __init__(self, form: Form, problems: Sequence[Problem], uploads: Sequence[Upload]) -> None:
        self._form = form
        self._uploads = uploads
        self._texts: dict[tuple[str, ...], list[str]] = {}
        for problem in problems:
            self._texts.setdefault(problem.place, []).append(problem.text)
        self._files = {question.field.name: question for question in questions(form) if question.field.is_file}
        self._deciding = _deciding(form)

    def items(self, page: AskedPage) -> tuple[Control | Block, ...]:
        """All that is asked on a page."""
        return self._items(page.items, in_repeated=False)

    def errors(self, page: AskedPage) -> list[ErrorLink]:
        """What is wrong on a page, in its order."""
        found = [self._error(field) for field in fields_of(page.items)]
        found += [
            ErrorLink(group.group.title or group.group.name, text, control_name(group.position))
            for group in groups_of(page.items)
            for text in self._texts.get(group.place, [])
            if group.group.repeats
        ]
        seen: dict[tuple[str, str], ErrorLink] = {}
        for link in found:
            if link.text:
                seen.setdefault((link.target, link.text), link)
        return list(seen.values())

    def _error(self, asked: AskedField) -> ErrorLink:
        field = asked.field
        name = self._file_name(field) if field.is_file else control_name(asked.position)
        return ErrorLink(field.title or field.name, self._text(asked), name)

    def _text(self, asked: AskedField) -> str:
        place = self._files[asked.field.name].path if asked.field.is_file else asked.place
        return " ".join(dict.fromkeys(self._texts.get(place, [])))

    def _items(self, items: Sequence[AskedField | AskedGroup], *, in_repeated: bool) -> tuple[Control | Block, ...]:
        shown: list[Control | Block] = []
        for item in items:
            if isinstance(item, AskedGroup):
                shown.append(self._block(item, in_repeated=in_repeated))
            elif not (item.field.is_file and in_repeated):
                shown.append(self._control(item))
        return tuple(shown)

    def _block(self, asked: AskedGroup, *, in_repeated: bool) -> Block:
        group = asked.group
        inside = in_repeated or group.repeats
        title = group.title or group.name
        entries = tuple(self._entry(group, entry, inside=inside) for entry in asked.entries)
        return Block(
            id=control_name(asked.position),
            position=asked.position,
            title=title,
            help=group.help or "",
            repeats=group.repeats,
            entries=entries,
            entries_name=entries_name(asked.position),
            may_add=group.repeats and len(asked.entries) < group.most_offered,
            error=" ".join(self._texts.get(asked.place, [])) if group.repeats else "",
            files=self._files_of_entries(asked) if group.repeats and not in_repeated else (),
        )

    def _entry(self, group: Group, entry: AskedEntry, *, inside: bool) -> Entry:
        heading = f"{group.title or group.name} {entry.number}" if group.repeats else ""
        items = self._items(entry.items, in_repeated=inside)
        return Entry(entry.number, heading, control_name(entry.position), items, group.repeats)

    def _files_of_entries(self, asked: AskedGroup) -> tuple[Control, ...]:
        """The file fields inside a group that repeats, once for all entries: a file knows its field and no entry."""
        found = {field.field.name: field for field in fields_of([asked]) if field.field.is_file}
        return tuple(self._control(field) for field in found.values())

    def _control(self, asked: AskedField) -> Control:
        field = asked.field
        kind = _kind(field)
        name = self._file_name(field) if field.is_file else control_name(asked.position)
        given = _texts(asked.given)
        return Control(
            name=name,
            kind=kind,
            label=field.title or field.name,
            required=field.required,
            hints=tuple(self._hints(field)),
            error=self._text(asked),
            value="\n".join(given) if kind == "lines" else "".join(given[:1]),
            options=_options(name, field, given),
            input_mode={"integer": "numeric", "cpr": "numeric", "cvr": "numeric", "decimal": "decimal"}.get(
                field.type, ""
            ),
            input_type={"email": "email", "phone": "tel"}.get(field.type, "text"),
            autocomplete=field.autocomplete or {"email": "email", "phone": "tel"}.get(field.type, ""),
            decides=asked.path in self._deciding,
            multiple=field.multiple,
            field=field.name,
            accept=",".join(endings(kinds_of(field))) if field.is_file else "",
            largest=largest_file(self._form, field) if field.is_file else 0,
            largest_told=size_told(largest_file(self._form, field)) if field.is_file else "",
            attached=tuple(
                Attached(upload.key, upload.name, size_told(upload.size))
                for upload in self._uploads
                if field.is_file and upload.field == field.name
            ),
        )

    def _file_name(self, field: Field) -> str:
        return file_control(self._form, field.name)

    def _hints(self, field: Field) -> list[str]:
        hints = [field.help] if field.help else []
        if field.is_file:
            kinds = ", ".join(ending.removeprefix(".") for ending in endings(kinds_of(field)))
            size = size_told(largest_file(self._form, field))
            return [*hints, _("Kinds of files: {kinds}. At most {size} each.").format(kinds=kinds, size=size)]
        if field.multiple and field.type != "choice":
            hints.append(_("Several answers are possible: one on each line."))
        elif field.type in _FORMATS:
            hints.append(str(_FORMATS[field.type]()))
        return hints


_FORMATS = {
    "date": lambda: _("Day-month-year, for example 24-12-2026"),
    "dateTime": lambda: _("Day-month-year and time, for example 24-12-2026 12:00"),
    "cpr": lambda: _("Ten digits, for example 010203-1234"),
    "cvr": lambda: _("Eight digits"),
}


def _kind(field: Field) -> str:
    if field.is_file:
        return "file"
    if field.type == "boolean":
        return "radios"
    if field.type == "choice":
        if field.multiple:
            return "boxes"
        return "radios" if len(field.choices) <= _MOST_RADIOS else "list"
    return "lines" if field.multiline or field.multiple else "text"


def _options(name: str, field: Field, given: Sequence[str]) -> tuple[Option, ...]:
    offered = [(choice.value, choice.title) for choice in field.choices]
    if field.type == "boolean":
        offered = [("true", _("Yes")), ("false", _("No"))]
    return tuple(
        Option(f"{name}-{number}", value, title, value in given) for number, (value, title) in enumerate(offered, 1)
    )


def _texts(given: object) -> list[str]:
    """What was typed, as text; a draft holds texts only, a default too."""
    values = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
    return [str(value) for value in values if value is not None]


def _deciding(form: Form) -> frozenset[tuple[str, ...]]:
    """The paths of the questions on whose answers something else of the form depends."""
    known: Mapping[str, Question] = references(form)
    named = {reference for condition in _conditions(form) for reference, _values in answers_named(condition)}
    return frozenset(known[reference].path for reference in named if reference in known)


def _conditions(form: Form) -> Iterator[Condition]:
    for page in form.visible_pages:
        if page.shown_when:
            yield page.shown_when
        yield from _conditions_in(page.items)


def _conditions_in(items: Sequence[Group | Field]) -> Iterator[Condition]:
    for item in items:
        if item.shown_when:
            yield item.shown_when
        if isinstance(item, Group):
            yield from _conditions_in(item.items)
