"""What a check says. The same for the page, the command line and the background."""

from dataclasses import dataclass
from enum import StrEnum

from formcase.messages import NOTHING, Message


class Verdict(StrEnum):
    """Yes, no, or nobody can tell from here."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One line of a check: what was looked at (`subject`, a fixed word such as "certificate"), what was found, and
    what to do where the verdict is not yes."""

    subject: str
    verdict: Verdict
    found: Message
    remedy: Message = NOTHING
