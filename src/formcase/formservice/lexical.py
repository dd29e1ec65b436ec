"""The forms of text that the submission schema and the Interact API share: identifiers, names, lines, times."""

import re
import unicodedata
from datetime import UTC, datetime

IDENTIFIER = re.compile(r"[A-Za-z0-9_\-][A-Za-z0-9._\-]{0,63}")
LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&\-^_.+]{1,127}/[A-Za-z0-9!#$&\-^_.+]{1,127}(; ?[ -~]{1,255})?")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+\-][0-9]{2}:[0-9]{2})"
)
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def is_line(text: str) -> bool:
    """One line of text as the schema has it: not blank, no control characters or line separators, at most 255."""
    kinds = {unicodedata.category(character) for character in text}
    shows = any(kind[0] != "Z" for kind in kinds)
    return 0 < len(text) <= 255 and shows and not kinds & {"Cc", "Zl", "Zp"} and forbidden_character(text) is None


def is_name(text: str) -> bool:
    """A name of a page, group or field: a token of at most 128 characters."""
    return (
        0 < len(text) <= 128
        and not re.search(r"^ |[\t\n\r]| {2}| $", text)
        and forbidden_character(text) is None
        and bool(text.strip())
    )


def forbidden_character(text: str) -> tuple[int, str] | None:
    """Where the first character stands (from 1) that XML can't carry, and its code point; None where all is well."""
    found = _FORBIDDEN.search(text)
    return (found.start() + 1, f"U+{ord(found.group()):04X}") if found else None


def read_instant(text: str) -> datetime | None:
    """A time of RFC 3339 with its offset; None where the text is none."""
    if not _INSTANT.fullmatch(text):
        return None
    # a time has microseconds here; digits beyond are cut off
    shortened = re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", text.upper())
    try:
        moment = datetime.fromisoformat(shortened)
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment


def written_instant(moment: datetime) -> str:
    """A time as the Interact API and the XML write it: UTC, with `Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
