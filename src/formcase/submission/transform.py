"""Turns XML of another shape into the submission's, by an XSLT 1.0 stylesheet that a workflow carries.

The stylesheet sees the XML that it is given and nothing else: no file, no network, no extension. What comes out is
bytes for `reading.py`, which trusts them as little as any others.
"""

from typing import Final

from lxml import etree

from formcase.messages import Message, message
from formcase.outcomes import Unreadable
from formcase.submission import limits
from formcase.submission.parsing import line_of, parse
from formcase.submission.problems import UnreadableXml

_XSLT: Final = "http://www.w3.org/1999/XSL/Transform"
_NOTHING_OUTSIDE: Final = etree.XSLTAccessControl.DENY_ALL  # type: ignore[attr-defined]  # the stubs lack it
_LOADING: Final = frozenset({f"{{{_XSLT}}}import", f"{{{_XSLT}}}include"})
_EXTENSIONS: Final = (
    "http://exslt.org/",
    "http://icl.com/saxon",
    "http://xmlsoft.org/XSLT/",
    "http://www.jclark.com/xt",
    "http://xml.apache.org/xalan",
    "org.apache.xalan",
    "http://codespeak.net/lxml/",
)


class UnusableStylesheet(Exception):
    """The stylesheet can't be used, whatever it is given. reason: why, for the one who wrote it."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason.discreet()


class TransformFailed(Unreadable):
    """The stylesheet could not make anything of this XML."""


class Transform:
    """A stylesheet that was read and found usable."""

    def __init__(self, stylesheet: bytes) -> None:
        """Raises `UnusableStylesheet`."""
        try:
            root = parse(stylesheet)
        except UnreadableXml as error:
            raise UnusableStylesheet(error.answer) from error
        _refuse_what_reaches_out(root)
        try:
            self._apply = etree.XSLT(root.getroottree(), access_control=_NOTHING_OUTSIDE)
        except etree.XSLTParseError as error:
            reason = message("this is no XSLT 1.0 stylesheet: {reason}", reason=_first_line(error))
            raise UnusableStylesheet(reason) from error

    def apply(self, xml: bytes) -> bytes:
        """The XML that the stylesheet makes. Raises `UnreadableXml` for the XML, `TransformFailed` for the rest."""
        root = parse(xml)
        try:
            result = self._apply(root.getroottree())
        except etree.XSLTApplyError as error:
            reason = message("the stylesheet stopped: {reason}", reason=_first_line(error), hidden=("reason",))
            raise _failed(reason) from error
        if result.getroot() is None:
            raise _failed(message("the stylesheet made no element of it"))
        made = etree.tostring(result, encoding="UTF-8", xml_declaration=True)
        if len(made) > limits.BYTES:
            raise _failed(
                message("the stylesheet made {size} bytes; {limit} are allowed", size=len(made), limit=limits.BYTES)
            )
        return made


def _refuse_what_reaches_out(root: etree._Element) -> None:
    for element in root.iter(etree.Element):
        if element.tag in _LOADING:
            name = etree.QName(element).localname
            raise UnusableStylesheet(
                message(
                    "line {line}: xsl:{name} is not allowed; the stylesheet must be one file",
                    line=line_of(element) or 0,
                    name=name,
                )
            )
        for namespace in element.nsmap.values():
            if namespace is not None and namespace.startswith(_EXTENSIONS):
                raise UnusableStylesheet(
                    message(
                        "line {line}: the extension {namespace} is not allowed; only XSLT 1.0 itself is",
                        line=line_of(element) or 0,
                        namespace=namespace,
                    )
                )


def _failed(answer: Message) -> TransformFailed:
    return TransformFailed(
        message("Transforming the XML of the submission"),
        answer,
        message("The workflow's transform does not fit this form, or the form service handed out something else."),
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0][:300]
