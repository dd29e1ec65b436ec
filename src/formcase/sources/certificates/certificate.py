"""What is known of a stored client certificate. Not how it is read from a file or kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from formcase.messages import Message, message


class KeyKind(StrEnum):
    """The kinds of keys that a form service takes."""

    RSA = "RSA"
    RSA_PSS = "RSA-PSS"
    EC_P256 = "EC P-256"


@dataclass(frozen=True, slots=True)
class ChainCertificate:
    """A certificate above ours that is sent along with it."""

    subject: str
    not_after: datetime


@dataclass(frozen=True, slots=True)
class StoredCertificate:
    """A client certificate whose key we hold.

    holder: the name that people know it by; subject, issuer: the whole distinguished names. sha1, sha256: the
    thumbprints in lower-case hexadecimal. chain: the certificates above it, nearest first. path: one PEM file with
    the unencrypted key, the certificate and the chain, which only its owner may read.
    """

    holder: str
    subject: str
    issuer: str
    sha1: str
    sha256: str
    not_before: datetime
    not_after: datetime
    key_kind: KeyKind
    for_clients: bool
    chain: tuple[ChainCertificate, ...]
    path: Path

    def has_thumbprint(self, thumbprint: str) -> bool:
        """Whether the (normal) thumbprint is this certificate's, by either hash."""
        return thumbprint in (self.sha1, self.sha256)

    def days_left(self, now: datetime) -> int:
        """Whole days until it expires; negative once it has."""
        return (self.not_after - now) // timedelta(days=1)

    def warnings(self, now: datetime) -> tuple[Message, ...]:
        """What may keep a form service from taking it, though it can be stored."""
        found: list[Message] = []
        if now > self.not_after:
            found.append(message("It expired on {day}.", day=self.not_after.date().isoformat()))
        if now < self.not_before:
            found.append(message("It is not valid before {moment}.", moment=self.not_before.isoformat()))
        if not self.for_clients:
            found.append(message("It was not issued for clients (extended key usage), so a service may refuse it."))
        found.extend(
            message("“{subject}” in its chain expired on {day}.", subject=above.subject, day=_day(above.not_after))
            for above in self.chain
            if now > above.not_after
        )
        return tuple(found)


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
