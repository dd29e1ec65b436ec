"""The workflow log as a file: CSV for spreadsheets, JSON lines for programs; written while it is read."""

import csv
import json
from collections.abc import Iterable, Iterator

from formcase.configurator.translating import in_reader_language
from formcase.workflows.log_search import LogLine

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff0b", "\uff0d", "\uff1d", "\uff20")
COLUMNS = (
    "at", "level", "event", "text", "workflow", "referenceId", "formId", "attempt", "seconds",
)  # fmt: skip


def as_csv(lines: Iterable[LogLine], separator: str) -> Iterator[bytes]:
    """A table with a heading. It begins with a mark by which spreadsheets know UTF-8."""
    echo = _Echo()
    writer = csv.writer(echo, delimiter=separator)
    yield b"\xef\xbb\xbf" + writer.writerow(COLUMNS)
    for line in lines:
        yield writer.writerow([_defused(value) for value in _values(line).values()])


def as_json_lines(lines: Iterable[LogLine]) -> Iterator[bytes]:
    """An object on each line."""
    for line in lines:
        yield json.dumps(_values(line), ensure_ascii=False).encode() + b"\n"


class _Echo:
    """Hands back what a writer of CSV writes."""

    def write(self, text: str) -> bytes:
        return text.encode()


def _values(line: LogLine) -> dict[str, str | int | float | None]:
    return {
        "at": line.at.isoformat(),
        "level": line.level,
        "event": line.event,
        "text": in_reader_language(line.text, discreet=True),
        "workflow": line.workflow_name,
        "referenceId": line.reference_id,
        "formId": line.form_id,
        "attempt": line.attempt,
        "seconds": line.duration,
    }


def _defused(value: str | int | float | None) -> str:
    """A text that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
