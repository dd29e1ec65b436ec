"""A submission as XML of the submission schema, version 1: written, and checked before anybody gets to see it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources

from django.utils.translation import gettext as _
from lxml import etree

from formcase.formservice.answers import AnsweredField, AnsweredGroup, AnsweredPage
from formcase.formservice.design import Form
from formcase.formservice.hidden_pages import ComputedField, ComputedGroup
from formcase.formservice.lexical import written_instant
from formcase.formservice.problems import Problem, Refused

NAMESPACE = "urn:formcase:submission:1"
_DEFAULT_NAMESPACE: Mapping[str, str] = {None: NAMESPACE}  # type: ignore[dict-item]  # the stubs know no default
LARGEST_DOCUMENT = 16 * 1024 * 1024
MOST_ELEMENTS = 100_000
LONGEST_VALUE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Submitter:
    """The person or company that was logged in."""

    login: str
    id: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """An attachment as the XML tells of it; its bytes are kept elsewhere."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """What the XML says of the submission as a whole, beside the form."""

    id: str
    reference_id: str
    submitted_at: datetime
    language: str
    submitter: Submitter | None


class SubmissionRefused(Refused):
    """A submission that can't be written as the schema has it."""


def write_submission(
    form: Form,
    heading: Heading,
    answered: Iterable[AnsweredPage],
    computed: Mapping[str, tuple[ComputedGroup | ComputedField, ...]],
    attachments: Iterable[AttachedFile],
) -> bytes:
    """The whole document, valid by the schema and within its limits; else `SubmissionRefused`."""
    by_name = {page.page.name: page.items for page in answered}
    try:
        root = _root(form, heading)
        for page in form.pages:
            element = _element(root, "Page", name=page.name, title=page.title, hidden="true" if page.hidden else None)
            if page.hidden:
                _write_computed(element, computed[page.name])
            else:
                _write_answered(element, by_name[page.name])
        for file in attachments:
            _write_attachment(root, file)
    except ValueError as refusal:  # lxml: characters that XML forbids
        raise SubmissionRefused([Problem((), _("A text has control characters that XML forbids."))]) from refusal
    _check_limits(root)
    if not _schema().validate(root):
        raise SubmissionRefused(_schema_problems())
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    if len(document) > LARGEST_DOCUMENT:
        raise SubmissionRefused([Problem((), _("The answers are too long: at most 16 MiB in all."))])
    return document


@cache
def _schema() -> etree.XMLSchema:
    source = resources.files("formcase.formservice").joinpath("submission.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(source))


def _schema_problems() -> list[Problem]:
    # the schema's own words would repeat values, so only the place is told
    log: Iterable[etree._LogEntry] = _schema().error_log  # type: ignore[assignment]
    places = sorted({entry.path or "" for entry in log})
    return [Problem((place,), _("This is not as the submission schema has it.")) for place in places]


def _root(form: Form, heading: Heading) -> etree._Element:
    root = etree.Element(f"{{{NAMESPACE}}}Submission", nsmap=_DEFAULT_NAMESPACE)
    root.set("id", heading.id)
    root.set("referenceId", heading.reference_id)
    root.set("formId", form.id)
    root.set("formTitle", form.title)
    root.set("formVersion", str(form.version))
    root.set("submittedAt", written_instant(heading.submitted_at))
    root.set("language", heading.language)
    if heading.submitter:
        submitter = heading.submitter
        _element(root, "Submitter", login=submitter.login, id=submitter.id, name=submitter.name)
    return root


def _element(parent: etree._Element, tag: str, **attributes: str | None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}")
    for name, value in attributes.items():
        if value is not None:
            element.set(name, value)
    return element


def _write_answered(parent: etree._Element, items: tuple[AnsweredGroup | AnsweredField, ...]) -> None:
    """Write what was answered; questions and groups that were left open are left out."""
    for item in items:
        if isinstance(item, AnsweredField):
            for value in item.values:
                field = item.field
                element = _field(parent, field.name, field.title, field.type, value)
                display = field.title_of(value)
                if display is not None:
                    element.set("display", display)
            continue
        for entry in item.entries:
            group = _element(parent, "Group", name=item.group.name, title=item.group.title)
            _write_answered(group, entry)
            if not len(group) and not item.group.repeats:
                parent.remove(group)


def _write_computed(parent: etree._Element, items: tuple[ComputedGroup | ComputedField, ...]) -> None:
    for item in items:
        if isinstance(item, ComputedField):
            _field(parent, item.field.name, item.field.title, item.field.type, item.value)
        else:
            _write_computed(_element(parent, "Group", name=item.group.name, title=item.group.title), item.items)


def _field(parent: etree._Element, name: str, title: str | None, kind: str, value: str) -> etree._Element:
    element = _element(parent, "Field", name=name, title=title, type=None if kind == "text" else kind)
    if value:
        element.text = value
    return element


def _write_attachment(root: etree._Element, file: AttachedFile) -> None:
    _element(
        root,
        "Attachment",
        id=file.id,
        name=file.name,
        mediaType=file.media_type,
        size=str(file.size),
        sha256=file.sha256,
        field=file.field,
    )


def _check_limits(root: etree._Element) -> None:
    problems = []
    counted = 0
    for element in root.iter():
        counted += 1
        for value in (element.text or "", *map(str, element.attrib.values())):
            if len(value) > LONGEST_VALUE // 4 and len(value.encode()) > LONGEST_VALUE:
                names = [str(above.get("name")) for above in (*reversed([*element.iterancestors()][:-1]), element)]
                problems.append(Problem(tuple(names), _("The value is longer than 1 MiB.")))
    if counted > MOST_ELEMENTS:
        problems.append(Problem((), _("There are too many answers: at most 100,000 in all.")))
    if problems:
        raise SubmissionRefused(problems)
