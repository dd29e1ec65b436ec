"""The body of a status that is told to the form service, within the limits of the contract. Pure."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from formcase.sources.port import ReportedCase, Status

LONGEST_MESSAGE = 4000
LARGEST_BODY = 64 * 1024


def status_body(status: Status, message: str | None, cases: Sequence[ReportedCase], at: datetime) -> bytes:
    """The JSON to send. A message that is too long is cut; where the cases make it too large, first their addresses
    go, then as many of the last ones as must."""
    text = _cut(message, LONGEST_MESSAGE) if message is not None else None
    listed = [(case.case_number, _elsewhere(case.url)) for case in cases]
    body = _body(status, text, listed, at)
    if len(body) > LARGEST_BODY:
        listed = [(number, None) for number, _ in listed]
        body = _body(status, text, listed, at)
    while len(body) > LARGEST_BODY and len(listed) > 1:
        listed = listed[: len(listed) * LARGEST_BODY // len(body)] or listed[:1]
        body = _body(status, text, listed, at)
    return body


def _elsewhere(address: str | None) -> str | None:
    """An address that leads to the case from the form service, too; one within our own server does not."""
    return address if address is not None and address.startswith(("https://", "http://")) else None


def _body(status: Status, message: str | None, cases: Sequence[tuple[str, str | None]], at: datetime) -> bytes:
    content = {
        "status": status.value,
        "message": message,
        "cases": [{"caseNumber": number, "url": url} for number, url in cases],
        "at": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
