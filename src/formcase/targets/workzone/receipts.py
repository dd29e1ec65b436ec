"""Which cases a committed change set made or changed, from the answers to its parts."""

from formcase.messages import message
from formcase.outcomes import Unknown
from formcase.planning.plan import CreateAddress, CreateCase, CreateContact, Existing, Operation, Plan
from formcase.targets.workzone import batch
from formcase.targets.workzone.answer import JsonObject, text
from formcase.targets.workzone.writing import index_of

WRITING = message("Writing the case to the case system")


def in_order(answers: batch.Answers, plan: Plan) -> tuple[JsonObject | None, ...]:
    """The bodies by operation: by Content-ID where all answers have one, else as they stand."""
    if len(answers.parts) != len(plan.operations):
        raise Unknown(
            WRITING,
            message(
                "There are {answers} answers to {operations} operations.",
                answers=len(answers.parts),
                operations=len(plan.operations),
            ),
        )
    bodies = [part.answer.json() for part in answers.parts]
    indexes = [index_of(part.content_id, plan) for part in answers.parts]
    if sorted(index for index in indexes if index is not None) == list(range(len(bodies))):
        by_index = dict(zip(indexes, bodies, strict=True))
        return tuple(by_index[index] for index in range(len(bodies)))
    return tuple(bodies)


def cases_of(plan: Plan, bodies: tuple[JsonObject | None, ...]) -> tuple[Existing, ...] | None:
    """The cases that were made or changed, each once; None where the answer leaves one of them out."""
    cases: dict[str, Existing] = {}
    for operation, body in zip(plan.operations, bodies, strict=True):
        if isinstance(operation, CreateCase):
            key, number = text(body or {}, "ID"), text(body or {}, "FileNo")
            if not key or not number:
                return None
            cases[key] = Existing(key, number)
        else:
            changed = _changes(operation)
            if changed is not None:
                cases.setdefault(changed.id, changed)
    return tuple(cases.values())


def _changes(operation: Operation) -> Existing | None:
    """The existing case that an operation changes."""
    if isinstance(operation, CreateContact | CreateAddress | CreateCase):
        return None
    return operation.case if isinstance(operation.case, Existing) else None
