"""What each test proves about reliability, as the files in `tables/` say it; `docs/reliability.md` is made of them.

A file is one section: its `title`, perhaps a `text`, its `[[rows]]` (fault, what happens, tests) and perhaps
`[[figures]]`, a table with a line for each run of one test. The files stand in the order of their names. A test is
named as pytest names it (`tests/faults/test_kills.py::test_…`), or with its whole file.
"""

import ast
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "tables"
PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Row:
    """One fault. tests: those that show what happens; counts: which of their figures are told with the result."""

    fault: str
    happens: str
    tests: tuple[str, ...]
    counts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """A table with a line for each time that a test ran (one for each of its parameters). columns: its figures, by
    name, and their headings."""

    title: str
    test: str
    columns: Mapping[str, str]
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One file."""

    file: Path
    title: str
    rows: tuple[Row, ...]
    figures: tuple[Figures, ...] = ()
    text: str = ""

    def tests(self) -> Iterator[str]:
        """Every test that it names."""
        for row in self.rows:
            yield from row.tests
        for table in self.figures:
            yield table.test


def sections(folder: Path = FOLDER) -> list[Section]:
    """All of them, in their order. Raises ValueError where a file says something that is not known here."""
    return [_section(file) for file in sorted(folder.glob("*.toml"))]


def is_part(node: str, named: str) -> bool:
    """Whether a test that ran is one that was named: itself, one of its parameters, or one of the named file."""
    return node == named or node.startswith((f"{named}[", f"{named}::"))


def unknown_tests(named: Sequence[str], project: Path = PROJECT) -> list[str]:
    """Those of these that there are not."""
    return [test for test in named if not _exists(test, project)]


def _section(file: Path) -> Section:
    told: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    try:
        rows = [
            Row(**{key: tuple(v) if isinstance(v, list) else v for key, v in row.items()})
            for row in told.pop("rows", [])
        ]
        figures = [Figures(**table) for table in told.pop("figures", [])]
        return Section(file, rows=tuple(rows), figures=tuple(figures), **told)
    except TypeError as error:
        raise ValueError(f"{file.name}: {error}. A row has fault, happens, tests and perhaps counts.") from error


def _exists(test: str, project: Path) -> bool:
    path, _, name = test.partition("::")
    file = project / path
    if not (file.is_file() and file.name.startswith("test_")):
        return False
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    names = {node.name for node in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(node, functions)}
    return name in names if name else any(each.startswith("test_") for each in names)
