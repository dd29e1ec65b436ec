"""Reads a mapping from JSON, as `writing.py` writes it or as a person does: all that is wrong is told at once.

Whether the case system knows the properties, and the form the fields, is not asked here.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from formcase.messages import Message, message
from formcase.planning.mapping import CASES, CONTACTS, TEMPLATE
from formcase.planning.own_mapping.checking import LONGEST_NAME, At, Checking, token
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
from formcase.planning.own_mapping.problems import MappingProblem, UnreadableMapping
from formcase.planning.own_mapping.references import Part, Reference, Unclear, read_reference, read_template
from formcase.planning.own_mapping.writing import KIND, VERSION

LARGEST: Final = 4 * 1024 * 1024  # bytes of a written mapping
DEPTH: Final = 8  # groups inside each other
ITEMS: Final = 5_000
_FORM_ID: Final = re.compile(r"[A-Za-z0-9_\-][A-Za-z0-9._\-]{0,63}")
_TOP: Final = (CASES, CONTACTS, TEMPLATE)
_RULES: Final = ("constant", "template", "field")
_DEMANDS: Final = tuple(demand.value for demand in Demand)
_KEYS: Final = {
    "mapping": ("formcase", "version", "forms", "groups"),
    "group": ("group", "repeat", "when", "items"),
    "property": ("property", *_RULES, "shown", "convert", "otherwise", "when"),
    "condition": ("field", "group", *_DEMANDS),
    "part": ("field",),
}


def mapping_from_json(text: str | bytes) -> OwnMapping:
    """Read a mapping from a JSON text. Raises `UnreadableMapping`."""
    if len(text) > LARGEST:
        raise _whole(message("it is longer than {limit} bytes.", limit=LARGEST))
    twice: list[str] = []

    def pairs(found: list[tuple[str, object]]) -> dict[str, object]:
        made = dict(found)
        if len(made) < len(found):
            names = [name for name, _ in found]
            twice.extend(name for name in made if names.count(name) > 1)
        return made

    try:
        data = json.loads(text, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        what = message("line {line}, column {column}: this is no JSON.", line=error.lineno, column=error.colno)
        raise _whole(what) from error
    except UnicodeDecodeError as error:
        raise _whole(message("this is no UTF-8.")) from error
    except RecursionError as error:
        raise _whole(_too_deep()) from error
    if twice:
        raise _whole(message("the name {name} stands twice in one object.", name=twice[0][:LONGEST_NAME]))
    return mapping_from_data(data)


def mapping_from_data(data: object) -> OwnMapping:
    """Read a mapping from data of JSON's own types. Raises `UnreadableMapping` with everything that is wrong."""
    reading = _Reading()
    mapping = reading.mapping(At(), data)
    if reading.problems or mapping is None:
        raise UnreadableMapping(tuple(reading.problems))
    return mapping


def item_from_data(data: object) -> GroupRule | PropertyRule:
    """Read one group or property of a mapping. Raises `UnreadableMapping`; places are told as seen from the part."""
    reading = _Reading()
    item = reading.part(data)
    if reading.problems or item is None:
        raise UnreadableMapping(tuple(reading.problems))
    return item


@dataclass(slots=True)
class _Reading(Checking):
    """Reads one mapping."""

    _items: int = 0

    def mapping(self, place: At, data: object) -> OwnMapping | None:
        content = self.contents(place, data, _KEYS["mapping"])
        if content is None:
            return None
        if content.get("formcase") != KIND:
            self.wrong(place.at("formcase"), message("“{kind}” is expected.", kind=KIND))
        if content.get("version") != VERSION or isinstance(content.get("version"), bool):
            self.wrong(place.at("version"), message("{version} is expected.", version=VERSION))
        if "groups" not in content:
            self.wrong(place, message("“{name}” is missing.", name="groups"))
        forms = self.each(place.at("forms"), content.get("forms", []), self._form_id)
        groups = self.each(place.at("groups"), content.get("groups", []), self._top_group)
        return OwnMapping(tuple(groups), tuple(forms))

    def part(self, data: object) -> GroupRule | PropertyRule | None:
        return self._item(At(), data, 1)

    def _form_id(self, place: At, data: object) -> str | None:
        text = self.text(place, data)
        if text is not None and not _FORM_ID.fullmatch(text):
            self.wrong(place, message("a form ID is expected, as “800636”."))
            return None
        return text

    def _top_group(self, place: At, data: object) -> GroupRule | None:
        item = self._item(place, data, 1)
        if item is None:
            return None
        if isinstance(item, GroupRule) and item.name in _TOP:
            return item
        what = message("only the groups {names} may stand here, not {name}.", names=", ".join(_TOP), name=item.name)
        self.wrong(place, what)
        return None

    def _item(self, place: At, data: object, depth: int) -> GroupRule | PropertyRule | None:
        self._items += 1
        if self._items == ITEMS + 1:
            self.wrong(place, message("there are more than {limit} groups and properties.", limit=ITEMS))
        if self._items > ITEMS:
            return None
        if not isinstance(data, Mapping) or ("group" in data) == ("property" in data):
            self.wrong(place, message("an object with either “group” or “property” is expected."))
            return None
        if "group" in data:
            return self._group(place, data, depth)
        return self._property(place, data)

    def _group(self, place: At, data: object, depth: int) -> GroupRule | None:
        inside = _named(place, data, "group")
        content = self.contents(inside, data, _KEYS["group"])
        if content is None:
            return None
        name = self._name(place.at("group"), content.get("group"))
        if depth > DEPTH:
            self.wrong(inside, _too_deep())
            return None
        items: list[GroupRule | PropertyRule] = self.each(
            inside.at("items"), content.get("items", []), lambda at, inner: self._item(at, inner, depth + 1)
        )
        when = self._when(inside, content)
        repeat = self._reference(inside.at("repeat"), content["repeat"]) if "repeat" in content else None
        return None if name is None else GroupRule(name, tuple(items), when, repeat)

    def _property(self, place: At, data: object) -> PropertyRule | None:
        inside = _named(place, data, "property")
        content = self.contents(inside, data, _KEYS["property"])
        if content is None:
            return None
        name = self._name(place.at("property"), content.get("property"))
        rule = self._rule(inside, content)
        when = self._when(inside, content)
        return None if name is None or rule is None else PropertyRule(name, rule, when)

    def _rule(self, place: At, content: Mapping[str, object]) -> Rule | None:
        given = [kind for kind in _RULES if kind in content]
        if len(given) != 1:
            self.wrong(place, message("exactly one of {names} is expected.", names=", ".join(_RULES)))
            return None
        for name, needed in (("shown", "field"), ("convert", "field"), ("otherwise", "convert")):
            if name in content and needed not in content:
                self.wrong(place.at(name), message("this belongs to “{name}”, which is not here.", name=needed))
        if given == ["constant"]:
            text = self.text(place.at("constant"), content["constant"])
            return None if text is None else Constant(text)
        if given == ["template"]:
            parts = self._template(place.at("template"), content["template"])
            return None if parts is None else Template(parts)
        return self._from_field(place, content)

    def _from_field(self, place: At, content: Mapping[str, object]) -> Rule | None:
        reference = self._reference(place.at("field"), content["field"])
        shown = content.get("shown", False)
        if not isinstance(shown, bool):
            self.wrong(place.at("shown"), message("true or false is expected."))
            return None
        if "convert" not in content:
            return None if reference is None else Pick(reference, shown)
        if shown:
            self.wrong(place.at("shown"), message("a conversion looks up values, not what the person saw."))
        table = self._table(place.at("convert"), content["convert"])
        otherwise = content.get("otherwise")
        if otherwise is not None:
            otherwise = self.text(place.at("otherwise"), otherwise)
        if reference is None or table is None:
            return None
        return Conversion(reference, table, otherwise)

    def _table(self, place: At, data: object) -> tuple[tuple[str, str], ...] | None:
        if not isinstance(data, Mapping):
            self.wrong(place, message("an object is expected: for each value of the form the code that it becomes."))
            return None
        rows: list[tuple[str, str]] = []
        for value, code in data.items():
            at = place.at(f"“{value}”"[:LONGEST_NAME])
            text = self.text(at, code)
            if self.text(at, value) is None or text is None:
                continue
            if value != value.strip():
                self.wrong(at, message("blanks around a value don't count; leave them out."))
            rows.append((value, text))
        return tuple(rows)

    def _template(self, place: At, data: object) -> tuple[Part, ...] | None:
        if isinstance(data, Sequence) and not isinstance(data, str):
            parts: list[Part] = self.each(place, data, self._part)
            return tuple(parts) if len(parts) == len(data) else None
        text = self.text(place, data)
        if text is None:
            return None
        try:
            found = read_template(text)
        except Unclear as unclear:
            what = message(
                "at character {at} a brace stands alone. Braces that are meant as such are doubled; an answer is "
                "{{Page.Group.Field}}.",
                at=unclear.at + 1,
            )
            self.wrong(place, what)
            return None
        checked = [self._checked(place, part) for part in found if isinstance(part, Reference)]
        return None if None in checked else found

    def _part(self, place: At, data: object) -> Part | None:
        if isinstance(data, str):
            return self.text(place, data) or None
        content = self.contents(place, data, _KEYS["part"])
        return None if content is None else self._reference(place.at("field"), content.get("field"))

    def _when(self, place: At, content: Mapping[str, object]) -> tuple[Condition, ...]:
        if "when" not in content:
            return ()
        data, at = content["when"], place.at("when")
        if isinstance(data, Mapping):
            condition = self._condition(at, data)
            return () if condition is None else (condition,)
        return tuple(self.each(at, data, self._condition))

    def _condition(self, place: At, data: object) -> Condition | None:
        content = self.contents(place, data, _KEYS["condition"])
        if content is None:
            return None
        demands = [name for name in _DEMANDS if name in content]
        if ("field" in content) == ("group" in content) or len(demands) != 1:
            what = message("a condition has either “field” or “group”, and one of {names}.", names=", ".join(_DEMANDS))
            self.wrong(place, what)
            return None
        is_group = "group" in content
        subject_name = "group" if is_group else "field"
        reference = self._reference(place.at(subject_name), content[subject_name])
        demand = Demand(demands[0])
        texts = self._texts(place.at(demand.value), demand, content[demand.value], is_group)
        return None if reference is None or texts is None else Condition(reference, demand, texts, is_group)

    def _texts(self, place: At, demand: Demand, data: object, is_group: bool) -> tuple[str, ...] | None:
        if demand in {Demand.EMPTY, Demand.NOT_EMPTY}:
            if data is True:
                return ()
            self.wrong(place, message("true is expected; leave it out where it is not meant."))
            return None
        if is_group:
            self.wrong(place, message("a group can be asked only whether it is empty or not."))
            return None
        if demand is Demand.EQUALS:
            text = self.text(place, data)
            return None if text is None else (text,)
        texts = self.each(place, data, self.text)
        if not texts:
            self.wrong(place, message("at least one text is expected."))
            return None
        return tuple(texts)

    def _reference(self, place: At, data: object) -> Reference | None:
        if isinstance(data, Sequence) and not isinstance(data, str):
            names = self.each(place, data, self.text)
            return self._checked(place, Reference(tuple(names))) if len(names) == len(data) else None
        text = self.text(place, data)
        if text is None:
            return None
        try:
            return self._checked(place, read_reference(text))
        except Unclear:
            self.wrong(place, _a_reference())
            return None

    def _checked(self, place: At, reference: Reference) -> Reference | None:
        names = reference.names
        if len(names) < 2 or any(name != token(name) or not 0 < len(name) <= LONGEST_NAME for name in names):
            self.wrong(place, _a_reference())
            return None
        return reference

    def _name(self, place: At, data: object) -> str | None:
        text = self.text(place, data)
        if text is None:
            return None
        if text != token(text) or not 0 < len(text) <= LONGEST_NAME:
            what = message(
                "a name of 1 to {limit} characters without blanks around it is expected.", limit=LONGEST_NAME
            )
            self.wrong(place, what)
            return None
        return text


def _named(place: At, data: object, key: str) -> At:
    """The place with the name of the group or property, as far as it can be read."""
    name = data.get(key) if isinstance(data, Mapping) else None
    return place.named(name[:LONGEST_NAME]) if isinstance(name, str) else place


def _a_reference() -> Message:
    return message(
        "a field or group of the form is expected, as Page.Group.Field. Dots and braces inside a name are doubled; "
        "where that leaves it open where a name ends, write a list of the names."
    )


def _too_deep() -> Message:
    return message("groups stand inside each other more than {limit} deep.", limit=DEPTH)


def _whole(what: Message) -> UnreadableMapping:
    return UnreadableMapping((MappingProblem("", (), what),))
