"""A form's definition: from its JSON to checked data.

Every problem of a definition is found and told at once, each with its place and with what would be right. What people
answer is not looked at here.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from formcase.formservice.answer_templates import TemplateRefused, parse_template
from formcase.formservice.condition_checks import condition_problems
from formcase.formservice.conditions import Condition, ConditionRefused, read_condition
from formcase.formservice.definition_places import distinct_names
from formcase.formservice.design import (
    FILE_TYPE,
    Choice,
    Field,
    Form,
    Group,
    Page,
    Question,
    questions,
    references,
)
from formcase.formservice.file_kinds import KINDS
from formcase.formservice.lexical import IDENTIFIER, LANGUAGE, is_line, is_name, read_instant
from formcase.formservice.problems import Problem, Refused
from formcase.formservice.repetition import ambiguous_repetitions
from formcase.formservice.value_types import FIELD_TYPES, ValueRefused, read_value

MAPPING_PAGE = "WZ_ODATA"  # carries the mapping to the case system; to the form service a hidden page like any other
# the words of HTML for what people's browsers may fill in; WCAG 2.2, 1.3.5 asks for them
AUTOCOMPLETE = (
    *("name", "given-name", "family-name", "organization", "street-address", "address-line1", "address-line2"),
    *("postal-code", "address-level2", "country-name", "bday", "tel", "email", "off"),
)
DEEPEST = 60  # the submission's XML has room for 64 levels, the outermost elements included


class DefinitionRefused(Refused):
    """A definition that can't be published, with everything that is wrong with it."""


def read_definition(document: object) -> Form:
    """The form that a JSON document defines; `DefinitionRefused` where it doesn't."""
    return _Reader().form(document)


class _Reader:
    """Reads one document and gathers what is wrong with it."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def form(self, document: object) -> Form:
        if not isinstance(document, Mapping):
            raise DefinitionRefused([Problem((), _("A form's definition is a JSON object."))])
        place = ("form",)
        form = Form(
            id=self._text(document, "id", place, IDENTIFIER.fullmatch, _("letters, digits, “.”, “_”, “-”; at most 64")),
            title=self._text(document, "title", place, is_line, _("one line of at most 255 characters")),
            version=self._version(document.get("version")),
            pages=self._pages(document.get("pages")),
            language=self._language(document),
            updated_at=self._updated_at(document),
            about=self._optional_text(document, "about", place),
            largest_total=self._number(document, "largestTotal", place),
            most_files=self._number(document, "mostFiles", place),
        )
        if not self._problems:
            self._check_names(form)
            self._check_templates(form)
        if not self._problems:
            self._problems.extend(condition_problems(form))
        if self._problems:
            raise DefinitionRefused(self._problems)
        return form

    def _wrong(self, place: tuple[str, ...], text: str) -> None:
        self._problems.append(Problem(place, text))

    def _text(
        self,
        document: Mapping[str, object],
        key: str,
        place: tuple[str, ...],
        fits: Callable[[str], object],
        expected: str,
    ) -> str:
        value = document.get(key)
        if isinstance(value, str) and fits(value):
            return value
        self._wrong((*place, key), _("There must be a text here: {expected}.").format(expected=expected))
        return ""

    def _optional_text(self, document: Mapping[str, object], key: str, place: tuple[str, ...]) -> str | None:
        value = document.get(key)
        if value is None or isinstance(value, str):
            return value
        self._wrong((*place, key), _("This must be a text, or null."))
        return None

    def _number(self, document: Mapping[str, object], key: str, place: tuple[str, ...], least: int = 1) -> int | None:
        value = document.get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= least):
            return value
        self._wrong((*place, key), _("This must be a whole number from {least}, or null.").format(least=least))
        return None

    def _condition(self, document: Mapping[str, object], place: tuple[str, ...], *, hidden: bool) -> Condition | None:
        written = document.get("shownWhen")
        if written is None:
            return None
        if hidden:
            self._wrong((*place, "shownWhen"), _("A hidden page is computed and never shown; there are no conditions."))
            return None
        try:
            return read_condition(written)
        except ConditionRefused as refusal:
            self._wrong((*place, "shownWhen"), str(refusal))
            return None

    def _flag(self, document: Mapping[str, object], key: str, place: tuple[str, ...]) -> bool:
        value = document.get(key, False)
        if not isinstance(value, bool):
            self._wrong((*place, key), _("This must be true or false."))
        return value is True

    def _version(self, value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 2_147_483_647:
            return value
        self._wrong(("form", "version"), _("A version is a whole number from 1."))
        return 1

    def _language(self, document: Mapping[str, object]) -> str:
        value = document.get("language", "da")
        if isinstance(value, str) and LANGUAGE.fullmatch(value):
            return value
        self._wrong(("form", "language"), _("This must be a language tag such as “da” or “en”."))
        return "da"

    def _updated_at(self, document: Mapping[str, object]) -> datetime | None:
        value = document.get("updatedAt")
        if value is None:
            return None
        moment = read_instant(value) if isinstance(value, str) else None
        if moment is None:
            self._wrong(("form", "updatedAt"), _("This must be a time such as 2026-11-20T08:41:07Z."))
        return moment

    def _pages(self, value: object) -> tuple[Page, ...]:
        if not isinstance(value, Sequence) or isinstance(value, str) or not value:
            self._wrong(("form", "pages"), _("There must be a list of at least one page."))
            return ()
        return tuple(self._page(page, f"pages[{number}]") for number, page in enumerate(value, 1))

    def _page(self, document: object, place: str) -> Page:
        if not isinstance(document, Mapping):
            self._wrong((place,), _("A page is a JSON object."))
            return Page("", None, hidden=False, items=())
        name = self._name(document, "name", (place,))
        here = (name or place,)
        hidden = self._flag(document, "hidden", here)
        items = self._items(document.get("items", []), here, 1, hidden=hidden)
        return Page(
            name,
            self._optional_text(document, "title", here),
            hidden,
            items,
            help=self._optional_text(document, "help", here),
            shown_when=self._condition(document, here, hidden=hidden),
        )

    def _name(self, document: Mapping[str, object], key: str, place: tuple[str, ...]) -> str:
        expected = _("a name of at most 128 characters, in one line, without blanks at its ends or two in a row")
        return self._text(document, key, place, is_name, expected)

    def _items(self, value: object, place: tuple[str, ...], depth: int, *, hidden: bool) -> tuple[Group | Field, ...]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            self._wrong((*place, "items"), _("There must be a list of groups and fields."))
            return ()
        if depth > DEEPEST:
            self._wrong(place, _("Groups stand at most {deepest} levels deep.").format(deepest=DEEPEST))
            return ()
        names = distinct_names([_item_name(item) for item in value])
        read = (
            self._item(item, (*place, name), (*place, f"items[{number}]"), depth, hidden=hidden)
            for number, (item, name) in enumerate(zip(value, names, strict=True), 1)
        )
        return tuple(item for item in read if item is not None)

    def _item(
        self, document: object, named: tuple[str, ...], numbered: tuple[str, ...], depth: int, *, hidden: bool
    ) -> Group | Field | None:
        if not isinstance(document, Mapping) or ("group" in document) == ("field" in document):
            self._wrong(numbered, _("An item is a JSON object with either “group” or “field”."))
            return None
        if "field" in document:
            return self._field(document, named, numbered, hidden=hidden)
        name = self._name(document, "group", numbered)
        here = named if name else numbered
        title = self._optional_text(document, "title", here)
        items = self._items(document.get("items", []), here, depth + 1, hidden=hidden)
        group = Group(
            name,
            title,
            self._flag(document, "repeats", here),
            items,
            help=self._optional_text(document, "help", here),
            shown_when=self._condition(document, here, hidden=hidden),
            at_least=self._number(document, "atLeast", here, 0) or 0,
            at_most=self._number(document, "atMost", here),
        )
        self._check_counts(group, here, hidden=hidden)
        return group

    def _field(
        self, document: Mapping[str, object], named: tuple[str, ...], numbered: tuple[str, ...], *, hidden: bool
    ) -> Field:
        name = self._name(document, "field", numbered)
        here = named if name else numbered
        field = Field(
            name=name,
            title=self._optional_text(document, "title", here),
            type=self._type(document.get("type", "text"), here),
            required=self._flag(document, "required", here),
            multiple=self._flag(document, "multiple", here),
            choices=self._choices(document.get("choices", []), here),
            default=self._optional_text(document, "default", here),
            help=self._optional_text(document, "help", here),
            multiline=self._flag(document, "multiline", here),
            shown_when=self._condition(document, here, hidden=hidden),
            accept=self._kinds(document.get("accept") or [], here),
            largest_file=self._number(document, "largestFile", here),
            autocomplete=self._autocomplete(document, here),
        )
        if hidden:
            self._check_hidden_field(field, here)
        else:
            self._check_visible_field(field, here)
        return field

    def _type(self, value: object, place: tuple[str, ...]) -> str:
        if isinstance(value, str) and value in {*FIELD_TYPES, FILE_TYPE}:
            return value
        known = ", ".join([*FIELD_TYPES, FILE_TYPE])
        self._wrong((*place, "type"), _("There is no such type. The types are {known}.").format(known=known))
        return "text"

    def _autocomplete(self, document: Mapping[str, object], place: tuple[str, ...]) -> str | None:
        value = self._optional_text(document, "autocomplete", place)
        if value is not None and value not in AUTOCOMPLETE:
            text = _("There is no such word here. The words are {known}.").format(known=", ".join(AUTOCOMPLETE))
            self._wrong((*place, "autocomplete"), text)
        return value

    def _kinds(self, value: object, place: tuple[str, ...]) -> tuple[str, ...]:
        if not isinstance(value, Sequence) or isinstance(value, str) or any(kind not in [*KINDS] for kind in value):
            text = _("There must be a list of kinds of files. The kinds are {known}.").format(known=", ".join(KINDS))
            self._wrong((*place, "accept"), text)
            return ()
        return tuple(value)

    def _check_counts(self, group: Group, place: tuple[str, ...], *, hidden: bool) -> None:
        counts = (group.at_least, group.at_most) != (0, None)
        if counts and (hidden or not group.repeats):
            self._wrong(place, _("Only a group that repeats on a page that is shown has “atLeast” and “atMost”."))
        elif group.at_least > group.most_offered:
            self._wrong((*place, "atLeast"), _("This must not be more than “atMost”."))

    def _choices(self, value: object, place: tuple[str, ...]) -> tuple[Choice, ...]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            self._wrong((*place, "choices"), _("There must be a list of choices."))
            return ()
        choices = []
        for number, entry in enumerate(value, 1):
            at = (*place, f"choices[{number}]")
            if not isinstance(entry, Mapping):
                self._wrong(at, _("A choice is a JSON object with “value” and “title”."))
                continue
            own = self._text(entry, "value", at, str.strip, _("the value that is handed on"))
            choices.append(Choice(own, self._optional_text(entry, "title", at) or own))
        values = [choice.value for choice in choices]
        for twice in sorted({own for own in values if values.count(own) > 1}):
            self._wrong((*place, "choices"), _("“{value}” stands here twice.").format(value=twice))
        return tuple(choices)

    def _check_hidden_field(self, field: Field, place: tuple[str, ...]) -> None:
        if field.is_file:
            self._wrong(place, _("A hidden page has no file fields: nobody could attach anything there."))
        if field.choices and field.type != "choice":
            self._wrong((*place, "choices"), _("Only a field of type choice has choices."))

    def _check_visible_field(self, field: Field, place: tuple[str, ...]) -> None:
        if (field.type == "choice") != bool(field.choices):
            self._wrong((*place, "choices"), _("A field of type choice has choices, and no other has."))
        if field.multiline and field.type != "text":
            self._wrong((*place, "multiline"), _("Only a field of type text has several lines."))
        if not field.is_file and (field.accept or field.largest_file is not None):
            self._wrong(place, _("Only a field of type file has “accept” and “largestFile”."))
        if field.default is None or field.default == "":
            return
        if field.is_file:
            self._wrong((*place, "default"), _("A file field has no default."))
            return
        try:
            read_value(field.type, field.default, tuple(choice.value for choice in field.choices))
        except ValueRefused as refusal:
            self._wrong((*place, "default"), str(refusal))

    def _check_names(self, form: Form) -> None:
        self._check_siblings([page.name for page in form.pages], ("form", "pages"))
        for page in form.pages:
            # on a hidden page a name may stand several times: several cases, several contacts
            if not page.hidden:
                self._check_inside(page.items, (page.name,))
        files = [question.field.name for question in questions(form) if question.field.is_file]
        for twice in sorted({name for name in files if files.count(name) > 1}):
            text = _(
                "The file field “{name}” stands in the form twice; an attachment knows its field by the name alone."
            )
            self._wrong(("form",), text.format(name=twice))

    def _check_inside(self, items: tuple[Group | Field, ...], place: tuple[str, ...]) -> None:
        self._check_siblings([item.name for item in items], place)
        for item in items:
            if isinstance(item, Group):
                self._check_inside(item.items, (*place, item.name))

    def _check_siblings(self, names: list[str], place: tuple[str, ...]) -> None:
        for twice in sorted({name for name in names if names.count(name) > 1}):
            self._wrong(place, _("The name “{name}” stands here twice.").format(name=twice))

    def _check_templates(self, form: Form) -> None:
        known = references(form)
        found = len(self._problems)
        for page in form.pages:
            if page.hidden:
                self._check_templates_inside(page.items, (page.name,), known)
        if found == len(self._problems):
            for place, names in ambiguous_repetitions(form):
                text = _("This group repeats, but its templates name several groups that repeat: {names}.")
                self._wrong(place, text.format(names=re.sub(r"\s+", " ", ", ".join(names))))

    def _check_templates_inside(
        self, items: tuple[Group | Field, ...], place: tuple[str, ...], known: Mapping[str, Question]
    ) -> None:
        for item, name in zip(items, distinct_names([item.name for item in items]), strict=True):
            here = (*place, name)
            if isinstance(item, Group):
                self._check_templates_inside(item.items, here, known)
                continue
            try:
                parse_template(item.default or "", frozenset(known))
            except TemplateRefused as refusal:
                self._wrong((*here, "default"), str(refusal))


def _item_name(document: object) -> str:
    """The name that a group or field says to have; empty where it says none that is a text."""
    value = document.get("field", document.get("group")) if isinstance(document, Mapping) else None
    return value if isinstance(value, str) else ""
