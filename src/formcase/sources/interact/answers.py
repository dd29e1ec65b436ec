"""The JSON of the Interact API, checked and read into what the rest of Formcase knows. Pure.

Unknown keys are ignored; everything that is known must have the shape that the contract gives it. An error names the
place (`submissions[3].xml.sha256`) and what was expected, never the value.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal, NamedTuple, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import from_json

from formcase.messages import message
from formcase.sources.interact.parameters import IDENTIFIER
from formcase.sources.port import (
    ReportedCase,
    Status,
    StatusEntry,
    SubmissionDetail,
    SubmissionPage,
    SubmissionSummary,
    UnreadableEntry,
)
from formcase.submission.form import FormDefinition, FormField, FormGroup, FormPage, FormSummary
from formcase.submission.model import Attachment, FileDescription

MOST_ATTACHMENTS = 1000


class WrongShapeError(ValueError):
    """An answer isn't what the contract says. where: the place in it; expected: what should stand there."""

    def __init__(self, where: str, expected: str) -> None:
        super().__init__(f"{where}: {expected}")
        self.where = where
        self.expected = expected


class IssuedToken(NamedTuple):
    """A token and how many seconds it lasts."""

    value: str
    expires_in: int


def read_token(body: bytes) -> IssuedToken:
    """The answer of the token endpoint."""
    token = _read(_Token, _json(body), "")
    return IssuedToken(token.access_token, token.expires_in)


def read_forms(body: bytes) -> tuple[FormSummary, ...]:
    """The forms released to us."""
    return tuple(form.summary() for form in _read(_Forms, _json(body), "").forms)


def read_form(body: bytes) -> FormDefinition:
    """One form's definition."""
    form = _read(_Form, _json(body), "")
    return FormDefinition(form.summary(), tuple(page.page() for page in form.pages))


def read_page(body: bytes) -> SubmissionPage:
    """One page of submissions. An entry that can't be read is set apart, so that it does not hold up the others."""
    page = _read(_Page, _json(body), "")
    summaries: list[SubmissionSummary] = []
    unreadable: list[UnreadableEntry] = []
    for index, entry in enumerate(page.submissions):
        try:
            summaries.append(_read(_Summary, entry, f"submissions[{index}]").summary())
        except WrongShapeError as error:
            unreadable.append(_unreadable(entry, error))
    return SubmissionPage(tuple(summaries), page.next, page.cursor, tuple(page.refused), tuple(unreadable))


def read_submission(body: bytes) -> SubmissionDetail:
    """One submission with its history."""
    detail = _read(_Detail, _json(body), "")
    return SubmissionDetail(detail.summary(), tuple(entry.entry() for entry in detail.history))


def _identifier(text: str) -> str:
    if not IDENTIFIER.fullmatch(text):
        raise ValueError("expected an identifier (letters, digits, . _ -; at most 64)")
    return text


def _line(text: str) -> str:
    """One line of text as the schema's `Line`: what is shown to people and stored as a title or a file name."""
    kinds = [unicodedata.category(character) for character in text]
    if any(kind in {"Cc", "Zl", "Zp", "Cs"} for kind in kinds) or all(kind.startswith("Z") for kind in kinds):
        raise ValueError("expected one line of text, not blank and without control characters")
    return text


def _text(text: str) -> str:
    if "\0" in text:
        raise ValueError("expected text without NUL")
    return text


_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]([01]\d|2[0-3]):\d{2}:\d{2}(\.\d{1,20})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII
)


def _instant(value: object) -> datetime:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError("expected a time as RFC 3339 with offset")
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError as error:
        raise ValueError("expected a time that exists") from error


Identifier = Annotated[str, AfterValidator(_identifier)]
Line = Annotated[str, Field(max_length=255), AfterValidator(_line)]
Text = Annotated[str, Field(max_length=1024 * 1024), AfterValidator(_text)]
Name = Annotated[str, Field(min_length=1, max_length=128), AfterValidator(_text)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
Version = Annotated[int, Field(ge=1, le=2**53)]
MediaType = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9!#$&\-^_.+]{1,127}/[A-Za-z0-9!#$&\-^_.+]{1,127}(; ?[ -~]{1,255})?$")
]
Cursor = Annotated[str, Field(min_length=1, max_length=4096)]
StatusWord = Literal["Submitted", "Delivered", "TemporaryBlocked", "Imported"]


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, alias_generator=to_camel)


class _Token(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    access_token: Annotated[str, Field(max_length=16 * 1024, pattern=r"^[!-~]+$")]
    token_type: Annotated[str, Field(pattern=r"^[Bb][Ee][Aa][Rr][Ee][Rr]$")]
    expires_in: Annotated[int, Field(ge=1, le=2**31)]


class _FormSummary(_Model):
    id: Identifier
    title: Line
    version: Version
    updated_at: Instant

    def summary(self) -> FormSummary:
        return FormSummary(self.id, self.title, self.version, self.updated_at)


class _Forms(_Model):
    forms: list[_FormSummary]


class _Choice(_Model):
    value: Text
    title: Text | None = None


class _Item(_Model):
    """A group or a field: the key `group` or `field` says which."""

    group: Name | None = None
    field: Name | None = None
    title: Text | None = None
    repeats: bool = False
    items: "list[_Item] | None" = None
    type: Annotated[str, Field(min_length=1, max_length=64)] = "text"
    required: bool = False
    multiple: bool = False
    choices: list[_Choice] = []
    default: Text | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "_Item":
        if (self.group is None) == (self.field is None):
            raise ValueError("expected either the key group or the key field")
        if self.group is not None and self.items is None:
            raise ValueError("expected the key items in a group")
        return self

    def item(self) -> FormGroup | FormField:
        if self.group is not None:
            return FormGroup(self.group, tuple(item.item() for item in self.items or ()), self.title, self.repeats)
        choices = tuple((choice.value, choice.title or choice.value) for choice in self.choices)
        return FormField(self.field or "", self.title, self.type, self.required, self.multiple, choices, self.default)


class _FormPage(_Model):
    name: Name
    title: Text | None = None
    hidden: bool = False
    items: list[_Item]

    def page(self) -> FormPage:
        return FormPage(self.name, tuple(item.item() for item in self.items), self.title, self.hidden)


class _Form(_FormSummary):
    pages: Annotated[list[_FormPage], Field(min_length=1)]


class _File(_Model):
    media_type: MediaType
    size: Annotated[int, Field(ge=0, le=2**53)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

    def description(self) -> FileDescription:
        return FileDescription(self.media_type, self.size, self.sha256)


class _Attachment(_File):
    id: Identifier
    name: Line

    def attachment(self) -> Attachment:
        return Attachment(self.id, self.name, self.description())


class _Summary(_Model):
    id: Identifier
    reference_id: Identifier
    form_id: Identifier
    form_title: Line
    form_version: Version
    submitted_at: Instant
    status: StatusWord
    xml: _File
    pdf: _File | None
    attachments: Annotated[list[_Attachment], Field(max_length=MOST_ATTACHMENTS)]

    @model_validator(mode="after")
    def _attachments_told_apart(self) -> "_Summary":
        if len({attachment.id for attachment in self.attachments}) < len(self.attachments):
            raise ValueError("expected attachments with an id each")
        return self

    def summary(self) -> SubmissionSummary:
        return SubmissionSummary(
            id=self.id,
            reference_id=self.reference_id,
            form_id=self.form_id,
            form_title=self.form_title,
            form_version=self.form_version,
            submitted_at=self.submitted_at,
            status=Status(self.status),
            xml=self.xml.description(),
            pdf=self.pdf.description() if self.pdf else None,
            attachments=tuple(attachment.attachment() for attachment in self.attachments),
        )


class _ReportedCase(_Model):
    case_number: Text
    url: Text | None


class _StatusEntry(_Model):
    status: StatusWord
    message: Text | None
    cases: list[_ReportedCase]
    at: Instant

    def entry(self) -> StatusEntry:
        cases = tuple(ReportedCase(case.case_number, case.url) for case in self.cases)
        return StatusEntry(Status(self.status), self.message, cases, self.at)


class _Detail(_Summary):
    history: Annotated[list[_StatusEntry], Field(min_length=1)]


class _Page(_Model):
    submissions: list[object]
    next: Cursor | None
    cursor: Cursor | None
    refused: list[str]


_M = TypeVar("_M", bound=BaseModel)


def _json(body: bytes) -> object:
    """The JSON value in an answer. Its own reader bounds how deep it may be nested."""
    try:
        value: object = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise WrongShapeError("$", "expected JSON") from error
    return value


def _read(model: type[_M], value: object, where: str) -> _M:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        expected = first["msg"].removeprefix("Value error, ")
        raise WrongShapeError(_place(where, first["loc"]), expected[:300]) from None


def _place(where: str, steps: tuple[int | str, ...]) -> str:
    for step in steps:
        where += f"[{step}]" if isinstance(step, int) else f".{step}"
    return where.lstrip(".") or "$"


def _unreadable(entry: object, error: WrongShapeError) -> UnreadableEntry:
    reason = message(
        "Its entry in the listing is wrong at {where}: {expected}.", where=error.where, expected=error.expected
    )
    return UnreadableEntry(_told(entry, "id", _identifier), _told(entry, "referenceId", _identifier), reason)


def _told(entry: object, key: str, check: Callable[[str], str]) -> str | None:
    value = entry.get(key) if isinstance(entry, dict) else None
    try:
        return check(value) if isinstance(value, str) else None
    except ValueError:
        return None
