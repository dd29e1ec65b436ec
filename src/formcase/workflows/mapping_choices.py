"""What a person can choose from while making a mapping, as it is at this moment: the case system's properties and
codes, and the fields of a form."""

from asgiref.sync import sync_to_async

from formcase.planning.knowledge import CodeTableKey
from formcase.planning.own_mapping.choices import FormChoices, GroupChoice, form_choices, property_choices
from formcase.workflows.dry_run import form_definition
from formcase.workflows.installation import connect_case_system
from formcase.workflows.models import ServiceWorkflow

MOST_CODES = 50


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
    if found is None:
        return None
    wanted = sought.strip().casefold()
    fitting = (row for row in found.codes.items() if any(wanted in part.casefold() for part in row))
    return tuple(sorted(fitting)[:most])


async def fields(workflow: ServiceWorkflow, form_id: str) -> FormChoices | None:
    """The fields and groups of the newest version of a form; None where the form service has no such form for us.
    Raises the source's outcomes."""
    form = await form_definition(workflow, form_id)
    return None if form is None else form_choices(form)
