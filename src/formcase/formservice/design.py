"""A form as it was designed: pages, groups, fields, and what can be asked of them. Not how a definition is checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from formcase.formservice.answer_templates import reference_to
from formcase.formservice.conditions import Condition, written_condition

FILE_TYPE = "file"
MOST_ENTRIES = 100  # that the pages offer of a group that repeats, where it says nothing itself


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers that a question offers."""

    value: str
    title: str


@dataclass(frozen=True, slots=True)
class Field:
    """A question, or, on a hidden page, a value to be computed from `default`.

    accept: which kinds of file it takes (see `file_kinds`), empty for the usual ones; largest_file: in bytes.
    autocomplete: what of their own data people's browsers may fill in, in the words of HTML.
    """

    name: str
    title: str | None
    type: str = "text"
    required: bool = False
    multiple: bool = False
    choices: tuple[Choice, ...] = ()
    default: str | None = None
    help: str | None = None
    multiline: bool = False
    shown_when: Condition | None = None
    accept: tuple[str, ...] = ()
    largest_file: int | None = None
    autocomplete: str | None = None

    @property
    def is_file(self) -> bool:
        """Whether files are the answer; they stand beside the answers, not among them."""
        return self.type == FILE_TYPE

    def title_of(self, value: str) -> str | None:
        """How the form shows a choice."""
        return next((choice.title for choice in self.choices if choice.value == value), None)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together; `repeats`: it may be filled in any number of times from `at_least` to `at_most`."""

    name: str
    title: str | None
    repeats: bool
    items: tuple["Group | Field", ...]
    help: str | None = None
    shown_when: Condition | None = None
    at_least: int = 0
    at_most: int | None = None

    @property
    def most_offered(self) -> int:
        """How many entries the pages for filling in let people make."""
        return MOST_ENTRIES if self.at_most is None else self.at_most


@dataclass(frozen=True, slots=True)
class Page:
    """A page; a hidden one is computed and never shown to the person who fills in the form."""

    name: str
    title: str | None
    hidden: bool
    items: tuple[Group | Field, ...]
    help: str | None = None
    shown_when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One version of a form. about: what it is for, before it is filled in; largest_total: bytes of all files."""

    id: str
    title: str
    version: int
    pages: tuple[Page, ...]
    language: str = "da"
    updated_at: datetime | None = None
    about: str | None = None
    largest_total: int | None = None
    most_files: int | None = None

    @property
    def visible_pages(self) -> tuple[Page, ...]:
        """The pages that people fill in."""
        return tuple(page for page in self.pages if not page.hidden)


@dataclass(frozen=True, slots=True)
class Question:
    """A field of a visible page, with the groups around it, outermost first."""

    page: Page
    groups: tuple[Group, ...]
    field: Field

    @property
    def path(self) -> tuple[str, ...]:
        """Its names from the page down."""
        return (self.page.name, *(group.name for group in self.groups), self.field.name)


def written(form: Form, *, for_clients: bool) -> dict[str, object]:
    """The JSON of a form. For clients: what the Interact API shows, which knows no file fields, no language, and
    nothing of how a form is filled in; what is asked under a condition only is not required there."""
    return _Writer(for_clients=for_clients).form(form)


def questions(form: Form) -> Iterator[Question]:
    """Every field that a person may answer, file fields included, in the form's order."""
    for page in form.pages:
        if not page.hidden:
            yield from _questions(page, (), page.items)


def references(form: Form) -> dict[str, Question]:
    """How a hidden page's templates name each answer."""
    return {reference_to(question.path): question for question in questions(form) if not question.field.is_file}


class _Writer:
    """Writes a definition's JSON. What was not there before stays out unless it says something, so that a version that
    was published with an earlier program is still the same."""

    def __init__(self, *, for_clients: bool) -> None:
        self._for_clients = for_clients

    def form(self, form: Form) -> dict[str, object]:
        document: dict[str, object] = {
            "id": form.id,
            "title": form.title,
            "version": form.version,
            "pages": [self._page(page) for page in form.pages],
        }
        extras = {"about": form.about, "largestTotal": form.largest_total, "mostFiles": form.most_files}
        return document if self._for_clients else {**document, "language": form.language, **_said(extras)}

    def _page(self, page: Page) -> dict[str, object]:
        document: dict[str, object] = {
            "name": page.name,
            "title": page.title,
            "hidden": page.hidden,
            "items": self._items(page.items, conditional=page.shown_when is not None),
        }
        return document | self._extras({"help": page.help}, page.shown_when)

    def _items(self, items: tuple[Group | Field, ...], *, conditional: bool) -> list[dict[str, object]]:
        return [
            self._group(item, conditional) if isinstance(item, Group) else self._field(item, conditional)
            for item in items
            if isinstance(item, Group) or not (self._for_clients and item.is_file)
        ]

    def _group(self, group: Group, conditional: bool) -> dict[str, object]:
        document: dict[str, object] = {
            "group": group.name,
            "title": group.title,
            "repeats": group.repeats,
            "items": self._items(group.items, conditional=conditional or group.shown_when is not None),
        }
        counts = {
            "atLeast": group.at_least or None,
            "atMost": group.at_most,
        }
        return document | self._extras({"help": group.help, **counts}, group.shown_when)

    def _field(self, field: Field, conditional: bool) -> dict[str, object]:
        may_be_left_out = self._for_clients and (conditional or field.shown_when is not None)
        document: dict[str, object] = {
            "field": field.name,
            "title": field.title,
            "type": field.type,
            "required": field.required and not may_be_left_out,
            "multiple": field.multiple,
            "choices": [{"value": choice.value, "title": choice.title} for choice in field.choices],
            "default": field.default,
        }
        extras: dict[str, object] = {
            "help": field.help,
            "multiline": field.multiline or None,
            "accept": list(field.accept) or None,
            "largestFile": field.largest_file,
            "autocomplete": field.autocomplete,
        }
        return document | self._extras(extras, field.shown_when)

    def _extras(self, extras: dict[str, object], condition: Condition | None) -> dict[str, object]:
        if self._for_clients:
            return {}
        return _said({**extras, "shownWhen": written_condition(condition) if condition else None})


def _said(extras: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in extras.items() if value is not None}


def _questions(page: Page, groups: tuple[Group, ...], items: tuple[Group | Field, ...]) -> Iterator[Question]:
    for item in items:
        if isinstance(item, Field):
            yield Question(page, groups, item)
        else:
            yield from _questions(page, (*groups, item), item.items)
