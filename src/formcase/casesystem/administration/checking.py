"""What must hold of a row before it is saved, whether it comes from a page or from a file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from cryptography import x509
from django.utils.translation import gettext as _

from formcase.casesystem.access_codes import MAX_CODE_LENGTH
from formcase.casesystem.administration.rows import Row, keys, rows
from formcase.casesystem.administration.tables import TABLES, Check, Column, Kind, Table
from formcase.casesystem.edm import CustomFieldKind
from formcase.casesystem.rights import EVERYONE
from formcase.casesystem.schema import NAMESPACE, build_model

CUSTOMISABLE = ("File", "Record", "Contact")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")
_MASK_FIELD = re.compile(r"\{([^}]*)\}")
_MASK_FIELDS = ("year", "file class", "number")


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with one column; with the row as a whole where column is empty."""

    column: str
    message: str


class Known:
    """The codes that columns may refer to: those in the database, and those of a file that is being read."""

    def __init__(self, coming: Mapping[str, list[Row]] | None = None) -> None:
        self._coming = coming or {}
        self._codes: dict[str, set[str]] = {}
        self._groups: dict[str, set[str]] = {}

    def codes(self, column: Column) -> set[str]:
        """What a column that refers to a table may be."""
        if column.refers not in self._codes:
            table = next(one for one in TABLES if one.name == column.refers)
            coming = self._coming.get(table.name, [])
            there = [
                *keys(table),
                *((one.group, str(one.values[table.key])) for one in coming if table.key in one.values),
            ]
            self._codes[table.name] = {key for _group, key in there}
            self._groups[table.name] = {*(group for group, _key in there), *(one.group for one in coming)}
        return self._groups[column.refers] if column.group else self._codes[column.refers]


def wrong_with(table: Table, row: Row, known: Known) -> list[Wrong]:
    """Everything that is wrong with a row."""
    found = []
    for column in table.columns:
        value = row.values.get(column.name)
        if value is None or value == "":
            if column.required and column.name in row.values:
                found.append(Wrong(column.name, _("This must be filled in.")))
            continue
        found += [Wrong(column.name, message) for message in _wrong(column, value, known)]
    return found or [*_wrong_group(table, row), *_wrong_row(table, row)]


def _wrong(column: Column, value: Any, known: Known) -> list[str]:
    if column.choices and value not in column.choices:
        return [_("“{value}” is none of: {choices}.").format(value=value, choices=", ".join(column.choices))]
    if column.refers:
        allowed = known.codes(column)
        wanted = value if column.kind is Kind.CODES else [value]
        return [_unknown(column, str(one), allowed) for one in wanted if one not in allowed and one != EVERYONE]
    match column.check:
        case Check.MASK:
            return _wrong_mask(str(value))
        case Check.NAME if not _NAME.fullmatch(str(value)):
            return [_("A name begins with a letter and has letters, digits and _ only; at most 60.")]
        case Check.CERTIFICATE:
            return _wrong_certificate(str(value))
    if column.kind is Kind.TEXT and len(str(value)) > (MAX_CODE_LENGTH if column.place == "value" else 500):
        return [_("This is too long.")]
    return []


def _unknown(column: Column, value: str, allowed: set[str]) -> str:
    near = ", ".join(get_close_matches(value, sorted(allowed), n=3, cutoff=0.4))
    if near:
        return _("There is no “{value}” in {table}. Near: {near}.").format(value=value, table=column.refers, near=near)
    return _("There is no “{value}” in {table}.").format(value=value, table=column.refers)


def _wrong_mask(mask: str) -> list[str]:
    fields = _MASK_FIELD.findall(mask)
    unknown = [field for field in fields if field not in _MASK_FIELDS]
    if unknown:
        choices = ", ".join(f"{{{field}}}" for field in _MASK_FIELDS)
        return [_("“{value}” is none of: {choices}.").format(value=f"{{{unknown[0]}}}", choices=choices)]
    return [] if fields.count("number") == 1 else [_("A number mask has {number} in it once.")]


def _wrong_certificate(text: str) -> list[str]:
    if "PRIVATE KEY" in text:
        return [_("This holds a private key. Give the certificate alone, and never the key.")]
    try:
        x509.load_pem_x509_certificate(text.encode())
    except ValueError:
        return [_("This is no certificate in PEM.")]
    return []


def _wrong_group(table: Table, row: Row) -> list[Wrong]:
    if table.name == "security groups" and not (row.group.isdigit() and 1 <= int(row.group) <= 10):
        return [Wrong("", _("A security code is a number from 1 to 10, not “{value}”.").format(value=row.group))]
    if table.name == "custom fields" and row.group not in CUSTOMISABLE:
        choices = ", ".join(CUSTOMISABLE)
        return [Wrong("", _("“{value}” is none of: {choices}.").format(value=row.group, choices=choices))]
    return []


def _wrong_row(table: Table, row: Row) -> list[Wrong]:
    match table.name:
        case "users":
            code = row.values.get("security code")
            if code is not None and not 1 <= code <= 10:
                return [
                    Wrong(
                        "security code",
                        _("A security code is a number from 1 to 10, not “{value}”.").format(value=code),
                    )
                ]
        case "custom fields":
            return _wrong_custom_field(table, row)
        case _ if table.tree and row.values.get(table.tree):
            return _wrong_tree(table, row)
    return []


def _wrong_custom_field(table: Table, row: Row) -> list[Wrong]:
    name, kind = str(row.values.get("name")), row.values.get("kind")
    own = {one.values["name"]: one.values for one in rows(table, row.group)}
    if name in own and kind is not None and own[name]["kind"] != kind:
        return [Wrong("kind", _("The kind of a field that is there can't be changed."))]
    if (kind == CustomFieldKind.LIST) != bool(row.values.get("domain")):
        return [Wrong("domain", _("A list, and nothing else, has a domain."))]
    taken = build_model(()).types[f"{NAMESPACE}.{row.group}"]
    names = {*taken.properties, *taken.navigation}
    if {name, f"{name}_Value", f"{name}_Summary"} & names:
        return [Wrong("name", _("There is a property of this name already."))]
    return []


def _wrong_tree(table: Table, row: Row) -> list[Wrong]:
    """A row that would lie under itself."""
    above = {str(one.values[table.key]): one.values.get(table.tree) for one in rows(table)}
    key = str(row.values[table.key])
    here = str(row.values[table.tree])
    for _step in range(len(above) + 1):
        if here == key:
            return [Wrong(table.tree, _("It can't belong to itself, or to what belongs to it."))]
        following = above.get(here)
        if not following:
            return []
        here = str(following)
    return []
