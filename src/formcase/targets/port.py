"""A case system as filing sees it: what it knows, and how a plan is written to it."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from formcase.checks import CheckResult
from formcase.planning.knowledge import CodeTable, CodeTableKey, ContactType, Knowledge, Rules
from formcase.planning.metadata import Metadata
from formcase.planning.needs import Need
from formcase.planning.plan import Plan
from formcase.submission.form import FormDefinition
from formcase.submission.model import Submission

DocumentId = str


@dataclass(frozen=True, slots=True)
class CaseReference:
    """A case that exists. number is what people call it; url opens it, None where the case system gives no address."""

    id: str
    number: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class FiledCase:
    """A case that carries a reference ID. title and case_group help to tell an error case from a mapped one."""

    case: CaseReference
    title: str
    case_group: str


@dataclass(frozen=True, slots=True)
class FiledReference:
    """One reference row as it stands: a case made or changed for the submission of this reference ID."""

    reference_id: str
    case: CaseReference
    case_group: str


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document of a case, as it can be read back. id: of its bytes; record: of the document; main: of the document
    that it supplements, None where it supplements none; size in bytes, None where the case system does not say."""

    id: DocumentId
    record: str
    main: str | None
    file_name: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Content:
    """A file to upload. `open` starts reading from the first byte, each time it is called; size in bytes."""

    file_name: str
    media_type: str
    size: int
    open: Callable[[], AsyncIterator[bytes]]


@dataclass(frozen=True, slots=True)
class Repeatability:
    """One request id for each operation of a plan, in order, and when the plan was first sent."""

    request_ids: tuple[UUID, ...]
    first_sent: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was written: the cases, made or updated, each once, in the plan's order."""

    cases: tuple[CaseReference, ...]


class CaseSystem(Protocol):
    """A case system as filing sees it.

    Every method raises an `Outcome` error and nothing else. `executing_user` is the user's ID in the case system; the
    rights of that user decide.
    """

    @property
    def answers_repeatability(self) -> bool:
        """Whether any answer so far, in this process, said `Repeatability-Result`."""

    async def knowledge(self, submission: Submission, executing_user: str, rules: Rules) -> Knowledge:
        """Ask everything that planning this submission needs, and answer from what is committed now."""

    async def filed(self, reference_id: str, rules: Rules) -> tuple[FiledCase, ...]:
        """The cases that carry this reference ID already; empty where nothing was filed.

        Asked before every repeated write, as the account itself, so it must read what is committed now, never a
        cache.
        """

    async def upload(self, content: Content, executing_user: str) -> DocumentId:
        """Stream one file there. A document that no record takes up is invisible and harmless.

        What reading the content raises is passed on as it is.
        """

    async def apply(
        self,
        plan: Plan,
        documents: Mapping[str, DocumentId],
        repeatability: Repeatability,
        executing_user: str,
    ) -> Receipt:
        """Write the whole plan in one change set: all of it, or nothing. documents: by `AddDocument.key`.

        Raises `Unknown` where the request may have arrived and no answer came.
        """

    async def add_note(self, case: CaseReference, text: str, executing_user: str) -> None:
        """Add a paragraph below the case's note; the same paragraph twice stands there once."""

    def references(self, rules: Rules) -> AsyncIterator[tuple[FiledReference, ...]]:
        """Every reference row that there is, a bounded page at a time, as the account; of what is written meanwhile
        some may be missing."""

    async def documents(self, case: CaseReference) -> tuple[StoredDocument, ...]:
        """The documents of a case whose bytes can be read, as the account."""

    def read_document(self, document: StoredDocument) -> AsyncIterator[bytes]:
        """A document's bytes, as the account. Raises `Withdrawn` where it is not there any more."""

    async def metadata(self) -> Metadata:
        """The model, from a cache that is renewed by itself."""

    async def contact_types(self) -> Mapping[str, ContactType]:
        """The contact types, by code."""

    async def code_table(self, key: CodeTableKey) -> CodeTable | None:
        """The codes that may be used today; None where the case system doesn't serve the table."""

    async def checks(
        self, executing_user: str, rules: Rules, forms: tuple[FormDefinition, ...]
    ) -> tuple[CheckResult, ...]:
        """Reach, account, impersonation, executing user, rights, error case group: each a line; then for each form
        its rights, names and codes."""

    async def rights(self, executing_user: str) -> frozenset[Need] | None:
        """What the executing user may do, as of now; None where the case system does not tell."""

    async def fingerprint(self, executing_user: str) -> str:
        """Another text once the model, the user or the user's rights are others: time to check again."""

    async def close(self) -> None:
        """Give back connections."""
