"""Removes what people wrote in forms once it is not to be kept any longer. What stays: keys, statuses, case numbers,
reasons without what they hide, the log, the audit log, and the digests of persons' numbers.

In bounded batches, each its own transaction, so that filing is not held up however much there is; a submission that
is being filed at this moment, or of which a change set may have been carried out unseen, is left for later.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Count

from formcase.workflows.keeping import Keeping, of_workflow
from formcase.workflows.models import ServiceWorkflow, SubmissionRecord
from formcase.workflows.sql import statement

AT_ONCE = 500
MOST_BATCHES = 40  # of one pass of a worker
KEYS_KEPT = 2  # days that a data key stays though nothing is sealed with it: it may be in use just now
_LOCK = 7361003


@dataclass(frozen=True, slots=True)
class Due:
    """How one workflow's content stands. kept: submissions that have some; due: those whose time is over."""

    workflow: str
    keeping: Keeping
    kept: int
    due: int


@dataclass(frozen=True, slots=True)
class Removed:
    """What a pass has removed. complete: nothing is left that is due."""

    submissions: int = 0
    data_keys: int = 0
    complete: bool = True


def remove_due(most_batches: int | None = MOST_BATCHES) -> Removed:
    """Remove what is due. most_batches: None until nothing is left. One process at a time does it; others do nothing
    and say that they are not complete."""
    removed, batches = 0, 0
    for workflow, keeping in _workflows():
        while most_batches is None or batches < most_batches:
            count = _remove_some(workflow.pk, keeping)
            if count is None:
                return Removed(removed, complete=False)
            batches += 1
            removed += count
            if count < AT_ONCE:
                break
        else:
            return Removed(removed, complete=False)
    return Removed(removed, _drop_unused_keys())


def standing() -> list[Due]:
    """What is kept and what is due, workflow by workflow; deleted ones that have nothing are left out."""
    kept = dict(
        SubmissionRecord.objects.exclude(data_key=None).values("workflow").annotate(n=Count("pk")).values_list(
            "workflow", "n"
        )
    )  # fmt: skip
    found = []
    for workflow, keeping in _workflows():
        if kept.get(workflow.pk) or workflow.deleted_at is None:
            with connection.cursor() as cursor:
                cursor.execute(statement("content_due"), _values(workflow.pk, keeping))
                (due,) = cursor.fetchone()
            found.append(Due(workflow.name, keeping, kept.get(workflow.pk, 0), due))
    return found


def _workflows() -> Iterator[tuple[ServiceWorkflow, Keeping]]:
    for workflow in ServiceWorkflow.objects.order_by("pk"):
        yield (
            workflow,
            of_workflow(workflow.keep_imported_days, workflow.keep_error_case_days, workflow.keep_content_days),
        )


def _remove_some(workflow: int, keeping: Keeping) -> int | None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", (_LOCK,))
        if not cursor.fetchone()[0]:
            return None
        cursor.execute(statement("remove_content"), {**_values(workflow, keeping), "limit": AT_ONCE})
        keys = [key for (key,) in cursor.fetchall()]
        if keys:
            cursor.execute(statement("remove_causes"), {"keys": keys})
        return len(keys)


def _drop_unused_keys() -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement("data_key_lock"))
        cursor.execute(statement("data_keys_unused"), {"kept": KEYS_KEPT})
        return int(cursor.rowcount)


def _values(workflow: int, keeping: Keeping) -> dict[str, int]:
    return {
        "workflow": workflow,
        "imported": keeping.imported,
        "error_case": keeping.error_case,
        "everything": keeping.everything,
    }
