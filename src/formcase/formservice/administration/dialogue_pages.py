"""Submitted dialogues: the list, and one submission with its answers, files and status history."""

from dataclasses import dataclass

import structlog
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from formcase.appearance.file_names import disposition
from formcase.appearance.paging import slice_of
from formcase.formservice import retention
from formcase.formservice.administration import finding
from formcase.formservice.administration.chart import chart, counts
from formcase.formservice.administration.guarding import for_administrators
from formcase.formservice.administration.showing import link_to, show
from formcase.formservice.administration.statuses import BY_STATUS, WORDS, StatusWords
from formcase.formservice.administration.written_answers import Unreadable, written_pages
from formcase.formservice.filling.sizes import size_told
from formcase.formservice.models import Administrator, FileKind, StatusEntry, StoredFile, Submission
from formcase.formservice.stored_files import open_stored

_log = structlog.get_logger()
# what a browser may show by itself; anything else is only saved
_SHOWN = ("application/pdf", "image/png", "image/jpeg")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the status history."""

    words: StatusWords
    entry: StatusEntry


@for_administrators
@require_GET
def dialogues(request: HttpRequest, administrator: Administrator) -> HttpResponse:
    """The list."""
    filters = finding.Filters(request.GET)
    leaf = slice_of(request, finding.found(filters), finding.ORDER)
    context = {
        "filters": filters,
        "is_filtered": any(filters.cleaned_data.values()),
        "leaf": leaf,
        "rows": finding.rows(leaf.rows),
        "counts": counts(finding.numbers()),
        "chart": chart(str(filters.cleaned_data.get("form") or "")),
        "words": WORDS,
        "keep_days": retention.keep_days(),
    }
    return show(request, administrator, "dialogues", context, title=_("Submitted dialogues"))


@for_administrators
@require_GET
def dialogue(request: HttpRequest, administrator: Administrator, reference: str) -> HttpResponse:
    """One submission. Who has looked at it is in the log."""
    submission = _submission(reference)
    files = list(submission.files.order_by("number"))
    _log.info("dialogue looked at", administrator=administrator.pk, submission=submission.submission_id)
    history = [Entry(BY_STATUS[entry.status], entry) for entry in submission.history.order_by("pk")]
    context = {
        "submission": submission,
        "words": BY_STATUS[submission.status],
        "history": history,
        "attachments": [(file, size_told(file.size)) for file in files if file.kind == FileKind.ATTACHMENT],
        "has_pdf": any(file.kind == FileKind.PDF for file in files),
        **_answers(files),
    }
    return show(request, administrator, "dialogue", context, title=reference, above=(link_to("dialogues"),))


@for_administrators
@require_GET
def dialogue_file(
    request: HttpRequest, administrator: Administrator, reference: str, kind: str, attachment_id: str = ""
) -> HttpResponseBase:
    """One of its files, streamed."""
    submission = _submission(reference)
    file = (
        submission.files.filter(kind=kind, attachment_id=attachment_id).first() if "\0" not in attachment_id else None
    )
    if file is None:
        raise Http404
    name = file.name or f"{submission.reference_id}.{kind}"
    shown = file.media_type in _SHOWN and "save" not in request.GET
    response = FileResponse(open_stored(file.location), content_type=file.media_type)
    response.headers["Content-Disposition"] = disposition(name, kept=not shown)
    # what people sent is never a page of ours
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _submission(reference: str) -> Submission:
    found = None if "\0" in reference else Submission.objects.filter(reference_id=reference).first()
    if found is None:
        raise Http404
    return found


def _answers(files: list[StoredFile]) -> dict[str, object]:
    xml = next((file for file in files if file.kind == FileKind.XML), None)
    try:
        if xml is None:
            raise Unreadable
        with open_stored(xml.location) as content:
            sections, hidden = written_pages(content.read())
    except (Unreadable, OSError):
        return {"is_unreadable": True}
    return {"sections": sections, "hidden": hidden}
