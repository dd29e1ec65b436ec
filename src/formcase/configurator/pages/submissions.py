"""The submissions, newest first: narrowed, chosen, and what is done with those that were chosen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, gettext_lazy, ngettext

from formcase.accounts.roles import Role
from formcase.appearance.paging import slice_of
from formcase.configurator.page import Page, Section
from formcase.configurator.showing import show
from formcase.configurator.statuses import status_of
from formcase.configurator.translating import in_reader_language
from formcase.filing.journal import State
from formcase.planning.plan import PlanKind
from formcase.workflows import actions, submissions
from formcase.workflows.actions import Answers
from formcase.workflows.log_search import ERROR_CASE, STATUSES
from formcase.workflows.models import UNLISTED, ServiceWorkflow, SubmissionRecord
from formcase.workflows.submissions import SHOWN, SubmissionView

ORDER = ("recorded_at", "id")
MOST_AT_ONCE = 500  # that one address or form can name
_MOST_REFUSALS_SHOWN = 10


class SubmissionFilter(forms.Form):
    """What is looked for; everything where nothing is said."""

    workflow = forms.ChoiceField(label=gettext_lazy("Service workflow"), required=False)
    form = forms.CharField(label=gettext_lazy("Form ID"), required=False, max_length=64)
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    reference = forms.CharField(label=gettext_lazy("Reference ID"), required=False, max_length=64)

    def __init__(self, data: QueryDict | None) -> None:
        super().__init__(data)
        choose(self, "workflow", workflow_choices())
        choose(self, "status", status_choices())


class NothingMoreForm(forms.Form):
    """What needs no more than a yes."""


class HandledForm(forms.Form):
    """In which case a person filed it, and why."""

    case_number = forms.CharField(label=gettext_lazy("Case number"), max_length=200)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ErrorCaseForm(forms.Form):
    """Why it is not to be filed as it is mapped."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("It stands in the error case, for whoever handles it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


Do = Callable[[Sequence[int], Mapping[str, str], HttpRequest], Answers]


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be done with submissions. question: for how many, in singular and plural."""

    name: str
    button: Promise
    question: Callable[[int], str]
    explanation: Promise
    form: type[forms.Form]
    do: Do


DEEDS = (
    Deed(
        "try-again",
        gettext_lazy("Try again now"),
        lambda count: ngettext("Try {count} submission again now?", "Try {count} submissions again now?", count),
        gettext_lazy(
            "What waits or is blocked is tried at once. An error case is filed again as its form says: "
            "a case is made for it, and the two refer to each other. Nothing is filed twice."
        ),
        NothingMoreForm,
        lambda keys, values, request: actions.try_again(keys, request),
    ),
    Deed(
        "file-again",
        gettext_lazy("File again"),
        lambda count: ngettext("File {count} error case again?", "File {count} error cases again?", count),
        gettext_lazy(
            "Each is filed again as its form says. Where the cause is mended, a case is made, and it and the error "
            "case refer to each other; where it is not, the error case stays as it is. Nothing is filed twice."
        ),
        NothingMoreForm,
        lambda keys, values, request: actions.file_again(keys, request),
    ),
    Deed(
        "handled",
        gettext_lazy("Handled by hand"),
        lambda count: ngettext(
            "Was {count} submission handled by hand?", "Were {count} submissions handled by hand?", count
        ),
        gettext_lazy(
            "Say in which case. Nothing more happens with them by themselves; the form service is told nothing. "
            "This can't be undone."
        ),
        HandledForm,
        lambda keys, values, request: actions.handled_by_hand(keys, values["case_number"], values["reason"], request),
    ),
    Deed(
        "error-case",
        gettext_lazy("Send to error case"),
        lambda count: ngettext("Make {count} error case?", "Make {count} error cases?", count),
        gettext_lazy(
            "What waits or is blocked becomes an error case at the next try, which is now, whatever its form says. "
            "The error case can be filed again later."
        ),
        ErrorCaseForm,
        lambda keys, values, request: actions.send_to_error_case(keys, values["reason"], request),
    ),
)
BY_NAME = {deed.name: deed for deed in DEEDS}


@dataclass(frozen=True, slots=True)
class Row:
    """A submission in a listing. reason: without what a person wrote in the form."""

    seen: SubmissionView
    status: str
    reason: str


def listing(request: HttpRequest) -> HttpResponse:
    """Show them."""
    sought = SubmissionFilter(request.GET or None)
    found = slice_of(request, _sought(sought), ORDER)
    context: dict[str, object] = {
        "filter": sought,
        "slice": found,
        "rows": rows_of(found.rows),
        "deeds": [deed for deed in DEEDS if deed.name != "file-again"],
        "here": request.get_full_path(),
    }
    return show(request, "configurator/submissions.html", context)


def act(request: HttpRequest) -> HttpResponse:
    """Say what will happen with the chosen submissions; do it on POST."""
    given = request.POST if request.method == "POST" else request.GET
    deed = BY_NAME.get(given.get("do", ""))
    back = _back(request, given.get("back", ""))
    keys = keys_in(given)
    records = list(_light(SubmissionRecord.objects.filter(pk__in=keys)).order_by("-recorded_at", "-id"))
    if deed is None or not records:
        messages.warning(request, gettext("No submission was chosen."))
        return redirect(back)
    form = deed.form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        tell(request, deed.do([record.pk for record in records], form.cleaned_data, request))
        return redirect(back)
    context: dict[str, object] = {
        "deed": deed,
        "form": form,
        "rows": rows_of(records),
        "back": back,
    }
    title = deed.question(len(records)).format(count=len(records))
    return show(request, "configurator/submissions_act.html", context, title=title)


def rows_of(records: Sequence[SubmissionRecord]) -> list[Row]:
    """Records as a listing shows them."""
    return [_row(submissions.view(record)) for record in records]


def shown_status(seen: SubmissionView) -> str:
    """The status that people are shown, of which an error case is one of its own."""
    return ERROR_CASE if seen.error_case and seen.state is State.IMPORTED else seen.status


def tell(request: HttpRequest, answers: Answers) -> None:
    """Say what became of each: one word for all with which it was done, and why not for the others."""
    done = [answer for answer in answers.each if answer.done]
    if len(done) == 1:
        messages.success(request, f"{done[0].reference_id}: {in_reader_language(done[0].text)}")
    elif done:
        text = gettext("Done with {count} submissions: {text}")
        messages.success(request, text.format(count=len(done), text=in_reader_language(done[0].text)))
    for answer in answers.refused[:_MOST_REFUSALS_SHOWN]:
        messages.warning(request, f"{answer.reference_id}: {in_reader_language(answer.text)}")
    more = len(answers.refused) - _MOST_REFUSALS_SHOWN
    if more > 0:
        text = ngettext(
            "{count} more is left as it is.", "{count} more are left as they are, for reasons like these.", more
        )
        messages.warning(request, text.format(count=more))


def keys_in(given: QueryDict) -> list[int]:
    """The keys of the chosen submissions; what is none is passed over."""
    return [int(text) for text in given.getlist("key") if text.isascii() and text.isdigit() and len(text) < 19][
        :MOST_AT_ONCE
    ]


def choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    """Set the choices of a filter's field, with one for all."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = [("", gettext("All")), *choices]


def workflow_choices() -> list[tuple[str, str]]:
    """The service workflows that a listing can be narrowed to, deleted ones that may have something last."""
    found = ServiceWorkflow.objects.order_by("deleted_at", "name").values_list("pk", "name", "deleted_at")
    return [
        (str(key), name if deleted is None else gettext("{name} (deleted)").format(name=name))
        for key, name, deleted in sorted(found, key=lambda row: (row[2] is not None, row[1].casefold()))
    ]


def status_choices() -> list[tuple[str, str]]:
    """The statuses that a listing can be narrowed to."""
    return [(shown, str(status_of(shown).text)) for shown in STATUSES]


def _row(seen: SubmissionView) -> Row:
    reason = seen.reasons[0] if seen.reasons else None
    return Row(seen, shown_status(seen), in_reader_language(reason, discreet=True) if reason is not None else "")


def _light(found: QuerySet[SubmissionRecord]) -> QuerySet[SubmissionRecord]:
    """Without what is large and not shown in listings."""
    return found.defer(*UNLISTED).select_related("workflow")


def _sought(sought: SubmissionFilter) -> QuerySet[SubmissionRecord]:
    found = _light(SubmissionRecord.objects.all())
    if not sought.is_bound or not sought.is_valid():
        return found
    values = sought.cleaned_data
    if values["workflow"]:
        found = found.filter(workflow=int(values["workflow"]))
    if values["form"]:
        found = found.filter(form_id=values["form"].strip())
    if values["reference"]:
        typed = values["reference"].strip()
        found = found.filter(Q(reference_id=typed) | Q(submission_id=typed))
    return _of_status(found, values["status"]) if values["status"] else found


def _of_status(found: QuerySet[SubmissionRecord], status: str) -> QuerySet[SubmissionRecord]:
    error_case = Q(filed_kind=PlanKind.ERROR_CASE.value)
    if status == ERROR_CASE:
        return found.filter(error_case, state=State.IMPORTED.value)
    states = [state.value for state, shown in SHOWN.items() if shown == status]
    found = found.filter(state=states[0]) if len(states) == 1 else found.filter(state__in=states)
    return found.filter(Q(filed_kind=None) | ~error_case) if State.IMPORTED.value in states else found


def _back(request: HttpRequest, address: str) -> str:
    """Where the person came from, which is a page of ours."""
    own = url_has_allowed_host_and_scheme(address, allowed_hosts=None, require_https=request.is_secure())
    return address if own and address.startswith("/") else reverse("configurator:submissions")


PAGES = (
    Page(
        "submissions",
        "submissions/",
        listing,
        gettext_lazy("Submissions"),
        section=Section.PROCESS,
        place=20,
    ),
    Page(
        "submissions_act",
        "submissions/act/",
        act,
        gettext_lazy("Submissions"),
        role=Role.OPERATOR,
        change=Role.OPERATOR,
        parent="submissions",
    ),
)
