"""What the calls, how they ended, and what stood in their way are called."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from formcase.formservice.models import CallOutcome
from formcase.formservice.refusals import Reason


@dataclass(frozen=True, slots=True)
class OutcomeWords:
    """How calls end, in words. look: the class of its badge."""

    outcome: str
    name: Promise
    meaning: Promise
    look: str


OUTCOMES = (
    OutcomeWords(CallOutcome.ANSWERED, _("Answered"), _("The client got what it asked for."), "badge-success"),
    OutcomeWords(
        CallOutcome.REFUSED,
        _("Refused"),
        _("The caller was not let in, or asked for what is not released to it."),
        "badge-error",
    ),
    OutcomeWords(
        CallOutcome.MISTAKEN,
        _("Not possible"),
        _("The client was let in, but what it asked is not there or can't be understood."),
        "badge-warning",
    ),
    OutcomeWords(
        CallOutcome.FAILED,
        _("Failed"),
        _("The form service could not answer: it was closed, or something broke. Its log says more."),
        "badge-error",
    ),
    OutcomeWords(
        CallOutcome.BROKEN_OFF,
        _("Broken off"),
        _("The client went away before it had the whole answer."),
        "badge-info",
    ),
)
BY_OUTCOME = {words.outcome: words for words in OUTCOMES}

KINDS: Mapping[str, Promise] = {
    "token": _("Token"),
    "forms": _("List of forms"),
    "form": _("Form"),
    "submissions": _("List of submissions"),
    "submission": _("Submission"),
    "xml": _("XML"),
    "pdf": _("PDF"),
    "attachment": _("Attachment"),
    "status": _("Status"),
    "connection": _("Connection"),
    "unknown": _("No call of the API"),
}

REASONS: Mapping[str, Promise] = {
    Reason.CERTIFICATE_UNTRUSTED: _("The certificate is not registered, or was revoked."),
    Reason.CERTIFICATE_MISSING: _("It came without a certificate."),
    Reason.TLS_FAILED: _("The two ends could not agree on TLS."),
    Reason.PLAIN_HTTP: _("It came over plain HTTP."),
    Reason.CERTIFICATE_UNKNOWN: _("The certificate is not registered for this client."),
    Reason.CERTIFICATE_OF_OTHER: _("The certificate is another client's."),
    Reason.CERTIFICATE_REVOKED: _("The certificate was revoked."),
    Reason.CERTIFICATE_EXPIRED: _("The certificate has expired."),
    Reason.CERTIFICATE_NOT_YET: _("The certificate is not valid yet."),
    Reason.CLIENT_UNKNOWN: _("There is no client with this ID."),
    Reason.CLIENT_DISABLED: _("The client is disabled."),
    Reason.TOKEN_MISSING: _("It came without a token."),
    Reason.TOKEN_INVALID: _("The token is none of this form service."),
    Reason.TOKEN_EXPIRED: _("The token has expired; the client gets a new one by itself."),
    Reason.TOKEN_OF_OTHER: _("The token was got with another certificate."),
    Reason.ASSERTION_REFUSED: _("The signed assertion proves nothing."),
    Reason.NOT_RELEASED: _("The form is not released to this client."),
    Reason.TOO_MANY: _("There were too many calls a minute."),
    Reason.MALFORMED: _("The request can't be understood."),
    Reason.NOT_THERE: _("There is no such thing for this client."),
    Reason.WRONG_METHOD: _("There is no such method at this address."),
    Reason.FINAL_ALREADY: _("The submission is Imported already, and that is final."),
    Reason.TOO_LARGE: _("The request is too large."),
    Reason.WRONG_RANGE: _("The file has no such part."),
    Reason.OTHER: _("It could not be answered."),
    Reason.CLOSED: _("The form service was closed, or its database out of reach."),
    Reason.CRASHED: _("The form service failed; its log says why."),
    Reason.BROKEN_OFF: _("The connection was broken off."),
}
