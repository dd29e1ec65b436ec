"""Logging in to the pages, history, what was changed in the set-up, and what the pages search and sort by."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

_SQL = Path(__file__).parent / "sql"


def _run(name: str) -> migrations.RunSQL:
    forwards, backwards = ((_SQL / file).read_text("utf-8") for file in (f"{name}.sql", f"{name}.undo.sql"))
    return migrations.RunSQL(forwards, backwards)


class Migration(migrations.Migration):
    dependencies = [
        ("casesystem", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AdministrationEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("account", models.TextField()),
                ("table", models.TextField()),
                ("key", models.TextField()),
                ("action", models.TextField()),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
            ],
        ),
        migrations.AddField(
            model_name="account",
            name="last_login",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="must_change_secret",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="account",
            name="time_zone",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="user",
            name="administrator",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="HistoryEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("user", models.TextField()),
                ("account", models.TextField()),
                ("entity_set", models.TextField()),
                ("key", models.CharField(db_collation="C", db_index=True, max_length=20)),
                ("file_key", models.CharField(db_collation="C", max_length=20, null=True)),
                ("record_key", models.CharField(db_collation="C", max_length=20, null=True)),
                ("contact_key", models.CharField(db_collation="C", max_length=20, null=True)),
                ("action", models.TextField()),
                ("changes", models.JSONField(default=dict)),
                ("gone", models.BooleanField(default=False)),
                (
                    "demands",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["file_key", "id"], name="casesystem_history_of_file"),
                    models.Index(fields=["record_key", "id"], name="casesystem_history_of_record"),
                    models.Index(fields=["contact_key", "id"], name="casesystem_history_of_contact"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Login",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("begun", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_used", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="logins", to="casesystem.account"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LoginAttempt",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name_digest", models.CharField(max_length=64)),
                ("address", models.TextField()),
                ("at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["name_digest", "at"], name="casesystem_attempts_on_name"),
                    models.Index(fields=["address", "at"], name="casesystem_attempts_from"),
                ],
            },
        ),
        migrations.AddField(
            model_name="customfieldrow",
            name="text",
            field=models.TextField(null=True),
        ),
        _run("finding"),
    ]
