"""Makes typed values of a mapped group's texts, checks them, and says of each from which fields it came."""

from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from formcase.planning import errors
from formcase.planning.codes import CONTACT_TYPES, COUNTRIES, POSTCODES, near_codes, table_of
from formcase.planning.found import Found
from formcase.planning.knowledge import CodeTable, CodeTableKey, Knowledge
from formcase.planning.mapping import Answer, MappedGroup
from formcase.planning.metadata import Property
from formcase.planning.plan import Entry, Value
from formcase.planning.values import Unfit, is_free_text, read_value
from formcase.submission.model import FieldPath

_BETWEEN: Final = "; "


@dataclass(frozen=True, slots=True)
class Entries:
    """Makes entries, with what is known of the case system at hand. What is wrong goes to `found`."""

    knowledge: Knowledge
    zone: ZoneInfo
    found: Found

    def entry(self, group: MappedGroup, without: tuple[str, ...] = ()) -> Entry:
        """The group as an entry, what is nested in it included. without: properties and groups that are left out."""
        values: dict[str, Value] = {}
        origins: dict[str, tuple[FieldPath, ...]] = {}
        for name in group.texts:
            property_ = group.type.properties.get(name)
            if property_ is None or name in without:
                continue
            value = self.value(group, property_)
            if value is not None:
                values[name] = value
                origins[name] = group.paths(name)
        nested = {
            name: self.entry(groups[0]) if name in group.single else tuple(self.entry(inner) for inner in groups)
            for name, groups in group.nested.items()
            if name not in without
        }
        return Entry(values, nested, origins)

    def value(self, group: MappedGroup, property_: Property) -> Value | None:
        """One property's value; None, and an error, where its texts don't make one."""
        answers = group.texts[property_.name]
        place = self.found.field(answers[0].path, group.type.name)
        if len(answers) > 1 and property_.type != "Edm.String":
            values = _BETWEEN.join(answer.text.strip() for answer in answers)
            self.found.add(
                errors.SeveralValues(place=place, value=values, property=property_.name, type=property_.type)
            )
            return None
        text = _text(answers, property_)
        try:
            value = read_value(text, property_.type, self.zone)
        except Unfit as unfit:
            self.found.add(
                errors.WrongType(
                    place=place, value=text, property=property_.name, type=property_.type, expected=unfit.expected
                )
            )
            return None
        if isinstance(value, str):
            self._check_length(place, property_, value)
            self._check_code(place, group, property_, value)
        return value

    def code(self, place: errors.Place, name: str, key: CodeTableKey, code: str) -> bool:
        """Whether the code is in its table, where that is known; an error where it is not."""
        table = self.table(key)
        if table is None or code in table.codes:
            return True
        near = self.found.near(lambda: near_codes(code, table))
        self.found.add(errors.UnknownCode(place=place, value=code, near=near, property=name, table=key))
        return False

    def table(self, key: CodeTableKey) -> CodeTable | None:
        """A code table; None where the case system does not serve it."""
        table = self.knowledge.code_tables.get(key)
        if table is None and key == CONTACT_TYPES and self.knowledge.contact_types:
            return CodeTable({code: known.text for code, known in self.knowledge.contact_types.items()})
        return table

    def _check_length(self, place: errors.Place, property_: Property, value: str) -> None:
        if property_.max_length is not None and len(value) > property_.max_length:
            self.found.add(
                errors.TooLong(
                    place=place, value=value, property=property_.name, length=len(value), most=property_.max_length
                )
            )

    def _check_code(self, place: errors.Place, group: MappedGroup, property_: Property, value: str) -> None:
        key = table_of(self.knowledge.metadata, group.type, property_.name, country_of(group))
        if key is None or (key.entity_set == POSTCODES and not self._knows_country(key.type)):
            return
        self.code(place, property_.name, key, value)

    def _knows_country(self, country: str | None) -> bool:
        """An unknown country is one error; that its postcodes are unknown too is none."""
        countries = self.table(COUNTRIES)
        return country is None or countries is None or country in countries.codes


def text_of(group: MappedGroup, name: str) -> str:
    """The text of a property that is no free text, blanks around it taken off; empty where there is none."""
    return _BETWEEN.join(answer.text.strip() for answer in group.texts.get(name, ()))


def country_of(group: MappedGroup) -> str | None:
    """The country that stands beside a postcode; None where the case system's own is meant."""
    return text_of(group, "CountryCode_Value") or None


def _text(answers: tuple[Answer, ...], property_: Property) -> str:
    if is_free_text(property_.name, property_.type):
        return _BETWEEN.join(answer.text for answer in answers)
    return _BETWEEN.join(answer.text.strip() for answer in answers)
