"""The start page: is all well, what needs a person now, how each service workflow is doing, and what came and what
became of it. Where the numbers come from is in `workflows.figures`."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from formcase.appearance.chart import Column, Figure, Kind, figure
from formcase.appearance.days import day_of_week, short_day
from formcase.appearance.navigation import Link
from formcase.configurator.page import Page, Section
from formcase.configurator.showing import show
from formcase.configurator.translating import in_reader_language
from formcase.workflows import figures, overview
from formcase.workflows.figures import Attention, Bar, Today, Unit
from formcase.workflows.overview import DISABLED, WorkflowNow

EVERY = 15  # seconds between two looks at whether something has changed
SEEN, SAID, PAUSED, LAST = "seen", "said", "paused", "last"
MOST_CALLS = 3  # shown at once; the others on demand
MOST_WORKFLOWS = 8

OUTCOMES = (
    Kind("imported", _("Imported"), "solid"),
    Kind("error case", _("Error case"), "slanted"),
    Kind("handled", _("Handled by hand"), "dotted", always=False),
    Kind("withdrawn", _("Withdrawn"), "plain", always=False),
    Kind("blocked", _("Temporary blocked"), "crossed"),
    Kind("waiting", _("Waiting"), "barred", always=False),
)


@dataclass(frozen=True, slots=True)
class Span:
    """What the chart can show. bars: how many hours or days; labels: how many of them are named below it."""

    unit: Unit
    bars: int
    labels: int
    text: Promise
    heading: Promise


SPANS = {
    "24-hours": Span(Unit.HOUR, 24, 6, _("24 hours"), _("Submissions in the last 24 hours")),
    "30-days": Span(Unit.DAY, 30, 6, _("30 days"), _("Submissions in the last 30 days")),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether all is well, in one sentence. look: of an alert. link: where to go on from here, if anywhere."""

    look: str
    text: str
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Something that needs a person. link: where it is mended; None where no page can mend it, and hint says how."""

    attention: Attention
    text: str
    link: Link | None
    hint: str = ""

    @property
    def counted(self) -> int:
        """How many submissions it is about; 0 where that goes without saying."""
        return self.attention.count if self.attention.kind in ("blocked", "error cases") else 0


@dataclass(frozen=True, slots=True)
class OverTime:
    """The chart, and the spans of time that it can show."""

    figure: Figure
    spans: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that runs. runs: None where nobody can tell from here."""

    title: str
    text: str
    address: str = ""
    runs: bool | None = None


Lines = Callable[[], Iterable[tuple[str, str, str, bool | None]]]


def start(request: HttpRequest) -> HttpResponse:
    """Show it."""
    context: dict[str, object] = {**_now(request), **_live(request)}
    return show(request, "configurator/start.html", context)


def now(request: HttpRequest) -> HttpResponse:
    """What has changed, for a page that shows how it was; no answer where it is all the same. What the page says in
    its first sentence is said aloud only when it has become another one."""
    context = _now(request)
    if request.GET.get(SEEN) == context["seen"]:
        return HttpResponse(status=204)
    context["is_news"] = request.GET.get(SAID) != context["said"]
    return render(request, "configurator/parts/start_answer.html", context)


def live(request: HttpRequest) -> HttpResponse:
    """The switch that lets the page follow what happens or stand still."""
    return render(request, "configurator/parts/start_live.html", _live(request))


def _live(request: HttpRequest) -> dict[str, object]:
    return {"is_paused": PAUSED in request.GET, "every": EVERY, "query": _query(_span_name(request))}


def _now(request: HttpRequest) -> dict[str, object]:
    """The page's inner part, and what tells it from another time's."""
    found = overview.gravest_first(overview.all_now())
    attention = figures.attention()
    answer = _answer(found, attention)
    calls = [_call(one) for one in attention]
    flows = [one for one in found if one.condition.word != DISABLED] or found
    lines = list(_what_runs())
    content = render_to_string(
        "configurator/parts/start_now.html",
        {
            "answer": answer,
            "calls": calls[:MOST_CALLS],
            "more_calls": calls[MOST_CALLS:],
            "flows": [(one, _why(one)) for one in flows[:MOST_WORKFLOWS]],
            "more_flows": len(found) - len(flows[:MOST_WORKFLOWS]),
            "sums": _sums(one.today for one in found),
            "open": figures.open_now(),
            "over_time": _over_time(_span_name(request)),
            "expiring": figures.expiring(),
            "lines": lines,
            "all_runs": all(line.runs is not False for line in lines),
        },
        request,
    )
    return {"content": content, "answer": answer, "seen": _mark(content), "said": _mark(answer.text)}


def _answer(found: Sequence[WorkflowNow], attention: Sequence[Attention]) -> Answer:
    grave = sum(one.grave for one in attention)
    if grave:
        text = ngettext(
            "Not all is well: {count} thing keeps forms from being filed.",
            "Not all is well: {count} things keep forms from being filed.",
            grave,
        )
        return Answer("error", text.format(count=grave))
    if not found:
        link = Link(gettext("Create a service workflow"), reverse("configurator:workflow_create"))
        return Answer("info", gettext("Nothing is set up yet, so nothing is fetched."), link)
    if all(one.condition.word == DISABLED for one in found):
        link = Link(gettext("Service workflows"), reverse("configurator:workflows"))
        return Answer(
            "warning", gettext("No service workflow is enabled: nothing is fetched and nothing is filed."), link
        )
    if attention:
        text = ngettext(
            "Forms are fetched and filed. {count} thing needs a person.",
            "Forms are fetched and filed. {count} things need a person.",
            len(attention),
        )
        return Answer("warning", text.format(count=len(attention)))
    return Answer("success", gettext("All is well: forms are fetched and filed, and nothing needs a person."))


def _call(one: Attention) -> Call:
    hint = gettext("Start one on the server: formcase worker") if one.kind == "no worker" else ""
    return Call(one, capfirst(in_reader_language(one.text, discreet=True)), _where_mended(one), hint)


def _where_mended(one: Attention) -> Link | None:
    if one.kind in ("workflow blocked", "can't watch", "check"):
        return Link(gettext("See the checks"), reverse("configurator:workflow_checks", args=[one.workflow]))
    if one.kind == "disabled":
        return Link(gettext("See the service workflow"), reverse("configurator:workflow_edit", args=[one.workflow]))
    if one.kind == "certificate":
        return Link(gettext("See the certificates"), reverse("configurator:certificates"))
    if one.kind == "blocked":
        query = urlencode({"workflow": str(one.workflow), "status": "Temporary blocked"})
        return Link(gettext("See the submissions"), f"{reverse('configurator:submissions')}?{query}")
    if one.kind == "error cases":
        group = reverse("configurator:error_cases_group", args=[one.cause]) if one.cause is not None else ""
        return Link(gettext("See the error cases"), group or reverse("configurator:error_cases"))
    return None


def _why(one: WorkflowNow) -> str:
    return in_reader_language(one.condition.why, discreet=True) if one.condition.why is not None else ""


def _sums(counts: Iterable[Today]) -> Today:
    each = list(counts)
    return Today(
        imported=sum(one.imported + one.error_cases for one in each),
        error_cases=sum(one.error_cases for one in each),
        blocked=sum(one.blocked for one in each),
        waiting=sum(one.waiting for one in each),
    )


def _over_time(chosen: str) -> OverTime:
    span = SPANS[chosen]
    columns = [_column(bar, span.unit) for bar in figures.over_time(span.unit, span.bars)]
    spans = (Link(each.text, _query(name) or ".", name == chosen) for name, each in SPANS.items())
    return OverTime(figure(span.heading, columns, OUTCOMES, span.labels), tuple(spans))


def _column(bar: Bar, unit: Unit) -> Column:
    at = timezone.localtime(bar.start)
    if unit is Unit.HOUR:
        return Column(f"{at:%H:%M}", f"{short_day(at)} {at:%H:%M}", bar.counts)
    return Column(short_day(at), day_of_week(at), bar.counts)


def _span_name(request: HttpRequest) -> str:
    asked = request.GET.get(LAST, "")
    return asked if asked in SPANS else next(iter(SPANS))


def _query(span: str) -> str:
    return "" if span == next(iter(SPANS)) else f"?{urlencode({LAST: span})}"


def _mark(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def _what_runs() -> Iterator[Line]:
    """What an app adds by a method `what_runs()` of its configuration: title, text, address or "", and whether it
    runs."""
    for app in apps.get_app_configs():
        lines: Lines | None = getattr(app, "what_runs", None)
        if lines is not None:
            yield from (Line(*line) for line in lines())


PAGES = (
    Page("start", "", start, _("Start"), section=Section.START, parent=None),
    Page("start_now", "now/", now, _("Start"), whole=False),
    Page("start_live", "live/", live, _("Start"), whole=False),
)
