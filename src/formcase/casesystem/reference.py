"""What every request needs and what seldom changes: the model, code tables, users, rights, settings, in memory.

The database's revision tells when it must be read anew; each request compares it, so a change counts at once.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from formcase.casesystem.edm import CustomField, CustomFieldKind, Model, Navigation
from formcase.casesystem.models import (
    Code,
    CustomFieldRow,
    InstallationSetting,
    SecurityRight,
    User,
)
from formcase.casesystem.rights import EVERYONE, Action, Actor, Table
from formcase.casesystem.schema import build_model

CODE_SETS = frozenset(
    {
        "ContactTypes",
        "FileClasses",
        "CustomDomains",
        "CustomLabels",
        "OuDomains",
        "EmployeeDomains",
        "AccessCodeDomains",
        "Postcodes",
        "Countries",
        "Users",
    }
)
SUMMARY_WITH_CODE = frozenset({"FileClasses", "Postcodes"})
CORPORATE_ACCESS = "corporate access"
NUMBER_MASK = "number mask"
_MAX_RENDERED = 2000


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """A code. usable_on says whether new values may use it."""

    key: str
    kind: str | None
    value: str
    text: str | None
    start_date: date | None
    end_date: date | None
    hidden: bool
    properties: Mapping[str, Any]

    def usable_on(self, day: date) -> bool:
        """Neither hidden, ended, nor still to come."""
        begun = self.start_date is None or self.start_date <= day
        return begun and not self.hidden and (self.end_date is None or day <= self.end_date)


@dataclass(frozen=True, slots=True)
class UserEntry:
    """A user with the codes held."""

    key: str
    name: str
    security_code: int
    unit: str | None
    group_code: str
    codes: frozenset[str]
    holds_all_codes: bool
    enabled: bool
    administrator: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """One state of all this."""

    revision: UUID | None
    model: Model
    users: Mapping[str, UserEntry]
    rights: Mapping[int, Mapping[Table, frozenset[Action]]]
    settings: Mapping[str, Any]
    custom_fields: tuple[CustomField, ...]
    by_key: Mapping[str, Mapping[str, CodeEntry]]
    by_value: Mapping[str, Mapping[tuple[str | None, str], CodeEntry]] = field(default_factory=dict)
    _rendered: dict[Hashable, sql.SQL] = field(default_factory=dict)

    @property
    def corporate_access(self) -> bool:
        """Whether corporate access is on."""
        return bool(self.settings.get(CORPORATE_ACCESS, False))

    def code(self, entity_set: str, value: str, kind: str | None = None) -> CodeEntry | None:
        """The code with this value; kind is the domain or label type, None where the set has none."""
        return self.by_value.get(entity_set, {}).get((kind, value))

    def code_for(self, navigation: Navigation, value: str, country: str | None = None) -> CodeEntry | None:
        """The code that a navigation property leads to. country: of a postcode."""
        entity_set = self.model.set_of(navigation.target)
        kind = country if entity_set == "Postcodes" else self.model.types[navigation.target].kind
        return self.code(entity_set, value, kind)

    def kinds(self, entity_set: str, kind: str) -> list[CodeEntry]:
        """All codes of a domain or label type, in their order."""
        found = [code for code in self.by_key.get(entity_set, {}).values() if code.kind == kind]
        return sorted(found, key=lambda code: (str(code.properties.get("Rank") or ""), code.value))

    def summary(self, navigation: Navigation, value: str, country: str | None = None) -> str | None:
        """The text of the code that a navigation property leads to."""
        code = self.code_for(navigation, value, country)
        if code is None:
            return None
        if self.model.set_of(navigation.target) in SUMMARY_WITH_CODE and code.text:
            return f"{code.value} {code.text}"
        return code.text or code.value

    def rendered(self, name: Hashable, compose: Callable[[], sql.Composable]) -> sql.SQL:
        """A part of a query that depends on the model only, composed once."""
        if name not in self._rendered and len(self._rendered) < _MAX_RENDERED:
            self._rendered[name] = sql.SQL(compose().as_string(connection.connection))
        return self._rendered.get(name) or sql.SQL(compose().as_string(connection.connection))

    def actor(self, user: UserEntry, account: str) -> Actor:
        """The user as somebody who acts."""
        return Actor(
            key=user.key,
            account=account,
            security_code=user.security_code,
            unit=user.unit,
            group_code=user.group_code,
            codes=user.codes,
            holds_all_codes=user.holds_all_codes,
            rights=self.rights.get(user.security_code, {}),
        )


_lock = threading.Lock()
_latest: Reference | None = None


def reference_at(revision: UUID | None) -> Reference:
    """The state for a revision that was just read from the database."""
    global _latest  # noqa: PLW0603 - one for each process, that is the point
    known = _latest
    if known is not None and known.revision == revision and revision is not None:
        return known
    loaded = _load(revision)
    with _lock:
        _latest = loaded
    return loaded


def current_reference() -> Reference:
    """The state as the database has it now."""
    with connection.cursor() as cursor:
        cursor.execute("select value from casesystem_revision where id = 1")
        row = cursor.fetchone()
    return reference_at(row[0] if row else None)


def _load(revision: UUID | None) -> Reference:
    custom = [
        CustomField(row.entity, row.name, CustomFieldKind(row.kind), row.domain, row.text) for row in _custom_fields()
    ]
    by_key: dict[str, dict[str, CodeEntry]] = defaultdict(dict)
    by_value: dict[str, dict[tuple[str | None, str], CodeEntry]] = defaultdict(dict)
    for entity_set, entry in _codes():
        by_key[entity_set][entry.key] = entry
        by_value[entity_set][entry.kind, entry.value] = entry
    users = _users(frozenset(by_key["AccessCodeDomains"]))
    for user in users.values():
        entry = CodeEntry(user.key, None, user.key, user.name, None, None, not user.enabled, {})
        by_key["Users"][user.key] = by_value["Users"][None, user.key] = entry
    settings = {row.name: row.value for row in InstallationSetting.objects.all()}
    return Reference(
        revision, build_model(custom), users, _rights(), settings, tuple(custom), dict(by_key), dict(by_value)
    )


def _custom_fields() -> Iterable[CustomFieldRow]:
    return CustomFieldRow.objects.order_by("id")


def _codes() -> Iterable[tuple[str, CodeEntry]]:
    for row in Code.objects.order_by("entity_set", "key").iterator():
        yield (
            row.entity_set,
            CodeEntry(row.key, row.kind, row.value, row.text, row.start_date, row.end_date, row.hidden, row.properties),
        )


def _users(all_codes: frozenset[str]) -> dict[str, UserEntry]:
    users = {}
    for row in User.objects.prefetch_related("held_codes"):
        held = all_codes if row.holds_all_codes else frozenset(code.code for code in row.held_codes.all())
        users[row.key] = UserEntry(
            row.key,
            row.name,
            row.security_code,
            row.unit,
            row.group_code,
            held | {EVERYONE},
            row.holds_all_codes,
            row.enabled,
            row.administrator,
        )
    return users


def _rights() -> dict[int, dict[Table, frozenset[Action]]]:
    rights: dict[int, dict[Table, frozenset[Action]]] = defaultdict(dict)
    for row in SecurityRight.objects.all():
        given = {
            Action.SEARCH: row.may_search,
            Action.CREATE: row.may_create,
            Action.UPDATE: row.may_update,
            Action.DELETE: row.may_delete,
            Action.LOCK: row.may_lock,
            Action.UNLOCK: row.may_unlock,
        }
        rights[row.security_code][Table(row.table)] = frozenset(action for action, yes in given.items() if yes)
    return dict(rights)
