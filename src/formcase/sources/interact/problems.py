"""What an HTTP status of the form service means, with its own words where it gave some. Pure."""

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from pydantic_core import from_json

from formcase.messages import Message, message
from formcase.outcomes import Outcome, Passing, Setup, Unreadable

LONGEST_WAIT = timedelta(hours=1)
LARGEST_PROBLEM = 64 * 1024
LONGEST_REASON = 500
PASSING = frozenset({408, 425, 429})
PROBLEM_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the form service that was read whole. headers: their names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The media type without its parameters, in lower case; empty where there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def refusal(answer: Answer, tried: Message, *, of_one_submission: bool = False) -> Outcome:
    """The outcome of an answer that is not the one hoped for.

    of_one_submission: the call was about a single submission, so an answer that nobody foresaw holds up this one
    alone and not the whole workflow; and its words may quote the form, so they are hidden where a log can see them.
    """
    status = answer.status
    if 300 <= status < 400 and status != 304:
        return Setup(
            tried,
            message("The address redirects to another one ({target}).", target=_target(answer)),
            message("Redirects are not followed. Set the parameter Url to the form service's own address."),
        )
    told = _told(answer, hide=of_one_submission)
    if status in PASSING or status >= 500:
        return Passing(tried, told, retry_after=retry_after(answer))
    if status == 401:
        return Setup(tried, told, message("Check ClientId and CertificateThumbprint with the form service."))
    if status == 403:
        return Setup(tried, told, message("Ask the form service what this client may do."))
    if status == 404 and answer.media_type != PROBLEM_TYPE:
        return Setup(tried, told, message("There is no Interact API at this address: check the parameter Url."))
    if of_one_submission or status < 400:
        return Unreadable(tried, told)
    if status == 414:
        return Setup(tried, told, message("Name fewer FormIds, or none for all forms."))
    return Setup(tried, told, message("The form service does not take this call: check the parameter Url."))


def retry_after(answer: Answer, now: datetime | None = None) -> timedelta | None:
    """How long the service asks to be left alone, at most an hour; None where it does not say so readably."""
    value = answer.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]+", value, re.ASCII):
        return min(timedelta(seconds=min(int(value[:9]), 3600)), LONGEST_WAIT)
    moment = _http_date(value)
    if moment is None:
        return None
    # the service's own clock, where it shows it, so that a difference of clocks does not count
    reference = _http_date(answer.headers.get("date", "")) or now or datetime.now(UTC)
    seconds = math.ceil((moment - reference).total_seconds())
    return min(max(timedelta(seconds=seconds), timedelta()), LONGEST_WAIT)


def reason(body: bytes) -> str:
    """The service's own words in a problem (RFC 9457) or a token error (RFC 6749), in one line; empty where none."""
    if len(body) > LARGEST_PROBLEM:
        return ""
    try:
        told = from_json(body)
    except ValueError:
        return ""
    if not isinstance(told, dict):
        return ""
    for keys in (("title", "detail"), ("error", "error_description")):
        parts = [_line(told[key]) for key in keys if isinstance(told.get(key), str)]
        if parts := [part for part in parts if part]:
            return ": ".join(dict.fromkeys(parts))[:LONGEST_REASON]
    return ""


def clock_difference(answer: Answer, now: datetime) -> timedelta | None:
    """How far our clock is ahead of the service's; None where it does not show it."""
    theirs = _http_date(answer.headers.get("date", ""))
    return now - theirs if theirs else None


def _told(answer: Answer, *, hide: bool) -> Message:
    words = reason(answer.body)
    if not words:
        return message("The form service answered {status}.", status=answer.status)
    return message(
        "The form service answered {status}: {reason}.",
        hidden=("reason",) if hide else (),
        status=answer.status,
        reason=words.rstrip("."),
    )


def _target(answer: Answer) -> str:
    """Where a redirect points, without a query, which may hold a secret."""
    location = _line(answer.headers.get("location", ""))
    return re.split(r"[?#]", location, maxsplit=1)[0][:200] or "?"


def _line(text: str) -> str:
    """In one line, without control characters and without those that turn the direction of writing."""
    shown = ("" if unicodedata.category(c) in {"Cf", "Cs"} else c if c.isprintable() else " " for c in text)
    return " ".join("".join(shown).split())


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
