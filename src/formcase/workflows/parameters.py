"""What can be set on a service workflow: each with its name, explanation, sample and reading. One list for the
command line, the pages, import and export.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from formcase.messages import NOTHING, Message, message
from formcase.sources.interact.parameters import (
    ParameterError,
    is_loopback,
    parse_certificate_thumbprint,
    parse_client_id,
    parse_form_ids,
    parse_url,
    parse_watch_interval,
)
from formcase.workflows.models import ServiceWorkflow

CODE = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
LANGUAGES = ("en", "da")
LONGEST_URL = 2000
LONGEST_WAIT = 7 * 24 * 60 * 60
MOST_DAYS = 3650

Stored = str | int | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that can be set. read turns what a person typed into what is stored, or raises `ParameterError`;
    required: must be there before the workflow can be enabled."""

    name: str
    attribute: str
    explanation: str | Promise
    sample: str
    read: Callable[[str], Stored]
    required: bool = False


def _optional(read: Callable[[str], Stored]) -> Callable[[str], Stored]:
    return lambda text: read(text) if text.strip() else ""


def _read_url(text: str) -> str:
    url = parse_url(
        text,
        allow_loopback_http=bool(getattr(settings, "INTERACT_ALLOW_LOOPBACK_HTTP", False)),
        networks=settings.INTERACT_NETWORKS,
    )
    if len(url) > LONGEST_URL:
        raise ParameterError("Url", text, message("It has more than {most} characters.", most=LONGEST_URL))
    return url


def _read_code(name: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        typed = text.strip()
        if not CODE.fullmatch(typed):
            raise ParameterError(name, text, message("One line of 1 to 200 characters is expected."))
        return typed

    return read


def _read_seconds(name: str, smallest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        typed = text.strip()
        if not re.fullmatch(r"[0-9]{1,9}", typed, re.ASCII) or not smallest <= int(typed) <= LONGEST_WAIT:
            raise ParameterError(
                name,
                text,
                message(
                    "Whole seconds from {smallest} to {largest} are expected.", smallest=smallest, largest=LONGEST_WAIT
                ),
            )
        return int(typed)

    return read


def _read_days(name: str) -> Callable[[str], int | None]:
    def read(text: str) -> int | None:
        typed = text.strip()
        if typed and (not re.fullmatch(r"[0-9]{1,4}", typed, re.ASCII) or int(typed) > MOST_DAYS):
            raise ParameterError(
                name, text, message("Whole days from 0 to {largest} are expected, or nothing.", largest=MOST_DAYS)
            )
        return int(typed) if typed else None

    return read


def _read_language(text: str) -> str:
    typed = text.strip().lower()
    if typed not in LANGUAGES:
        raise ParameterError(
            "language", text, message("It must be one of {languages}.", languages=", ".join(LANGUAGES))
        )
    return typed


PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        "WatchInterval",
        "watch_interval",
        _("Seconds between two looks at the form service; 60 to 300 suits most."),
        "60",
        lambda text: parse_watch_interval(text).seconds,
        required=True,
    ),
    Parameter(
        "Url",
        "url",
        _("The address of the form service's Interact API."),
        "https://forms.example.dk/interact",
        _optional(_read_url),
        required=True,
    ),
    Parameter(
        "ClientId",
        "client_id",
        _("The client ID that the form service has issued."),
        "formcase-test",
        _optional(parse_client_id),
        required=True,
    ),
    Parameter(
        "CertificateThumbprint",
        "certificate_thumbprint",
        _("The thumbprint, SHA-1 or SHA-256, of the imported certificate that proves who we are."),
        "3f1c…",
        _optional(parse_certificate_thumbprint),
        required=True,
    ),
    Parameter(
        "FormIds",
        "form_ids",
        _("The IDs of the forms to fetch, separated by commas; empty for all."),
        "800636,800702",
        lambda text: ",".join(parse_form_ids(text)),
    ),
    Parameter(
        "ExecutingUser",
        "executing_user",
        _("The user of the case system whose rights decide what may be filed."),
        "SBH",
        _optional(_read_code("ExecutingUser")),
        required=True,
    ),
    Parameter(
        "error_case_group",
        "error_case_group",
        _("The case group of error cases. Without one the workflow can't be enabled."),
        "00.01",
        _optional(_read_code("error_case_group")),
        required=True,
    ),
    Parameter(
        "error_access_code",
        "error_access_code",
        _("The access code of error cases, where the form gives none."),
        "FORTROLIG",
        _optional(_read_code("error_access_code")),
    ),
    Parameter(
        "block_after",
        "block_after",
        _("Seconds of failing before a submission shows as Temporary blocked."),
        "600",
        _read_seconds("block_after", 0),
    ),
    Parameter(
        "settle",
        "settle",
        _("Seconds before a write without an answer is sent again, where the case system keeps no record of it."),
        "60",
        _read_seconds("settle", 0),
    ),
    Parameter(
        "language",
        "language",
        _("The language of error cases and of messages to the form service."),
        "da",
        _read_language,
    ),
    Parameter(
        "keep_imported_days",
        "keep_imported_days",
        _("Days that content is kept here after a submission was Imported; empty for what the installation sets."),
        "7",
        _read_days("keep_imported_days"),
    ),
    Parameter(
        "keep_error_case_days",
        "keep_error_case_days",
        _("Days that content is kept here after an error case was made; empty for what the installation sets."),
        "30",
        _read_days("keep_error_case_days"),
    ),
    Parameter(
        "keep_content_days",
        "keep_content_days",
        _("Days that content is kept here at most, whatever becomes of it; empty for what the installation sets."),
        "90",
        _read_days("keep_content_days"),
    ),
)

BY_NAME: Mapping[str, Parameter] = {parameter.name: parameter for parameter in PARAMETERS}


class WrongParameters(ValueError):
    """Some values can't be. errors: one for each."""

    def __init__(self, errors: Iterable[ParameterError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(str(error) for error in self.errors))


def read_values(typed: Mapping[str, str]) -> dict[str, Stored]:
    """Read what a person typed, by parameter name, into attributes of the workflow. Raises `WrongParameters` with
    everything that is wrong."""
    values: dict[str, Stored] = {}
    errors: list[ParameterError] = []
    for name, text in typed.items():
        parameter = BY_NAME.get(name) or _by_other_case(name)
        if parameter is None:
            errors.append(ParameterError(name, text, _unknown()))
            continue
        try:
            values[parameter.attribute] = parameter.read(text)
        except ParameterError as error:
            errors.append(error)
    if errors:
        raise WrongParameters(errors)
    return values


def shown_values(workflow: ServiceWorkflow) -> dict[str, str]:
    """A workflow's settings by parameter name, as a person types them."""
    values = {parameter.name: getattr(workflow, parameter.attribute) for parameter in PARAMETERS}
    return {name: "" if value is None else str(value) for name, value in values.items()}


def missing(workflow: ServiceWorkflow) -> tuple[str, ...]:
    """The names of required parameters that have no value yet."""
    return tuple(
        parameter.name
        for parameter in PARAMETERS
        if parameter.required and getattr(workflow, parameter.attribute) in ("", None)
    )


def _by_other_case(name: str) -> Parameter | None:
    return next((parameter for parameter in PARAMETERS if parameter.name.lower() == name.strip().lower()), None)


def _unknown() -> Message:
    return message("There is no such parameter. There are: {names}.", names=", ".join(BY_NAME))


def warning(name: str, text: str) -> Message:
    """What is unusual about a value that can be, or what it stands for; `NOTHING` where there is nothing to say."""
    if name == "WatchInterval" and text.strip():
        try:
            return parse_watch_interval(text).warning
        except ParameterError as error:
            raise WrongParameters((error,)) from error
    if name == "Url" and text.strip():
        return _environment(str(read_values({name: text})["url"]))
    return NOTHING


def _environment(url: str) -> Message:
    """Whether an address is one for tests: by its name alone, as people give such names."""
    host = (urlsplit(url).hostname or "").lower()
    if is_loopback(host) or re.search(r"(^|[.\-])(test|demo|preprod|staging|udv|uddannelse)([.\-]|$)", host):
        return message("This looks like a test environment.")
    return message("This looks like a production environment.")
