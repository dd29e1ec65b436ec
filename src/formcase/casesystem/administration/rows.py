"""Rows of the set-up: read from the database, written to it, and every change kept with who made it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models as orm

from formcase.casesystem import models
from formcase.casesystem.administration.tables import SETTINGS, TABLES, Column, Kind, Table

Values = dict[str, Any]
_YES, _NO = "J", "N"  # as WorkZone keeps flags in properties


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its columns' names. group: what it belongs to in a grouped table, else empty."""

    group: str
    values: Values


def rows(table: Table, group: str | None = None) -> list[Row]:
    """The rows of a table, or of one group of it, in the order in which people expect them."""
    if table.name == SETTINGS.name:
        stored = {one.name: one.value for one in models.InstallationSetting.objects.all()}
        return [Row("", {column.name: stored.get(column.place) for column in table.columns})]
    found = [_row(table, instance) for instance in _query(table, group)]
    return sorted(found, key=lambda row: _place(table, row))


def row(table: Table, group: str, key: str) -> Row | None:
    """One row; None where there is none."""
    instance = _instance(table, group, key)
    return None if instance is None else _row(table, instance)


def keys(table: Table) -> list[tuple[str, str]]:
    """The group and the key of each row; the group is empty where there is none."""
    found, place = _query(table, None), table.column(table.key).place
    if table.entity_set:
        return [(kind or "", str(key)) for kind, key in found.values_list("kind", place)]
    _model, grouped = _MODELS[table.name]
    if not grouped:
        return [("", str(key)) for key in found.values_list(place, flat=True)]
    return [(str(group), str(key)) for group, key in found.values_list(grouped, place)]


def groups(table: Table) -> list[str]:
    """The groups that a grouped table has."""
    return sorted({one.group for one in rows(table)}, key=_natural)


def save(table: Table, wanted: Row, by: str) -> str:
    """Make or change a row: `added`, `changed` or `same`. What the table does not know is left as it is."""
    if table.name == SETTINGS.name:
        return _save_settings(wanted, by)
    key = str(wanted.values[table.key])
    instance = _instance(table, wanted.group, key)
    before = None if instance is None else _row(table, instance).values
    if before is not None and all(before.get(name) == value for name, value in wanted.values.items()):
        return "same"
    changed = instance or _new(table, wanted.group, key)
    _fill(table, changed, wanted.values)
    changed.save()
    _after(table, changed, wanted.values)
    action = "added" if before is None else "changed"
    _keep(by, table, f"{wanted.group}:{key}" if wanted.group else key, before, wanted.values)
    return action


def remove(table: Table, given: Row, by: str) -> None:
    """Delete a row that nothing uses; whether something does is for `uses.py` to say."""
    key = str(given.values[table.key])
    instance = _instance(table, given.group, key)
    if instance is None:
        return
    instance.delete()
    if isinstance(instance, models.User):
        models.Code.objects.filter(entity_set="EmployeeDomains", key=key).delete()
    _keep(by, table, f"{given.group}:{key}" if given.group else key, given.values, {}, action="deleted")


def number(table: Table) -> int:
    """How many rows there are; of accounts, those of integrations."""
    found = _query(table, None)
    return found.filter(may_impersonate=True).count() if table.name == "accounts" else found.count()


def _save_settings(wanted: Row, by: str) -> str:
    before = rows(SETTINGS)[0].values
    changed = {name: value for name, value in wanted.values.items() if value != before.get(name)}
    for name, value in changed.items():
        place = SETTINGS.column(name).place
        if value is None:
            models.InstallationSetting.objects.filter(name=place).delete()
        else:
            models.InstallationSetting.objects.update_or_create(name=place, defaults={"value": value})
    if changed:
        _keep(by, SETTINGS, "", {name: before.get(name) for name in changed}, changed)
    return "changed" if changed else "same"


def _keep(
    by: str, table: Table, key: str, before: Mapping[str, Any] | None, after: Mapping[str, Any], *, action: str = ""
) -> None:
    """Keep who changed what. before: None where the row is new."""

    def plain(values: Mapping[str, Any]) -> Values:
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}

    models.AdministrationEntry.objects.create(
        account=by,
        table=table.name,
        key=key,
        action=action or ("added" if before is None else "changed"),
        before=plain(before or {}),
        after=plain(after),
    )


def _query(table: Table, group: str | None) -> orm.QuerySet[Any]:
    if table.entity_set:
        found = models.Code.objects.filter(entity_set=table.entity_set)
        return found if group is None else found.filter(kind=group)
    model, grouped = _MODELS[table.name]
    everything = model._default_manager.all()
    if model is models.User:
        held = ArrayAgg("held_codes__code", filter=orm.Q(held_codes__isnull=False), default=orm.Value([]))
        everything = everything.annotate(codes_held=held)
    return everything if group is None or not grouped else everything.filter(**{grouped: group})


def _instance(table: Table, group: str, key: str) -> orm.Model | None:
    column = table.column(table.key)
    if table.entity_set:
        code_key = f"{group}:{key}" if table.grouped else key
        return models.Code.objects.filter(entity_set=table.entity_set, key=code_key).first()
    model, grouped = _MODELS[table.name]
    found = model._default_manager.filter(**{column.place: key})
    return (found.filter(**{grouped: group}) if grouped else found).first()


def _new(table: Table, group: str, key: str) -> orm.Model:
    if table.entity_set:
        code_key = f"{group}:{key}" if table.grouped else key
        return models.Code(entity_set=table.entity_set, key=code_key, kind=group or None, value=key)
    if table.name == "security groups":
        flags = {f"may_{name}": False for name in ("search", "create", "update", "delete")}
        return models.SecurityRight(key=f"{group}:{key}", security_code=int(group), table=key, **flags)
    model, grouped = _MODELS[table.name]
    return model(**{table.column(table.key).place: key, **({grouped: group} if grouped else {})})


def _row(table: Table, instance: orm.Model) -> Row:
    values = {column.name: _value(column, instance) for column in table.columns}
    if isinstance(instance, models.Code):
        return Row(instance.kind or "", values)
    _model, grouped = _MODELS[table.name]
    return Row(str(getattr(instance, grouped)) if grouped else "", values)


def _value(column: Column, instance: orm.Model) -> Any:
    if column.kind is Kind.CODES and isinstance(instance, models.User):
        # a single user comes without
        held = getattr(instance, "codes_held", None)
        return sorted(instance.held_codes.values_list("code", flat=True) if held is None else held)
    holder, slash, name = column.place.partition("/")
    if not slash:
        value = getattr(instance, holder)
        return bool(value) if column.kind is Kind.FLAG else value
    value = getattr(instance, holder).get(name)
    return value == _YES if column.kind is Kind.FLAG else value


def _fill(table: Table, instance: orm.Model, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        column = table.column(name)
        holder, slash, key = column.place.partition("/")
        if column.kind is Kind.CODES:
            continue
        if slash:
            properties = getattr(instance, holder)
            properties[key] = (_YES if value else _NO) if column.kind is Kind.FLAG else value
        elif column.kind is Kind.FLAG and holder in ("may_lock", "may_unlock"):
            # Only cases are locked and unlocked.
            setattr(instance, holder, bool(value) if getattr(instance, "table", "") == "Case" else None)
        else:
            setattr(instance, holder, value)
    if isinstance(instance, models.Code):
        _complete(table, instance)


def _complete(table: Table, code: models.Code) -> None:
    """Properties that say the same again under another name."""
    if table.name == "case groups":
        code.properties["ParentFileClass"] = code.properties.get("ParentFileClassKey")
    if table.name == "units":
        code.properties.setdefault("NameType_Value", "M")


def _after(table: Table, instance: orm.Model, values: Mapping[str, Any]) -> None:
    """What belongs to a row but lies elsewhere: a user's codes, and the employee that cases are handled by."""
    if not isinstance(instance, models.User):
        return
    if "access codes" in values:
        wanted = set(values["access codes"] or ())
        instance.held_codes.exclude(code__in=wanted).delete()
        held = set(instance.held_codes.values_list("code", flat=True))
        models.HeldCode.objects.bulk_create(models.HeldCode(user=instance, code=code) for code in wanted - held)
    if instance.holds_all_codes:
        return
    employee, _made = models.Code.objects.get_or_create(
        entity_set="EmployeeDomains", key=instance.key, defaults={"value": instance.key}
    )
    employee.text, employee.hidden = instance.name, not instance.enabled
    employee.properties["LocationCode_Value"] = instance.unit
    employee.save()


def _place(table: Table, one: Row) -> tuple[Any, ...]:
    order = str(one.values.get("order") or "") if "order" in one.values else ""
    key = str(one.values[table.key])
    choices = table.column(table.key).choices
    return (_natural(one.group), order, choices.index(key) if key in choices else 0, key)


def _natural(text: str) -> tuple[int, str]:
    return (int(text), "") if text.isdigit() else (0, text)


_MODELS: Mapping[str, tuple[type[orm.Model], str]] = {
    "custom fields": (models.CustomFieldRow, "entity"),
    "users": (models.User, ""),
    "security groups": (models.SecurityRight, "security_code"),
    "accounts": (models.Account, ""),
}


def everything() -> dict[str, list[Row]]:
    """The whole set-up, by table. Accounts that people log in with are no part of it: their users are."""
    found = {SETTINGS.name: rows(SETTINGS)}
    for table in TABLES:
        found[table.name] = rows(table)
    found["accounts"] = [one for one in found["accounts"] if one.values["acts for users"]]
    return found
