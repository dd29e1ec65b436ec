"""Why a call to the Interact API was not answered as asked, for those who look after the clients.

The caller is told less: whoever has no right to know learns nothing of which clients and certificates there are.
"""

from datetime import datetime
from enum import StrEnum
from http import HTTPStatus

from django.utils import timezone

from formcase.formservice.models import CallOutcome, Client, ClientCertificate


class Reason(StrEnum):
    """What stood in the way. What each means in words is told beside the log of calls."""

    # by TLS, before anything is asked
    CERTIFICATE_UNTRUSTED = "certificate-untrusted"
    CERTIFICATE_MISSING = "certificate-missing"
    TLS_FAILED = "tls-failed"
    PLAIN_HTTP = "plain-http"
    # who is calling
    CERTIFICATE_UNKNOWN = "certificate-unknown"
    CERTIFICATE_OF_OTHER = "certificate-of-other"
    CERTIFICATE_REVOKED = "certificate-revoked"
    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_NOT_YET = "certificate-not-yet"
    CLIENT_UNKNOWN = "client-unknown"
    CLIENT_DISABLED = "client-disabled"
    TOKEN_MISSING = "token-missing"  # noqa: S105 - the name of a reason
    TOKEN_INVALID = "token-invalid"  # noqa: S105
    TOKEN_EXPIRED = "token-expired"  # noqa: S105
    TOKEN_OF_OTHER = "token-of-other"  # noqa: S105
    ASSERTION_REFUSED = "assertion-refused"
    # what is asked
    NOT_RELEASED = "not-released"
    TOO_MANY = "too-many"
    MALFORMED = "malformed"
    NOT_THERE = "not-there"
    WRONG_METHOD = "wrong-method"
    FINAL_ALREADY = "final-already"
    TOO_LARGE = "too-large"
    WRONG_RANGE = "wrong-range"
    OTHER = "other"
    # at our end, or on the way
    CLOSED = "closed"
    CRASHED = "crashed"
    BROKEN_OFF = "broken-off"


_BY_STATUS = {
    HTTPStatus.BAD_REQUEST: Reason.MALFORMED,
    HTTPStatus.FORBIDDEN: Reason.NOT_RELEASED,
    HTTPStatus.NOT_FOUND: Reason.NOT_THERE,
    HTTPStatus.METHOD_NOT_ALLOWED: Reason.WRONG_METHOD,
    HTTPStatus.CONFLICT: Reason.FINAL_ALREADY,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Reason.TOO_LARGE,
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: Reason.WRONG_RANGE,
    HTTPStatus.TOO_MANY_REQUESTS: Reason.TOO_MANY,
    HTTPStatus.SERVICE_UNAVAILABLE: Reason.CLOSED,
    HTTPStatus.INTERNAL_SERVER_ERROR: Reason.CRASHED,
}
_REFUSALS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)


def reason_of(status: int) -> Reason | None:
    """What an answer's status says by itself; None where the call was answered as asked."""
    return None if status < HTTPStatus.BAD_REQUEST else _BY_STATUS.get(HTTPStatus(status), Reason.OTHER)


def outcome_of(status: int) -> CallOutcome:
    """How a call with this answer ended."""
    if status < HTTPStatus.BAD_REQUEST:
        return CallOutcome.ANSWERED
    if status in _REFUSALS:
        return CallOutcome.REFUSED
    return CallOutcome.MISTAKEN if status < HTTPStatus.INTERNAL_SERVER_ERROR else CallOutcome.FAILED


def why_refused(client_id: str, sha256: str | None) -> Reason:
    """Why this client may not come with this certificate now; None: on plain HTTP, without one. Asks the database."""
    client = Client.objects.filter(client_id=client_id).first()
    certificate = ClientCertificate.objects.filter(sha256=sha256).first() if sha256 else None
    if client is None:
        return Reason.CLIENT_UNKNOWN
    if certificate is not None and certificate.client_id != client.pk:
        return Reason.CERTIFICATE_OF_OTHER
    if client.disabled_at is not None:
        return Reason.CLIENT_DISABLED
    return Reason.CERTIFICATE_UNKNOWN if certificate is None else _fault_of(certificate, timezone.now())


def _fault_of(certificate: ClientCertificate, now: datetime) -> Reason:
    if certificate.revoked_at is not None:
        return Reason.CERTIFICATE_REVOKED
    if certificate.not_after < now:
        return Reason.CERTIFICATE_EXPIRED
    return Reason.CERTIFICATE_NOT_YET if certificate.not_before > now else Reason.OTHER
