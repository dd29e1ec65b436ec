"""The log of calls as a file for spreadsheets, written while it is read."""

import csv
from collections.abc import Iterable, Iterator

from django.utils import timezone

from formcase.formservice.administration.calls.words import BY_OUTCOME, KINDS, REASONS
from formcase.formservice.models import ClientCall

# what makes a spreadsheet take a text for a formula
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff0b", "\uff0d", "\uff1d", "\uff20")
COLUMNS = (
    "at", "outcome", "clientId", "certificate", "method", "call", "formId", "referenceId", "status", "reason", "detail",
    "milliseconds", "address",
)  # fmt: skip


def as_csv(calls: Iterable[ClientCall], separator: str) -> Iterator[bytes]:
    """A table with a heading. It begins with a mark by which spreadsheets know UTF-8."""
    writer = csv.writer(_Echo(), delimiter=separator)
    yield b"\xef\xbb\xbf" + writer.writerow(COLUMNS)
    for call in calls:
        yield writer.writerow([_defused(value) for value in _values(call)])


class _Echo:
    """Hands back what a writer of CSV writes."""

    def write(self, text: str) -> bytes:
        return text.encode()


def _values(call: ClientCall) -> tuple[object, ...]:
    return (
        timezone.localtime(call.at).isoformat(timespec="milliseconds"),
        BY_OUTCOME[call.outcome].name,
        call.client_id,
        call.certificate,
        call.method,
        KINDS.get(call.kind, call.kind),
        call.form_id,
        call.reference_id,
        call.status,
        REASONS.get(call.reason, call.reason),
        call.detail,
        call.duration,
        call.address,
    )


def _defused(value: object) -> str:
    """A text that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
