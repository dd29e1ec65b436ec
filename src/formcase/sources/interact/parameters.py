"""The parameters of a service workflow of type Interact connector, read from what a person typed. Pure.

The command line, the pages and the import of a workflow share these, so that each says the same about the same text.
Whether a form, a certificate or a service exists is not decided here, but by the checks.
"""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from formcase.messages import NOTHING, Message, message
from formcase.sources.certificates.thumbprint import MalformedThumbprintError, normal_thumbprint
from formcase.sources.interact.networks import LOOPBACK, NETWORKS_SETTING, Network, is_impossible, may_be_called

SMALLEST_USUAL_INTERVAL = 60
LARGEST_USUAL_INTERVAL = 300
LARGEST_INTERVAL = 31 * 24 * 60 * 60

# numbers that some systems take for an IPv4 address, such as 0x7f000001 or 127.1
_ODD_ADDRESS = re.compile(r"(?!\d{1,3}(?:\.\d{1,3}){3}$)(?:[^:]*\.)?(?:0x[0-9a-f]*|[0-9]+)\.?", re.IGNORECASE)
IDENTIFIER = re.compile(r"[A-Za-z0-9_\-][A-Za-z0-9._\-]{0,63}")


class ParameterError(ValueError):
    """A parameter can't be what was typed. name: the parameter's; value: what was typed; message: why, and what
    would be right."""

    def __init__(self, name: str, value: str, reason: Message) -> None:
        super().__init__(f"{name}: {reason.text()}")
        self.name = name
        self.value = value
        self.message = reason


@dataclass(frozen=True, slots=True)
class WatchInterval:
    """Seconds between two rounds; `warning` where that is unusual."""

    seconds: int
    warning: Message = NOTHING


def parse_watch_interval(text: str) -> WatchInterval:
    """Whole seconds, more than 0. Outside 60–300 is allowed with a warning."""
    name, typed = "WatchInterval", text.strip()
    if not re.fullmatch(r"[+-]?[0-9]+", typed, re.ASCII) or len(typed) > 12:
        raise ParameterError(name, text, message("Whole seconds are expected, such as 60."))
    seconds = int(typed)
    if seconds <= 0:
        raise ParameterError(name, text, message("It must be more than 0 seconds; 60 to 300 suits most."))
    if seconds > LARGEST_INTERVAL:
        raise ParameterError(name, text, message("It can be at most 31 days; 60 to 300 suits most."))
    if seconds < SMALLEST_USUAL_INTERVAL:
        return WatchInterval(seconds, message("Shorter than 60 seconds: the form service is asked very often."))
    if seconds > LARGEST_USUAL_INTERVAL:
        return WatchInterval(seconds, message("Longer than 300 seconds: submissions wait that long for their case."))
    return WatchInterval(seconds)


def parse_url(text: str, *, allow_loopback_http: bool = False, networks: Sequence[Network] = LOOPBACK) -> str:
    """The address of the Interact API without a closing slash.

    It must be https, or http to this machine where the setting allows that; a user name, password, query or fragment
    is no part of it. It is the only address that is ever called: nothing found in an answer is. Where it holds an
    address instead of a name, that must be public or lie in one of the networks; names are looked at when a connection
    is made (`networks`).
    """
    typed = text.strip()
    parts = _address_parts(text, typed)
    host = parts.hostname or ""
    if parts.scheme == "http":
        _refuse_plain_http(text, host, allowed=allow_loopback_http)
    elif parts.scheme != "https":
        raise _url_error(text, message("It must start with https://, as in https://forms.example.dk/interact."))
    if "@" in parts.netloc:
        raise _url_error(text, message("It must not hold a user name or a password."))
    if "?" in typed or "#" in typed:
        raise _url_error(text, message("It must end with the path: no “?” and no “#”."))
    _refuse_host(text, host, networks)
    # otherwise as typed, because the service compares the assertion's audience with its own address letter by letter
    return typed.rstrip("/")


def parse_client_id(text: str) -> str:
    """The client ID that the form service has issued: printable ASCII, as RFC 6749 has it."""
    typed = text.strip()
    if not typed:
        raise ParameterError("ClientId", text, message("The client ID that the form service has issued is expected."))
    wrong = next((character for character in typed if not " " <= character <= "~"), None)
    if wrong is not None:
        shown = wrong if wrong.isprintable() else f"U+{ord(wrong):04X}"
        raise ParameterError("ClientId", text, message("“{character}” can't stand in a client ID.", character=shown))
    if len(typed) > 255:
        raise ParameterError("ClientId", text, message("It has more than 255 characters."))
    return typed


def parse_certificate_thumbprint(text: str) -> str:
    """The thumbprint as 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits."""
    try:
        return normal_thumbprint(text)
    except MalformedThumbprintError as error:
        raise ParameterError("CertificateThumbprint", text, error.reason) from error


def parse_form_ids(text: str) -> tuple[str, ...]:
    """The form ids between the commas, in the order typed, each once. Nothing typed: all forms."""
    if not text.strip():
        return ()
    items = [item.strip() for item in text.split(",")]
    wrong = [_named(item, place) for place, item in enumerate(items, start=1) if not IDENTIFIER.fullmatch(item)]
    if wrong:
        raise ParameterError(
            "FormIds",
            text,
            message(
                "No form IDs (with their places): {items}. IDs stand between commas, as in 800636,800702; leave the "
                "field empty for all forms.",
                items=", ".join(wrong),
            ),
        )
    return tuple(dict.fromkeys(items))


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, going by its name alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _address_parts(text: str, typed: str) -> SplitResult:
    if not typed:
        raise _url_error(text, message("An address is expected, as in https://forms.example.dk/interact."))
    if any(character.isspace() or not character.isprintable() or character == "\\" for character in typed):
        raise _url_error(text, message("It must not hold blanks, backslashes or invisible characters."))
    try:
        parts = urlsplit(typed)
        port = parts.port
    except ValueError as error:
        raise _url_error(text, message("It is no address: {reason}.", reason=str(error))) from error
    if not parts.hostname or port == 0 or _ODD_ADDRESS.fullmatch(parts.hostname):
        raise _url_error(text, message("It names no host, as in https://forms.example.dk/interact."))
    if not typed.isascii():
        raise _url_error(
            text, message("Letters other than a–z must be written as in a browser's address line (xn--…).")
        )
    if any(step in {".", ".."} for step in parts.path.split("/")) or "%" in parts.netloc:
        raise _url_error(text, message("Its path must not hold “.” or “..” and its host no “%”."))
    return parts


def _refuse_plain_http(text: str, host: str, *, allowed: bool) -> None:
    if not is_loopback(host):
        raise _url_error(text, message("It must be https: http would show every form to the network."))
    if not allowed:
        raise _url_error(
            text,
            message("It must be https. Http to this machine needs the setting FORMCASE_INTERACT_ALLOW_LOOPBACK_HTTP."),
        )


def _refuse_host(text: str, host: str, networks: Sequence[Network]) -> None:
    if is_impossible(host):
        raise _url_error(text, message("No form service can have the address {host}.", host=host))
    if not may_be_called(host, networks):
        raise _url_error(
            text,
            message(
                "The address {host} lies in an internal network. Whoever runs Formcase must allow that network with "
                "the setting {setting}.",
                host=host,
                setting=NETWORKS_SETTING,
            ),
        )


def _url_error(text: str, reason: Message) -> ParameterError:
    return ParameterError("Url", text, reason)


def _named(item: str, place: int) -> str:
    return f"“{item[:80]}” ({place})"
