"""What every step of one attempt has at hand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from formcase.filing.journal import Attempt
from formcase.filing.pacing import Pace
from formcase.messages import Translate
from formcase.sources.port import FormService
from formcase.targets.port import CaseSystem


def utc_now() -> datetime:
    """The time, as the journal keeps it."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Ends:
    """Where submissions come from and where they go, and what was seen of both lately."""

    source: FormService
    target: CaseSystem
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True, slots=True)
class Way:
    """One attempt at one submission. translate gives the workflow's language."""

    attempt: Attempt
    ends: Ends
    translate: Translate
    now: Callable[[], datetime] = utc_now
