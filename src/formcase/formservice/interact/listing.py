"""The listing of submissions: one page of it, and single ones, as the database has them now."""

from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from formcase.formservice.interact.cursors import Position, written_cursor
from formcase.formservice.lexical import written_instant
from formcase.formservice.models import FileKind, Status, StoredFile, Submission


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asked for. form_ids: None for all; refused: the ids that it may not have."""

    form_ids: frozenset[str] | None
    refused: tuple[str, ...]
    only_open: bool
    after: Position | None
    cursor: str | None
    limit: int

    @property
    def has_forms(self) -> bool:
        """Whether anything can be there at all: not where every form that was asked for is refused."""
        return self.form_ids is None or bool(self.form_ids)


@dataclass(frozen=True, slots=True)
class ListedPage:
    """One page, with where it ends and whether more follows."""

    submissions: tuple[dict[str, object], ...]
    next: str | None
    cursor: str | None


def listed_page(asked: Asked) -> ListedPage:
    """The page that was asked for."""
    found = _submissions().order_by("submitted_at", "submission_id")
    if asked.form_ids is not None:
        found = found.filter(form_id__in=asked.form_ids)
    if asked.only_open:
        # in the words of the index
        found = found.filter(~Q(status=Status.IMPORTED))
    if asked.after is not None:
        at, identifier = asked.after.submitted_at, asked.after.submission_id
        found = found.filter(submitted_at__gte=at)
        found = found.filter(Q(submitted_at__gt=at) | Q(submission_id__gt=identifier))
    rows = list(found[: asked.limit + 1])
    page = rows[: asked.limit]
    if not page:
        return ListedPage((), None, asked.cursor)
    end = written_cursor(Position(page[-1].submitted_at, page[-1].submission_id))
    return ListedPage(tuple(map(summary, page)), end if len(rows) > len(page) else None, end)


def one_submission(submission_id: str) -> Submission | None:
    """A submission by its id; None where there is none."""
    if "\0" in submission_id:
        return None
    return next(iter(_submissions().filter(submission_id=submission_id)), None)


def one_file(submission_id: str, kind: FileKind, attachment_id: str) -> StoredFile | None:
    """A file of a submission, together with its submission; None where there is none."""
    if "\0" in submission_id + attachment_id:
        return None
    found = StoredFile.objects.select_related("submission").filter(
        submission__submission_id=submission_id, kind=kind, attachment_id=attachment_id
    )
    return next(iter(found), None)


def summary(submission: Submission) -> dict[str, object]:
    """A submission as it is listed."""
    files = sorted(submission.files.all(), key=lambda file: file.number)
    kinds = {file.kind: file for file in files}
    pdf = kinds.get(FileKind.PDF)
    return {
        "id": submission.submission_id,
        "referenceId": submission.reference_id,
        "formId": submission.form_id,
        "formTitle": submission.form_title,
        "formVersion": submission.form_version,
        "submittedAt": written_instant(submission.submitted_at),
        "status": submission.status,
        "xml": _file(kinds[FileKind.XML]),
        "pdf": _file(pdf) if pdf else None,
        "attachments": [
            {"id": file.attachment_id, "name": file.name, **_file(file)}
            for file in files
            if file.kind == FileKind.ATTACHMENT
        ],
    }


def history(submission: Submission) -> list[dict[str, object]]:
    """The status history, oldest entry first."""
    return [
        {"status": entry.status, "message": entry.message, "cases": entry.cases, "at": written_instant(entry.at)}
        for entry in submission.history.order_by("pk")
    ]


def _submissions() -> QuerySet[Submission]:
    return Submission.objects.prefetch_related(Prefetch("files", StoredFile.objects.order_by("number")))


def _file(file: StoredFile) -> dict[str, object]:
    return {"mediaType": file.media_type, "size": file.size, "sha256": file.sha256}
