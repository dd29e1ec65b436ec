"""Fills a test database with submissions, so that Submitted dialogues can be tried at their real size. Whether a
database is one for tests is for the caller to know.

Makes as many as are lacking, in whole batches: what was broken off goes on when it is called again. All of them share
one XML and one receipt, and nobody should file what is open of them.
"""

import json
from collections.abc import Callable
from hashlib import sha256
from importlib import resources
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from formcase.formservice import forms
from formcase.formservice.models import IssuedIdentifiers, StatusEntry, StoredFile, Submission
from formcase.formservice.stored_files import keeping

FORMS = 25
FIRST_FORM = 820001
PREFIX = "bench-"  # of the submissions' ids
AT_ONCE = 20_000
_FILLED = (Submission, StoredFile, StatusEntry, IssuedIdentifiers)

Advance = Callable[[int], None]


def there() -> int:
    """How many submissions were filled in; also those that retention has removed since."""
    return IssuedIdentifiers.objects.filter(submission_id__startswith=PREFIX).count()


def holds_anything() -> bool:
    """Whether there is a submission at all, filled in or real."""
    return Submission.objects.exists()


def fill(wanted: int, advance: Advance) -> int:
    """Make the submissions that are lacking, spread over the last 80 days; how many were made."""
    before = there()
    advance(min(before, wanted))
    if before >= wanted:
        return 0
    _publish_forms()
    values = {"prefix": PREFIX, "forms": FORMS, "first_form": FIRST_FORM, "wanted": wanted, **_xml()}
    for start in range(before, wanted, AT_ONCE):
        stop = min(start + AT_ONCE, wanted)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_query(), {**values, "start": start, "end": stop})
        advance(stop)
    with connection.cursor() as cursor:
        for model in _FILLED:
            # as the database would by itself after a while
            cursor.execute(sql.SQL("vacuum (analyze) {}").format(sql.Identifier(model._meta.db_table)).as_string())
    return wanted - before


def _publish_forms() -> None:
    for number in range(FIRST_FORM, FIRST_FORM + FORMS):
        sample = resources.files("formcase.formservice").joinpath("samples/flag-permit/form-3.json")
        definition = json.loads(sample.read_text("utf-8"))
        forms.publish({**definition, "id": str(number), "title": f"Form of a test database {number}", "version": 1})


def _xml() -> dict[str, Any]:
    """The file that all submissions share."""
    known = StoredFile.objects.filter(submission__submission_id__startswith=PREFIX).values_list(
        "location", "size", "sha256"
    )
    if (first := known.first()) is not None:
        return dict(zip(("location", "size", "sha256"), first, strict=True))
    content = resources.files("formcase.formservice").joinpath("queries/filled_submission.xml").read_bytes()
    with keeping() as kept:
        stored = kept.keep(content)
    return {"location": stored.location, "size": stored.size, "sha256": sha256(content).hexdigest()}


def _query() -> str:
    return resources.files("formcase.formservice").joinpath("queries/fill_submissions.sql").read_text("utf-8")
