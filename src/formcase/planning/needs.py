"""What filing a form will need, found from its design before anybody has filled it in: rights, codes, right names.

A field of the hidden page whose default is a template may turn out empty or with any value; what depends on it is
needed too, as it may be.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from formcase.planning.cases import asks_for_update
from formcase.planning.codes import CASE_GROUPS, codes_in
from formcase.planning.contacts import DEFAULT_ROLE
from formcase.planning.documents import DOCUMENT_STATE, DOCUMENT_TYPE
from formcase.planning.entries import text_of
from formcase.planning.errors import PlanError
from formcase.planning.found import Found
from formcase.planning.knowledge import CodeTableKey, Rules
from formcase.planning.mapping import CASE_KEYS, ROLE, MappedGroup, MappingPage, groups_of, read_mapping
from formcase.planning.metadata import Metadata
from formcase.planning.questions import codes_of
from formcase.planning.words import PARTY_ROLES
from formcase.submission.form import FormDefinition, FormField, FormGroup
from formcase.submission.model import Field, FieldPath, Group, Page, Submission

# Stands for an answer that nobody has given yet; no form can contain it, as XML forbids the character.
_ANSWER: Final = "\x00"
_PART: Final = re.compile(r"\{\{|\}\}|(?P<answer>\{(?:[^{}]|\{\{|\}\})*\})")


@dataclass(frozen=True, slots=True, order=True)
class Need:
    """A right of the executing user: which table, as the security groups name it, and Search, Create or Update."""

    table: str
    right: str


@dataclass(frozen=True, slots=True)
class NeededCode:
    """A code that stands in the form as it is, and so must be in its table. path: None where a rule writes it."""

    table: CodeTableKey
    code: str
    path: FieldPath | None = None


@dataclass(frozen=True, slots=True)
class Needs:
    """All that a form needs. access_codes: those that it gives to what it makes, so that the executing user must hold
    them; access_by_answer: whether an access code depends on an answer. errors: what is wrong with its names."""

    rights: tuple[Need, ...]
    codes: tuple[NeededCode, ...]
    access_codes: tuple[str, ...]
    access_by_answer: bool
    errors: tuple[PlanError, ...]


def needs(form: FormDefinition, metadata: Metadata, rules: Rules) -> tuple[Need, ...]:
    """The rights that filing this form needs, an error case included."""
    return needs_of(form, metadata, rules).rights


def needs_of(form: FormDefinition, metadata: Metadata, rules: Rules) -> Needs:
    """Everything that filing this form needs, as far as its design tells."""
    found = Found(form.summary.id, form.summary.version)
    mapping = read_mapping(_as_submission(form), metadata, found)
    access = [inner for group in groups_of(mapping) for inner in group.nested.get("AccessCode", ())]
    access += [inner for group in groups_of(mapping) for inner in group.nested.get("UpdateCode", ())]
    return Needs(
        rights=tuple(sorted(set(_rights(mapping)))),
        codes=tuple(dict.fromkeys((*_codes(mapping, metadata), *_codes_of_rules(mapping, metadata, rules)))),
        access_codes=tuple(dict.fromkeys(code for group in access for code in _access_codes(group))),
        access_by_answer=any(_ANSWER in answer.text for group in access for (answer, *_) in group.texts.values()),
        errors=tuple(_placed(error, form) for error in found.errors()),
    )


def _placed(error: PlanError, form: FormDefinition) -> PlanError:
    """The error, said to be in the workflow's own mapping where that has made the page."""
    if not any(page.made for page in form.pages) or error.place.path is None:
        return error
    return replace(error, place=replace(error.place, sources=()))


def _rights(mapping: MappingPage) -> Iterator[Need]:
    # The reference row and the documents of every case, mapped or not.
    yield from (Need("Case", "Create"), Need("Case information", "Create"), Need("Document", "Create"))
    for group in mapping.cases:
        yield from _rights_of_case(group)
    for contact in mapping.contacts:
        yield from (Need("Contact", "Search"), Need("Contact address", "Search"))
        yield from (Need("Contact address", "Create"), Need("Case party", "Create"))
        if contact.group.has("Name1"):
            yield Need("Contact", "Create")
    if mapping.template is not None:
        yield from _rights_of_rows(mapping.template, "Document")


def _rights_of_case(group: MappedGroup) -> Iterator[Need]:
    yield from _rights_of_rows(group, "Case")
    if asks_for_update(group):
        yield from (Need("Case", "Search"), Need("Case party", "Search"))
        yield from (Need("Case date", "Search"), Need("Case information", "Search"))
        if group.texts.keys() - set(CASE_KEYS) or group.single:
            yield Need("Case", "Update")


def _rights_of_rows(group: MappedGroup, table: str) -> Iterator[Need]:
    for name, rows in (("Dates", "date"), ("Infos", "information")):
        if name in group.nested:
            yield Need(f"{table} {rows}", "Create")


def _codes(mapping: MappingPage, metadata: Metadata) -> Iterator[NeededCode]:
    for group in groups_of(mapping):
        for name, key, code in codes_of(group, metadata):
            by_answer = _ANSWER in code or _ANSWER in (key.type or "")
            if not by_answer and name != "Expression":
                yield NeededCode(key, code, group.paths(name)[0])
    for contact in mapping.contacts:
        role = text_of(contact.group, ROLE)
        if role and _ANSWER not in role:
            yield NeededCode(PARTY_ROLES, role, contact.group.paths(ROLE)[0])


def _codes_of_rules(mapping: MappingPage, metadata: Metadata, rules: Rules) -> Iterator[NeededCode]:
    yield NeededCode(CodeTableKey("CustomLabels", "SO"), rules.reference_label)
    if rules.error_case_group:
        yield NeededCode(CASE_GROUPS, rules.error_case_group)
    # The error case has them in any case.
    for domain, code in (("AT", DOCUMENT_TYPE), ("AKTTILST", DOCUMENT_STATE)):
        yield NeededCode(CodeTableKey("CustomDomains", domain), code)
    if any(not contact.group.has(ROLE) for contact in mapping.contacts):
        yield NeededCode(PARTY_ROLES, DEFAULT_ROLE)


def _access_codes(group: MappedGroup) -> Iterator[str]:
    for name in ("Code", "Expression"):
        text = text_of(group, name)
        if _ANSWER not in text:
            yield from codes_in(text)


def _as_submission(form: FormDefinition) -> Submission:
    """The form as if somebody had filled in every field that the hidden page takes a value from."""
    return Submission(
        id="-",
        reference_id="-",
        form_id=form.summary.id,
        form_title=form.summary.title,
        form_version=form.summary.version,
        submitted_at=datetime(2000, 1, 1, tzinfo=UTC),
        pages=tuple(Page(page.name, tuple(_items(page.items)), page.title, page.hidden) for page in form.pages),
    )


def _items(items: Sequence[FormGroup | FormField]) -> Iterator[Group | Field]:
    for item in items:
        if isinstance(item, FormGroup):
            yield Group(item.name, tuple(_items(item.items)), item.title)
        else:
            yield Field(item.name, _filled_in(item.default or ""))


def _filled_in(template: str) -> str:
    """A default with an answer in place of each `{Page.Field}`; doubled braces stand for one."""
    return _PART.sub(lambda part: _ANSWER if part["answer"] else part[0][:1], template)
