"""The WorkZone target: the port's methods, each told in the case system's requests."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from urllib.parse import quote
from uuid import uuid4
from zoneinfo import ZoneInfo

from formcase.checks import CheckResult
from formcase.messages import Message, message
from formcase.outcomes import Outcome, Outdated, Passing, Refused, Setup, Unknown, Withdrawn
from formcase.planning.knowledge import CodeTable, CodeTableKey, ContactType, Knowledge, Rules
from formcase.planning.metadata import Metadata
from formcase.planning.needs import Need
from formcase.planning.plan import (
    AddReference,
    Entry,
    Existing,
    Plan,
    PlanKind,
    UpdateCaseText,
)
from formcase.submission.form import FormDefinition
from formcase.submission.model import Submission
from formcase.targets.port import (
    CaseReference,
    CaseSystem,
    Content,
    DocumentId,
    FiledCase,
    FiledReference,
    Receipt,
    Repeatability,
    StoredDocument,
)
from formcase.targets.workzone import batch
from formcase.targets.workzone.answer import Answer, JsonObject, inner, text
from formcase.targets.workzone.checks import Inspection
from formcase.targets.workzone.errors import refused_batch, refused_change, refused_read, refused_upload
from formcase.targets.workzone.files import slug
from formcase.targets.workzone.knowledge import Expert
from formcase.targets.workzone.metadata import LARGEST, InvalidMetadata, demand_sets, read_metadata
from formcase.targets.workzone.query import Equals, Expand, entities, entity
from formcase.targets.workzone.reading import Reader
from formcase.targets.workzone.receipts import WRITING, cases_of, in_order
from formcase.targets.workzone.settings import WorkZoneSettings
from formcase.targets.workzone.tables import Tables
from formcase.targets.workzone.transport import LARGEST_PAGE, Transport
from formcase.targets.workzone.writing import index_of, parts

_NOTE_TRIES = 3
_UPLOADING = message("Uploading a file to the case system")
_WRONG_VALUES = frozenset({400, 422})
_LARGEST_PART = 64 * 1024  # bytes that the answer to one operation may have on average
_DOUBT_AFTER = 30  # seconds; a row of refused submissions does not read everything anew each time
_SETS = (
    "Files", "FileContacts", "FileDates", "FileInfos", "Records", "Documents", "Contacts", "Addresses", "ContactTypes",
    "FileClasses",
)  # fmt: skip
_CASE_PROPERTIES = ("ID", "FileNo", "Title", "FileClass_Value")


def connect(settings: WorkZoneSettings) -> "WorkZone":
    """A WorkZone at this address. Nothing is sent yet. Raises `Setup` where the address can't be used."""
    return WorkZone(settings)


class WorkZone(CaseSystem):
    """One WorkZone, or anything that speaks like it, reached with one account. Lives in one event loop."""

    def __init__(self, settings: WorkZoneSettings) -> None:
        self._settings = settings
        self._transport = Transport(settings)
        self._reader = Reader(self._transport)
        self._tables = Tables(
            self._reader,
            life=settings.code_table_life,
            reread_after=settings.reread_after,
            today=lambda: _today(settings.time_zone),
        )
        self._expert = Expert(self._reader, self._tables)
        self._model: tuple[Metadata, float] | None = None
        self._reading_model = asyncio.Lock()
        self._answers_repeatability = False

    @property
    def answers_repeatability(self) -> bool:
        """Whether any answer so far said `Repeatability-Result`."""
        return self._answers_repeatability

    async def knowledge(self, submission: Submission, executing_user: str, rules: Rules) -> Knowledge:
        """Ask everything that planning this submission needs."""
        return await self._expert.knowledge(submission, executing_user, rules, await self.metadata())

    async def filed(self, reference_id: str, rules: Rules) -> tuple[FiledCase, ...]:
        """The cases that carry this reference ID, whoever may see them."""
        tried = message("Looking for the cases of {reference}", reference=reference_id)
        rows = await self._reader.every(
            tried,
            entities(
                "FileInfos",
                Equals("CustomLabel_Value", rules.reference_label),
                Equals("Info_Value", reference_id),
                expand=(Expand("File", _CASE_PROPERTIES),),
            ),
        )
        cases = [self._filed_case(tried, row) for row in rows]
        return tuple({each.case.id: each for each in cases}.values())

    async def upload(self, content: Content, executing_user: str) -> DocumentId:
        """Stream one file there."""
        answer = await self._transport.upload(
            _UPLOADING, "Documents", content, slug(content.file_name), user=executing_user
        )
        self._note_repeatability(answer)
        if answer.status not in {200, 201}:
            raise refused_upload(_UPLOADING, answer)
        document = text(answer.json() or {}, "ID")
        if not document:
            raise Setup(
                _UPLOADING,
                message("The answer does not say which document it has become."),
                message("Check that the address leads to the OData service of a case system."),
            )
        return document

    async def apply(
        self,
        plan: Plan,
        documents: Mapping[str, DocumentId],
        repeatability: Repeatability,
        executing_user: str,
    ) -> Receipt:
        """Write the whole plan in one change set."""
        answers = await self._change(plan, documents, repeatability, executing_user)
        made = cases_of(plan, answers)
        if made is None:
            return await self._receipt_by_looking_up(plan)
        return Receipt(tuple(self._case(each.id, each.number) for each in made))

    async def add_note(self, case: CaseReference, text: str, executing_user: str) -> None:
        """Add a paragraph below the case's note, unless it stands there."""
        tried = message("Adding a note to the case {case}", case=case.number or case.id)
        paragraph = text.replace("\r\n", "\n").strip()
        for last in (False,) * (_NOTE_TRIES - 1) + (True,):
            known = await self._expert.case(case.id, executing_user)
            if known is None:
                raise Refused(tried, message("The executing user can't find the case."), status=404)
            there = known.note.replace("\r\n", "\n").rstrip()
            if f"\n\n{paragraph}\n\n" in f"\n\n{there}\n\n":
                return
            note = f"{there}\n\n{paragraph}" if there else paragraph
            change = UpdateCaseText(Existing(case.id, case.number), "Note", Entry({"Text": note}), known.etag)
            try:
                plan = Plan(PlanKind.MAPPED, "", (change,))
                await self._change(plan, {}, Repeatability((uuid4(),), datetime.now(UTC)), executing_user)
            except Outdated:
                if last:
                    raise
            else:
                return

    async def references(self, rules: Rules) -> AsyncIterator[tuple[FiledReference, ...]]:
        """Every reference row that there is, a page at a time."""
        tried = message("Reading which submissions the case system has cases of")
        address = entities(
            "FileInfos",
            Equals("CustomLabel_Value", rules.reference_label),
            select=("Info_Value",),
            expand=(Expand("File", ("ID", "FileNo", "FileClass_Value")),),
        )
        async for page in self._reader.pages(tried, address):
            yield tuple(self._reference(tried, row) for row in page)

    async def documents(self, case: CaseReference) -> tuple[StoredDocument, ...]:
        """The documents of a case whose bytes can be read."""
        tried = message("Reading the documents of the case {case}", case=case.number or case.id)
        rows = await self._reader.every(
            tried,
            entities(
                "Records",
                Equals("FileKey_Value", case.id),
                select=("ID", "PrimaryRecordKey_Value"),
                expand=(Expand("Document", ("ID", "FileName", "Size")),),
            ),
        )
        return tuple(document for row in rows if (document := _document(row)) is not None)

    async def read_document(self, document: StoredDocument) -> AsyncIterator[bytes]:
        """A document's bytes."""
        tried = message("Reading a document of the case system")

        def refused(answer: Answer) -> Outcome:
            if answer.status == 404:
                return Withdrawn(tried, message("The document is not there any more."))
            return refused_read(tried, answer, as_user=False)

        address = f"{entity('Documents', document.id)}/$value"
        async for piece in self._transport.download(tried, address, document.size, refused):
            yield piece

    async def metadata(self) -> Metadata:
        """The model, read again when it has grown old or the case system refused something."""
        async with self._reading_model:
            now = time.monotonic()
            if self._model is None or now - self._model[1] >= self._settings.code_table_life:
                self._model = (await self._read_model(), now)
            return self._model[0]

    async def contact_types(self) -> Mapping[str, ContactType]:
        """The contact types that may be used today."""
        return await self._tables.contact_types(await self.metadata())

    async def code_table(self, key: CodeTableKey) -> CodeTable | None:
        """The codes that may be used today; None where the case system doesn't serve the table."""
        return await self._tables.table(key, await self.metadata())

    async def checks(
        self, executing_user: str, rules: Rules, forms: tuple[FormDefinition, ...]
    ) -> tuple[CheckResult, ...]:
        """Look at everything that filing for this user needs, with what is true now."""
        self._forget(older_than=0)
        inspection = Inspection(self._reader, self._tables, self.metadata)
        return await inspection.results(executing_user, rules, forms)

    async def rights(self, executing_user: str) -> frozenset[Need] | None:
        """What the user's security code gives, as far as the case system tells."""
        return await Inspection(self._reader, self._tables, self.metadata).rights(executing_user, await self.metadata())

    async def fingerprint(self, executing_user: str) -> str:
        """Of the model, and of what the executing user is and may do, as far as the case system tells."""
        model = await self.metadata()
        held = await Inspection(self._reader, self._tables, self.metadata).held(executing_user, model)
        text = await asyncio.to_thread(lambda: f"{model!r} {held!r}")
        return sha256(text.encode()).hexdigest()

    async def close(self) -> None:
        """Give back connections."""
        await self._transport.close()

    async def _read_model(self) -> Metadata:
        tried = message("Reading the model of the case system")
        answer = await self._transport.read(tried, "$metadata", accept="application/xml", largest=LARGEST)
        if answer.status != 200:
            raise refused_read(tried, answer, as_user=False)
        try:
            model = await asyncio.to_thread(read_metadata, answer.body)
            demand_sets(model, _SETS)
        except InvalidMetadata as error:
            raise Setup(
                tried,
                message("It can't be used: {reason}.", reason=str(error)),
                message("Check that the address leads to the OData service of a case system."),
            ) from None
        return model

    async def _change(
        self,
        plan: Plan,
        documents: Mapping[str, DocumentId],
        repeatability: Repeatability,
        executing_user: str,
    ) -> tuple[JsonObject | None, ...]:
        """Send the change set; the body of each operation's answer, None where it has none."""
        request = batch.write(parts(plan, documents, repeatability))
        answer = await self._transport.write(
            WRITING,
            "$batch",
            request.content_type,
            request.body,
            user=executing_user,
            largest=LARGEST_PAGE + _LARGEST_PART * len(plan.operations),
        )
        if answer.status not in {200, 202}:
            raise self._refusal(refused_batch(WRITING, answer))
        answers = self._answers(answer)
        for part in answers.parts:
            self._note_repeatability(part.answer)
        refusal = answers.refusal()
        if refusal is not None:
            index = index_of(refusal.content_id, plan)
            raise self._refusal(refused_change(WRITING, refusal.answer, plan, index))
        return in_order(answers, plan)

    def _answers(self, answer: Answer) -> batch.Answers:
        try:
            return batch.read(answer.headers.get("content-type", ""), answer.body)
        except batch.Unreadable as error:
            raise Unknown(WRITING, message("The answer can't be read: {reason}.", reason=str(error))) from None

    def _refusal(self, outcome: Outcome) -> Outcome:
        """What was refused may have been planned from a model or codes that are not true any more."""
        if isinstance(outcome, Refused) and outcome.status in _WRONG_VALUES:
            self._forget(older_than=_DOUBT_AFTER)
        return outcome

    def _forget(self, *, older_than: float) -> None:
        before = time.monotonic() - older_than
        if self._model is not None and self._model[1] <= before:
            self._model = None
        self._tables.forget(before)

    def _note_repeatability(self, answer: Answer) -> None:
        if "repeatability-result" in answer.headers:
            self._answers_repeatability = True

    async def _receipt_by_looking_up(self, plan: Plan) -> Receipt:
        """The change set is committed, and the answer names no cases."""
        label = next((each.label for each in plan.operations if isinstance(each, AddReference)), None)
        if label is None:
            return Receipt(())
        try:
            found = await self.filed(plan.reference_id, Rules(reference_label=label))
        except (Passing, Setup) as error:
            raise Unknown(WRITING, message("It was written, and can't be looked up now."), error.remedy) from error
        return Receipt(tuple(each.case for each in found))

    def _filed_case(self, tried: Message, row: JsonObject) -> FiledCase:
        case = inner(row, "File")
        key = text(case, "ID") if case is not None else None
        if case is None or not key:
            raise Setup(
                tried,
                message("There is a case that the account of Formcase can't see."),
                message("Give the account all access codes of the case system."),
            )
        return FiledCase(
            case=self._case(key, text(case, "FileNo") or ""),
            title=text(case, "Title") or "",
            case_group=text(case, "FileClass_Value") or "",
        )

    def _reference(self, tried: Message, row: JsonObject) -> FiledReference:
        filed = self._filed_case(tried, row)
        return FiledReference(text(row, "Info_Value") or "", filed.case, filed.case_group)

    def _case(self, key: str, number: str) -> CaseReference:
        address = self._settings.case_address
        return CaseReference(key, number, address.replace("{id}", quote(key, safe="")) if address else None)


def _document(row: JsonObject) -> StoredDocument | None:
    """A document; None where it has no bytes."""
    content, record = inner(row, "Document"), text(row, "ID")
    key = text(content, "ID") if content is not None else None
    if content is None or not key or not record:
        return None
    size = text(content, "Size")
    return StoredDocument(
        id=key,
        record=record,
        main=text(row, "PrimaryRecordKey_Value") or None,
        file_name=text(content, "FileName") or "",
        size=int(size) if size is not None and size.isascii() and size.isdigit() else None,
    )


def _today(time_zone: str) -> date:
    return datetime.now(ZoneInfo(time_zone)).date()
