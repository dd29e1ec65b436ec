"""As a migration of a later version may be: it adds, and it holds no big table for long."""

from pkgutil import iter_modules

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from formcase.workflows import migrations as this_version


class Migration(migrations.Migration):
    atomic = False  # as indexes that are made concurrently ask for
    dependencies = [("workflows", max(name for _, name, _ in iter_modules(this_version.__path__) if name[0].isdigit()))]

    operations = [
        migrations.AddField(
            model_name="submissionrecord",
            name="of_the_next_version",
            field=models.CharField(max_length=20, default="", db_default=""),
        ),
        AddIndexConcurrently(
            model_name="submissionrecord",
            index=models.Index(fields=["of_the_next_version"], name="submission_of_next_version"),
        ),
        AddIndexConcurrently(
            model_name="logentry", index=models.Index(fields=["level", "at"], name="log_of_the_next_version")
        ),
        migrations.CreateModel(
            name="OfTheNextVersion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("submission", models.ForeignKey("workflows.submissionrecord", on_delete=models.CASCADE)),
            ],
        ),
    ]
