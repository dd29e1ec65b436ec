"""WorkZone as a case system: OData 4.0 over HTTP, used as its public model has it and in no other way."""

from formcase.targets.workzone.client import WorkZone, connect
from formcase.targets.workzone.settings import (
    CertificateAssertion,
    ClientSecret,
    Password,
    Timeouts,
    WorkZoneSettings,
)

__all__ = [
    "CertificateAssertion",
    "ClientSecret",
    "Password",
    "Timeouts",
    "WorkZone",
    "WorkZoneSettings",
    "connect",
]
