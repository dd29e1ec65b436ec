"""The form in which one part of a mapping is changed: from the part to what stands in the fields, and back to the data
that `own_mapping.reading` reads, so that what is wrong is said at the field that it concerns."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from formcase.configurator.translating import in_reader_language
from formcase.planning.own_mapping.editing import Item
from formcase.planning.own_mapping.model import (
    Constant,
    Conversion,
    GroupRule,
    Pick,
    PropertyRule,
    Template,
    references_of,
)
from formcase.planning.own_mapping.problems import MappingProblem, UnreadableMapping
from formcase.planning.own_mapping.reading import item_from_data
from formcase.planning.own_mapping.references import (
    Reference,
    Unclear,
    is_clear,
    read_template_of,
    written_template,
)

Values = dict[str, str]

MOST_ROWS: Final = 400  # that a page can send; a longer table is imported as a file
CONSTANT, FIELD, CONVERSION, TEMPLATE = "constant", "field", "conversion", "template"
KINDS: Final[tuple[tuple[str, str | Promise], ...]] = (
    (CONSTANT, gettext_lazy("Always the same")),
    (FIELD, gettext_lazy("A field of the form")),
    (CONVERSION, gettext_lazy("A field, converted by a table")),
    (TEMPLATE, gettext_lazy("A text with fields in it")),
)
ASKS: Final[tuple[tuple[str, str | Promise], ...]] = (
    ("field:equals", gettext_lazy("the field is")),
    ("field:oneOf", gettext_lazy("the field is one of")),
    ("field:notEmpty", gettext_lazy("the field is answered")),
    ("field:empty", gettext_lazy("the field is not answered")),
    ("group:notEmpty", gettext_lazy("something in the group is answered")),
    ("group:empty", gettext_lazy("nothing in the group is answered")),
)
_NOT_IN_TABLE: Final = (
    ("error", gettext_lazy("is an error")),
    ("code", gettext_lazy("becomes")),
)
_WHEN: Final = re.compile(r"when\[(\d+)\]")


class PartForm(forms.Form):
    """A property's rule or a group's repetition, and the conditions of either."""

    def __init__(self, values: Mapping[str, str], *, is_group: bool, has_codes: bool = False) -> None:
        super().__init__(values)
        self.rows = count(values, "value")
        self.conditions = count(values, "asks")
        if is_group:
            self._text("repeat", gettext("Repeat for each"), list_="group-choices")
        else:
            self._add_rule(has_codes=has_codes)
        for number in range(self.conditions):
            asks = forms.ChoiceField(label=gettext("Where"), required=False, choices=ASKS)
            self.fields[f"asks-{number}"] = asks
            self._text(f"subject-{number}", gettext("Field or group"), list_="subject-choices")
            self._long(f"texts-{number}", gettext("Value, or one on each line"), 2)

    def condition_fields(self) -> list[tuple[int, forms.BoundField, forms.BoundField, forms.BoundField]]:
        """Each condition with its number and fields."""
        return [
            (number, self[f"asks-{number}"], self[f"subject-{number}"], self[f"texts-{number}"])
            for number in range(self.conditions)
        ]

    def row_fields(self) -> list[tuple[int, forms.BoundField, forms.BoundField]]:
        """Each row of the table with its number and fields."""
        return [(number, self[f"value-{number}"], self[f"code-{number}"]) for number in range(self.rows)]

    def tell(self, problems: Iterable["Told"]) -> None:
        """Say each problem at its field."""
        for told in problems:
            self.add_error(told.field if told.field in self.fields else None, told.text)

    def _add_rule(self, *, has_codes: bool) -> None:
        self.fields["kind"] = forms.ChoiceField(
            label=gettext("Where the value comes from"), required=False, choices=KINDS, widget=forms.RadioSelect
        )
        codes = "code-choices" if has_codes else ""
        if has_codes:
            self._text("constant", gettext("Code"), list_=codes)
        else:
            self._long("constant", gettext("Value"), 2)
        self._text("field", gettext("Field of the form"), list_="field-choices")
        self.fields["shown"] = forms.BooleanField(label=gettext("As the person saw it, not its value"), required=False)
        for number in range(self.rows):
            self._text(f"value-{number}", gettext("Answer"), list_="answer-choices")
            self._text(f"code-{number}", gettext("Becomes"), list_=codes)
        self.fields["not_in_table"] = forms.ChoiceField(
            label=gettext("Any other answer"), required=False, choices=_NOT_IN_TABLE, widget=forms.RadioSelect
        )
        self._text("otherwise", gettext("Any other answer becomes"), list_=codes)
        self._long("template", gettext("Text with fields in it"), 3)

    def _text(self, name: str, label: str, *, list_: str = "") -> None:
        attributes = {"autocomplete": "off", "spellcheck": "false"} | ({"list": list_} if list_ else {})
        self.fields[name] = forms.CharField(label=label, required=False, widget=forms.TextInput(attributes))

    def _long(self, name: str, label: str, rows: int) -> None:
        widget = forms.Textarea({"rows": rows, "spellcheck": "false"})
        self.fields[name] = forms.CharField(label=label, required=False, strip=False, widget=widget)


@dataclass(frozen=True, slots=True)
class Told:
    """A problem at a field of the form; the name is empty where it is about the whole."""

    field: str
    text: str


class Wrong(Exception):
    """What stands in the form makes no part of a mapping. problems: each at its field."""

    def __init__(self, problems: Sequence[Told]) -> None:
        super().__init__(problems)
        self.problems = tuple(problems)


def has_too_many_rows(item: Item | None) -> bool:
    """Whether a page can't send the table of a part whole."""
    rule = item.rule if isinstance(item, PropertyRule) else None
    return isinstance(rule, Conversion) and len(rule.table) > MOST_ROWS


def count(values: Mapping[str, str], name: str) -> int:
    """How many rows of this name the values have."""
    numbers = [int(key.partition("-")[2]) for key in values if re.fullmatch(rf"{name}-\d{{1,4}}", key)]
    return min(max(numbers, default=-1) + 1, MOST_ROWS)


def values_of(item: Item) -> Values:
    """What stands in the fields for a part."""
    values: Values = {}
    if isinstance(item, GroupRule):
        values["repeat"] = "" if item.repeat is None else str(item.repeat)
    else:
        values |= _of_rule(item)
    for number, condition in enumerate(item.when):
        subject = "group" if condition.is_group else "field"
        values[f"asks-{number}"] = f"{subject}:{condition.demand.value}"
        values[f"subject-{number}"] = str(condition.subject)
        values[f"texts-{number}"] = "\n".join(condition.texts)
    return values


def references_in(item: Item) -> tuple[Reference, ...]:
    """The fields and groups of the form that a part names itself."""
    own = [condition.subject for condition in item.when]
    if isinstance(item, GroupRule):
        return (*own, *([] if item.repeat is None else [item.repeat]))
    return (*own, *references_of(item.rule))


def without(values: Values, number: int, *names: str) -> None:
    """Take one row out; those after it move up."""
    last = max(count(values, name) for name in names)
    for later in range(number, last):
        for name in names:
            moved = values.pop(f"{name}-{later + 1}", None)
            values.pop(f"{name}-{later}", None)
            if moved is not None:
                values[f"{name}-{later}"] = moved


def with_row(values: Values, value: str = "", code: str = "") -> None:
    """One more row of the table."""
    number = count(values, "value")
    if number < MOST_ROWS:
        values[f"value-{number}"], values[f"code-{number}"] = value, code


def with_condition(values: Values) -> None:
    """One more condition."""
    number = count(values, "asks")
    values[f"asks-{number}"], values[f"subject-{number}"], values[f"texts-{number}"] = "field:equals", "", ""


def filled(values: Values, answers: Iterable[str]) -> None:
    """A row for each answer that has none yet."""
    there = {values.get(f"value-{number}", "").strip() for number in range(count(values, "value"))}
    for number in reversed(range(count(values, "value"))):
        if not values.get(f"value-{number}") and not values.get(f"code-{number}"):
            without(values, number, "value", "code")
    for answer in answers:
        if answer.strip() not in there:
            with_row(values, answer)


def read_part(name: str, values: Mapping[str, str], known: Iterable[Reference], before: Item | None) -> PropertyRule:
    """The property that the values make. known: the fields of the form, so that their names decide what is meant;
    before: the part as it was. Raises `Wrong`."""
    return _Reading(values, known, before).property(name)


def read_group(values: Mapping[str, str], known: Iterable[Reference], before: GroupRule) -> GroupRule:
    """The group with what the values say of it. Raises `Wrong`."""
    return _Reading(values, known, before).group(before)


def _of_rule(item: PropertyRule) -> Values:
    match item.rule:
        case Constant(text):
            return {"kind": CONSTANT, CONSTANT: text}
        case Template(parts):
            return {"kind": TEMPLATE, TEMPLATE: written_template(parts)}
        case Pick(field, shown):
            return {"kind": FIELD, FIELD: str(field)} | ({"shown": "on"} if shown else {})
        case Conversion(field, table, otherwise):
            values: Values = {"kind": CONVERSION, FIELD: str(field), "otherwise": otherwise or ""}
            values["not_in_table"] = "error" if otherwise is None else "code"
            for value, code in table:
                with_row(values, value, code)
            return values


class _Reading:
    """Makes data of what stands in the fields, remembers which field each piece came from, and has it read."""

    def __init__(self, values: Mapping[str, str], known: Iterable[Reference], before: Item | None) -> None:
        references = [*(references_in(before) if before is not None else ()), *known]
        self._values = values
        self._known = {str(reference): reference for reference in references}
        self._problems: list[Told] = []
        self._conditions: list[int] = []
        self._answers: dict[str, int] = {}

    def property(self, name: str) -> PropertyRule:
        item = self._read({"property": name, **self._rule(), **self._when()})
        if not isinstance(item, PropertyRule):
            raise TypeError(item)
        return item

    def group(self, before: GroupRule) -> GroupRule:
        repeat = self._value("repeat").strip()
        data = {"group": before.name, **({"repeat": self._reference(repeat)} if repeat else {}), **self._when()}
        item = self._read(data)
        if not isinstance(item, GroupRule):
            raise TypeError(item)
        return GroupRule(item.name, before.items, item.when, item.repeat)

    def _read(self, data: Mapping[str, object]) -> Item:
        try:
            item = item_from_data(data)
        except UnreadableMapping as wrong:
            raise Wrong([*self._problems, *map(self._told, wrong.problems)]) from wrong
        if self._problems:
            raise Wrong(self._problems)
        return item

    def _rule(self) -> dict[str, object]:
        match self._value("kind"):
            case "constant":
                return {"constant": self._value("constant")}
            case "template":
                return {"template": self._template()}
            case "field":
                shown = {"shown": True} if self._value("shown") else {}
                return {"field": self._reference(self._value("field")), **shown}
            case "conversion":
                otherwise = {"otherwise": self._value("otherwise")} if self._value("not_in_table") == "code" else {}
                return {"field": self._reference(self._value("field")), "convert": self._table(), **otherwise}
            case _:
                self._problems.append(Told("kind", gettext("Choose where the value comes from.")))
                return {"constant": ""}

    def _table(self) -> dict[str, str]:
        table: dict[str, str] = {}
        for number in range(count(self._values, "value")):
            value, code = self._value(f"value-{number}").strip(), self._value(f"code-{number}").strip()
            if not value and not code:
                continue
            if value in table:
                text = gettext("“{answer}” stands in the table twice.").format(answer=value)
                self._problems.append(Told(f"value-{number}", text))
            table[value] = code
            self._answers[value] = number
        if not table:
            self._problems.append(Told("field", gettext("The table has no row. Add one for each answer.")))
        return table

    def _template(self) -> object:
        """Where a name of the form could be read in two ways, the form's fields decide."""
        text = self._value("template")
        if all(is_clear(reference) for reference in self._known.values()):
            return text
        try:
            parts = read_template_of(text, self._known.values())
        except Unclear:
            return text
        return [part if isinstance(part, str) else {"field": list(part.names)} for part in parts]

    def _when(self) -> dict[str, object]:
        found = []
        for number in range(count(self._values, "asks")):
            subject, _, demand = self._value(f"asks-{number}").partition(":")
            named, text = self._value(f"subject-{number}").strip(), self._value(f"texts-{number}")
            if not named and not text.strip():
                continue
            texts = [line.strip() for line in text.splitlines() if line.strip()]
            wanted: dict[str, object] = {"equals": text.strip(), "oneOf": texts}
            self._conditions.append(number)
            found.append({subject or "field": self._reference(named), demand: wanted.get(demand, True)})
        return {"when": found} if found else {}

    def _reference(self, text: str) -> object:
        known = self._known.get(text.strip())
        return text.strip() if known is None else list(known.names)

    def _value(self, name: str) -> str:
        return self._values.get(name, "").replace("\r\n", "\n")

    def _told(self, problem: MappingProblem) -> Told:
        """The problem at the field that its place came from."""
        text = in_reader_language(problem.what)
        place, text = problem.place, text[:1].upper() + text[1:]
        if found := _WHEN.match(place):
            number = self._conditions[int(found[1])]
            is_subject = place.endswith((".field", ".group"))
            return Told(f"{'subject' if is_subject else 'texts'}-{number}", text)
        if place.startswith("convert.“"):
            value = place.removeprefix("convert.“").removesuffix("”")
            number = next((row for answer, row in self._answers.items() if answer.startswith(value)), 0)
            return Told(f"value-{number}", text)
        names = {"convert": "field", "repeat": "repeat"}
        head = place.partition("[")[0].partition(".")[0]
        return Told(names.get(head, head), text)
