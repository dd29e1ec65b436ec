"""The workflow log: everything that happened, newest first, narrowed, live, and as a file."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, gettext_lazy

from formcase.accounts.roles import Role
from formcase.configurator.events import LEVELS
from formcase.configurator.log_export import as_csv, as_json_lines
from formcase.configurator.page import Page, Section
from formcase.configurator.pages.submissions import choose, status_choices, workflow_choices
from formcase.configurator.showing import show
from formcase.configurator.translating import in_reader_language
from formcase.workflows import log_search
from formcase.workflows.log_search import LogFilter, LogLine, LogPage
from formcase.workflows.looking import record_look_up
from formcase.workflows.person_index import NoNumber, person_token

CURSOR, SEEN, PAUSED = "at", "seen", "paused"
EVERY = 5  # seconds
_OWN = (CURSOR, SEEN, PAUSED)  # of a query, what does not narrow the log
_CSV = {"da": ";"}  # what spreadsheets in a language take for the end of a cell, where it is no comma


class LogFilterForm(forms.Form):
    """What is looked for; everything where nothing is said. person: what stands for a number, never the number."""

    workflow = forms.ChoiceField(label=gettext_lazy("Service workflow"), required=False)
    form = forms.CharField(label=gettext_lazy("Form ID"), required=False, max_length=64)
    status = forms.ChoiceField(label=gettext_lazy("Status now"), required=False)
    level = forms.ChoiceField(
        label=gettext_lazy("Level, at least"), choices=[(name, text) for name, text in LEVELS.items()]
    )
    since = forms.DateTimeField(label=gettext_lazy("From"), required=False)
    until = forms.DateTimeField(label=gettext_lazy("To"), required=False)
    text = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=200)
    reference = forms.CharField(label=gettext_lazy("Reference ID"), required=False, max_length=64)
    case = forms.CharField(label=gettext_lazy("Case number"), required=False, max_length=200)
    person = forms.RegexField(r"^[0-9a-f]{64}$", required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict) -> None:
        given = data.copy()
        given.setdefault("level", "info")
        super().__init__(given)
        choose(self, "workflow", workflow_choices())
        choose(self, "status", status_choices())
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def sought(self) -> LogFilter:
        """What the log is asked for."""
        if not self.is_valid():
            return LogFilter(level="info")
        values = self.cleaned_data
        since: datetime | None = values["since"]
        until: datetime | None = values["until"]
        return LogFilter(
            workflow=int(values["workflow"]) if values["workflow"] else None,
            form_id=values["form"].strip(),
            status=values["status"],
            level=values["level"],
            since=since,
            until=until,
            text=values["text"],
            reference=values["reference"],
            case_number=values["case"],
            person=values["person"],
        )


@dataclass(frozen=True, slots=True)
class Beside:
    """The query strings of the pages beside the one that is shown; empty where there is none."""

    newer: str
    older: str


def workflow_log(request: HttpRequest) -> HttpResponse:
    """Show it; on POST, narrow it to a person whose number must not stand in an address."""
    if request.method == "POST":
        return _of_person(request)
    form = LogFilterForm(request.GET)
    found = _page(request, form)
    context: dict[str, object] = {
        **_lines_context(request, found),
        "filter": form,
        "is_newest": CURSOR not in request.GET,
        "beside": Beside(
            _query(request, **{CURSOR: found.newer}) if found.newer else "",
            _query(request, **{CURSOR: found.older}) if found.older else "",
        ),
        "query": _query(request),
        "kept": [(name, value) for name, value in request.GET.items() if name not in (*_OWN, "person")],
        "without_person": _query(request, person=""),
        "every": EVERY,
        "is_paused": PAUSED in request.GET,
    }
    return show(request, "configurator/workflow_log.html", context)


def lines(request: HttpRequest) -> HttpResponse:
    """The newest lines for a page that shows older ones; no answer where it has them."""
    context = _lines_context(request, _page(request, LogFilterForm(request.GET)))
    if request.GET.get(SEEN) == context["seen"]:
        return HttpResponse(status=204)
    return render(request, "configurator/parts/log_lines.html", context)


def live(request: HttpRequest) -> HttpResponse:
    """The switch that lets the page follow the log or stand still."""
    context: dict[str, object] = {"query": _query(request), "every": EVERY, "is_paused": PAUSED in request.GET}
    return render(request, "configurator/parts/log_live.html", context)


def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """All that is looked for, as a file."""
    form = LogFilterForm(request.GET)
    if kind not in ("csv", "jsonl") or not form.is_valid():
        raise Http404
    sought = form.sought()
    _record_person(request, sought)
    found = log_search.all_lines(sought)
    if kind == "csv":
        content = as_csv(found, _CSV.get(get_language() or "", ","))
        response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    else:
        response = StreamingHttpResponse(as_json_lines(found), content_type="application/jsonl; charset=utf-8")
    name = f"formcase-log-{timezone.localtime():%Y-%m-%d-%H%M}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _of_person(request: HttpRequest) -> HttpResponse:
    narrowing = QueryDict(mutable=True)
    for name in LogFilterForm.base_fields:
        if name != "person" and request.POST.get(name):
            narrowing[name] = request.POST[name]
    try:
        narrowing["person"] = person_token(request.POST.get("number", ""))
    except NoNumber:
        messages.error(request, gettext("That is no person's or company's number: ten digits, or eight."))
    return redirect(f"{reverse('configurator:workflow_log')}?{narrowing.urlencode()}")


def _page(request: HttpRequest, form: LogFilterForm) -> LogPage:
    sought = form.sought()
    _record_person(request, sought)
    return log_search.page(sought, request.GET.get(CURSOR, ""), patience=log_search.PATIENCE)


def _record_person(request: HttpRequest, sought: LogFilter) -> None:
    if sought.person:
        record_look_up(request, sought.person)


def _lines_context(request: HttpRequest, found: LogPage) -> dict[str, object]:
    return {
        "rows": [(line, in_reader_language(line.text, discreet=True)) for line in found.lines],
        "seen": _fingerprint(found.lines),
        "searched_to": found.searched_to,
        "further": _query(request, **{CURSOR: found.further}) if found.further else "",
        "is_narrowed": any(name not in _OWN and value for name, value in request.GET.items()),
    }


def _fingerprint(shown: tuple[LogLine, ...]) -> str:
    return sha256(",".join(str(line.id) for line in shown).encode()).hexdigest()[:16]


def _query(request: HttpRequest, **changed: str) -> str:
    """What narrows the log, as the query of another address."""
    query = request.GET.copy()
    for name in _OWN:
        query.pop(name, None)
    for name, value in changed.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


PAGES = (
    Page(
        "workflow_log",
        "log/",
        workflow_log,
        gettext_lazy("Workflow log"),
        change=Role.VIEWER,  # what is sent is a question
        section=Section.PROCESS,
        place=40,
    ),
    Page("workflow_log_lines", "log/lines/", lines, gettext_lazy("Workflow log"), parent="workflow_log", whole=False),
    Page("workflow_log_live", "log/live/", live, gettext_lazy("Workflow log"), parent="workflow_log", whole=False),
    Page(
        "workflow_log_export",
        "log/export/<str:kind>/",
        export,
        gettext_lazy("Export the workflow log"),
        parent="workflow_log",
        whole=False,
    ),
)
