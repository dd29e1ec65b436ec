"""Parses XML from outside, within the limits, so that nothing in it can cost much or reach anywhere.

A first pass only counts: it stops at a document type before an entity is expanded, and at the first limit that is
passed, in words of our own. What is left is small and plain enough for the second pass, which builds the tree. What the
tree means is not known here.
"""

import codecs
import re
from typing import cast
from xml.parsers import expat

from lxml import etree

from formcase.messages import Message, message
from formcase.submission import limits
from formcase.submission.problems import Problem, UnreadableXml

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._\-]{1,40})["']""")
# Encodings that are one table or one rule; others of Python's can be made to cost much or hide something.
_KNOWN = re.compile(r"utf-8|utf-16(-[bl]e)?|us-ascii|ascii|iso-8859-\d{1,2}|windows-125\d", re.IGNORECASE)


def parse(xml: bytes) -> etree._Element:
    """The root of the tree, without comments and instructions. Raises `UnreadableXml`."""
    if len(xml) > limits.BYTES:
        raise _unreadable(message("the file has {size} bytes; {limit} are allowed", size=len(xml), limit=limits.BYTES))
    # Both passes get the same UTF-8, so that they can't read two different things in one file.
    plain = _text(xml).encode()
    _Count().run(plain)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=True,  # the limits are ours, and the first pass has checked them
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(plain, parser)
    except etree.XMLSyntaxError as error:
        raise _unreadable(_not_well_formed(error.msg or ""), error.lineno) from error


def line_of(element: etree._Element) -> int | None:
    """The line on which an element begins."""
    return cast(int | None, element.sourceline)


class _Stop(Exception):
    """Ends the first pass."""

    def __init__(self, what: Message) -> None:
        super().__init__()
        self.what = what


class _Count:
    """The first pass: counts, and keeps nothing but the names of the open elements."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.nodes = 0
        self.attachments = 0
        self.value_bytes = 0
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.CommentHandler = self._comment
        self.parser.ProcessingInstructionHandler = self._instruction

    def run(self, xml: bytes) -> None:
        try:
            self.parser.Parse(xml, True)
        except _Stop as stop:
            raise _unreadable(stop.what, self.parser.CurrentLineNumber, self._place()) from None
        except expat.ExpatError as error:
            raise _unreadable(_syntax_error(error), error.lineno, self._place()) from error

    def _place(self) -> str:
        return "/".join(self.open)

    def _doctype(self, _name: str, _system: str | None, _public: str | None, _internal: bool) -> None:
        raise _Stop(message("there is a document type declaration (DTD); none is allowed"))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local_name = name.rpartition(":")[2]
        self._node()
        if len(self.open) == limits.DEPTH:
            raise _Stop(message("elements stand inside each other more than {limit} deep", limit=limits.DEPTH))
        self.open.append(local_name)
        self.attachments += local_name == "Attachment"
        if self.attachments > limits.ATTACHMENTS:
            raise _Stop(message("there are more than {limit} attachments", limit=limits.ATTACHMENTS))
        for attribute, value in attributes.items():
            if len(value.encode()) > limits.VALUE_BYTES:
                raise _Stop(
                    message(
                        "the value of {name} is longer than {limit} bytes", name=attribute, limit=limits.VALUE_BYTES
                    )
                )
        self.value_bytes = 0

    def _end(self, _name: str) -> None:
        self.open.pop()
        self.value_bytes = 0

    def _characters(self, text: str) -> None:
        self.value_bytes += len(text.encode())
        if self.value_bytes > limits.VALUE_BYTES:
            raise _Stop(message("the value is longer than {limit} bytes", limit=limits.VALUE_BYTES))

    def _comment(self, _text: str) -> None:
        self._node()

    def _instruction(self, _target: str, _text: str) -> None:
        self._node()

    def _node(self) -> None:
        self.nodes += 1
        if self.nodes > limits.NODES:
            raise _Stop(message("there are more than {limit} elements", limit=limits.NODES))


def _text(xml: bytes) -> str:
    encoding = _encoding(xml)
    try:
        text = xml.decode(encoding)
    except UnicodeDecodeError as error:
        line = xml[: error.start].count(b"\n") + 1
        raise _unreadable(message("a letter is not written in {encoding}", encoding=encoding.upper()), line) from error
    if found := _FORBIDDEN.search(text):
        what = message("XML forbids the character {code}", code=f"U+{ord(found[0]):04X}")
        raise _unreadable(what, text.count("\n", 0, found.start()) + 1)
    return text.removeprefix("\ufeff")


def _encoding(xml: bytes) -> str:
    if xml.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    declared = _DECLARED.match(xml.removeprefix(codecs.BOM_UTF8))
    if declared is None or xml.startswith(codecs.BOM_UTF8):
        return "utf-8"
    encoding = declared[1].decode("ascii")
    if not _KNOWN.fullmatch(encoding) or encoding.lower().startswith("utf-16"):
        raise _unreadable(_encoding_unknown(encoding), 1)
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise _unreadable(_encoding_unknown(encoding), 1) from error


def _encoding_unknown(encoding: str) -> Message:
    return message(
        "the file says that its encoding is {encoding}, which can't be read here; UTF-8 can", encoding=encoding
    )


def _syntax_error(error: expat.ExpatError) -> Message:
    reason = expat.errors.messages.get(error.code, str(error))
    if reason == expat.errors.XML_ERROR_NO_ELEMENTS:
        return message("the file ends before there is an element in it")
    if reason == expat.errors.XML_ERROR_BAD_CHAR_REF:
        return message("there is a reference to a character that XML forbids")
    if reason == expat.errors.XML_ERROR_UNDEFINED_ENTITY:
        return message("there is a reference to an entity; only the five of XML itself are allowed")
    return _not_well_formed(reason)


def _not_well_formed(reason: str) -> Message:
    return message("this is not well-formed XML ({reason})", reason=reason)


def _unreadable(what: Message, line: int | None = None, place: str = "") -> UnreadableXml:
    return UnreadableXml((Problem(what, line, place),))
