"""Documents of one state or type, newest first: also of those that hardly any document has."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("casesystem", "0003_words"),
    ]

    operations = [
        migrations.RunSQL(
            "create index casesystem_record_by_state on casesystem_record (state, updated, key);"
            "create index casesystem_record_by_type on casesystem_record (record_type, updated, key);",
            "drop index casesystem_record_by_state, casesystem_record_by_type",
        ),
    ]
