"""The two ends as a worker holds them: connected once, and anew when the set-up has changed."""

import asyncio
from dataclasses import dataclass

from formcase.filing import crash_points
from formcase.filing.pacing import Pace
from formcase.filing.way import Ends
from formcase.sources.port import FormService
from formcase.targets.port import CaseSystem
from formcase.workflows.installation import connect_case_system, connect_form_service

CLOSED_AFTER = 900  # seconds that filings which still run on an old connection are given


@dataclass(frozen=True, slots=True)
class FormServiceAddress:
    """Where a submission lies, and as whom a workflow asks there. version: the workflow's, which grows with every
    change. A submission stays with the address that it was found at, also when the workflow has another one since."""

    workflow: int
    version: int
    url: str
    client_id: str
    certificate_thumbprint: str


class Connections:
    """Form services by workflow and address, and the one case system."""

    def __init__(self) -> None:
        self._case_system: CaseSystem | None = None
        self._form_services: dict[tuple[int, str], tuple[int, FormService]] = {}
        self._paces: dict[tuple[int, int], Pace] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._lock = asyncio.Lock()

    async def ends(self, address: FormServiceAddress) -> Ends:
        """Both ends. Raises `Setup` where one can't be connected."""
        pace = self._paces.setdefault((address.workflow, address.version), Pace())
        return Ends(await self.form_service(address), await self.case_system(), pace)

    async def case_system(self) -> CaseSystem:
        """The case system."""
        async with self._lock:
            if self._case_system is None:
                self._case_system = crash_points.of_case_system(connect_case_system())
            return self._case_system

    async def form_service(self, address: FormServiceAddress) -> FormService:
        """The form service as the workflow's parameters say."""
        name = (address.workflow, address.url)
        async with self._lock:
            held = self._form_services.get(name)
            if held is not None and held[0] >= address.version:
                return held[1]
            service = crash_points.of_form_service(await asyncio.to_thread(connect_form_service, address))
            self._form_services[name] = (address.version, service)
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
            try:
                await asyncio.sleep(CLOSED_AFTER)
            finally:
                await service.close()

        task = asyncio.create_task(close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
