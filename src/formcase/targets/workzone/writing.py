"""A plan's operations as the parts of one change set, in the plan's order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from uuid import UUID

from formcase.planning.plan import (
    AddCaseRow,
    AddDocument,
    AddParty,
    AddReference,
    CreateAddress,
    CreateCase,
    CreateContact,
    Entry,
    Existing,
    Operation,
    Plan,
    Planned,
    Reference,
    UpdateCase,
    UpdateCaseText,
)
from formcase.targets.port import DocumentId, Repeatability
from formcase.targets.workzone.batch import Part
from formcase.targets.workzone.literals import Json, identifier, key

_ROWS = {"Dates": "FileDates", "Infos": "FileInfos"}
_TEXTS = frozenset({"Text", "Note"})


def content_id(index: int) -> str:
    """The name of an operation in the change set. All of one length: none is the beginning of another, so that a
    service that replaces `$p…` in a text without looking further does no harm."""
    return f"p{index + 1:05d}"


def parts(plan: Plan, documents: Mapping[str, DocumentId], repeatability: Repeatability) -> tuple[Part, ...]:
    """One part for each operation. documents: the uploaded files, by `AddDocument.key`."""
    names = {made: content_id(index) for index, each in enumerate(plan.operations) if (made := _makes(each))}
    writer = _Writer(names, documents)
    return tuple(
        _part(content_id(index), writer.request(operation), _repeatability(request_id, repeatability.first_sent))
        for index, (operation, request_id) in enumerate(zip(plan.operations, repeatability.request_ids, strict=True))
    )


def index_of(part: str | None, plan: Plan) -> int | None:
    """Which operation a Content-ID means; None where it means none."""
    number = (part or "").strip().lstrip("$").removeprefix("p")
    index = int(number) - 1 if number.isascii() and number.isdigit() else -1
    return index if 0 <= index < len(plan.operations) else None


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    address: str
    body: Mapping[str, Json]
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class _Writer:
    names: Mapping[str, str]  # what the plan makes, by its own name, and the Content-ID that makes it
    documents: Mapping[str, DocumentId]

    def request(self, operation: Operation) -> _Request:
        match operation:
            case CreateContact(entry=entry):
                return _Request("POST", "Contacts", _body(entry))
            case CreateAddress(contact=contact, entry=entry):
                return _Request("POST", "Addresses", _body(entry, Name=self._to("Contacts", contact)))
            case CreateCase(entry=entry):
                return _Request("POST", "Files", _body(entry))
            case UpdateCase(case=case, entry=entry, etag=etag):
                return _Request("PATCH", key("Files", case.id), _body(entry), etag)
            case UpdateCaseText(case=case, group=group, entry=entry, etag=etag):
                return _Request("PATCH", f"{key('Files', case.id)}/{_text_group(group)}", _body(entry), etag)
            case AddCaseRow(case=case, collection=collection, entry=entry):
                return _Request("POST", _ROWS[collection], _body(entry, File=self._to("Files", case)))
            case AddParty():
                return _Request("POST", "FileContacts", self._party(operation))
            case AddDocument():
                return _Request("POST", "Records", self._record(operation))
            case AddReference(case=case, label=label, reference_id=reference_id):
                row = Entry(values={"CustomLabel_Value": label, "Info_Value": reference_id})
                return _Request("POST", "FileInfos", _body(row, File=self._to("Files", case)))

    def _party(self, party: AddParty) -> dict[str, Json]:
        return _body(
            Entry(values={"CustomLabel_Value": party.role}),
            File=self._to("Files", party.case),
            Name=self._to("Contacts", party.contact),
            NameAddress=self._to("Addresses", party.address),
        )

    def _record(self, document: AddDocument) -> dict[str, Json]:
        bound = {
            "Document": key("Documents", self.documents[document.key]),
            "File": self._to("Files", document.case),
        }
        if document.main is not None:
            bound["MainRecord"] = self._to("Records", document.main)
        return _body(document.entry, **bound)

    def _to(self, entity_set: str, reference: Reference) -> str:
        match reference:
            case Planned(key=planned):
                return f"${self.names[planned]}"
            case Existing(id=existing):
                return key(entity_set, existing)


def _makes(operation: Operation) -> str | None:
    match operation:
        case CreateContact() | CreateAddress() | CreateCase() | AddDocument():
            return operation.key
    return None


def _text_group(group: str) -> str:
    if group not in _TEXTS:
        raise ValueError(f"{group} is no text of a case")
    return group


def _body(entry: Entry, **bound: str) -> dict[str, Json]:
    nested: dict[str, Json] = {
        identifier(name): [_body(each) for each in inner] if isinstance(inner, tuple) else _body(inner)
        for name, inner in entry.nested.items()
    }
    bindings: dict[str, Json] = {f"{name}@odata.bind": address for name, address in bound.items()}
    return {**{identifier(name): value for name, value in entry.values.items()}, **nested, **bindings}


def _part(name: str, request: _Request, headers: Mapping[str, str]) -> Part:
    precondition = {"If-Match": request.etag} if request.etag is not None else {}
    return Part(name, request.method, request.address, request.body, {**precondition, **headers})


def _repeatability(request_id: UUID, first_sent: datetime) -> dict[str, str]:
    return {
        "Repeatability-Request-ID": str(request_id),
        "Repeatability-First-Sent": format_datetime(first_sent.astimezone(UTC), usegmt=True),
    }
