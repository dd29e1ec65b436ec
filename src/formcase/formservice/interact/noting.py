"""What is learnt of a call while it is answered: by whom it is, what it is about, and what stood in its way.

A call's notes lie in its ASGI scope, where everything that takes part in the answer finds them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from formcase.formservice.calls import Call
from formcase.formservice.models import CallOutcome
from formcase.formservice.refusals import Reason, outcome_of, reason_of

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from django.http import HttpRequest

_KEY = "formservice.notes"
_UNKNOWN_KIND = "unknown"
_LONGEST_DETAIL = 255


@dataclass(slots=True)
class Notes:
    """The notes on one call, made from the moment at which it began."""

    method: str = ""
    kind: str = _UNKNOWN_KIND
    address: str = ""
    client_id: str = ""
    certificate: str = ""
    is_let_in: bool = False
    form_id: str = ""
    reference_id: str = ""
    status: int | None = None
    is_whole: bool = False
    reason: Reason | None = None
    detail: str = ""
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _began: float = field(default_factory=time.monotonic)

    def about(self, form_id: str, reference_id: str = "") -> None:
        """What the call is about; only what there is and what the client may see, never what was merely asked for."""
        self.form_id, self.reference_id = form_id, reference_id

    def refused(self, reason: Reason, detail: str = "") -> None:
        """What stood in the way; detail: words of ours, which quote nothing of the call."""
        self.reason, self.detail = reason, detail[:_LONGEST_DETAIL]

    def ended(self) -> Call:
        """The call, now that it has ended."""
        outcome, reason = self._outcome()
        return Call(
            at=self.began_at,
            outcome=outcome,
            method=self.method[:10],
            kind=self.kind,
            duration=round((time.monotonic() - self._began) * 1000),
            address=self.address[:64],
            client_id=self.client_id,
            certificate=self.certificate,
            form_id=self.form_id,
            reference_id=self.reference_id,
            status=self.status,
            reason=reason or "",
            detail=self.detail,
            is_let_in=self.is_let_in,
        )

    def _outcome(self) -> tuple[CallOutcome, Reason | None]:
        if self.status is None or not self.is_whole:
            return CallOutcome.BROKEN_OFF, self.reason or Reason.BROKEN_OFF
        return outcome_of(self.status), self.reason or reason_of(self.status)


def begin_notes(scope: MutableMapping[str, object]) -> Notes:
    """Notes on the call of this scope, from now on."""
    client = scope.get("client")
    address = str(client[0]) if isinstance(client, list | tuple) and client else ""
    notes = Notes(method=str(scope.get("method", "")), address=address)
    scope[_KEY] = notes
    return notes


def notes_of(request: HttpRequest) -> Notes:
    """The notes on a request's call."""
    scope: MutableMapping[str, object] = getattr(request, "scope", {})
    notes = scope.get(_KEY)
    return notes if isinstance(notes, Notes) else begin_notes(scope)
