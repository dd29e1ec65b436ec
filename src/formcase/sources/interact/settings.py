"""What a connection to a form service is made from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from formcase.sources.certificates.certificate import StoredCertificate
from formcase.sources.interact.networks import LOOPBACK, Network


@dataclass(frozen=True, slots=True)
class Patience:
    """How long we wait, in seconds, and how often we try a broken read again.

    connect: for a connection and its TLS handshake; silence: between two pieces of an answer; answer: for a whole
    JSON answer; listening: for the reason of a connection that was cut without one. A file may take `answer` seconds
    plus its size at `slowest_rate` bytes a second, not counting the time that its reader takes. resumes: broken
    reads without a byte of progress after which a file is given up; pause: before the first of them, doubled for
    each that follows.
    """

    connect: float = 15
    silence: float = 60
    answer: float = 120
    listening: float = 2
    slowest_rate: int = 16 * 1024
    resumes: int = 4
    pause: float = 0.5


@dataclass(frozen=True, slots=True)
class InteractSettings:
    """Where the form service is, who we are there, and whom we trust.

    url: as in the workflow's parameter. ca_file: more certificate authorities than the system's, PEM.
    allow_loopback_http: plain http to this machine is allowed, where nothing shows who we are but the assertion.
    networks: where else than at a public address it may stand.
    """

    url: str
    client_id: str
    certificate: StoredCertificate
    ca_file: Path | None = None
    allow_loopback_http: bool = False
    networks: Sequence[Network] = LOOPBACK
    patience: Patience = field(default_factory=Patience)
