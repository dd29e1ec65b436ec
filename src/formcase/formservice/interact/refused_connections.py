"""Connections that TLS refused, in the log of calls: who came with a certificate that nobody registered, or with none.

TLS tells neither the certificate nor the client, only the address. Anybody can knock, so of each address only so many
are kept a minute; what is no attempt of a client, such as somebody who speaks no TLS, is not kept at all.
"""

import ssl
import time
from collections import OrderedDict
from datetime import UTC, datetime

from formcase.formservice.calls import Call
from formcase.formservice.models import CallOutcome
from formcase.formservice.refusals import Reason

_PER_MINUTE = 10
_MOST_ADDRESSES = 10_000
# OpenSSL's codes of what is wrong with a certificate
_BY_CODE = {9: Reason.CERTIFICATE_NOT_YET, 10: Reason.CERTIFICATE_EXPIRED}
_BY_REASON = {
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": Reason.CERTIFICATE_MISSING,
    "UNSUPPORTED_PROTOCOL": Reason.TLS_FAILED,
    "NO_SHARED_CIPHER": Reason.TLS_FAILED,
    "TLSV1_ALERT_UNKNOWN_CA": Reason.TLS_FAILED,
    "SSLV3_ALERT_BAD_CERTIFICATE": Reason.TLS_FAILED,
}


class RefusedConnections:
    """Which refused connections are kept."""

    def __init__(self) -> None:
        self._counted: OrderedDict[tuple[str, int], int] = OrderedDict()

    def call_of(self, error: OSError, address: str) -> Call | None:
        """The refusal as a line of the log; None where it is not kept."""
        reason = _reason_of(error)
        if reason is None or not self._has_room(address):
            return None
        return Call(
            at=datetime.now(UTC),
            outcome=CallOutcome.REFUSED,
            method="TLS",
            kind="connection",
            duration=0,
            address=address[:64],
            reason=reason,
            detail=_detail_of(error),
        )

    def _has_room(self, address: str) -> bool:
        minute = (address, int(time.monotonic() // 60))
        self._counted[minute] = self._counted.get(minute, 0) + 1
        if len(self._counted) > _MOST_ADDRESSES:
            self._counted.popitem(last=False)
        return self._counted[minute] <= _PER_MINUTE


def _reason_of(error: OSError) -> Reason | None:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _BY_CODE.get(error.verify_code, Reason.CERTIFICATE_UNTRUSTED)
    return _BY_REASON.get(error.reason) if isinstance(error, ssl.SSLError) else None


def _detail_of(error: OSError) -> str:
    return str(getattr(error, "verify_message", "") or getattr(error, "reason", ""))[:255]
