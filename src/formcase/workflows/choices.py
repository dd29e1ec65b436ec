"""What a person can choose from while setting a workflow up: certificates, released forms, users."""

from asgiref.sync import sync_to_async

from formcase.planning.knowledge import CodeTableKey
from formcase.sources.certificates.certificate import StoredCertificate
from formcase.submission.form import FormSummary
from formcase.workflows.installation import certificate_store, connect_case_system, connect_form_service
from formcase.workflows.models import ServiceWorkflow

__all__ = ["StoredCertificate", "certificates", "released_forms", "users"]

MOST_USERS = 20


def certificates() -> tuple[StoredCertificate, ...]:
    """The certificates that were imported, the one that expires last first."""
    return certificate_store().list()


async def released_forms(workflow: ServiceWorkflow) -> tuple[FormSummary, ...]:
    """The forms that the service releases to this workflow's client. Raises the source's outcomes."""
    source = await sync_to_async(connect_form_service)(workflow)
    try:
        return await source.forms()
    finally:
        await source.close()


async def users(sought: str) -> tuple[tuple[str, str], ...]:
    """Users of the case system, (ID, name), whose ID or name holds the text. Raises the target's outcomes."""
    target = await sync_to_async(connect_case_system)()
    try:
        table = await target.code_table(CodeTableKey("Users"))
    finally:
        await target.close()
    if table is None:
        return ()
    wanted = sought.strip().casefold()
    found = [
        (code, text) for code, text in table.codes.items() if wanted in code.casefold() or wanted in text.casefold()
    ]
    return tuple(sorted(found)[:MOST_USERS])
