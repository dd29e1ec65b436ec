"""What a person can choose from while setting a workflow up: certificates, released forms, users."""

from formcase.planning.knowledge import CodeTableKey
from formcase.sources.certificates.certificate import StoredCertificate
from formcase.submission.form import FormSummary
from formcase.workflows import kept_ends
from formcase.workflows.installation import certificate_store
from formcase.workflows.models import ServiceWorkflow

__all__ = ["StoredCertificate", "certificates", "released_forms", "users"]

USERS = CodeTableKey("Users")
MOST_USERS = 20


def certificates() -> tuple[StoredCertificate, ...]:
    """The certificates that were imported, the one that expires last first."""
    return certificate_store().list()


async def released_forms(workflow: ServiceWorkflow) -> tuple[FormSummary, ...]:
    """The forms that the service releases to this workflow's client. Raises the source's outcomes."""
    found, _asked = await kept_ends.released_forms(workflow)
    return found


async def users(sought: str) -> tuple[tuple[str, str], ...]:
    """Users of the case system, (ID, name), whose ID or name holds the text. Raises the target's outcomes."""
    table, _asked = await kept_ends.of_case_system(lambda target: target.code_table(USERS))
    if table is None:
        return ()
    wanted = sought.strip().casefold()
    found = [
        (code, text) for code, text in table.codes.items() if wanted in code.casefold() or wanted in text.casefold()
    ]
    return tuple(sorted(found)[:MOST_USERS])
