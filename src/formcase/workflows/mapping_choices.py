"""What a person can choose from while making a mapping: the case system's properties and codes, and the
fields of the forms or of a submission, each as it was when the end was asked last."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from asgiref.sync import async_to_sync

from formcase.filing.shaping import read
from formcase.messages import Message, message
from formcase.outcomes import Passing
from formcase.planning.knowledge import CodeTableKey
from formcase.planning.own_mapping.choices import (
    FormChoices,
    GroupChoice,
    property_choices,
    submission_choices,
)
from formcase.submission.form import FormDefinition, FormSummary
from formcase.targets.port import CaseSystem
from formcase.workflows import at_form_service, kept_ends
from formcase.workflows.coverage import split_form_ids
from formcase.workflows.dry_run import carried_of
from formcase.workflows.kept_ends import Asked
from formcase.workflows.models import ServiceWorkflow, SubmissionRecord
from formcase.workflows.versions import TRANSFORM

MOST_CODES = 50
MOST_FORMS = 20  # of which the fields are read at once
LIMIT = 4.0  # seconds; a person waits for the page

Tables = Mapping[CodeTableKey, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class CaseSystemChoices:
    """What the case system has. codes: of the tables that were asked for and that it serves; asked: how old it may be,
    None where it is not known."""

    groups: tuple[GroupChoice, ...] = ()
    codes: Tables = field(default_factory=dict)
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class Forms:
    """What the form service releases. definitions: of the forms that were asked for, by their ids; asked: how old it
    may be, None where it is not known."""

    released: tuple[FormSummary, ...] = ()
    definitions: Mapping[str, FormDefinition] = field(default_factory=dict)
    asked: Asked | None = None


def of_case_system(
    wanted: Callable[[tuple[GroupChoice, ...]], Iterable[CodeTableKey]], *, anew: bool = False, limit: float = LIMIT
) -> CaseSystemChoices:
    """The groups with their properties, and the code tables that are wanted of them, as they were when asked for last;
    anew: as they are now. Raises the target's outcomes; `Passing` after the limit."""

    async def there(target: CaseSystem) -> tuple[tuple[GroupChoice, ...], Tables]:
        groups = property_choices(await target.metadata())
        return groups, await _tables(target, wanted(groups))

    async def asked() -> CaseSystemChoices:
        async with _limited(message("Asking the case system"), limit):
            (groups, codes), when = await kept_ends.of_case_system(there, anew=anew)
            return CaseSystemChoices(groups, codes, when)

    return async_to_sync(asked)()


def of_form_service(
    workflow: ServiceWorkflow, form_ids: Iterable[str] = (), *, anew: bool = False, limit: float = LIMIT
) -> Forms:
    """What the form service releases, with the newest definitions of these forms; none named: of the workflow's first.
    anew: whatever is known, ask now. Raises the source's outcomes; `Passing` after the limit."""

    async def asked() -> Forms:
        async with _limited(message("Asking the form service"), limit):
            released, when = await kept_ends.released_forms(workflow, anew=anew)
            there = {form.id: form for form in released}
            named = tuple(form_ids) or (split_form_ids(workflow.form_ids) or tuple(there))[:1]
            found = await asyncio.gather(
                *(
                    kept_ends.form_definition(workflow, there[form_id])
                    for form_id in named[:MOST_FORMS]
                    if form_id in there
                )
            )
            return Forms(released, {form.summary.id: form for form in found if form is not None}, when)

    return async_to_sync(asked)()


def of_submission(record: SubmissionRecord, limit: float = LIMIT) -> FormChoices:
    """The fields and groups of a stored submission, read by the transform in force of its workflow. Raises the
    outcomes of the source and of reading."""
    xml = at_form_service.xml_of(record, limit)
    return submission_choices(async_to_sync(read)(xml, carried_of(record.workflow, TRANSFORM)))


def fitting(codes: Mapping[str, str], sought: str, most: int = MOST_CODES) -> tuple[tuple[str, str], ...]:
    """The codes with their texts whose code or text holds what is sought, in the order of the codes."""
    wanted = sought.strip().casefold()
    found = (row for row in codes.items() if any(wanted in part.casefold() for part in row))
    return tuple(sorted(found)[:most])


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
