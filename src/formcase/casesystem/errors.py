"""What the case system refuses, as one exception that knows its HTTP status and its OData JSON.

Every refusal of a request is a `Refusal`; nothing here knows Django's requests or the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a code for machines, a message for people, and what it is about."""

    code: str
    message: str
    target: str | None = None


class Refusal(Exception):
    """The request is refused. headers are added to the answer, e.g. `Retry-After`."""

    def __init__(
        self,
        status: HTTPStatus,
        problem: Problem,
        details: tuple[Problem, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(problem.code)
        self.status = status
        self.problem = problem
        self.details = details
        self.headers = dict(headers or {})

    def body(self) -> dict[str, object]:
        """The error as OData JSON."""
        return {"error": _as_json(self.problem) | {"details": [_as_json(detail) for detail in self.details]}}


@dataclass(slots=True)
class Problems:
    """Gathers what is wrong with one entity, so that a client learns all of it at once."""

    found: list[Problem] = field(default_factory=list)

    def add(self, code: str, message: str, target: str | None = None) -> None:
        """Note one more."""
        self.found.append(Problem(code, message, target))

    def refuse_if_any(self) -> None:
        """Raise one refusal for all: the first leads, and where there are more, `details` has each."""
        if self.found:
            details = tuple(self.found) if len(self.found) > 1 else ()
            raise Refusal(HTTPStatus.BAD_REQUEST, self.found[0], details)


def invalid(code: str, message: str, target: str | None = None) -> Refusal:
    """400: the request itself is wrong."""
    return Refusal(HTTPStatus.BAD_REQUEST, Problem(code, message, target))


def forbidden(message: str, target: str | None = None, code: str = "Forbidden") -> Refusal:
    """403: the acting user may not do this."""
    return Refusal(HTTPStatus.FORBIDDEN, Problem(code, message, target))


def not_found(message: str | None = None) -> Refusal:
    """404: there is no such thing, or the acting user may not see it."""
    return Refusal(HTTPStatus.NOT_FOUND, Problem("NotFound", message or _("There is nothing under this address.")))


def conflict(code: str, message: str, target: str | None = None) -> Refusal:
    """409: what is there already forbids it."""
    return Refusal(HTTPStatus.CONFLICT, Problem(code, message, target))


def precondition_failed(code: str, message: str) -> Refusal:
    """412: the entity has changed since, or the repetition comes too late."""
    return Refusal(HTTPStatus.PRECONDITION_FAILED, Problem(code, message))


def too_large(limit: int) -> Refusal:
    """413: more bytes than are taken."""
    message = _("The request is larger than the {limit} bytes that are accepted.").format(limit=limit)
    return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, Problem("TooLarge", message))


def method_not_allowed(method: str, allowed: str) -> Refusal:
    """405, with what is allowed."""
    message = _("{method} is not possible here; possible: {allowed}.").format(method=method, allowed=allowed)
    return Refusal(HTTPStatus.METHOD_NOT_ALLOWED, Problem("MethodNotAllowed", message), headers={"Allow": allowed})


def not_implemented(what: str) -> Refusal:
    """501: OData knows it, this service does not."""
    message = _("This service does not do {what}.").format(what=what)
    return Refusal(HTTPStatus.NOT_IMPLEMENTED, Problem("NotImplemented", message))


def _as_json(problem: Problem) -> dict[str, object]:
    return {"code": problem.code, "message": problem.message, "target": problem.target}
