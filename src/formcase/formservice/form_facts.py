"""What a form, a page, a group or a field says, as pairs of words for people to read and to compare."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from formcase.formservice.condition_words import told
from formcase.formservice.design import Field, Form, Group, Page
from formcase.formservice.filling.sizes import size_told

TYPES: Mapping[str, Promise] = {
    "text": gettext_lazy("text"),
    "integer": gettext_lazy("whole number"),
    "decimal": gettext_lazy("decimal number"),
    "date": gettext_lazy("date"),
    "dateTime": gettext_lazy("date and time"),
    "boolean": gettext_lazy("yes or no"),
    "choice": gettext_lazy("choice"),
    "cpr": gettext_lazy("CPR number"),
    "cvr": gettext_lazy("CVR number"),
    "email": gettext_lazy("e-mail"),
    "phone": gettext_lazy("phone number"),
    "file": gettext_lazy("file"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is said. key: what it is to the program; value: empty where nothing is said."""

    key: str
    name: str
    value: str


def form_facts(form: Form) -> tuple[Fact, ...]:
    """What the form says of itself as a whole."""
    return (
        Fact("title", _("Title"), form.title),
        Fact("about", _("What it is for"), form.about or ""),
        Fact("language", _("Language"), form.language),
        Fact(
            "largestTotal", _("All files together"), "" if form.largest_total is None else size_told(form.largest_total)
        ),
        Fact("mostFiles", _("Files at most"), _number(form.most_files)),
    )


def page_facts(page: Page, form: Form) -> tuple[Fact, ...]:
    """What a page says."""
    return (
        Fact("title", _("Title"), page.title or ""),
        Fact("hidden", _("Hidden"), _yes(page.hidden)),
        Fact("help", _("Help"), page.help or ""),
        Fact("shownWhen", _("Asked only when"), told(page.shown_when, form)),
    )


def group_facts(group: Group, form: Form) -> tuple[Fact, ...]:
    """What a group says."""
    return (
        Fact("title", _("Title"), group.title or ""),
        Fact("help", _("Help"), group.help or ""),
        Fact("repeats", _("Repeats"), _yes(group.repeats)),
        Fact("atLeast", _("At least"), _number(group.at_least or None)),
        Fact("atMost", _("At most"), _number(group.at_most)),
        Fact("shownWhen", _("Asked only when"), told(group.shown_when, form)),
    )


def field_facts(field: Field, form: Form, *, hidden: bool) -> tuple[Fact, ...]:
    """What a field says, its choices apart. hidden: on a hidden page, where its default is a template."""
    return (
        Fact("title", _("Title"), field.title or ""),
        Fact("type", _("Type"), str(TYPES[field.type])),
        Fact("required", _("Must be answered"), _yes(field.required)),
        Fact("multiple", _("Several answers"), _yes(field.multiple)),
        Fact("multiline", _("Several lines"), _yes(field.multiline)),
        Fact("help", _("Help"), field.help or ""),
        Fact("default", _("Value") if hidden else _("Filled in beforehand"), field.default or ""),
        Fact("shownWhen", _("Asked only when"), told(field.shown_when, form)),
        Fact("accept", _("Kinds of files"), ", ".join(field.accept)),
        Fact("largestFile", _("A file at most"), _size(field.largest_file)),
        Fact("autocomplete", _("Filled in by the browser"), field.autocomplete or ""),
    )


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _size(value: int | None) -> str:
    return "" if value is None else size_told(value)
