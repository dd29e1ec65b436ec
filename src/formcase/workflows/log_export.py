"""The workflow log as a file: CSV for spreadsheets, JSON lines for machines. Made bit by bit, however long it is."""

import csv
import json
from collections.abc import Iterator

from formcase.messages import Translate, untranslated
from formcase.workflows.log_search import LogFilter, LogLine, all_lines

CSV_TYPE = "text/csv; charset=utf-8"
JSON_LINES_TYPE = "application/jsonl; charset=utf-8"

Cell = str | int | float | None
# What makes a spreadsheet take a text for a formula.
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_COLUMNS = ("at", "level", "workflow", "formId", "referenceId", "event", "text", "attempt", "seconds")


def csv_lines(sought: LogFilter, translate: Translate = untranslated, most: int | None = None) -> Iterator[str]:
    """What is looked for as CSV, newest first, the names of the columns before it. No cell is taken for a formula."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + str(writer.writerow(_COLUMNS))  # by which spreadsheets see that it is UTF-8
    for line in all_lines(sought, most):
        yield str(writer.writerow([defused(cell) for cell in record(line, translate).values()]))


def json_lines(sought: LogFilter, translate: Translate = untranslated, most: int | None = None) -> Iterator[str]:
    """What is looked for as JSON, an object on each line, newest first."""
    for line in all_lines(sought, most):
        yield json.dumps(record(line, translate), ensure_ascii=False) + "\n"


def record(line: LogLine, translate: Translate = untranslated) -> dict[str, Cell]:
    """A line as it stands in a file."""
    return {
        "at": line.at.astimezone().isoformat(timespec="milliseconds"),
        "level": line.level,
        "workflow": line.workflow_name or None,
        "formId": line.form_id or None,
        "referenceId": line.reference_id or None,
        "event": line.event,
        "text": line.text.discreet(translate),
        "attempt": line.attempt,
        "seconds": None if line.duration is None else round(line.duration, 3),
    }


def defused(cell: Cell) -> Cell:
    """A text that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_STARTS_FORMULA) else cell


class _Echo:
    """Hands the CSV writer's lines back instead of keeping them."""

    def write(self, line: str) -> str:
        return line
