"""A table whose rows lie under each other, such as case groups and units."""

from collections.abc import Sequence
from dataclasses import dataclass

from formcase.casesystem.administration.rows import Row
from formcase.casesystem.administration.tables import Table


@dataclass(frozen=True, slots=True)
class Branch:
    """A row with those below it. text: what people call it; marks: its other columns that say something."""

    key: str
    text: str
    marks: tuple[str, ...]
    below: "tuple[Branch, ...]"

    @property
    def number(self) -> int:
        """How many rows lie below it."""
        return len(self.below) + sum(one.number for one in self.below)


def branches_of(table: Table, rows: Sequence[Row]) -> tuple[Branch, ...]:
    """The rows at the top, each with those below it. A row under one that is not there lies at the top."""
    known = {str(one.values[table.key]) for one in rows}
    below: dict[str, list[Row]] = {}
    for one in rows:
        above = str(one.values[table.tree] or "")
        below.setdefault(above if above in known else "", []).append(one)
    return tuple(_branch(table, one, below) for one in below.get("", []))


def _branch(table: Table, row: Row, below: dict[str, list[Row]]) -> Branch:
    key = str(row.values[table.key])
    text, marks = "", []
    for column in table.columns:
        value = row.values[column.name]
        if column.name == "text":
            text = str(value or "")
        elif column.name not in (table.key, table.tree) and value:
            marks.append(str(column.title) if value is True else f"{column.title}: {value}")
    return Branch(key, text, tuple(marks), tuple(_branch(table, one, below) for one in below.get(key, [])))
