"""Where Django's requests become the service's, and its answers Django's. Every request comes through here."""

from http import HTTPStatus

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from formcase.casesystem.authentication import authenticate
from formcase.casesystem.batch import carry_out_batch
from formcase.casesystem.documents import Body, find_download, max_bytes, upload
from formcase.casesystem.errors import Problem, Refusal, method_not_allowed
from formcase.casesystem.exchange import VERSION, Answer, Request, refusal_answer
from formcase.casesystem.maintenance import caretaker
from formcase.casesystem.paths import Segment, read_path
from formcase.casesystem.reading_guard import answer_read
from formcase.casesystem.service import Session, file_of
from formcase.casesystem.transactions import Part, carry_out

_MAX_BODY = 32 * 1024 * 1024
_log = structlog.get_logger()


@csrf_exempt
def odata(request: HttpRequest, path: str = "") -> HttpResponseBase:
    """One request of the service."""
    body = Body(_source(request), _declared_length(request))
    try:
        return _respond(request, path, body)
    except Refusal as refusal:
        body.drain(max_bytes())
        return _response(refusal_answer(refusal))
    except Exception as error:  # noqa: BLE001 - the last line: whatever failed, the client gets OData's kind of answer
        _log.exception("request failed", method=request.method, error=type(error).__name__)
        failure = Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, Problem("InternalError", _("The service failed.")))
        return _response(refusal_answer(failure))


def _respond(request: HttpRequest, path: str, body: Body) -> HttpResponseBase:
    _check_version(request)
    actor, reference = authenticate(request.headers.get("Authorization", ""), request.headers.get("OnBehalfOf"))
    root_path = request.path.removesuffix(path) if path else request.path.rstrip("/") + "/"
    session = Session(actor, reference, request.build_absolute_uri(root_path), root_path)
    method = request.method or "GET"
    headers = {name.lower(): value for name, value in request.headers.items()}
    plain = Request(method, path, request.META.get("QUERY_STRING", ""), headers)
    if method in ("GET", "HEAD"):
        if path.endswith("/$value") and (download := _download(session, path)) is not None:
            return download
        return _response(answer_read(session, plain))
    if method == "POST" and read_path(path) == (Segment("Documents"),):
        return _response(upload(session, plain, body))
    if method not in ("POST", "PATCH", "DELETE"):
        raise method_not_allowed(method, "GET, HEAD, POST, PATCH, DELETE")
    limit = int(getattr(settings, "CASESYSTEM_MAX_REQUEST_BYTES", _MAX_BODY))
    whole = Request(method, path, plain.query, headers, body.whole(limit))
    if path.strip("/") == "$batch":
        if method != "POST":
            raise method_not_allowed(method, "POST")
        answer = carry_out_batch(session, whole)
    else:
        answer = carry_out(session, [Part(whole)]).answers[0]
    caretaker.look_around()
    return _response(answer)


def _download(session: Session, path: str) -> HttpResponseBase | None:
    """The bytes of a Document; None where the path ends with the value of a property."""
    steps = read_path(path)
    if not any(step.name in ("Documents", "Document") for step in steps[:-1][-1:]):
        return None
    download = find_download(file_of(session, steps))
    response = StreamingHttpResponse(download.chunks())
    for name, value in download.headers().items():
        response[name] = value
    return response


def _check_version(request: HttpRequest) -> None:
    given = request.headers.get("OData-MaxVersion", "4.0")
    if not given.startswith(("4", "5")):
        problem = Problem("InvalidHeader", _("This service speaks OData 4.0."), "OData-MaxVersion")
        raise Refusal(HTTPStatus.BAD_REQUEST, problem)


def _declared_length(request: HttpRequest) -> int | None:
    """The number of bytes that will come; None where they come in chunks."""
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        return None
    given = request.META.get("CONTENT_LENGTH") or "0"
    return int(given) if given.isascii() and given.isdigit() else 0


def _source(request: HttpRequest) -> object:
    # Django reads nothing of a body that comes in chunks: the server's own stream is asked.
    chunked = "chunked" in request.headers.get("Transfer-Encoding", "").lower()
    return request.META["wsgi.input"] if chunked and "wsgi.input" in request.META else request


def _response(answer: Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status)
    del response["Content-Type"]
    for name, value in {**VERSION, **answer.headers}.items():
        response[name] = value
    response["Cache-Control"] = "no-store"
    return response
