"""The function that makes what a log line is found by, and that for the lines which were written without."""

from itertools import islice
from pathlib import Path

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from formcase.messages import from_data
from formcase.workflows.log_words import words_of

_SQL = Path(__file__).parent / "sql"
_AT_ONCE = 1000


def _run(name: str) -> migrations.RunSQL:
    forwards, backwards = ((_SQL / file).read_text("utf-8") for file in (f"{name}.sql", f"{name}.undo.sql"))
    return migrations.RunSQL(forwards, backwards)


def _find_earlier_lines(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    entries = apps.get_model("workflows", "LogEntry").objects.filter(search=None)
    rows = entries.values_list("pk", "event", "message").iterator()
    while batch := list(islice(rows, _AT_ONCE)):
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany(
                "update workflows_logentry e set search = workflows_log_words(%s), form_id = coalesce("
                "(select s.form_id from workflows_submissionrecord s where s.id = e.submission_id), '') "
                "where e.id = %s",
                [(words_of(event, from_data(message)), pk) for pk, event, message in batch],
            )


class Migration(migrations.Migration):
    dependencies = [("workflows", "0003_own_mapping_and_transform")]

    operations = [_run("log_words"), migrations.RunPython(_find_earlier_lines, migrations.RunPython.noop)]
