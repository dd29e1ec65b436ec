"""One unit of work: everything that is written in one transaction, for one acting user.

It knows what was made or locked in it already, so that later parts need not be looked up. Making, changing and deleting
entities in it is in `writing.py`; what each set demands is in `rules.py`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import sql

from formcase.casesystem import models
from formcase.casesystem.access_codes import Permission
from formcase.casesystem.drafts import Draft, DraftReader
from formcase.casesystem.errors import (
    Refusal,
    conflict,
    forbidden,
    invalid,
    precondition_failed,
)
from formcase.casesystem.history import entry_of
from formcase.casesystem.json_values import stored
from formcase.casesystem.numbers import Numbers
from formcase.casesystem.paths import quoted_key
from formcase.casesystem.reading import etag
from formcase.casesystem.reference import Reference
from formcase.casesystem.rights import Actor
from formcase.casesystem.sql_rows import Row, Scope, seen
from formcase.casesystem.stores import STORES, Store

_Held = TypeVar("_Held", bound=models.Entity)


@dataclass(slots=True)
class Work:
    """See above. root: the service's address · root_path: its path · references: what `$<Content-ID>` stands for."""

    actor: Actor
    reference: Reference
    root: str
    root_path: str
    numbers: Numbers = field(default_factory=Numbers)
    references: dict[str, str] = field(default_factory=dict)
    now: datetime = field(default_factory=timezone.now)
    _held: dict[tuple[str, str], models.Entity] = field(default_factory=dict)
    _demands: dict[str, models.Demand | None] = field(default_factory=dict)
    _counted: dict[str, models.File] = field(default_factory=dict)
    _noted: list[models.HistoryEntry] = field(default_factory=list)

    @property
    def reader(self) -> DraftReader:
        """Reads bodies in this unit."""
        return DraftReader(self.reference, self.root_path, self.resolve, self.today)

    @property
    def today(self) -> Any:
        """The day in the service's time zone."""
        return self.now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()

    def resolve(self, url: str) -> str:
        """A URL in which `$<Content-ID>` at the start is replaced by what it stands for. Raises 400 where that is
        nothing."""
        if not url.startswith("$") or url.startswith(("$metadata", "$batch")):
            return url
        name, slash, rest = url[1:].partition("/")
        if name not in self.references:
            message = _("${name} refers to no earlier request of this change set.").format(name=name)
            raise invalid("InvalidReference", message)
        return self.references[name] + slash + rest

    def hold(self, entity_set: str, key: str) -> models.Entity | None:
        """The entity, locked until the end of the work; None where there is none that the actor sees."""
        known = self._held.get((entity_set, key))
        if known is not None:
            return known
        row = self._row(entity_set)
        query = sql.SQL(
            "select {row}.* from {source} where {key} = {wanted} and {seen} for no key update of {row}"
        ).format(
            row=sql.Identifier(row.alias),
            source=row.source,
            key=row.value("ID"),
            wanted=sql.Literal(key),
            seen=reachable(row),
        )
        connection.ensure_connection()
        # The text has no parameters, but Django hands it on as if it had.
        text = query.as_string(connection.connection).replace("%", "%%")
        model = STORES[entity_set].model
        if model is None:
            return None
        found = next(iter(model._default_manager.raw(text)), None)
        if found is not None:
            self._held[entity_set, key] = found
        return found

    def hold_as(self, model: type[_Held], entity_set: str, key: str) -> _Held | None:
        """`hold`, as the model that the set has."""
        found = self.hold(entity_set, key)
        return found if isinstance(found, model) else None

    def keep(self, entity_set: str, instance: models.Entity) -> None:
        """Remember an entity that was made in this unit."""
        self._held[entity_set, instance.key] = instance

    def forget(self, entity_set: str, key: str) -> None:
        """Forget an entity that was deleted."""
        self._held.pop((entity_set, key), None)

    def held_or_none(self, model: type[_Held], entity_set: str, key: str | None) -> _Held | None:
        """The entity that a row points at, seen or not; without a lock."""
        if key is None:
            return None
        known = self._held.get((entity_set, key))
        if isinstance(known, model):
            return known
        return model._default_manager.filter(pk=key).first()

    def sees(self, entity_set: str, key: str) -> bool:
        """Whether the actor sees this entity."""
        if (entity_set, key) in self._held:
            return True
        row = self._row(entity_set)
        condition = sql.SQL("{key} = {wanted}").format(key=row.value("ID"), wanted=sql.Literal(key))
        query = sql.SQL("select {found}").format(found=row.exists(condition))
        with connection.cursor() as cursor:
            cursor.execute(query.as_string(connection.connection))
            return bool(cursor.fetchone()[0])

    def check_links(self, draft: Draft, unchanged: Mapping[str, Any]) -> None:
        """Note a problem for each link to a case, document, contact or address that is missing or unseen."""
        for navigation in draft.type.navigation.values():
            if navigation.collection or navigation.contained or len(navigation.constraint) != 1:
                continue
            entity_set = self.reference.model.set_of(navigation.target)
            if STORES[entity_set].right is None:
                continue
            path = next(iter(navigation.constraint))
            key = draft.values.get(path)
            if not isinstance(key, str) or unchanged.get(path) == key:
                continue
            if not self._may_link(entity_set, key):
                given = draft.given.get(path, path)
                message = _("There is no {set}({key}) for {name}.").format(
                    set=entity_set, key=quoted_key(key), name=given
                )
                code = "InvalidBinding" if given.endswith("@odata.bind") else "UnknownKey"
                draft.problem(code, message, path)

    def fill(self, instance: models.Entity, draft: Draft) -> None:
        """Put a draft's values where the set keeps them."""
        for path, value in draft.values.items():
            if isinstance(value, Permission):
                self._fill_permission(instance, path, value)
            elif (column := draft.store.columns.get(path)) is not None:
                setattr(instance, column, value)
            elif value is None:
                instance.extra.pop(path, None)
            else:
                instance.extra[path] = stored(value)

    def check_may_set(self, draft: Draft, path: str, current: Permission) -> None:
        """Raise 403 where a read or write code is set that the actor does not hold."""
        permission = draft.values.get(path)
        if not isinstance(permission, Permission) or permission == current or draft.problems.found:
            return
        for code in sorted(permission.codes() | ({permission.code} if permission.code else set())):
            if not self.actor.holds(code):
                message = _("{user} does not hold the access code {code} and so can't set it.")
                part = "Expression" if permission.expression else "Code"
                raise forbidden(message.format(user=self.actor.key, code=code), draft.target(path) + f"/{part}")

    def next_record_number(self, file: models.File) -> int:
        """The next document number of a case that this work holds."""
        file.last_record += 1
        self._counted[file.key] = file
        return file.last_record

    def note(
        self, entity_set: str, instance: models.Entity, action: str, changes: Mapping[str, Any] | None = None
    ) -> None:
        """Remember for the history what was done with an entity."""
        record = self.held_or_none(models.Record, "Records", getattr(instance, "record_id", None))
        entry = entry_of(entity_set, instance, record, action, changes or {})
        if entry.file_key or entry.record_key or entry.contact_key:
            entry.at, entry.user, entry.account = self.now, self.actor.key, self.actor.account
            self._noted.append(entry)

    def finish(self) -> None:
        """Write what was only counted and noted so far. Call once, before the transaction ends."""
        for file in self._counted.values():
            models.File.objects.filter(pk=file.key).update(last_record=file.last_record)
        self._counted.clear()
        models.HistoryEntry.objects.bulk_create(self._noted)
        self._noted.clear()

    def _may_link(self, entity_set: str, key: str) -> bool:
        if entity_set == "Files":
            # Locked, because whether it is closed and which number comes next must hold until the end.
            return self.hold(entity_set, key) is not None
        return self.sees(entity_set, key)

    def _row(self, entity_set: str) -> Row:
        return Scope(self.actor, self.reference).row(self.reference.model.sets[entity_set])

    def _fill_permission(self, instance: models.Entity, path: str, permission: Permission) -> None:
        if isinstance(instance, models.Guarded) and path == "AccessCode":
            instance.read_code, instance.read_expression = permission.code, permission.expression
            instance.read_demand = self._demand(permission)
        elif isinstance(instance, models.Guarded) and path == "UpdateCode":
            instance.write_code, instance.write_expression = permission.code, permission.expression
        elif permission == Permission():
            instance.extra.pop(path, None)
        else:
            instance.extra[path] = {"Code": permission.code, "Expression": permission.expression}

    def _demand(self, permission: Permission) -> models.Demand | None:
        """The row for what a permission demands; asked for once."""
        told = permission.demand or ""
        if told not in self._demands:
            self._demands[told] = demand_for(permission)
        return self._demands[told]


def demand_for(permission: Permission) -> models.Demand | None:
    """The row for what a permission demands, made where it is new; None where it demands nothing."""
    alternatives = permission.alternatives()
    if alternatives is None:
        return None
    sets = sorted(sorted(one) for one in alternatives)
    digest = hashlib.sha256(repr(sets).encode()).hexdigest()
    demand, made = models.Demand.objects.get_or_create(expression_digest=digest)
    if made:
        models.DemandAlternative.objects.bulk_create(
            models.DemandAlternative(demand=demand, codes=codes) for codes in sets
        )
    return demand


def reachable(row: Row) -> sql.Composable:
    """What the actor sees, and the documents that wait for a record and were uploaded by the actor."""
    if row.entity_set != "Documents":
        return seen(row)
    return sql.SQL("({seen} or ({record} is null and {complete} and {uploader} = {actor}))").format(
        seen=seen(row),
        record=row.column("record_id"),
        complete=row.column("complete"),
        uploader=row.column("uploader"),
        actor=sql.Literal(row.scope.actor.key),
    )


def check_etag(instance: models.Entity, if_match: str | None) -> None:
    """Raise 412 where the entity is not the one that the client read."""
    if if_match is None or if_match.strip() == "*":
        return
    wanted = {tag.strip().removeprefix("W/") for tag in if_match.split(",")}
    if etag(instance.version).removeprefix("W/") not in wanted:
        raise precondition_failed("PreconditionFailed", _("It has been changed since it was read."))


def current_value(store: Store, instance: models.Entity, path: str) -> Any:
    """An entity's present value."""
    if isinstance(instance, models.Guarded) and path == "AccessCode":
        return Permission(instance.read_code, instance.read_expression)
    if isinstance(instance, models.Guarded) and path == "UpdateCode":
        return Permission(instance.write_code, instance.write_expression)
    column = store.columns.get(path)
    return getattr(instance, column) if column is not None else instance.extra.get(path)


def doubled(error: IntegrityError) -> Refusal:
    """The refusal for what a constraint of the database forbids."""
    text = str(error)
    if "casesystem_one_contact_per_code" in text:
        message = _("There is a contact of this type with this code already.")
        return conflict("KeyExists", message, "NameCode")
    if "casesystem_one_reference_per_case" in text:
        message = _("The case has this reference already.")
        return conflict("KeyExists", message, "Info_Value")
    if "unique" in text.lower():
        return conflict("KeyExists", _("There is such an entity already."))
    return conflict("Changed", _("Something that this refers to was changed at the same moment."))
