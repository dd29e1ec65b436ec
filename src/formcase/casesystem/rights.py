"""Who acts, and what the security group allows: the tables of the rights, the actor, the actor's codes.

Access codes of single entities are in `access_codes.py`; how both become SQL is in `visibility.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from formcase.casesystem.access_codes import Permission
from formcase.casesystem.errors import forbidden

EVERYONE = "ALLEEMNER"


class Table(StrEnum):
    """What security groups give rights to."""

    CASE = "Case"
    CASE_PARTY = "Case party"
    CASE_INFORMATION = "Case information"
    CASE_DATE = "Case date"
    DOCUMENT = "Document"
    DOCUMENT_PARTY = "Document party"
    DOCUMENT_INFORMATION = "Document information"
    DOCUMENT_DATE = "Document date"
    CONTACT = "Contact"
    CONTACT_ADDRESS = "Contact address"
    CONTACT_INFORMATION = "Contact information"
    CONTACT_DATE = "Contact date"
    CONTACT_REFERENCE = "Contact reference"


class Action(StrEnum):
    """What a right allows. Lock is giving a case its `Closed` date, unlock is taking it away."""

    SEARCH = "Search"
    CREATE = "Create"
    UPDATE = "Update"
    DELETE = "Delete"
    LOCK = "Lock"
    UNLOCK = "Unlock"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whom a request acts as: the user that `OnBehalfOf` names, else the account's own. account: who logged in."""

    key: str
    account: str
    security_code: int
    unit: str | None
    group_code: str
    codes: frozenset[str]
    holds_all_codes: bool
    rights: Mapping[Table, frozenset[Action]]

    def may(self, action: Action, table: Table) -> bool:
        """Whether the security code gives this right."""
        return action in self.rights.get(table, frozenset())

    def meets(self, permission: Permission) -> bool:
        """Whether the actor's codes are enough."""
        return self.holds_all_codes or permission.met_by(self.codes)

    def holds(self, code: str) -> bool:
        """Whether the actor holds a single code."""
        return self.holds_all_codes or code in self.codes

    def demand_right(self, action: Action, table: Table) -> None:
        """Raise 403 where the security code doesn't give this right."""
        if not self.may(action, table):
            message = _("{user} (security code {code}) lacks the right {action} on {table}.")
            raise forbidden(
                message.format(user=self.key, code=self.security_code, action=action.value, table=table.value)
            )

    def demand_write_code(self, permission: Permission, what: str) -> None:
        """Raise 403 where the actor's codes don't meet a write code."""
        if not self.meets(permission):
            message = _("{user} does not hold the write code of {what}.")
            raise forbidden(message.format(user=self.key, what=what), "UpdateCode")
