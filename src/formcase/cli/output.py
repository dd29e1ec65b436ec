"""How commands print: tables for people, one JSON document for machines, errors and progress on standard error."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from formcase.cli.failures import Failure

Cell = str | int | float | bool | None
Advance = Callable[[int], None]


def say(text: str) -> None:
    """Print a line for a person."""
    print(text)


def warn(text: str) -> None:
    """Print a line for a person that no machine reads as the result."""
    print(text, file=sys.stderr)


def print_json(document: object) -> None:
    """Print the one JSON document of a command."""
    print(json.dumps(document, ensure_ascii=False, indent=2))


def print_rows(columns: Mapping[str, str], rows: Sequence[Mapping[str, Cell]], *, as_json: bool, name: str) -> None:
    """Print a listing. columns: by key of the rows, the heading for people; name: the listing's key in the JSON."""
    if as_json:
        print_json({name: [dict(row) for row in rows]})
        return
    if not rows:
        warn("There are none.")
        return
    cells = [[_shown(row.get(key)) for key in columns] for row in rows]
    if sys.stdout.isatty():
        _print_table(list(columns.values()), cells)
    else:
        for line in cells:
            print("\t".join(line))


def failed(failure: Failure, *, as_json: bool) -> int:
    """Tell what went wrong, for machines too; the exit code."""
    print(failure.text, file=sys.stderr)
    if as_json:
        print_json({"error": {"message": failure.text, "exitCode": failure.code}})
    return failure.code


@contextmanager
def progress(text: str, total: int) -> Iterator[Advance]:
    """A progress bar, where a person is watching; the caller tells how far it came."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text, total=total)
        yield lambda done: bar.update(task, completed=done)


def _print_table(headings: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*headings, box=SIMPLE_HEAD)
    for line in cells:
        table.add_row(*(Text(cell) for cell in line))  # as text: a bracket in a title is no style
    Console().print(table)


def _shown(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(str(value).split())
