"""Errors as the Interact API tells them: problem details (RFC 9457), whatever went wrong."""

import functools
import json
from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

View = Callable[..., Coroutine[object, object, HttpResponseBase]]

_log = structlog.get_logger()
_DATABASE_AWAY = 5  # seconds after which a client may try again


class ProblemError(Exception):
    """An answer that is a problem; a view raises it."""

    def __init__(self, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def malformed(detail: str) -> ProblemError:
    """400."""
    return ProblemError(HTTPStatus.BAD_REQUEST, detail)


def not_found(detail: str) -> ProblemError:
    """404."""
    return ProblemError(HTTPStatus.NOT_FOUND, detail)


def later(status: HTTPStatus, detail: str, seconds: int) -> ProblemError:
    """429 or 503, with the time to wait."""
    return ProblemError(status, detail, {"Retry-After": str(seconds)})


def problem_response(problem: ProblemError) -> HttpResponse:
    """The problem as a response."""
    content = problem_content(problem.status, problem.detail)
    response = HttpResponse(content, status=problem.status, content_type="application/problem+json")
    response["Content-Length"] = str(len(content))
    response["Cache-Control"] = "no-store"
    for name, value in problem.headers.items():
        response[name] = value
    return response


def problem_content(status: HTTPStatus, detail: str) -> bytes:
    """The JSON of problem details."""
    document = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return json.dumps(document, ensure_ascii=False).encode()


def with_problems(view: View) -> View:
    """A view whose every failure is answered with problem details."""

    @functools.wraps(view)
    async def answered(request: HttpRequest, **names: str) -> HttpResponseBase:
        try:
            return await view(request, **names)
        except ProblemError as problem:
            return problem_response(problem)
        except (OperationalError, InterfaceError):
            _log.warning("database out of reach", exc_info=True)
            detail = "The form service's database is out of reach."
            return problem_response(later(HTTPStatus.SERVICE_UNAVAILABLE, detail, _DATABASE_AWAY))

    return answered


def crash_response() -> HttpResponse:
    """500, which says nothing of what crashed."""
    detail = "The form service failed to answer; its log says why."
    return problem_response(ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, detail))
