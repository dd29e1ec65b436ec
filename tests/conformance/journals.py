"""The journals that the conformance suite is run against. A new keeper is one more entry in `JOURNALS`."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from asgiref.sync import sync_to_async

from formcase.filing.journal import Journal
from formcase.workflows import managing
from formcase.workflows.models import ServiceWorkflow, SubmissionRecord
from workflows.bench import PARAMETERS, Bench, open_bench


class JournalUnderTest(Protocol):
    """A journal with one enabled workflow, and what happens around it."""

    journal: Journal
    workflow: int

    async def disable(self) -> None:
        """A person switches the workflow off."""

    async def change(self) -> None:
        """A person changes a parameter of the workflow."""

    async def passes(self, seconds: float, key: int) -> None:
        """Time goes by for one submission."""

    async def chosen(self, key: int) -> None:
        """This submission tries for all that are behind the block."""

    async def is_blocked(self) -> bool:
        """Whether the whole workflow is."""

    async def nudged(self) -> set[int]:
        """The submissions that have a job, now or later."""

    async def due(self, key: int) -> float | None:
        """In how many seconds a submission is due; None where it has no time."""


class InPostgres:
    """The journal that Formcase keeps."""

    def __init__(self, bench: Bench, workflow: int) -> None:
        self.journal = bench.journal
        self.workflow = workflow
        self._bench = bench

    async def disable(self) -> None:
        await sync_to_async(managing.disable)(await self._row())

    async def change(self) -> None:
        await sync_to_async(managing.change)(await self._row(), {"ExecutingUser": "MKT"})

    async def passes(self, seconds: float, key: int) -> None:
        await self._bench.passes(seconds, key)

    async def chosen(self, key: int) -> None:
        await ServiceWorkflow.objects.filter(pk=self.workflow).aupdate(probe_submission=key)

    async def is_blocked(self) -> bool:
        return (await self._row()).blocked_since is not None

    async def nudged(self) -> set[int]:
        prefix = "submission:"
        return {int(lock.removeprefix(prefix)) for _, lock in await self._bench.jobs() if lock.startswith(prefix)}

    async def due(self, key: int) -> float | None:
        rows = await self._bench.rows(
            "select extract(epoch from due_at - now())::float as seconds from workflows_submissionrecord where id = %s",
            (await SubmissionRecord.objects.aget(pk=key)).pk,
        )
        return rows[0]["seconds"]  # type: ignore[return-value]

    async def _row(self) -> ServiceWorkflow:
        return await ServiceWorkflow.objects.aget(pk=self.workflow)


@asynccontextmanager
async def in_postgres() -> AsyncIterator[JournalUnderTest]:
    def enabled() -> int:
        return managing.enable(managing.create("Flags", "interact", PARAMETERS)).pk

    workflow = await sync_to_async(enabled)()
    async with open_bench() as bench:
        yield InPostgres(bench, workflow)


JOURNALS: Mapping[str, Callable[[], AbstractAsyncContextManager[JournalUnderTest]]] = {"postgres": in_postgres}
