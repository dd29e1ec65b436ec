"""The two ends as this process keeps them for people's pages: connected once, and what they said kept with its age.

A connection, a token and the case system's model take longer than a page may. They live in an event loop and a thread
of their own, so that every request of a process shares them. Workers hold theirs in `connections`.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.conf import settings

from formcase.outcomes import Outcome
from formcase.sources.port import FormService
from formcase.submission.form import FormDefinition, FormSummary
from formcase.targets.port import CaseSystem
from formcase.workflows.connections import FormServiceAddress
from formcase.workflows.installation import (
    FormServiceParameters,
    case_system_settings,
    connect_case_system,
    connect_form_service,
)
from formcase.workflows.renewing import Renewing, Terms

CASE_SYSTEM_TERMS = Terms(fresh=60.0)
FORM_SERVICE_TERMS = Terms(fresh=900.0)  # nothing that it says is kept with the connection
FORMS_TERMS = Terms(fresh=5.0)
DEFINITION_TERMS = Terms(fresh=3600.0)  # a version of a form does not change
# Seconds that what still runs on a replaced connection is given: a question, or a file that a person reads.
CASE_SYSTEM_CLOSED_AFTER, FORM_SERVICE_CLOSED_AFTER = 60.0, 900.0

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Asked:
    """How old what an end said may be. at: when it was asked; problem: why it could not be asked again since."""

    at: datetime
    problem: Outcome | None = None


async def of_case_system(question: Callable[[CaseSystem], Awaitable[_T]], *, anew: bool = False) -> tuple[_T, Asked]:
    """Ask the case system, which knows its model and its codes as of the moment that is told. anew: as of now. Raises
    the target's outcomes."""
    return await _there(_home().of_case_system(question, anew=anew))


async def of_form_service(workflow: FormServiceParameters, question: Callable[[FormService], Awaitable[_T]]) -> _T:
    """Ask a workflow's form service now. Raises the source's outcomes."""
    return await _there(_home().of_form_service(_address(workflow), question))


async def released_forms(
    workflow: FormServiceParameters, *, anew: bool = False
) -> tuple[tuple[FormSummary, ...], Asked]:
    """The forms that the service releases to this workflow's client. Raises the source's outcomes."""
    return await _there(_home().forms(_address(workflow), anew=anew))


async def form_definition(workflow: FormServiceParameters, form: FormSummary) -> FormDefinition | None:
    """This version of a form; None where it is not there any more. Raises the source's outcomes."""
    return await _there(_home().definition(_address(workflow), form))


def waited_for(step: Coroutine[Any, Any, _T]) -> _T:
    """Do a step where the connections live and wait for it: what is read piece by piece belongs to their event loop.
    Never from an event loop."""
    return asyncio.run_coroutine_threadsafe(step, _home().loop).result()


async def form_service_there(address: FormServiceAddress) -> FormService:
    """The form service itself, for such a step alone; it is not the step's to close. Raises `Setup`."""
    return await _home().form_service(address)


class _Home:
    """The thread with its loop, and what lives there."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._case_systems: Renewing[Hashable, CaseSystem] = Renewing(
            CASE_SYSTEM_TERMS, lambda end: self._close_later(end, CASE_SYSTEM_CLOSED_AFTER)
        )
        self._form_services: Renewing[Hashable, FormService] = Renewing(
            FORM_SERVICE_TERMS, lambda end: self._close_later(end, FORM_SERVICE_CLOSED_AFTER)
        )
        self._forms: Renewing[Hashable, tuple[FormSummary, ...]] = Renewing(FORMS_TERMS)
        self._definitions: Renewing[Hashable, FormDefinition | None] = Renewing(DEFINITION_TERMS)
        self._closing: set[asyncio.Task[None]] = set()
        threading.Thread(target=self.loop.run_forever, name="kept ends", daemon=True).start()

    async def of_case_system(self, question: Callable[[CaseSystem], Awaitable[_T]], *, anew: bool) -> tuple[_T, Asked]:
        key = (connect_case_system, case_system_settings())
        known = await self._case_systems.get(key, _connected_case_system, anew=anew)
        return await question(known.value), Asked(known.at, known.problem)

    async def form_service(self, address: FormServiceAddress) -> FormService:
        async def connected() -> FormService:
            return await asyncio.to_thread(connect_form_service, address)

        return (await self._form_services.get(_key(address), connected)).value

    async def of_form_service(
        self, address: FormServiceAddress, question: Callable[[FormService], Awaitable[_T]]
    ) -> _T:
        return await question(await self.form_service(address))

    async def forms(self, address: FormServiceAddress, *, anew: bool) -> tuple[tuple[FormSummary, ...], Asked]:
        async def asked() -> tuple[FormSummary, ...]:
            return await self.of_form_service(address, lambda source: source.forms())

        known = await self._forms.get(_key(address), asked, anew=anew)
        return known.value, Asked(known.at, known.problem)

    async def definition(self, address: FormServiceAddress, form: FormSummary) -> FormDefinition | None:
        async def asked() -> FormDefinition | None:
            return await self.of_form_service(address, lambda source: source.form(form.id, form.version))

        return (await self._definitions.get((_key(address), form), asked)).value

    def _close_later(self, end: CaseSystem | FormService, seconds: float) -> None:
        async def close() -> None:
            await asyncio.sleep(seconds)
            await end.close()

        task = self.loop.create_task(close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _connected_case_system() -> CaseSystem:
    """One that knows its model and contact types already, so that nobody waits for them."""
    target = await asyncio.to_thread(connect_case_system)
    try:
        await target.contact_types()
    except BaseException:
        await target.close()
        raise
    return target


async def _there(question: Coroutine[Any, Any, _T]) -> _T:
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(question, _home().loop))


@cache
def _home() -> _Home:
    return _Home()


def _address(workflow: FormServiceParameters) -> FormServiceAddress:
    """As data alone: no row of the database goes to the other thread."""
    if isinstance(workflow, FormServiceAddress):
        return workflow
    return FormServiceAddress(0, 0, workflow.url, workflow.client_id, workflow.certificate_thumbprint)


def _key(address: FormServiceAddress) -> Hashable:
    where = (address.url, address.client_id, address.certificate_thumbprint)
    return (connect_form_service, str(settings.DATA_FOLDER), where)
