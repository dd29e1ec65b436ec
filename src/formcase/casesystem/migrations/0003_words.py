"""The words that the pages search for, kept beside the rows."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("casesystem", "0002_pages"),
    ]

    operations = [
        migrations.RunSQL(
            (_SQL / "words.sql").read_text("utf-8"),
            (_SQL / "words.undo.sql").read_text("utf-8"),
        ),
    ]
