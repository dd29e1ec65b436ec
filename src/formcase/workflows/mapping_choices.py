"""What a person can choose from while making a mapping, as it is at this moment: the case system's properties and
codes, and the fields of the forms or of a submission."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from asgiref.sync import async_to_sync, sync_to_async

from formcase.filing.shaping import read
from formcase.messages import Message, message
from formcase.outcomes import Passing
from formcase.planning.knowledge import CodeTableKey
from formcase.planning.own_mapping.choices import (
    FormChoices,
    GroupChoice,
    form_choices,
    property_choices,
    submission_choices,
)
from formcase.submission.form import FormDefinition, FormSummary
from formcase.targets.port import CaseSystem
from formcase.workflows import at_form_service
from formcase.workflows.coverage import split_form_ids
from formcase.workflows.dry_run import carried_of, form_definition
from formcase.workflows.installation import connect_case_system, connect_form_service
from formcase.workflows.models import ServiceWorkflow, SubmissionRecord
from formcase.workflows.versions import TRANSFORM

MOST_CODES = 50
MOST_FORMS = 20  # of which the fields are read at once
LIMIT = 4.0  # seconds; a person waits for the page

Tables = Mapping[CodeTableKey, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class CaseSystemChoices:
    """What the case system has. codes: of the tables that were asked for and that it serves."""

    groups: tuple[GroupChoice, ...] = ()
    codes: Tables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Forms:
    """What the form service releases. definitions: of the forms that were asked for, by their ids."""

    released: tuple[FormSummary, ...] = ()
    definitions: Mapping[str, FormDefinition] = field(default_factory=dict)


def of_case_system(
    wanted: Callable[[tuple[GroupChoice, ...]], Iterable[CodeTableKey]], limit: float = LIMIT
) -> CaseSystemChoices:
    """The groups with their properties, and the code tables that are wanted of them. Raises the target's outcomes;
    `Passing` after the limit."""

    async def asked() -> CaseSystemChoices:
        async with _limited(message("Asking the case system"), limit):
            target = await sync_to_async(connect_case_system)()
            try:
                groups = property_choices(await target.metadata())
                return CaseSystemChoices(groups, await _tables(target, wanted(groups)))
            finally:
                await target.close()

    return async_to_sync(asked)()


def of_form_service(workflow: ServiceWorkflow, form_ids: Iterable[str] = (), limit: float = LIMIT) -> Forms:
    """What the form service releases, with the newest definitions of these forms; none named: of the workflow's first.
    Raises the source's outcomes; `Passing` after the limit."""

    async def asked() -> Forms:
        async with _limited(message("Asking the form service"), limit):
            source = await sync_to_async(connect_form_service)(workflow)
            try:
                released = await source.forms()
                there = split_form_ids(workflow.form_ids) or tuple(form.id for form in released)
                named = tuple(form_ids) or there[:1]
                found = await asyncio.gather(*(source.form(form_id) for form_id in named[:MOST_FORMS]))
                return Forms(released, {form.summary.id: form for form in found if form is not None})
            finally:
                await source.close()

    return async_to_sync(asked)()


def of_submission(record: SubmissionRecord, limit: float = LIMIT) -> FormChoices:
    """The fields and groups of a stored submission, read by the transform in force of its workflow. Raises the
    outcomes of the source and of reading."""
    xml = at_form_service.xml_of(record, limit)
    return submission_choices(async_to_sync(read)(xml, carried_of(record.workflow, TRANSFORM)))


async def properties() -> tuple[GroupChoice, ...]:
    """The groups of a mapping with the properties that the case system has now. Raises the target's outcomes."""
    target = await sync_to_async(connect_case_system)()
    try:
        return property_choices(await target.metadata())
    finally:
        await target.close()


async def codes(table: CodeTableKey, sought: str = "", most: int = MOST_CODES) -> tuple[tuple[str, str], ...] | None:
    """Codes of a table with their texts whose code or text holds what is sought, in the order of the codes; None where
    the case system does not serve the table. Raises the target's outcomes."""
    target = await sync_to_async(connect_case_system)()
    try:
        found = await target.code_table(table)
    finally:
        await target.close()
    return None if found is None else fitting(found.codes, sought, most)


def fitting(codes: Mapping[str, str], sought: str, most: int = MOST_CODES) -> tuple[tuple[str, str], ...]:
    """The codes with their texts whose code or text holds what is sought, in the order of the codes."""
    wanted = sought.strip().casefold()
    found = (row for row in codes.items() if any(wanted in part.casefold() for part in row))
    return tuple(sorted(found)[:most])


async def fields(workflow: ServiceWorkflow, form_id: str) -> FormChoices | None:
    """The fields and groups of the newest version of a form; None where the form service has no such form for us.
    Raises the source's outcomes."""
    form = await form_definition(workflow, form_id)
    return None if form is None else form_choices(form)


async def _tables(target: CaseSystem, wanted: Iterable[CodeTableKey]) -> Tables:
    keys = tuple(dict.fromkeys(wanted))
    found = await asyncio.gather(*(target.code_table(key) for key in keys))
    return {key: table.codes for key, table in zip(keys, found, strict=True) if table is not None}


@asynccontextmanager
async def _limited(tried: Message, limit: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(limit):
            yield
    except TimeoutError:
        what = message("It has not answered within {seconds} seconds.", seconds=round(limit))
        raise Passing(tried, what) from None
