"""The answers of a submission, read from its XML for people to look at."""

from collections.abc import Iterator

from babel import Locale
from django.utils.translation import override
from lxml import etree

from formcase.formservice.answer_texts import answer_text, locale_of
from formcase.formservice.filling.summary import Answer, AnswerGroup, Section
from formcase.formservice.submission_xml import LARGEST_DOCUMENT, NAMESPACE

_LEVELS = 64


class Unreadable(Exception):
    """The XML is not as the submission schema has it."""


def written_pages(xml: bytes) -> tuple[tuple[Section, ...], tuple[Section, ...]]:
    """The pages that were filled in, and the hidden ones; all in the language of the form, “Yes” and “No” too."""
    if len(xml) > LARGEST_DOCUMENT:
        raise Unreadable
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(xml, parser)
        locale = locale_of(str(root.get("language", "da")))
        with override(locale.language):
            pages = [
                (page.get("hidden") == "true", Section(_title(page), number, _items(page, locale, 0), ()))
                for number, page in enumerate(root.iterchildren(_tag("Page")), 1)
            ]
    except (etree.XMLSyntaxError, ValueError, ArithmeticError):
        raise Unreadable from None
    shown = tuple(section for hidden, section in pages if not hidden and section.items)
    return shown, tuple(section for hidden, section in pages if hidden)


def _items(parent: etree._Element, locale: Locale, depth: int) -> tuple[Answer | AnswerGroup, ...]:
    if depth > _LEVELS:
        raise Unreadable
    return tuple(_shown(parent, locale, depth))


def _shown(parent: etree._Element, locale: Locale, depth: int) -> Iterator[Answer | AnswerGroup]:
    lines: dict[str, list[str]] = {}
    for element in parent.iterchildren(_tag("Group"), _tag("Field")):
        if element.tag == _tag("Group"):
            yield from (Answer(label, tuple(texts)) for label, texts in lines.items())
            lines = {}
            yield AnswerGroup(_title(element), _items(element, locale, depth + 1))
        else:
            # several answers to one question stand one after the other
            lines.setdefault(_title(element), []).extend(_text(element, locale))
    yield from (Answer(label, tuple(texts)) for label, texts in lines.items())


def _text(element: etree._Element, locale: Locale) -> list[str]:
    value = element.text or ""
    kind, display = str(element.get("type", "text")), element.get("display")
    return [answer_text(kind, value, None if display is None else str(display), locale)] if value else []


def _title(element: etree._Element) -> str:
    return str(element.get("title") or element.get("name") or "")


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
