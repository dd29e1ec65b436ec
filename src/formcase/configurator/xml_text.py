"""A submission's XML as text for a page: as it came, or with each element on a line of its own."""

from lxml import etree

from formcase.submission.parsing import parse
from formcase.submission.problems import UnreadableXml

MOST_SHOWN = 500_000  # characters; the rest is in the file


def pretty(xml: bytes) -> str | None:
    """The XML indented; None where it is none that is read here."""
    try:
        root = parse(xml)
    except UnreadableXml:
        return None
    etree.indent(root, space="  ")
    return etree.tostring(root, encoding="unicode")


def raw(xml: bytes) -> str:
    """The XML as it came; what is no UTF-8 is marked."""
    return xml.decode("utf-8-sig", errors="replace")
