"""Why a submission becomes an error case, in words that help: the field, the value, the right that is missing."""

from collections.abc import Mapping

from formcase.filing.journal import Entry
from formcase.messages import NOTHING, Message, message
from formcase.outcomes import Permanent, Refused, Setup
from formcase.planning.needs import Need
from formcase.planning.plan import (
    AddCaseRow,
    AddDocument,
    AddParty,
    AddReference,
    CreateAddress,
    CreateCase,
    CreateContact,
    Operation,
    Plan,
    UpdateCase,
    UpdateCaseText,
)
from formcase.planning.tracing import origin_of

FORBIDDEN = 403

# Which right an operation needs, as the security group pages of the case system name table and right.
RIGHTS: Mapping[type, tuple[str, str]] = {
    CreateContact: ("Contact", "Create"),
    CreateAddress: ("Contact address", "Create"),
    CreateCase: ("Case", "Create"),
    UpdateCase: ("Case", "Update"),
    UpdateCaseText: ("Case", "Update"),
    AddParty: ("Case party", "Create"),
    AddDocument: ("Document", "Create"),
    AddReference: ("Case information", "Create"),
}


class ErrorCaseRefused(Setup):
    """Neither the mapped cases nor an error case could be made: the setup must be mended."""


def refusal(plan: Plan, refused: Refused, entry: Entry) -> Message:
    """Trace the case system's refusal back to the form field or the right that it is about."""
    operation = _operation(plan, refused)
    if refused.status == FORBIDDEN and operation is not None:
        table, right = _right(operation)
        return message(
            "The executing user {user} lacks the right {right} on {table} in the case system. It answered: {reason}",
            user=entry.terms.executing_user,
            right=right,
            table=table,
            reason=refused.reason or refused.answer,
            hidden=("reason",),
        )
    origin = None if refused.part is None else origin_of(plan, refused.part, refused.target)
    if origin is not None:
        return message(
            "The case system refused {target} ({status}): {reason} From {origin} of form {form}.",
            target=refused.target or "",
            status=refused.status,
            reason=refused.reason or refused.answer,
            origin=str(origin),
            form=entry.form_id,
            hidden=("reason",),
        )
    return told(refused)


def told(permanent: Permanent) -> Message:
    """What the case system would not even let us read, or do, before anything was planned."""
    if not isinstance(permanent, Refused):
        return permanent.message()
    return message(
        "{tried}: {answer} {reason}",
        tried=permanent.tried,
        answer=permanent.answer,
        reason=permanent.reason,
        hidden=("reason",),
    )


def error_case_refused(plan: Plan, refused: Refused, entry: Entry, reasons: tuple[Message, ...]) -> ErrorCaseRefused:
    """What to say where the case system refused the error case too."""
    return error_case_given_up(refusal(plan, refused, entry), plan, entry, reasons)


def error_case_given_up(why: Message, plan: Plan, entry: Entry, reasons: tuple[Message, ...]) -> ErrorCaseRefused:
    """What to say where not even the error case could be made."""
    needed = sorted({"{1} on {0}".format(*_right(operation)) for operation in plan.operations})
    return ErrorCaseRefused(
        message("Filing the submission"),
        message(
            "it can't be filed as it is ({reason}), and the error case was refused too: {refusal}",
            reason=reasons[0] if reasons else NOTHING,
            refusal=why,
        ),
        message(
            "Choose an executing user with the rights that an error case needs ({rights}), or give {user} these "
            "rights; it is tried again by itself.",
            rights=", ".join(needed),
            user=entry.terms.executing_user,
        ),
    )


def needed_rights(plan: Plan) -> tuple[Need, ...]:
    """The rights that writing a plan needs, each once."""
    return tuple(sorted({Need(*_right(operation)) for operation in plan.operations}))


def _operation(plan: Plan, refused: Refused) -> Operation | None:
    if refused.part is None or not 0 <= refused.part < len(plan.operations):
        return None
    return plan.operations[refused.part]


def _right(operation: Operation) -> tuple[str, str]:
    if isinstance(operation, AddCaseRow):
        return ("Case date" if operation.collection == "Dates" else "Case information", "Create")
    return RIGHTS[type(operation)]
