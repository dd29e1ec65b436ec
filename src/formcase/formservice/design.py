"""A form as it was designed: pages, groups, fields, and what can be asked of them. Not how a definition is checked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from formcase.formservice.answer_templates import reference_to

FILE_TYPE = "file"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers that a question offers."""

    value: str
    title: str


@dataclass(frozen=True, slots=True)
class Field:
    """A question, or, on a hidden page, a value to be computed from `default`."""

    name: str
    title: str | None
    type: str = "text"
    required: bool = False
    multiple: bool = False
    choices: tuple[Choice, ...] = ()
    default: str | None = None

    @property
    def is_file(self) -> bool:
        """Whether files are the answer; they stand beside the answers, not among them."""
        return self.type == FILE_TYPE

    def title_of(self, value: str) -> str | None:
        """How the form shows a choice."""
        return next((choice.title for choice in self.choices if choice.value == value), None)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together; `repeats`: it may be filled in any number of times."""

    name: str
    title: str | None
    repeats: bool
    items: tuple["Group | Field", ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page; a hidden one is computed and never shown to the person who fills in the form."""

    name: str
    title: str | None
    hidden: bool
    items: tuple[Group | Field, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One version of a form."""

    id: str
    title: str
    version: int
    pages: tuple[Page, ...]
    language: str = "da"
    updated_at: datetime | None = None


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
    """The JSON of a form. For clients: what the Interact API shows, which knows no file fields and no language."""
    document: dict[str, object] = {
        "id": form.id,
        "title": form.title,
        "version": form.version,
        "pages": [
            {
                "name": page.name,
                "title": page.title,
                "hidden": page.hidden,
                "items": _written_items(page.items, for_clients=for_clients),
            }
            for page in form.pages
        ],
    }
    return document if for_clients else {**document, "language": form.language}


def questions(form: Form) -> Iterator[Question]:
    """Every field that a person may answer, file fields included, in the form's order."""
    for page in form.pages:
        if not page.hidden:
            yield from _questions(page, (), page.items)


def references(form: Form) -> dict[str, Question]:
    """How a hidden page's templates name each answer."""
    return {reference_to(question.path): question for question in questions(form) if not question.field.is_file}


def _questions(page: Page, groups: tuple[Group, ...], items: tuple[Group | Field, ...]) -> Iterator[Question]:
    for item in items:
        if isinstance(item, Field):
            yield Question(page, groups, item)
        else:
            yield from _questions(page, (*groups, item), item.items)


def _written_items(items: tuple[Group | Field, ...], *, for_clients: bool) -> list[dict[str, object]]:
    documents: list[dict[str, object]] = []
    for item in items:
        if isinstance(item, Group):
            nested = _written_items(item.items, for_clients=for_clients)
            documents.append({"group": item.name, "title": item.title, "repeats": item.repeats, "items": nested})
        elif not (for_clients and item.is_file):
            documents.append(
                {
                    "field": item.name,
                    "title": item.title,
                    "type": item.type,
                    "required": item.required,
                    "multiple": item.multiple,
                    "choices": [{"value": choice.value, "title": choice.title} for choice in item.choices],
                    "default": item.default,
                }
            )
    return documents
