"""Seals the content that was kept in the open, row by row, in small transactions: it may be run again where it broke
off. Claims held the numbers of contacts; those of attempts that are over go, and new ones are kept as digests."""

from collections.abc import Mapping
from typing import Any, cast

from django.apps.registry import Apps
from django.db import migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Q

from formcase.messages import discreet_data, from_data, hides
from formcase.workflows.contents import PLAN, REASONS, place
from formcase.workflows.data_keys import DataKey, current_key
from formcase.workflows.sealing import seal

_AT_ONCE = 200
_IN_THE_OPEN = (
    Q(plan__isnull=False)
    | Q(intent__has_key="plan")
    | (Q(data_key=None) & (Q(reason__isnull=False) | Q(to_error_case__isnull=False)))
    | (Q(data_key=None) & (Q(filed__isnull=False) | Q(error_case__isnull=False)))
)


def _seal_all(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    records = apps.get_model("workflows", "SubmissionRecord").objects
    claims = apps.get_model("workflows", "Claim").objects
    claims.filter(name__startswith="contact:", submission__attempt_open=False).delete()
    last = 0
    while True:
        with transaction.atomic():
            rows = list(
                records.select_for_update(no_key=True).filter(_IN_THE_OPEN, pk__gt=last).order_by("pk")[:_AT_ONCE]
            )
            if not rows:
                return
            key = current_key()
            for row in rows:
                _seal(row, key)
                row.save()
            last = rows[-1].pk


def _seal(row: Any, key: DataKey) -> None:
    intent: dict[str, Any] | None = row.intent
    plan = intent["plan"] if intent and "plan" in intent else row.plan
    if plan is not None:
        reasons = intent.get("reasons") or [] if intent else []
        _keep(row, key, "sealed_plan", PLAN, {"plan": plan, "reasons": reasons})
    if intent:
        row.intent = {name: value for name, value in intent.items() if name not in ("plan", "reasons")}
    row.plan = None
    for name in ("reason", "to_error_case"):
        told = getattr(row, name)
        if told is not None:
            _keep_reasons(row, key, f"sealed_{name}", [told])
            setattr(row, name, discreet_data(from_data(told)))
    for name in ("filed", "error_case"):
        filed: Mapping[str, Any] | None = getattr(row, name)
        if filed is not None:
            reasons = cast(list[object], filed.get("reasons") or [])
            _keep_reasons(row, key, f"sealed_{name}", reasons)
            setattr(row, name, {**filed, "reasons": [discreet_data(from_data(reason)) for reason in reasons]})


def _keep_reasons(row: Any, key: DataKey, column: str, reasons: list[object]) -> None:
    if any(hides(from_data(reason)) for reason in reasons):
        _keep(row, key, column, REASONS, reasons)


def _keep(row: Any, key: DataKey, column: str, kind: str, content: object) -> None:
    row.data_key_id = key.id
    setattr(row, column, seal(key.key, content, place(kind, row.pk)))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("workflows", "0006_sealed_content")]

    operations = [migrations.RunPython(_seal_all, migrations.RunPython.noop, elidable=False)]
