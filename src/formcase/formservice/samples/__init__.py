"""Sample forms with answers and files, from flags to building permits: enough to try and to show everything.

Each folder holds a form's definition, answers, files, and `sample.json`, which says how to submit them and what must
come of it. All people and companies in them are invented: the CPR numbers but for three belong to birthdays that are
still to come, the CVR numbers to a series that is not in use. Submitting them is not done here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NotRequired, TypedDict

__all__ = ["Attachment", "Expected", "Sample", "Submitter", "samples"]

_CASE_NUMBER = "{caseNumber}"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to hand in: what it is called there, and the file field that it belongs to."""

    name: str
    field: str
    media_type: str
    source: Traversable

    def content(self) -> bytes:
        """The file's bytes."""
        return self.source.read_bytes()


@dataclass(frozen=True, slots=True)
class Submitter:
    """Who is logged in."""

    login: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come of the submission.

    cases: how many cases it makes or updates, an error case counted. error_names: what the error case's text must
    name. updates: the sample whose case is updated.
    """

    cases: int
    error_case: bool
    error_names: tuple[str, ...]
    updates: str | None


@dataclass(frozen=True, slots=True)
class Sample:
    """One form to publish and one submission of it.

    name: the folder's. definition: the form as JSON. id, reference_id: where the submission has to have certain ones.
    after: the sample that must have its case before this one is handed in.
    """

    name: str
    about: str
    form_id: str
    version: int
    definition: Mapping[str, object]
    attachments: tuple[Attachment, ...]
    expected: Expected
    after: str | None
    id: str | None
    reference_id: str | None
    submitter: Submitter | None
    answers_source: Traversable

    def answers(self, case_number: str | None = None) -> dict[str, object]:
        """The answers. case_number: the number of the case that the sample updates, where it updates one."""
        answers = json.loads(self.answers_source.read_text(encoding="utf-8"))
        if self.expected.updates and case_number is None:
            raise ValueError(f"sample {self.name} needs the number of the case that {self.expected.updates} made")
        filled = _filled(answers, case_number) if case_number is not None and self.expected.updates else answers
        if not isinstance(filled, dict):
            raise TypeError(f"the answers of sample {self.name} are no JSON object")
        return filled


@cache
def samples() -> tuple[Sample, ...]:
    """All samples, in the order in which they must be submitted: a case is there before it is updated."""
    folders = [folder for folder in files(__package__).iterdir() if folder.joinpath("sample.json").is_file()]
    sheets = [(_read(folder.joinpath("sample.json")), folder) for folder in folders]
    return tuple(_sample(sheet, folder) for sheet, folder in sorted(sheets, key=lambda pair: pair[0]["order"]))


class _SubmitterSheet(TypedDict):
    login: str
    id: str
    name: str


class _AttachmentSheet(TypedDict):
    file: str
    name: str
    field: str
    mediaType: str


class _ExpectedSheet(TypedDict):
    cases: int
    errorCase: bool
    errorNames: list[str]
    updates: str | None


class _Sheet(TypedDict):
    """A `sample.json`."""

    order: int
    about: str
    form: str
    version: int
    definition: str
    answers: str
    id: NotRequired[str]
    referenceId: NotRequired[str]
    submitter: NotRequired[_SubmitterSheet]
    after: NotRequired[str]
    attachments: list[_AttachmentSheet]
    expected: _ExpectedSheet


def _read(source: Traversable) -> _Sheet:
    sheet: _Sheet = json.loads(source.read_text(encoding="utf-8"))
    return sheet


def _sample(sheet: _Sheet, folder: Traversable) -> Sample:
    submitter, expected = sheet.get("submitter"), sheet["expected"]
    return Sample(
        name=folder.name,
        about=sheet["about"],
        form_id=sheet["form"],
        version=sheet["version"],
        definition=json.loads(folder.joinpath(sheet["definition"]).read_text(encoding="utf-8")),
        attachments=tuple(
            Attachment(file["name"], file["field"], file["mediaType"], folder.joinpath("files", file["file"]))
            for file in sheet["attachments"]
        ),
        expected=Expected(expected["cases"], expected["errorCase"], tuple(expected["errorNames"]), expected["updates"]),
        after=sheet.get("after", expected["updates"]),
        id=sheet.get("id"),
        reference_id=sheet.get("referenceId"),
        submitter=Submitter(submitter["login"], submitter["id"], submitter["name"]) if submitter else None,
        answers_source=folder.joinpath(sheet["answers"]),
    )


def _filled(value: object, case_number: str) -> object:
    """The same answers with the case number in its place."""
    if isinstance(value, str):
        return value.replace(_CASE_NUMBER, case_number)
    if isinstance(value, list):
        return [_filled(one, case_number) for one in value]
    if isinstance(value, dict):
        return {name: _filled(one, case_number) for name, one in value.items()}
    return value
