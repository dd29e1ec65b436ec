"""A case system in memory: change sets are carried out whole or not at all, and it remembers requests where told to."""

import copy
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from filing.faults import TRIED, Faulty
from formcase.checks import CheckResult
from formcase.messages import message
from formcase.outcomes import (
    DocumentUnavailable,
    Outdated,
    ReferenceRowExists,
    Refused,
    RepeatabilityExpired,
    Setup,
)
from formcase.planning.knowledge import CodeTable, CodeTableKey, ContactType, Knowledge, KnownCase, KnownContact, Rules
from formcase.planning.metadata import Metadata
from formcase.planning.needs import Need
from formcase.planning.plan import (
    AddCaseRow,
    AddDocument,
    AddParty,
    AddReference,
    CreateAddress,
    CreateCase,
    CreateContact,
    Existing,
    Operation,
    Plan,
    Reference,
    UpdateCase,
    UpdateCaseText,
)
from formcase.planning.questions import questions
from formcase.submission.form import FormDefinition
from formcase.submission.model import Submission
from formcase.targets.port import (
    CaseReference,
    Content,
    DocumentId,
    FiledCase,
    FiledReference,
    Receipt,
    Repeatability,
    StoredDocument,
)
from planning.office import CONTACT_TYPES, METADATA, TABLES

KEPT = timedelta(days=7)
CASE_GROUPS = CodeTableKey("FileClasses")


@dataclass(slots=True)
class Case:
    id: str
    number: str
    title: str
    case_group: str
    text: str = ""
    note: str = ""
    access_code: str | None = None
    closed: bool = False
    changes: int = 0
    references: list[str] = field(default_factory=list)
    parties: list[tuple[str, str]] = field(default_factory=list)
    documents: list[tuple[str, bytes]] = field(default_factory=list)
    stored: list[StoredDocument] = field(default_factory=list)  # of the same documents, what can be asked of them
    rows: list[tuple[str, object]] = field(default_factory=list)

    @property
    def etag(self) -> str:
        return f'W/"{self.changes}"'


@dataclass(slots=True)
class Contact:
    id: str
    name_type: str
    name_code: str | None
    name: str
    address: str | None = None


@dataclass(slots=True)
class Upload:
    name: str
    content: bytes
    user: str
    taken: bool = False


@dataclass(slots=True)
class Contents:
    """Everything that a change set may change."""

    cases: dict[str, Case] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)


class ModelCaseSystem(Faulty):
    """Implements the `CaseSystem` port.

    remembers: whether it keeps repeatable requests. readers: users who may only read. unknown_users: whom the account
    may not act for. largest: bytes that a file may have.
    """

    def __init__(self, *, remembers: bool = True) -> None:
        super().__init__()
        self.remembers = remembers
        self.contents = Contents()
        self.readers: set[str] = {"LBR"}
        self.unknown_users: set[str] = set()
        self.may_not_read: set[str] = set()
        self.hidden: set[str] = set()  # cases that the account itself can't see
        self.largest = 1_000_000
        self.error_group_exists = True
        self.more_case_groups: dict[str, str] = {}  # that came to be
        self.repeated = 0
        self.meanwhile: list[Callable[[], object]] = []  # what others do just before a change set arrives
        self.unrepeatable: list[DocumentId] = []  # of change sets that were sent again under other request ids
        self._sent: dict[DocumentId, Sequence[UUID]] = {}
        self._remembered: dict[UUID, Receipt | Refused] = {}
        self._said_repeatability = remembers  # by an answer to something earlier

    @property
    def cases(self) -> list[Case]:
        return list(self.contents.cases.values())

    def cases_of(self, reference: str) -> list[Case]:
        return [case for case in self.cases if reference in case.references]

    def add_case(self, title: str = "There already", case_group: str = "02.15") -> Case:
        number = len(self.contents.cases) + 1
        case = Case(str(number), f"2026-{case_group}-{number:05}", title, case_group)
        self.contents.cases[case.id] = case
        return case

    def add_contact(self, name_type: str, name_code: str, name: str = "Somebody") -> Contact:
        key = f"c{len(self.contents.contacts) + 1}"
        self.contents.contacts[key] = Contact(key, name_type, name_code, name, f"{key}-address")
        return self.contents.contacts[key]

    def restart(self) -> None:
        """Formcase was started anew: what this process learnt of the case system is forgotten."""
        self._said_repeatability = False

    def code_tables(self) -> Mapping[CodeTableKey, Mapping[str, str]]:
        """Every code table as it is now."""
        return {**TABLES, CASE_GROUPS: {**TABLES[CASE_GROUPS], **self.more_case_groups}}

    # the port

    @property
    def answers_repeatability(self) -> bool:
        return self._said_repeatability

    async def knowledge(self, submission: Submission, executing_user: str, rules: Rules) -> Knowledge:
        return await self._request("knowledge", lambda: self._knowledge(submission, executing_user, rules))

    async def filed(self, reference_id: str, rules: Rules) -> tuple[FiledCase, ...]:
        def read() -> tuple[FiledCase, ...]:
            return tuple(
                FiledCase(self._reference(case), case.title, case.case_group)
                for case in self.cases
                if reference_id in case.references and case.id not in self.hidden
            )

        return await self._request("filed", read)

    async def upload(self, content: Content, executing_user: str) -> DocumentId:
        async def write() -> DocumentId:
            self._act_for(executing_user)
            read = b"".join([piece async for piece in content.open()])
            if len(read) > self.largest:
                raise Refused(TRIED, message("It answered 413."), status=413, code="TooLarge")
            key = f"d{len(self.contents.uploads) + 1}"
            self.contents.uploads[key] = Upload(content.file_name, read, executing_user)
            return key

        return await self._request("upload", write)

    async def apply(
        self,
        plan: Plan,
        documents: Mapping[str, DocumentId],
        repeatability: Repeatability,
        executing_user: str,
    ) -> Receipt:
        for happening in self.meanwhile:
            happening()
        self.meanwhile.clear()
        self._compare_with_sent(documents, repeatability.request_ids)
        try:
            return await self._request("apply", lambda: self._apply(plan, documents, repeatability, executing_user))
        except Refused:
            for document in documents.values():
                del self._sent[document]
            raise

    async def add_note(self, case: CaseReference, text: str, executing_user: str) -> None:
        def write() -> None:
            self._act_for(executing_user)
            stored = self.contents.cases[case.id]
            if executing_user in self.readers:
                raise Refused(TRIED, message("It answered 403."), status=403)
            if text not in stored.note.split("\n\n"):
                stored.note = f"{stored.note}\n\n{text}".strip()

        await self._request("add_note", write)

    async def references(self, rules: Rules) -> AsyncIterator[tuple[FiledReference, ...]]:
        await self._request("references", lambda: None)
        for case in list(self.cases):
            yield tuple(
                FiledReference(reference, self._reference(case), case.case_group) for reference in case.references
            )

    async def documents(self, case: CaseReference) -> tuple[StoredDocument, ...]:
        return await self._request("documents", lambda: tuple(self.contents.cases[case.id].stored))

    async def read_document(self, document: StoredDocument) -> AsyncIterator[bytes]:
        await self._request("read_document", lambda: None)
        content = self.contents.uploads[document.id].content
        yield content[: len(content) // 2]
        yield content[len(content) // 2 :]

    async def metadata(self) -> Metadata:
        return await self._request("metadata", lambda: METADATA)

    async def contact_types(self) -> Mapping[str, ContactType]:
        return await self._request("contact_types", lambda: CONTACT_TYPES)

    async def code_table(self, key: CodeTableKey) -> CodeTable | None:
        return await self._request("code_table", lambda: self._table(key))

    async def checks(
        self, executing_user: str, rules: Rules, forms: tuple[FormDefinition, ...]
    ) -> tuple[CheckResult, ...]:
        return ()

    async def rights(self, executing_user: str) -> frozenset[Need] | None:
        def read() -> frozenset[Need]:
            self._act_for(executing_user)
            tables = ("Case", "Case information", "Case date", "Case party", "Contact", "Contact address", "Document")
            given = ("Search",) if executing_user in self.readers else ("Search", "Create", "Update")
            return frozenset(Need(table, right) for table in tables for right in given)

        return await self._request("rights", read)

    async def close(self) -> None:
        pass

    # what it does

    def forget_sent(self) -> None:
        """Whoever sends change sets may not know any more what was sent."""
        self._sent.clear()

    def _compare_with_sent(self, documents: Mapping[str, DocumentId], request_ids: Sequence[UUID]) -> None:
        """Unless it was refused, files that were sent with a change set may only be sent again with the same ids."""
        self.unrepeatable += [one for one in documents.values() if self._sent.get(one, request_ids) != request_ids]
        self._sent |= dict.fromkeys(documents.values(), request_ids)

    def _table(self, key: CodeTableKey) -> CodeTable | None:
        tables = self.code_tables()
        return CodeTable(tables[key]) if key in tables else None

    def _act_for(self, user: str) -> None:
        if user in self.unknown_users:
            raise Setup(TRIED, message("It answered 403 ImpersonationRefused."))

    def _knowledge(self, submission: Submission, user: str, rules: Rules) -> Knowledge:
        self._act_for(user)
        asked = questions(submission, METADATA, CONTACT_TYPES, rules)
        if user in self.may_not_read and (asked.cases or asked.contacts):
            raise Refused(TRIED, message("It answered 403."), status=403, reason="no right to search")
        return Knowledge(
            metadata=METADATA,
            contact_types=CONTACT_TYPES,
            code_tables={key: table for key in asked.code_tables if (table := self._table(key)) is not None},
            contacts={
                each: tuple(
                    KnownContact(contact.id, contact.name, contact.address)
                    for contact in self.contents.contacts.values()
                    if (contact.name_type, contact.name_code) == (each.name_type, each.name_code)
                )
                for each in asked.contacts
            },
            cases={
                each: tuple(
                    self._known(case)
                    for case in self.cases
                    if each.value == (case.id if each.property == "ID" else case.number)
                )
                for each in asked.cases
            },
        )

    def _known(self, case: Case) -> KnownCase:
        return KnownCase(
            id=case.id,
            number=case.number,
            etag=case.etag,
            text=case.text,
            note=case.note,
            parties=frozenset(case.parties),
        )

    def _apply(self, plan: Plan, documents: Mapping[str, DocumentId], ids: Repeatability, user: str) -> Receipt:
        self._act_for(user)
        if self.remembers:
            self._said_repeatability = True
            if datetime.now(UTC) - ids.first_sent > KEPT:
                raise RepeatabilityExpired(TRIED, message("It answered 412 RepeatabilityExpired."))
            remembered = self._remembered.get(ids.request_ids[0])
            if remembered is not None:
                self.repeated += 1
                if isinstance(remembered, Refused):
                    raise _again(remembered)
                return remembered
        assert len(set(ids.request_ids)) == len(plan.operations), "each part has a request id of its own"
        try:
            receipt = self._change(plan, documents, user)
        except Refused as refused:
            if self.remembers:
                self._remembered[ids.request_ids[0]] = refused
            raise
        if self.remembers:
            self._remembered[ids.request_ids[0]] = receipt
        return receipt

    def _change(self, plan: Plan, documents: Mapping[str, DocumentId], user: str) -> Receipt:
        change = _Change(self, copy.deepcopy(self.contents), documents, user)
        for part, operation in enumerate(plan.operations):
            change.carry_out(operation, part)
        self.contents = change.contents
        return Receipt(tuple(self._reference(self.contents.cases[key]) for key in dict.fromkeys(change.touched)))

    def _reference(self, case: Case) -> CaseReference:
        return CaseReference(case.id, case.number, f"https://cases.example/{case.id}")


def _again(refused: Refused) -> Refused:
    """The same refusal for another request."""
    return type(refused)(
        refused.tried,
        refused.answer,
        status=refused.status,
        code=refused.code,
        target=refused.target,
        part=refused.part,
        reason=refused.reason,
    )


class _Change:
    """One change set on a copy of the contents."""

    def __init__(self, system: ModelCaseSystem, contents: Contents, documents: Mapping[str, str], user: str) -> None:
        self.system = system
        self.contents = contents
        self.documents = documents
        self.user = user
        self.made: dict[str, str] = {}
        self.touched: list[str] = []

    def carry_out(self, operation: Operation, part: int) -> None:  # noqa: C901 - one branch for each operation
        if self.user in self.system.readers:
            raise Refused(TRIED, message("It answered 403."), status=403, part=part, reason="no right to create")
        match operation:
            case CreateContact(key, entry):
                values = entry.values
                code = values.get("NameCode")
                for contact in self.contents.contacts.values():
                    if (contact.name_type, contact.name_code) == (values["NameType_Value"], code):
                        raise Outdated(
                            TRIED, message("It answered 409 KeyExists."), status=409, code="KeyExists", part=part
                        )
                self.made[key] = f"c{len(self.contents.contacts) + 1}"
                self.contents.contacts[self.made[key]] = Contact(
                    self.made[key],
                    str(values["NameType_Value"]),
                    None if code is None else str(code),
                    str(values["Name1"]),
                )
            case CreateAddress(key, contact, _):
                self.made[key] = f"{self.id(contact)}-address"
                self.contents.contacts[self.id(contact)].address = self.made[key]
            case CreateCase(key, entry):
                self._create_case(key, entry.values, entry.nested, part)
            case UpdateCase(existing, entry, etag) | UpdateCaseText(existing, _, entry, etag):
                case = self._changeable(existing, part)
                if etag is not None and etag != case.etag:
                    raise Outdated(TRIED, message("It answered 412."), status=412, part=part)
                if isinstance(operation, UpdateCaseText):
                    setattr(case, operation.group.lower(), entry.values["Text"])
                case.title = str(entry.values.get("Title", case.title))
                case.changes += 1
                self.touched.append(case.id)
            case AddCaseRow(existing, _, entry):
                case = self._changeable(existing, part)
                case.rows.append(tuple(entry.values.items()))
                self.touched.append(case.id)
            case AddParty(reference, contact, _, role):
                self._changeable(reference, part).parties.append((self.id(contact), role))
            case AddDocument():
                self._bind(operation, part)
            case AddReference(reference, _, reference_id):
                case = self.contents.cases[self.id(reference)]
                if reference_id in case.references:
                    raise ReferenceRowExists(TRIED, message("It answered 409."))
                case.references.append(reference_id)
                self.touched.append(case.id)

    def id(self, reference: Reference) -> str:
        return reference.id if isinstance(reference, Existing) else self.made[reference.key]

    def _create_case(self, key: str, values, nested, part: int) -> None:
        group = str(values["FileClass_Value"])
        if group not in self.system.code_tables()[CASE_GROUPS] or (
            group == "00.01" and not self.system.error_group_exists
        ):
            raise Refused(
                TRIED,
                message("It answered 400."),
                status=400,
                part=part,
                target="FileClass_Value",
                reason=f"no {group}",
            )
        number = len(self.contents.cases) + 1
        case = Case(str(number), f"2026-{group}-{number:05}", str(values["Title"]), group)
        case.text = nested["Text"].values["Text"] if "Text" in nested else ""
        case.access_code = nested["AccessCode"].values.get("Code") if "AccessCode" in nested else None
        self.contents.cases[case.id] = case
        self.made[key] = case.id
        self.touched.append(case.id)

    def _changeable(self, reference: Reference, part: int) -> Case:
        case = self.contents.cases.get(self.id(reference))
        if case is None:
            raise Refused(TRIED, message("It answered 404."), status=404, part=part)
        if case.closed:
            raise Refused(TRIED, message("It answered 409 CaseClosed."), status=409, code="CaseClosed", part=part)
        return case

    def _bind(self, operation: AddDocument, part: int) -> None:
        upload = self.contents.uploads.get(self.documents[operation.key])
        if upload is None or upload.taken or upload.user != self.user:
            raise DocumentUnavailable(TRIED, message("It answered 409 DocumentTaken."))
        upload.taken = True
        case = self._changeable(operation.case, part)
        case.documents.append((str(operation.entry.values["Title"]), upload.content))
        key = self.documents[operation.key]
        self.made[operation.key] = f"r-{key}"
        main = None if operation.main is None else self.made[operation.main.key]
        case.stored.append(StoredDocument(key, f"r-{key}", main, upload.name, len(upload.content)))
