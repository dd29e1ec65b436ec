"""What a broken call to the form service means: a fault of the setup, or one that passes. Pure.

An alert about a certificate is a fault of the setup whenever it arrives: with TLS 1.3 the client learns of it only
when it reads its first answer.
"""

import re
import socket
import ssl
from collections.abc import Iterator

import aiohttp

from formcase.messages import Message, message
from formcase.outcomes import Outcome, Passing, Setup, Unreadable
from formcase.sources.interact.networks import NETWORKS_SETTING, AddressRefused

_MOST_ADDRESSES = 4
FAULTS = (aiohttp.ClientError, OSError, TimeoutError)


def outcome_of(error: Exception, tried: Message) -> Outcome:
    """The outcome that a failed call stands for."""
    refusal = tls_refusal(error, tried)
    if refusal:
        return refusal
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return _untrusted_service(error.certificate_error, tried)
        case aiohttp.ClientConnectorDNSError():
            return _unknown_host(error, tried)
        case aiohttp.ClientConnectorSSLError():
            return _failed_handshake(error, tried)
        case TimeoutError():
            return Passing(tried, message("No answer in time."))
        case aiohttp.ClientConnectorError() if lost_without_reason(error):
            return Passing(tried, message("The connection was cut while it was made."))
        case aiohttp.ClientConnectorError():
            reason = error.strerror or type(error.os_error).__name__
            return Passing(tried, message("No connection: {reason}.", reason=reason))
        case aiohttp.ClientResponseError() | aiohttp.InvalidURL():
            return Unreadable(tried, message("The answer is no valid HTTP."))
    return Passing(tried, message("The connection broke before the answer was whole."))


def tls_refusal(error: BaseException, tried: Message) -> Setup | None:
    """The fault of the setup that the other side's TLS alert names; None where there is no such alert."""
    for text in _texts(error):
        for name in re.findall(r"(?:SSLV3|TLSV1|TLSV13)_(?:ALERT_)?([A-Z_]+)", text):
            if name in _ALERTS:
                answer, remedy = _ALERTS[name]
                return Setup(tried, answer, remedy)
    return None


def lost_without_reason(error: BaseException) -> bool:
    """Whether the connection was cut with no word why, which may hide a refused certificate."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return isinstance(error.os_error, ssl.SSLEOFError | ConnectionResetError | BrokenPipeError)
    return isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError | ConnectionError)


_OWN_CERTIFICATE = message(
    "Ask the form service which certificate it has registered for this client, and see “formcase certificate list”."
)

_ALERTS: dict[str, tuple[Message, Message]] = {
    "CERTIFICATE_EXPIRED": (
        message("The form service refused our certificate: it has expired."),
        message("Order a new one, have it registered at the form service, import it and set its thumbprint."),
    ),
    "CERTIFICATE_REVOKED": (
        message("The form service refused our certificate: it was revoked."),
        message("Order a new one, have it registered at the form service, import it and set its thumbprint."),
    ),
    "UNKNOWN_CA": (
        message("The form service refused our certificate: it does not trust its issuer."),
        _OWN_CERTIFICATE,
    ),
    "CERTIFICATE_UNKNOWN": (message("The form service refused our certificate."), _OWN_CERTIFICATE),
    "BAD_CERTIFICATE": (message("The form service refused our certificate."), _OWN_CERTIFICATE),
    "UNSUPPORTED_CERTIFICATE": (
        message("The form service refused our certificate: it is of a kind that it does not take."),
        _OWN_CERTIFICATE,
    ),
    "NO_CERTIFICATE": (message("The form service got no certificate from us."), _OWN_CERTIFICATE),
    "CERTIFICATE_REQUIRED": (
        message("The form service got no certificate from us that it could use."),
        _OWN_CERTIFICATE,
    ),
    "ACCESS_DENIED": (message("The form service does not let our certificate in."), _OWN_CERTIFICATE),
    "HANDSHAKE_FAILURE": (
        message("The form service refused the TLS connection, most likely for want of a certificate that it trusts."),
        _OWN_CERTIFICATE,
    ),
    "DECRYPT_ERROR": (message("The form service could not verify the signature of our certificate."), _OWN_CERTIFICATE),
    "PROTOCOL_VERSION": (
        message("The form service speaks no version of TLS that is allowed (1.2 or newer)."),
        message("Have TLS 1.2 or 1.3 turned on there."),
    ),
    "INSUFFICIENT_SECURITY": (
        message("The form service and we have no secure way of TLS in common."),
        message("Have TLS 1.2 or 1.3 with current ciphers turned on there."),
    ),
    "UNRECOGNIZED_NAME": (
        message("The server does not know the host name in the address."),
        message("Check the parameter Url."),
    ),
}


# What OpenSSL's codes for a refused server certificate mean (x509_vfy.h)
_EXPIRED, _NOT_YET_VALID = 10, 9
_WRONG_NAMES = {62, 64}
_UNKNOWN_ISSUERS = {2, 18, 19, 20, 21, 27}

_HANDSHAKES_CUT = {"UNEXPECTED_EOF_WHILE_READING", "TLSV1_ALERT_INTERNAL_ERROR", "TLSV1_ALERT_USER_CANCELLED"}


def _untrusted_service(error: Exception, tried: Message) -> Setup:
    code = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else 0
    if code == _EXPIRED:
        return Setup(tried, message("The form service's certificate has expired."), _THEIR_CERTIFICATE)
    if code == _NOT_YET_VALID:
        return Setup(tried, message("The form service's certificate is not valid yet."), _CLOCK)
    if code in _WRONG_NAMES:
        return Setup(
            tried, message("The server's certificate is for another host name."), message("Check the parameter Url.")
        )
    if code in _UNKNOWN_ISSUERS:
        return Setup(
            tried,
            message("The form service's certificate is from an issuer that is not trusted here."),
            message("If the address is right, add the issuer's certificate to the file in FORMCASE_INTERACT_CA_FILE."),
        )
    reason = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else "not trusted"
    return Setup(
        tried,
        message("The form service's certificate can't be trusted: {reason}.", reason=reason),
        _THEIR_CERTIFICATE,
    )


_THEIR_CERTIFICATE = message("Ask those who run the form service to renew it.")
_CLOCK = message("Check this machine's clock, or ask those who run the form service.")


def _unknown_host(error: aiohttp.ClientConnectorDNSError, tried: Message) -> Outcome:
    if isinstance(error.os_error, AddressRefused):
        return _refused_address(error.os_error, tried)
    if error.os_error.errno == socket.EAI_AGAIN:
        return Passing(tried, message("The host name could not be looked up just now."))
    return Setup(tried, message("There is no host of that name."), message("Check the parameter Url."))


def _refused_address(error: AddressRefused, tried: Message) -> Setup:
    addresses = ", ".join(error.addresses[:_MOST_ADDRESSES])
    return Setup(
        tried,
        message(
            "{host} stands for {addresses}, where no form service may be called.", host=error.host, addresses=addresses
        ),
        message(
            "Check the parameter Url. An internal network must be allowed with the setting {setting}.",
            setting=NETWORKS_SETTING,
        ),
    )


def _failed_handshake(error: aiohttp.ClientConnectorSSLError, tried: Message) -> Outcome:
    cause = error.os_error
    reason = cause.reason if isinstance(cause, ssl.SSLError) else None
    if reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"}:
        return Setup(tried, message("What answers there does not speak TLS."), message("Check the parameter Url."))
    if reason is None or reason in _HANDSHAKES_CUT:
        return Passing(tried, message("The TLS connection was cut while it was made."))
    return Setup(
        tried,
        message("No TLS connection could be agreed on: {reason}.", reason=reason.replace("_", " ").lower()),
        message("Ask those who run the form service; TLS 1.2 or newer is needed."),
    )


def _texts(error: BaseException) -> Iterator[str]:
    """The words of an error and of what caused it; aiohttp keeps OpenSSL's reason in either."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield str(current)
        if isinstance(current, aiohttp.ClientConnectorError):
            yield str(current.os_error)
        current = current.__cause__ or current.__context__
