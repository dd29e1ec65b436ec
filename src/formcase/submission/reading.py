"""Reads the XML of a submission into the model: hardened parsing, the schema, then the model. Not what it means.

Order, repeated groups and the lines of an answer stay as they were handed in.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Final, Protocol, cast

from lxml import etree

from formcase.messages import Message, message
from formcase.submission.model import Attachment, Field, FileDescription, Group, Page, Submission, Submitter
from formcase.submission.parsing import line_of, parse
from formcase.submission.problems import Problem, UnreadableXml

NAMESPACE: Final = "urn:formcase:submission:1"
_ANY_VERSION: Final = "urn:formcase:submission:"
_SUBMISSION: Final = f"{{{NAMESPACE}}}Submission"
_SUBMITTER: Final = f"{{{NAMESPACE}}}Submitter"
_PAGE: Final = f"{{{NAMESPACE}}}Page"
_GROUP: Final = f"{{{NAMESPACE}}}Group"
_ATTACHMENT: Final = f"{{{NAMESPACE}}}Attachment"
_BLANKS: Final = re.compile("[ \t\r\n]+")
_LARGEST_NUMBER: Final = 2**63 - 1
_PLACED: Final = 200  # see `_violations`
_SCHEMA: Final = files("formcase.submission").joinpath("submission.xsd").read_bytes()


def read_submission(xml: bytes) -> Submission:
    """Read one submission, version 1. Raises `UnreadableXml` with everything that is wrong."""
    root = parse(xml)
    if root.tag != _SUBMISSION:
        raise UnreadableXml((Problem(_not_a_submission(root), line_of(root), _local_name(root)),))
    if problems := tuple(_schema_problems(root)):
        raise UnreadableXml(problems)
    if problems := tuple(_value_problems(root)):
        raise UnreadableXml(problems)
    return _submission(root)


def _not_a_submission(root: etree._Element) -> Message:
    name, namespace = _local_name(root), str(root.tag).rpartition("}")[0].removeprefix("{")
    if name == "Submission" and namespace.startswith(_ANY_VERSION):
        version = namespace.removeprefix(_ANY_VERSION)
        return message("this is a submission of version {version}; version 1 can be read", version=version[:40])
    return message(
        "this is no submission: it begins with {name} of the namespace {namespace}, not with Submission of {expected}",
        name=name,
        namespace=namespace or "-",
        expected=NAMESPACE,
    )


class _Violation(Protocol):
    """An entry of libxml2's log."""

    type_name: str
    message: str
    line: int
    path: str | None


def _schema_problems(root: etree._Element) -> Iterator[Problem]:
    violations = _violations(root)
    if 0 < len(violations) <= _PLACED:
        schema = _schema()
        schema.validate(root.getroottree())
        violations = _logged(schema.error_log) or violations
    prefixes = _prefixes(root) if any(":" in (violation.path or "") for violation in violations) else {}
    for violation in violations:
        place = _place(_found(root, violation.path, prefixes)) if violation.path else ""
        yield Problem(_what(violation), violation.line or None, place)


def _violations(root: etree._Element) -> list[_Violation]:
    """All violations without their places: libxml2 walks past all elements before it to name the place of one, which
    takes minutes where there are very many; while it parses, it does not."""
    parser = etree.XMLParser(schema=_schema(), huge_tree=True, resolve_entities=False, no_network=True)
    try:
        etree.fromstring(etree.tostring(root, encoding="UTF-8"), parser)
    except etree.XMLSyntaxError:
        return _logged(parser.error_log)
    return []


def _logged(log: object) -> list[_Violation]:
    return list(cast(Iterable[_Violation], log))


def _schema() -> etree.XMLSchema:
    # It keeps the errors of its last run, so threads can't share one; to build it takes less than a millisecond.
    return etree.XMLSchema(etree.fromstring(_SCHEMA))


# By the names of the rules in XML Schema, as libxml2 gives them: a text without the value that broke the rule.
_RULES: Final = {
    "SCHEMAV_CVC_COMPLEX_TYPE_4": message("an attribute is missing"),
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": message("this attribute does not belong here"),
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2": message("this attribute does not belong here"),
    "SCHEMAV_CVC_COMPLEX_TYPE_2_2": message("a field holds text only, no elements"),
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": message("there is text between the elements"),
    "SCHEMAV_ELEMENT_CONTENT": message("an element is missing or does not belong here"),
    "SCHEMAV_CVC_MAXLENGTH_VALID": message("the value is too long"),
    "SCHEMAV_CVC_MINLENGTH_VALID": message("the value is too short"),
    "SCHEMAV_CVC_PATTERN_VALID": message("the value has another form than is asked for"),
    "SCHEMAV_CVC_ENUMERATION_VALID": message("the value is none of those that are allowed"),
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_1": message("the value is not of the type that is asked for"),
    "SCHEMAV_CVC_IDC": message("two attachments have the same id"),
}

_OTHER_RULE: Final = message("the schema is not kept to")
_MISSING_ATTRIBUTE: Final = re.compile(r"The attribute '([^']+)' is required but missing")
_EXPECTED_ELEMENTS: Final = re.compile(r"Expected is (?:one of )?\( ([^()]+) \)")


def _what(violation: _Violation) -> Message:
    detail = violation.message.replace(f"{{{NAMESPACE}}}", "")
    # the schema's own names are no answers: whoever runs the form service may see them
    if missing := _MISSING_ATTRIBUTE.search(detail):
        return message("the attribute {name} is missing", name=missing[1])
    if expected := _EXPECTED_ELEMENTS.search(detail):
        return message("an element is missing or does not belong here; expected is {names}", names=expected[1])
    rule = _RULES.get(violation.type_name, _OTHER_RULE)
    if len(detail) > 300:
        detail = f"{detail[:200]}…{detail[-99:]}"
    return message("{rule} ({detail})", rule=rule, detail=detail, hidden=("detail",))


def _prefixes(root: etree._Element) -> dict[str, str]:
    """The namespaces of all elements by their prefixes, which libxml2 names places by; where one prefix stands for
    several, the first."""
    found: dict[str, str] = {}
    for element in root.iter():
        for prefix, namespace in element.nsmap.items():
            if prefix:
                found.setdefault(prefix, namespace)
    return found


def _found(root: etree._Element, path: str, prefixes: dict[str, str]) -> etree._Element:
    """The element that libxml2 calls so; the outermost where nobody can tell."""
    try:
        found = root.xpath(path, namespaces=prefixes)
    except etree.XPathError:
        return root
    return found[0] if isinstance(found, list) and found and isinstance(found[0], etree._Element) else root


def _place(element: etree._Element) -> str:
    """libxml2 says `/*/*[2]/*`; people want `Submission/Page[2]/Field`."""
    ancestors = reversed(list(element.iterancestors()))
    return "/".join(map(_step, (*ancestors, element)))


def _step(element: etree._Element) -> str:
    name = _local_name(element)
    before = sum(1 for _ in element.itersiblings(element.tag, preceding=True))
    if before or next(element.itersiblings(element.tag), None) is not None:
        return f"{name}[{before + 1}]"
    return name


def _local_name(element: etree._Element) -> str:
    """Without its namespace, which may have braces in it; `etree.QName` refuses those."""
    return str(element.tag).rpartition("}")[2]


def _value_problems(root: etree._Element) -> Iterator[Problem]:
    """What the schema allows and nobody can use: a number without end, a time that no clock has."""
    numbers = [(root, "formVersion"), *((attachment, "size") for attachment in root.iterchildren(_ATTACHMENT))]
    for element, attribute in numbers:
        digits = _attribute(element, attribute).strip().lstrip("+-0")
        if len(digits) > 19 or int(digits or "0") > _LARGEST_NUMBER:
            what = message("the number in {attribute} is too large", attribute=attribute)
            yield Problem(what, line_of(element), _place(element))
    try:
        submitted_at = _instant(root)
        for offset in (-timedelta(days=1), timedelta(days=1)):  # there must be a local day of it everywhere
            _ = submitted_at.astimezone(UTC) + offset
    except (ValueError, OverflowError):
        yield Problem(message("submittedAt is not a time that can be used"), line_of(root), "Submission")


def _submission(root: etree._Element) -> Submission:
    return Submission(
        id=_attribute(root, "id"),
        reference_id=_attribute(root, "referenceId"),
        form_id=_attribute(root, "formId"),
        form_title=_attribute(root, "formTitle"),
        form_version=int(_attribute(root, "formVersion")),
        submitted_at=_instant(root),
        language=root.get("language", "da").strip(),
        submitter=next((_submitter(element) for element in root.iterchildren(_SUBMITTER)), None),
        pages=tuple(_page(element) for element in root.iterchildren(_PAGE)),
        attachments=tuple(_attachment(element) for element in root.iterchildren(_ATTACHMENT)),
    )


def _instant(root: etree._Element) -> datetime:
    return datetime.fromisoformat(_attribute(root, "submittedAt").strip())


def _submitter(element: etree._Element) -> Submitter:
    return Submitter(_attribute(element, "login"), _attribute(element, "id"), element.get("name"))


def _page(element: etree._Element) -> Page:
    hidden = element.get("hidden", "false").strip() in {"true", "1"}
    return Page(_name(element), tuple(_items(element)), element.get("title"), hidden)


def _items(element: etree._Element) -> Iterable[Group | Field]:
    for child in element.iterchildren():
        if child.tag == _GROUP:
            yield Group(_name(child), tuple(_items(child)), child.get("title"))
        else:
            yield _field(child)


def _field(element: etree._Element) -> Field:
    return Field(
        _name(element),
        element.text or "",
        element.get("title"),
        element.get("type", "text").strip(),
        element.get("display"),
    )


def _attachment(element: etree._Element) -> Attachment:
    field = element.get("field")
    return Attachment(
        _attribute(element, "id"),
        _attribute(element, "name"),
        FileDescription(
            _attribute(element, "mediaType"), int(_attribute(element, "size")), _attribute(element, "sha256")
        ),
        None if field is None else _token(field),
    )


def _name(element: etree._Element) -> str:
    return _token(_attribute(element, "name"))


def _token(text: str) -> str:
    """As `xs:token` reads: XML's blanks around it don't count, and several inside are one."""
    return " ".join(part for part in _BLANKS.split(text) if part)


def _attribute(element: etree._Element, name: str) -> str:
    """An attribute that the schema demands."""
    return element.get(name, "")
