"""What administrators changed about a client, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from formcase.formservice import clients
from formcase.formservice.models import AdministrationEntry

_WORDS: dict[str, Promise] = {
    clients.CREATED: gettext_lazy("Client made"),
    clients.CHANGED: gettext_lazy("Client changed"),
    clients.DISABLED: gettext_lazy("Client disabled"),
    clients.ENABLED: gettext_lazy("Client let in again"),
    clients.ADDED: gettext_lazy("Certificate added"),
    clients.ISSUED: gettext_lazy("Certificate issued for tests"),
    clients.REVOKED: gettext_lazy("Certificate revoked"),
}
_NAMES = {
    "name": gettext_lazy("Name"),
    "forms": gettext_lazy("Released forms"),
    "thumbprint": gettext_lazy("Thumbprint"),
    "expires": gettext_lazy("Expires"),
}
ACTIONS = tuple(_WORDS)


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that changed; empty where it was not there before, or is no more."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change in words."""

    entry: AdministrationEntry
    action: Promise
    differences: tuple[Difference, ...]


def told(entry: AdministrationEntry) -> Change:
    """An entry in words."""
    before, after = entry.told.get("before") or {}, entry.told.get("after") or {}
    differences = tuple(
        Difference(str(_NAMES.get(name, name)), _value(name, before), _value(name, after))
        for name in {**before, **after}
    )
    return Change(entry, _WORDS[entry.action], differences)


def _value(name: str, state: dict[str, object]) -> str:
    if name not in state:
        return ""
    value = state[name]
    if name == "forms":
        return _("all") if value is None else ", ".join(map(str, value if isinstance(value, list) else [])) or _("none")
    return _moment(str(value)) if name == "expires" else str(value)


def _moment(written: str) -> str:
    local = timezone.localtime(datetime.fromisoformat(written))
    return f"{date_format(local, 'j M Y')} {local:%H:%M}"
