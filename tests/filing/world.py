"""Both ends in memory, the real journal between them, and a worker that tries one submission at a time."""

from contextlib import suppress
from dataclasses import dataclass, field

from asgiref.sync import sync_to_async

from filing.case_system import ModelCaseSystem
from filing.faults import Killed
from filing.form_service import Groups, ModelFormService, Stored
from formcase.filing import crash_points
from formcase.filing.filing import file_submission
from formcase.filing.journal import Journal, State, Superseded
from formcase.filing.pacing import Pace
from formcase.filing.watching import Round, Watch
from formcase.filing.way import Ends
from formcase.messages import untranslated
from formcase.workflows.contents import reasons_of
from formcase.workflows.models import LogEntry, ServiceWorkflow, SubmissionRecord
from workflows.bench import SOURCE, Bench

CASE = ("Files", {"Title": "Flag permit", "FileClass_Value": "02.15"})
ANNA = ("Contacts", {"NameType_Value": "P", "NameCode": "0101901234", "Name1": "Anna Maria Sørensen"})
WRONG_GROUP = ("Files", {"Title": "Flag permit", "FileClass_Value": "99.99"})


@dataclass(slots=True)
class World:
    bench: Bench
    workflow: ServiceWorkflow
    forms: ModelFormService = field(default_factory=ModelFormService)
    cases: ModelCaseSystem = field(default_factory=ModelCaseSystem)
    unconnected: Exception | None = None
    source: str = SOURCE
    passing: crash_points.PassPoint | None = None
    pace: Pace = field(default_factory=Pace)

    @property
    def ends_seen(self) -> Ends:
        return Ends(
            crash_points.of_form_service(self.forms, self.passing),
            crash_points.of_case_system(self.cases, self.passing),
            self.pace,
        )

    @property
    def journal(self) -> Journal:
        return crash_points.of_journal(self.bench.journal, self.passing)

    async def submitted(self, reference: str = "8KS-SQ5", groups: Groups = (CASE, ANNA), **more: object) -> int:
        """Hand a form in and let the watch find it. The key in the journal."""
        summary = self.forms.submit(reference, groups, **more)  # type: ignore[arg-type]
        await self.watch()
        return (await SubmissionRecord.objects.aget(source=self.source, submission_id=summary.id)).pk

    async def watch(self, source: str | None = None) -> Round:
        return await Watch(
            workflow=self.workflow.pk,
            source_name=source or self.source,
            source=self.ends_seen.source,
            journal=self.journal,
            form_ids=(),
            covered_elsewhere=lambda _: False,
        ).round()

    async def tries(self, key: int) -> SubmissionRecord:
        """A worker tries the submission once."""

        async def connect() -> Ends:
            if self.unconnected is not None:
                raise self.unconnected
            return self.ends_seen

        with suppress(Killed, Superseded):
            await file_submission(key, connect, self.journal, untranslated)
        return await self.bench.record(key)

    async def ends(self, key: int, most: int = 12) -> SubmissionRecord:
        """Tried until it has ended, as fast as if all waits were over."""
        for _ in range(most):
            record = await self.tries(key)
            if State(record.state).final:
                return record
            await self.bench.passes(61, key)
        raise AssertionError(f"{record.state} after {most} tries: {record.reason}")

    def stored(self, key_or_record: SubmissionRecord) -> Stored:
        return self.forms.stored[key_or_record.submission_id]

    async def set(self, **values: object) -> None:
        await ServiceWorkflow.objects.filter(pk=self.workflow.pk).aupdate(**values)

    async def workflow_now(self) -> ServiceWorkflow:
        return await ServiceWorkflow.objects.aget(pk=self.workflow.pk)

    async def reasons(self, record: SubmissionRecord) -> str:
        """Why it is an error case or blocked, with all that a person wrote."""
        texts = await sync_to_async(reasons_of)(record)
        return " ".join(reason.text() for reason in texts.reasons)

    async def events(self, key: int) -> list[str]:
        return [entry.event async for entry in LogEntry.objects.filter(submission=key).order_by("id")]
