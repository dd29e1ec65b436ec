"""The whole set-up as one YAML file: written, read, and carried into the database.

An error names its place in the file: the way to it and the line. Codes are read as they are written, so that `02.15`
and `NO` need no quotes. What is there and not in the file stays; secrets and passwords are never in it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml
from django.db import transaction
from django.utils.translation import gettext as _

from formcase.casesystem.administration.checking import Known, wrong_with
from formcase.casesystem.administration.rows import Row, everything, save
from formcase.casesystem.administration.tables import SETTINGS, TABLES, Column, Kind, Table

MARK = "case system set-up"
_VERSION = "1"
_MOST_BYTES = 20_000_000
_MOST_ERRORS = 50


@dataclass(frozen=True, slots=True)
class PlacedError:
    """What is wrong, and where in the file."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return _("Line {line}, {path}: {message}").format(line=self.line, path=self.path or "–", message=self.message)


class BadFileError(ValueError):
    """The file can't be carried in. errors: all that is wrong with it, up to 50."""

    def __init__(self, errors: list[PlacedError]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors


@dataclass(slots=True)
class Carried:
    """What came of it: per table how many rows were added, changed, or the same already."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    def note(self, table: Table, action: str) -> None:
        """Count one row."""
        self.counts.setdefault(table.name, {"added": 0, "changed": 0, "same": 0})[action] += 1


@dataclass(frozen=True, slots=True)
class _Placed:
    row: Row
    path: str
    lines: Mapping[str, int]


def write_file() -> str:
    """The set-up as it is now."""
    document: dict[str, Any] = {MARK: int(_VERSION)}
    found = everything()
    document[SETTINGS.name] = _told(SETTINGS, found[SETTINGS.name][0])
    for table in TABLES:
        if not table.grouped:
            document[table.name] = [_told(table, one) for one in found[table.name]]
            continue
        grouped: dict[str, list[dict[str, Any]]] = {}
        for one in found[table.name]:
            grouped.setdefault(one.group, []).append(_told(table, one))
        document[table.name] = grouped
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120)


def carry_in(text: str, by: str, *, only_try: bool = False) -> Carried:
    """Add and change what the file says, all or nothing. only_try: say what would come of it and change nothing.

    Raises BadFileError.
    """
    found, errors = _Reader(text).read()
    if not errors:
        errors = _errors(found)
    if errors:
        raise BadFileError(errors[:_MOST_ERRORS])
    carried = Carried()
    with transaction.atomic():
        for table in (SETTINGS, *TABLES):
            for placed in found.get(table.name, []):
                carried.note(table, save(table, placed.row, by))
        if only_try:
            transaction.set_rollback(True)
    return carried


def _told(table: Table, row: Row) -> dict[str, Any]:
    """A row without what is empty anyway."""
    return {
        column.name: row.values[column.name]
        for column in table.columns
        if row.values[column.name] not in (None, "", [], column.default)
        and (row.values[column.name] is not False or column.default is True)
    }


def _errors(found: Mapping[str, list[_Placed]]) -> list[PlacedError]:
    known = Known({name: [placed.row for placed in rows] for name, rows in found.items()})
    errors = []
    for table in (SETTINGS, *TABLES):
        for placed in found.get(table.name, []):
            for wrong in wrong_with(table, placed.row, known):
                path = f"{placed.path}.{wrong.column}" if wrong.column else placed.path
                errors.append(PlacedError(path, placed.lines.get(wrong.column, placed.lines[""]), wrong.message))
    return errors


class _Reader:
    """Reads the file into rows, and notes everything that is wrong with its form."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._errors: list[PlacedError] = []
        self._found: dict[str, list[_Placed]] = {}

    def read(self) -> tuple[dict[str, list[_Placed]], list[PlacedError]]:
        """The rows by table, and what is wrong."""
        root = self._root()
        if isinstance(root, yaml.MappingNode):
            members = dict(self._members(root, ""))
            self._check_mark(members.pop(MARK, None))
            for name, node in members.items():
                self._read_table(name, node)
        elif root is not None:
            self._wrong("", root, _("The file is no set-up: it must begin with “{mark}: 1”.").format(mark=MARK))
        return self._found, self._errors

    def _root(self) -> yaml.Node | None:
        if len(self._text.encode("utf-8", "replace")) > _MOST_BYTES:
            self._errors.append(PlacedError("", 1, _("The file is larger than any set-up.")))
            return None
        try:
            for event in yaml.parse(self._text, Loader=yaml.SafeLoader):
                if isinstance(event, yaml.AliasEvent):
                    # A few of them, inside each other, would fill the memory.
                    mark = event.start_mark
                    line = mark.line + 1 if mark is not None else 1
                    self._errors.append(PlacedError("", line, _("Aliases (*…) are not read here.")))
                    return None
            root: yaml.Node | None = yaml.compose(self._text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            line = mark.line + 1 if mark is not None else 1
            self._errors.append(PlacedError("", line, _("This is no YAML: {what}.").format(what=error.problem)))
            return None
        except (yaml.YAMLError, RecursionError):
            self._errors.append(PlacedError("", 1, _("This is no YAML.")))
            return None
        if root is None:
            self._errors.append(PlacedError("", 1, _("The file is empty.")))
        return root

    def _check_mark(self, node: yaml.Node | None) -> None:
        if not isinstance(node, yaml.ScalarNode) or node.value != _VERSION:
            message = _("The file is no set-up: it must begin with “{mark}: 1”.").format(mark=MARK)
            self._errors.append(PlacedError(MARK, node.start_mark.line + 1 if node is not None else 1, message))

    def _read_table(self, name: str, node: yaml.Node) -> None:
        table = next((one for one in (SETTINGS, *TABLES) if one.name == name), None)
        if table is None:
            choices = ", ".join(one.name for one in (SETTINGS, *TABLES))
            self._wrong(
                name, node, _("There is no table “{name}”. There are: {choices}.").format(name=name, choices=choices)
            )
        elif table is SETTINGS:
            self._read_row(table, "", node, name)
        elif not table.grouped:
            self._read_rows(table, "", node, name)
        elif not isinstance(node, yaml.MappingNode):
            self._wrong(name, node, _("A list for each {group} is expected.").format(group=table.grouped))
        else:
            for group, inner in self._members(node, name):
                self._read_rows(table, group, inner, f"{name}.{group}")

    def _read_rows(self, table: Table, group: str, node: yaml.Node, path: str) -> None:
        if not isinstance(node, yaml.SequenceNode):
            self._wrong(path, node, _("A list is expected."))
            return
        seen: set[str] = set()
        for number, inner in enumerate(node.value, start=1):
            key = self._read_row(table, group, inner, f"{path}[{number}]")
            if key is not None and key in seen:
                self._wrong(f"{path}[{number}]", inner, _("“{key}” stands in this list twice.").format(key=key))
            seen.add(key or "")

    def _read_row(self, table: Table, group: str, node: yaml.Node, path: str) -> str | None:
        if not isinstance(node, yaml.MappingNode):
            self._wrong(path, node, _("A row with names and values is expected."))
            return None
        columns = {column.name: column for column in table.columns}
        values: dict[str, Any] = {}
        lines = {"": node.start_mark.line + 1}
        before = len(self._errors)
        for name, inner in self._members(node, path):
            lines[name] = inner.start_mark.line + 1
            if name not in columns:
                message = _("There is no column “{name}”. There are: {choices}.")
                self._wrong(f"{path}.{name}", inner, message.format(name=name, choices=", ".join(columns)))
            else:
                values[name] = self._value(columns[name], inner, f"{path}.{name}")
        for column in table.columns:
            if column.required and column.name not in values:
                self._wrong(path, node, _("The column “{name}” is missing.").format(name=column.name))
            if column.name not in values and table is not SETTINGS:
                values[column.name] = _default(column)
        if len(self._errors) == before:
            self._found.setdefault(table.name, []).append(_Placed(Row(group, values), path, lines))
        return str(values.get(table.key)) if table.key else None

    def _value(self, column: Column, node: yaml.Node, path: str) -> Any:
        if column.kind is Kind.CODES:
            if isinstance(node, yaml.SequenceNode) and all(isinstance(one, yaml.ScalarNode) for one in node.value):
                return sorted({str(one.value) for one in node.value})
            self._wrong(path, node, _("A list of codes is expected."))
            return None
        if not isinstance(node, yaml.ScalarNode):
            self._wrong(path, node, _("A single value is expected."))
            return None
        if node.tag == "tag:yaml.org,2002:null":
            return _default(column)
        return self._scalar(column, node, path)

    def _scalar(self, column: Column, node: yaml.ScalarNode, path: str) -> Any:
        text = str(node.value)
        match column.kind:
            case Kind.FLAG:
                if text.lower() in ("true", "yes", "on", "false", "no", "off"):
                    return text.lower() in ("true", "yes", "on")
                self._wrong(path, node, _("This must be true or false, not “{value}”.").format(value=text[:80]))
            case Kind.NUMBER:
                if text.isascii() and text.isdigit() and len(text) < 6:
                    return int(text)
                self._wrong(path, node, _("A whole number is expected, not “{value}”.").format(value=text[:80]))
            case Kind.DAY:
                try:
                    return date.fromisoformat(text)
                except ValueError:
                    message = _("A date such as 2026-11-20 is expected, not “{value}”.").format(value=text[:80])
                    self._wrong(path, node, message)
            case _:
                if "\x00" not in text:
                    return text
                self._wrong(path, node, _("A text can't hold the character NUL."))
        return None

    def _members(self, node: yaml.MappingNode, path: str) -> Iterator[tuple[str, yaml.Node]]:
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
            if name in seen or not isinstance(key, yaml.ScalarNode):
                self._wrong(path, key, _("“{key}” stands here twice.").format(key=name))
                continue
            seen.add(name)
            yield name, value

    def _wrong(self, path: str, node: yaml.Node, message: str) -> None:
        self._errors.append(PlacedError(path, node.start_mark.line + 1, message))


def _default(column: Column) -> Any:
    if column.default is not None:
        return column.default
    return {Kind.FLAG: False, Kind.CODES: []}.get(column.kind)
