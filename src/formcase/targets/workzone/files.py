"""The name under which a file is uploaded."""

from urllib.parse import quote

LONGEST_NAME = 96
_LONGEST_ENDING = 32


def slug(file_name: str) -> str:
    """The `Slug` header: percent-encoded UTF-8, shortened to what a document's name may be."""
    return quote(shortened(file_name), safe="", errors="replace")


def shortened(file_name: str) -> str:
    """A name of at most 96 code points; a longer one loses the end of its stem, never its ending."""
    if len(file_name) <= LONGEST_NAME:
        return file_name
    stem, dot, ending = file_name.rpartition(".")
    if not stem or len(ending) > _LONGEST_ENDING:
        return file_name[:LONGEST_NAME]
    return stem[: LONGEST_NAME - len(ending) - 1] + dot + ending
