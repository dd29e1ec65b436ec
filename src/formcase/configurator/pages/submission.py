"""One submission: where it is here and at the form service, what happened to it, its plan, its files, its cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy

from formcase.appearance.navigation import Link
from formcase.configurator.events import EVENTS
from formcase.configurator.page import Page
from formcase.configurator.pages.submissions import DEEDS, Deed, shown_status
from formcase.configurator.plan_tree import plan_tree
from formcase.configurator.serving_files import download, no_pdf, shown_pdf
from formcase.configurator.showing import show, wants_part
from formcase.configurator.translating import in_reader_language
from formcase.configurator.xml_text import MOST_SHOWN, pretty, raw
from formcase.filing.journal import State
from formcase.messages import Message, from_data
from formcase.outcomes import Outcome
from formcase.planning.plan import ContentKey, ContentKind, PlanKind
from formcase.planning.serialisation import UnreadablePlan
from formcase.sources.port import Status
from formcase.targets.port import CaseReference
from formcase.workflows import at_form_service, causes, submissions
from formcase.workflows.at_form_service import OpenFile
from formcase.workflows.contents import Missing, plan_of
from formcase.workflows.looking import record_look
from formcase.workflows.models import LogEntry, SubmissionRecord
from formcase.workflows.stored import filed_from
from formcase.workflows.submissions import SubmissionView

MOST_STEPS = 500  # of the timeline; the workflow log has them all

STATUSES_THERE: dict[Status, str | Promise] = {
    Status.SUBMITTED: gettext_lazy("Submitted"),
    Status.DELIVERED: "Delivered",
    Status.TEMPORARY_BLOCKED: "Temporary blocked",
    Status.IMPORTED: "Imported",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the timeline."""

    entry: LogEntry
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """The steps that belong together. number: 0 for what happened before the first."""

    number: int
    steps: tuple[Step, ...]

    @property
    def took(self) -> float:
        """Seconds from the first step to the last."""
        between: timedelta = self.steps[-1].entry.at - self.steps[0].entry.at
        return between.total_seconds()


def submission(request: HttpRequest, key: int) -> HttpResponse:
    """Its status, reasons, cases and timeline."""
    record = _looked_at(request, key)
    seen = submissions.whole_view(record)
    steps = _steps(record)
    context: dict[str, object] = {
        "record": record,
        "seen": seen,
        "status": shown_status(seen),
        "reasons": [in_reader_language(reason) for reason in seen.reasons],
        "causes": [(cause, in_reader_language(text, discreet=True)) for cause, text in causes.causes_of(record.pk)],
        "refiled": causes.filed_again(record),
        "filed_cases": _cases(record),
        "namesakes": _namesakes(record),
        "attempts": _attempts(steps),
        "is_cut": len(steps) == MOST_STEPS,
        "deeds": _deeds(seen),
        "here": request.path,
        "parts": _parts(record, "submission"),
    }
    return show(request, "configurator/submission.html", context, title=record.reference_id)


def at_service(request: HttpRequest, key: int) -> HttpResponse:
    """Its status at the form service, asked for at this moment."""
    record = _looked_at(request, key)
    context: dict[str, object] = {"record": record, "parts": _parts(record, "submission")}
    try:
        detail = at_form_service.look(record)
    except Outcome as outcome:
        context["problem"] = in_reader_language(outcome.message())
    else:
        context["there"] = STATUSES_THERE[detail.summary.status]
        context["history"] = [(entry, STATUSES_THERE[entry.status]) for entry in reversed(detail.history)]
    if wants_part(request):
        return render(request, "configurator/parts/at_form_service.html", context)
    return _show_below(request, "configurator/submission_at_form_service.html", context, record)


def plan(request: HttpRequest, key: int) -> HttpResponse:
    """The plan as a tree."""
    record = _looked_at(request, key)
    context: dict[str, object] = {"record": record, "parts": _parts(record, "submission_plan")}
    try:
        kept = plan_of(record)
    except UnreadablePlan:
        context["is_unreadable"] = True
    else:
        if isinstance(kept, Missing):
            context["missing"] = kept.value
        else:
            context["steps"] = plan_tree(kept)
            context["is_error_case"] = kept.kind is PlanKind.ERROR_CASE
            context["is_written"] = record.filed_at is not None
    return _show_below(request, "configurator/submission_plan.html", context, record, gettext("Plan"))


def files(request: HttpRequest, key: int) -> HttpResponse:
    """Its files, asked of the form service by a part of the page, or by the page itself without scripts."""
    record = _looked_at(request, key)
    context: dict[str, object] = {"record": record, "parts": _parts(record, "submission_files")}
    if wants_part(request):
        return render(request, "configurator/parts/files.html", context | _files(record))
    if "all" in request.GET:
        context |= {"is_asked": True} | _files(record)
    return _show_below(request, "configurator/submission_files.html", context, record, gettext("Files"))


def xml(request: HttpRequest, key: int) -> HttpResponse:
    """Its XML, each element on a line of its own, or as it came."""
    record = _looked_at(request, key)
    as_it_came = "raw" in request.GET
    context: dict[str, object] = {
        "record": record,
        "parts": _parts(record, "submission_xml"),
        "as_it_came": as_it_came,
    }
    try:
        content = at_form_service.xml_of(record)
    except Outcome as outcome:
        context["problem"] = in_reader_language(outcome.message())
    else:
        shown = None if as_it_came else pretty(content)
        context["is_unreadable"] = shown is None and not as_it_came
        text = raw(content) if shown is None else shown
        context["text"] = text[:MOST_SHOWN]
        context["is_cut"] = len(text) > MOST_SHOWN
    return _show_below(request, "configurator/submission_xml.html", context, record, "XML")


def pdf(request: HttpRequest, key: int) -> HttpResponseBase:
    """The PDF, for the frame of the page of files; to be kept with ?keep."""
    record = _looked_at(request, key)
    is_kept = "keep" in request.GET
    try:
        file = OpenFile(record, ContentKey(ContentKind.PDF))
    except Outcome as outcome:
        return _no_file(request, record, outcome) if is_kept else no_pdf(in_reader_language(outcome.message()))
    name = f"{record.reference_id}.pdf"
    return download(file, name) if is_kept else shown_pdf(file, name)


def xml_file(request: HttpRequest, key: int) -> HttpResponseBase:
    """The XML, byte for byte, to be kept."""
    record = _looked_at(request, key)
    try:
        file = OpenFile(record, ContentKey(ContentKind.XML))
    except Outcome as outcome:
        return _no_file(request, record, outcome)
    return download(file, f"{record.reference_id}.xml")


def attachment(request: HttpRequest, key: int, attachment: str) -> HttpResponseBase:
    """An attachment, to be kept."""
    record = _looked_at(request, key)
    try:
        file = OpenFile(record, ContentKey(ContentKind.ATTACHMENT, attachment))
    except Outcome as outcome:
        return _no_file(request, record, outcome)
    return download(file, file.name)


def _looked_at(request: HttpRequest, key: int) -> SubmissionRecord:
    record = (
        SubmissionRecord.objects.select_related("workflow", "mapping_version", "transform_version")
        .defer("intent", "documents", "sealed_error_case", "sealed_to_error_case")
        .filter(pk=key)
        .first()
    )
    if record is None:
        raise Http404
    record_look(request, record)
    return record


def _show_below(
    request: HttpRequest, template: str, context: dict[str, object], record: SubmissionRecord, part: str = ""
) -> HttpResponse:
    """A page about a part of a submission, which stands in the way to it."""
    title = gettext("{part} of {reference}").format(part=part, reference=record.reference_id) if part else None
    above = Link(record.reference_id, reverse("configurator:submission", args=[record.pk]))
    return show(request, template, context, title=title, between=(above,))


def _no_file(request: HttpRequest, record: SubmissionRecord, outcome: Outcome) -> HttpResponse:
    context: dict[str, object] = {
        "record": record,
        "parts": _parts(record, "submission_files"),
        "is_asked": True,
        "problem": in_reader_language(outcome.message()),
    }
    return show(request, "configurator/submission_files.html", context, title=record.reference_id, status=502)


def _parts(record: SubmissionRecord, current: str) -> tuple[Link, ...]:
    names = (
        ("submission", gettext("Submission")),
        ("submission_plan", gettext("Plan")),
        ("submission_files", gettext("Files")),
        ("submission_xml", "XML"),
    )
    links = tuple(
        Link(text, reverse(f"configurator:{name}", args=[record.pk]), name == current) for name, text in names
    )
    if record.workflow.deleted_at is not None:
        return links
    query = urlencode({"reference": record.reference_id})
    trying = reverse("configurator:workflow_dry_run", args=[record.workflow_id])
    return (*links, Link(gettext("Try another mapping"), f"{trying}?{query}"))


def _files(record: SubmissionRecord) -> dict[str, object]:
    try:
        return {"summary": at_form_service.look(record).summary}
    except Outcome as outcome:
        return {"problem": in_reader_language(outcome.message())}


def _cases(record: SubmissionRecord) -> tuple[CaseReference, ...]:
    return filed_from(record.filed).receipt.cases if record.filed else ()


def _namesakes(record: SubmissionRecord) -> list[SubmissionRecord]:
    others = SubmissionRecord.objects.filter(reference_id=record.reference_id).exclude(pk=record.pk)
    return list(others.only("pk", "submission_id", "reference_id").order_by("pk"))


def _steps(record: SubmissionRecord) -> list[Step]:
    newest = LogEntry.objects.filter(submission=record).defer("search").order_by("-id")[:MOST_STEPS]
    return [
        Step(entry, str(EVENTS.get(entry.event, entry.event)), in_reader_language(_read(entry)))
        for entry in reversed(newest)
    ]


def _read(entry: LogEntry) -> Message:
    return from_data(entry.message)


def _attempts(steps: Sequence[Step]) -> list[Attempt]:
    """Newest first, each with its steps as they came."""
    found = [
        Attempt(number, tuple(belonging)) for number, belonging in groupby(steps, lambda step: step.entry.attempt or 0)
    ]
    return list(reversed(found))


def _deeds(seen: SubmissionView) -> list[Deed]:
    """What can be done with it as it is now; the one that was most likely meant comes first."""
    is_error_case = shown_status(seen) == "Error case"
    if seen.state is State.HANDLED or (seen.state is State.IMPORTED and not is_error_case):
        return []
    wanted = {"file-again", "handled"} if is_error_case else {"try-again", "handled", "error-case"}
    if seen.state in (State.WITHDRAWN, State.FILED):
        wanted = {"try-again"}
    return [deed for deed in DEEDS if deed.name in wanted]


PAGES = (
    Page("submission", "submissions/<int:key>/", submission, gettext_lazy("Submission"), parent="submissions"),
    Page(
        "submission_at_form_service",
        "submissions/<int:key>/at-form-service/",
        at_service,
        gettext_lazy("At the form service"),
        parent="submissions",
    ),
    Page("submission_plan", "submissions/<int:key>/plan/", plan, gettext_lazy("Plan"), parent="submissions"),
    Page("submission_files", "submissions/<int:key>/files/", files, gettext_lazy("Files"), parent="submissions"),
    Page("submission_xml", "submissions/<int:key>/xml/", xml, "XML", parent="submissions"),
    Page("submission_pdf", "submissions/<int:key>/files/pdf/", pdf, "PDF", parent="submissions", whole=False),
    Page("submission_xml_file", "submissions/<int:key>/files/xml/", xml_file, "XML", parent="submissions", whole=False),
    Page(
        "submission_attachment",
        "submissions/<int:key>/files/attachments/<str:attachment>/",
        attachment,
        gettext_lazy("Attachment"),
        parent="submissions",
        whole=False,
    ),
)
