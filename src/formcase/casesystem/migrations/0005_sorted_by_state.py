"""What the lists are also sorted by: cases by state, the closed ones last, documents by state and type, contacts by
type."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("casesystem", "0004_document_states"),
    ]

    operations = [
        migrations.RunSQL(
            "create index casesystem_file_in_order_of_state on casesystem_file"
            " ((case when closed is null then '0' else '1' end || coalesce(state, '')), key);"
            "create index casesystem_record_in_order_of_state on casesystem_record (state, key);"
            "create index casesystem_record_in_order_of_type on casesystem_record (record_type, key);"
            "create index casesystem_contact_in_order_of_type on casesystem_contact (name_type, key);",
            "drop index casesystem_file_in_order_of_state, casesystem_record_in_order_of_state,"
            " casesystem_record_in_order_of_type, casesystem_contact_in_order_of_type",
        ),
    ]
