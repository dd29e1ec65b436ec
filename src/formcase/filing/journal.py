"""The journal as filing sees it: what is known of a submission, and how each step is recorded before and after.

The port only. Who keeps it (PostgreSQL) is not filing's business; any keeper must pass the conformance tests.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from formcase.filing.waiting import UNREADABLE_WAITS
from formcase.messages import Message
from formcase.planning.knowledge import Rules
from formcase.planning.plan import Plan, PlanKind
from formcase.sources.port import ReportedCase, SubmissionSummary
from formcase.targets.port import DocumentId, Receipt

SubmissionKey = int
WorkflowKey = int


class Superseded(Exception):
    """This attempt's number is no longer the newest, or the submission has ended: whoever holds it must stop."""


class State(StrEnum):
    """Where a submission is in the journal."""

    WAITING = "waiting"  # to be filed, or tried again when it is due
    BLOCKED = "blocked"  # Temporary blocked
    FILED = "filed"  # the case system has it; the form service is still to be told
    IMPORTED = "imported"  # both know
    WITHDRAWN = "withdrawn"  # the form service took it back before it was filed
    HANDLED = "handled"  # a person took care of it

    @property
    def final(self) -> bool:
        """Whether nothing more happens by itself."""
        return self in (State.IMPORTED, State.WITHDRAWN, State.HANDLED)


@dataclass(frozen=True, slots=True)
class Carried:
    """A published version of the workflow's own mapping (JSON) or transform (XSLT). key: the journal's name for it;
    number: people's."""

    key: int
    number: int
    content: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What the service workflow says about filing, as it was when the attempt began. Waits in seconds there.

    unreadable_waits: what the installation sets, one before each further try at what can't be read. mapping, transform:
    what the workflow carries itself and is in force; None where it takes what the forms say as it is.
    """

    workflow: WorkflowKey
    executing_user: str
    rules: Rules
    language: str
    watch_interval: timedelta
    block_after: timedelta
    settle: timedelta
    unreadable_waits: tuple[timedelta, ...] = UNREADABLE_WAITS
    mapping: Carried | None = None
    transform: Carried | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """What was about to be written. `sent_at` is set just before the change set leaves; with it, a repetition must
    look up first. documents: by the key of `AddDocument`, what is uploaded already. mapping, transform: the keys of the
    workflow's own versions that the plan was made with; a journal keeps them and does not give them back."""

    plan: Plan
    request_ids: tuple[UUID, ...]
    first_sent: datetime
    executing_user: str
    reasons: tuple[Message, ...] = ()  # of an error case: why it is one
    documents: Mapping[str, DocumentId] = field(default_factory=dict)
    sent_at: datetime | None = None
    doubt_since: datetime | None = None  # when a look-up first found nothing
    persons: frozenset[str] = frozenset()  # whose submission it is: their numbers, which are not kept as they are
    mapping: int | None = None
    transform: int | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """What was written, and why it is an error case where it is one."""

    kind: PlanKind
    receipt: Receipt
    reasons: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """What the journal knows of a submission when an attempt begins.

    form_id: empty where the listing said nothing of the submission but its id. reference_owner: the id of another
    submission that has this reference ID already, None where it is this one's own. error_case: the error case that is
    being filed again. passing_since: since when nothing but passing failures came. recorded_at: when it was found.
    look_first: the journal may have lost what was filed, so that the case system is asked before anything is written.
    history_begun_at: since when the journal is what it is; before, it was lost, restored or failed over.
    """

    key: SubmissionKey
    source: str
    submission_id: str
    reference_id: str
    form_id: str
    state: State
    attempt: int
    terms: Terms
    reference_owner: str | None = None
    delivered: bool = False
    intent: Intent | None = None
    filed: Filed | None = None
    error_case: Filed | None = None
    to_error_case: Message | None = None  # why a person wants an error case, whatever is mapped
    tries: int = 0
    unreadable_tries: int = 0
    passing_since: datetime | None = None
    blocked_since: datetime | None = None
    blocked_reported: bool = False
    repeatability_seen: bool = False
    taken_over: bool = False  # an earlier attempt never said how it ended
    recorded_at: datetime | None = None
    look_first: bool = False
    history_begun_at: datetime | None = None

    @property
    def doubt(self) -> Intent | None:
        """What was sent and of which nobody knows whether it was carried out."""
        return self.intent if self.intent is not None and self.intent.sent_at is not None else None


class Scope(StrEnum):
    """Whom a block concerns."""

    SUBMISSION = "submission"  # this one alone
    SUSPECT = "suspect"  # this one; the whole workflow after three in a row with none filed in between
    WORKFLOW = "workflow"  # everything that the workflow would file


@dataclass(frozen=True, slots=True)
class Note:
    """A line for the workflow log. event: a fixed word. Its message is kept without what a person wrote."""

    event: str
    message: Message
    level: str = "info"
    duration: timedelta | None = None


class Attempt(Protocol):
    """One try to bring a submission forward. Every method is durable when it returns, and raises `Superseded` where
    a newer attempt exists, so that a worker that was thought dead changes nothing."""

    @property
    def entry(self) -> Entry:
        """What was known when the attempt began, kept up to date by this attempt's own steps."""

    async def note(self, *notes: Note) -> None:
        """Write lines to the workflow log."""

    async def claim(self, keys: Iterable[str]) -> bool:
        """Claim contacts and cases (by name) for this attempt, all or none; False where another attempt has one.
        A claim ends with its attempt."""

    async def identify(self, summary: SubmissionSummary) -> None:
        """The form service says at last what this submission is: reference ID, form, title. `reference_owner` is
        found out anew."""

    async def delivered(self) -> None:
        """The form service knows that we have it."""

    async def intend(self, intent: Intent) -> None:
        """About to write this. Replaces an earlier intent."""

    async def uploaded(self, document: str, document_id: DocumentId) -> None:
        """A file of the intent lies at the case system."""

    async def sending(self) -> None:
        """The change set leaves now, perhaps once more; what was seen after an earlier sending counts no longer."""

    async def in_doubt(self) -> None:
        """A look-up after the change set was sent found nothing yet."""

    async def refused(self, note: Note) -> None:
        """The case system has refused the change set: nothing of it exists. Its uploads can be used again."""

    async def abandon(self, note: Note) -> None:
        """The intent and its uploads are of no use any more: nothing of it exists."""

    async def filed(self, filed: Filed, note: Note) -> None:
        """The case system has committed, or had before. A block of the whole workflow is lifted by it, and all that
        waited behind it goes on."""

    async def answered_repeatability(self) -> None:
        """The case system keeps repeatable requests."""

    async def imported(self, note: Note) -> None:
        """The form service was told Imported. The attempt ends."""

    async def adopt_imported(self, cases: Sequence[ReportedCase], note: Note) -> None:
        """The form service says Imported though nothing was filed from here: take that as the truth. The attempt
        ends."""

    async def again(self, due: datetime, note: Note | None, *, passing: bool = False, unreadable: bool = False) -> None:
        """Try again then, or at once where the workflow was changed meanwhile; `passing` and `unreadable` count the
        try. No note: not worth a line of the log. The attempt ends."""

    async def block(self, reason: Message, scope: Scope, due: datetime, note: Note, *, reported: bool) -> None:
        """Temporary blocked until `due`, or until the workflow heals. The attempt ends. A workflow whose other
        submissions have been filed since this one was first blocked is not blocked as a whole by it."""

    async def withdraw(self, note: Note) -> None:
        """The form service does not know it any more. The attempt ends."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one listed submission. key: None where it was left alone."""

    summary: SubmissionSummary
    key: SubmissionKey | None
    new: bool


@dataclass(frozen=True, slots=True)
class Parked:
    """A submission that waits behind its workflow's block, and that its form service was not told so yet."""

    submission_id: str
    reason: Message


class Journal(Protocol):
    """One row for each submission, for ever."""

    async def record(
        self, workflow: WorkflowKey, source: str, summaries: Sequence[SubmissionSummary]
    ) -> list[Recorded]:
        """Record what is new with its job in one transaction; whatever is known already stays as it is."""

    async def mark_delivered(self, key: SubmissionKey) -> None:
        """The form service was told Delivered by the watch."""

    async def begin(self, key: SubmissionKey) -> Attempt | None:
        """Begin an attempt; None where there is nothing to do now (final, disabled, parked behind a blocked
        workflow). What is filed already is reported behind a blocked workflow, too."""

    async def park(self, key: SubmissionKey) -> Parked | None:
        """Set a submission aside where its whole workflow is blocked; None where it is not, or where the form
        service knows."""

    async def mark_blocked_reported(self, key: SubmissionKey) -> None:
        """The form service was told Temporary blocked of a parked submission."""

    async def remind(self, key: SubmissionKey, due: datetime) -> None:
        """The form service could not be told of a parked submission: try that again then."""
