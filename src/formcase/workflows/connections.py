"""The two ends as a worker holds them: connected once, and anew when the set-up has changed."""

import asyncio

from asgiref.sync import sync_to_async

from formcase.filing.way import Ends
from formcase.sources.port import FormService
from formcase.targets.port import CaseSystem
from formcase.workflows.installation import connect_case_system, connect_form_service
from formcase.workflows.models import ServiceWorkflow

CLOSED_AFTER = 60  # seconds that filings which still run on an old connection are given


class Connections:
    """Form services by workflow, and the one case system."""

    def __init__(self) -> None:
        self._case_system: CaseSystem | None = None
        self._form_services: dict[int, tuple[int, FormService]] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._lock = asyncio.Lock()

    async def ends(self, workflow: int) -> Ends:
        """Both ends for a workflow. Raises `Setup` where it can't be connected."""
        return Ends(await self.form_service(workflow), await self.case_system())

    async def case_system(self) -> CaseSystem:
        """The case system."""
        async with self._lock:
            if self._case_system is None:
                self._case_system = connect_case_system()
            return self._case_system

    async def form_service(self, workflow: int) -> FormService:
        """The form service as the workflow's newest parameters say."""
        async with self._lock:
            row = await sync_to_async(ServiceWorkflow.objects.get)(pk=workflow)
            held = self._form_services.get(workflow)
            if held is not None and held[0] == row.version:
                return held[1]
            service = await asyncio.to_thread(connect_form_service, row)
            self._form_services[workflow] = (row.version, service)
            if held is not None:
                self._close_later(held[1])
            return service

    async def close(self) -> None:
        """Close everything."""
        for task in self._closing:
            task.cancel()
        for _version, service in self._form_services.values():
            await service.close()
        if self._case_system is not None:
            await self._case_system.close()

    def _close_later(self, service: FormService) -> None:
        async def close() -> None:
            await asyncio.sleep(CLOSED_AFTER)
            await service.close()

        task = asyncio.create_task(close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
