"""What a check says. The same for the page, the command line and the background."""

from dataclasses import dataclass
from enum import StrEnum

from formcase.messages import NOTHING, Message

# What every case system says of each form.
FORM_RIGHTS = "rights of a form"
FORM_NAMES = "names in a form"
FORM_CODES = "codes in a form"


class Verdict(StrEnum):
    """Yes; yes, but look at this; no; or nobody can tell from here."""

    YES = "yes"
    WARNING = "warning"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Detail:
    """One of several things that a check looked at, such as a right that is needed."""

    text: Message
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One line of a check: what was looked at (`subject`, a fixed word such as "certificate"), what was found, and
    what to do where the verdict is not yes. form: the ID of the form that it is about, None where it is about all."""

    subject: str
    verdict: Verdict
    found: Message
    remedy: Message = NOTHING
    form: str | None = None
    details: tuple[Detail, ...] = ()
