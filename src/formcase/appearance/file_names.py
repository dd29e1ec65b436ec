"""The names under which browsers keep what they download: whatever a file was called by whoever sent it, what stands
here is a name and no more."""

import re
import unicodedata

from django.utils.http import content_disposition_header

_PATH = re.compile(r"[\\/]")
_NOT_IN_NAMES = re.compile(r'[:*?"<>|]')
_LONGEST_NAME = 150


def disposition(name: str, *, kept: bool) -> str:
    """The header `Content-Disposition` for a file of this name. kept: as a download, else shown by the browser."""
    return content_disposition_header(kept, harmless_name(name)) or ("attachment" if kept else "inline")


def harmless_name(name: str) -> str:
    """The name without paths, characters that can't be seen, and those that turn the direction of reading."""
    last = _PATH.split(name)[-1]
    seen = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    plain = _NOT_IN_NAMES.sub("_", seen).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if dot and len(ending) < 12:
        return f"{stem[: _LONGEST_NAME - len(ending)]}.{ending}" if stem else ending
    return plain[:_LONGEST_NAME] or "file"
