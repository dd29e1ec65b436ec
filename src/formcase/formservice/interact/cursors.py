"""Cursors of the submission listing: a position (when submitted, id), opaque to clients and valid for ever."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime

from formcase.formservice.interact.problems import malformed
from formcase.formservice.lexical import IDENTIFIER, read_instant, written_instant


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the order of all submissions, whether or not one stands there still."""

    submitted_at: datetime
    submission_id: str


def written_cursor(position: Position) -> str:
    """The position as a client gets it."""
    text = f"1 {written_instant(position.submitted_at)} {position.submission_id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> Position:
    """The position that a cursor stands for; 400 where it was not made here."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True).decode("ascii")
        kind, instant, identifier = text.split(" ")
    except (binascii.Error, ValueError):
        raise malformed("after: this is no cursor of this service.") from None
    moment = read_instant(instant)
    if kind != "1" or moment is None or not IDENTIFIER.fullmatch(identifier):
        raise malformed("after: this is no cursor of this service.")
    return Position(moment, identifier)
