"""Finding submitted dialogues: filtered, searched, and one page of them after the other, fast with any number."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django import forms as django_forms
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from formcase.formservice import forms
from formcase.formservice.administration.statuses import BY_STATUS, WORDS, StatusWords
from formcase.formservice.models import StatusEntry, Submission

ORDER = ("submitted_at", "submission_id")
_MOST_FOUND = 1000


class Filters(django_forms.Form):
    """What the list is narrowed by, all of it in the address."""

    q = django_forms.CharField(
        label=_("Search"),
        required=False,
        max_length=255,
        help_text=_("Reference ID, its beginning, or a case number"),
    )
    status = django_forms.ChoiceField(label=_("Status"), required=False)
    form = django_forms.ChoiceField(label=_("Form"), required=False)
    since = django_forms.DateField(label=_("From"), required=False, widget=django_forms.DateInput({"type": "date"}))
    until = django_forms.DateField(label=_("To"), required=False, widget=django_forms.DateInput({"type": "date"}))

    def __init__(self, data: object) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        status, form = self.fields["status"], self.fields["form"]
        if isinstance(status, django_forms.ChoiceField) and isinstance(form, django_forms.ChoiceField):
            status.choices = [("", _("All")), *((words.status, words.name) for words in WORDS)]
            form.choices = [("", _("All")), *form_choices()]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list: the submission, and what was said of it last."""

    submission: Submission
    words: StatusWords
    message: str
    cases: tuple[dict[str, str | None], ...]


def found(filters: Filters) -> QuerySet[Submission]:
    """The submissions that the filters leave; a filter that can't be read narrows nothing, and says so itself."""
    filters.is_valid()
    said = filters.cleaned_data
    submissions = Submission.objects.all()
    if said.get("status"):
        submissions = submissions.filter(status=said["status"])
    if said.get("form"):
        submissions = submissions.filter(form_id=said["form"])
    if said.get("since"):
        submissions = submissions.filter(submitted_at__gte=_begin_of(said["since"]))
    if said.get("until"):
        submissions = submissions.filter(submitted_at__lt=_begin_of(said["until"] + timedelta(days=1)))
    if said.get("q"):
        submissions = submissions.filter(pk__in=_searched(said["q"].strip()))
    return submissions


def rows(submissions: Iterable[Submission]) -> list[Row]:
    """These submissions as lines, in the same order."""
    listed = list(submissions)
    entries = StatusEntry.objects.filter(submission__in=listed).order_by("submission_id", "-pk")
    last = {entry.submission_id: entry for entry in entries.distinct("submission_id")}
    return [_row(submission, last.get(submission.pk)) for submission in listed]


def numbers() -> dict[str, int]:
    """How many submissions there are of each status."""
    return dict(Submission.objects.values_list("status").annotate(number=Count("pk")).order_by())


def _row(submission: Submission, last: StatusEntry | None) -> Row:
    message, cases = (last.message or "", tuple(last.cases)) if last else ("", ())
    return Row(submission, BY_STATUS[submission.status], message, cases)


def _searched(text: str) -> list[int]:
    """The keys of what was searched for, so that the list itself goes by its own order."""
    by_reference = Submission.objects.filter(reference_id__startswith=text.upper())
    by_id = Submission.objects.filter(submission_id=text)
    by_case = StatusEntry.objects.filter(cases__contains=[{"caseNumber": text}])
    keys = set(by_reference.values_list("pk", flat=True)[:_MOST_FOUND])
    keys.update(by_id.values_list("pk", flat=True))
    keys.update(by_case.values_list("submission_id", flat=True)[:_MOST_FOUND])
    return sorted(keys)


def form_choices() -> list[tuple[str, str]]:
    """The forms that there are, to choose from."""
    return [(form.form_id, f"{form.title} ({form.form_id})") for form in forms.newest()]


def _begin_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
