"""Where the fields come from that a mapping is made with: a form that the form service releases, or a submission that
lies there. What a person chose is remembered for the other pages of the same mapping."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from formcase.configurator.translating import in_reader_language
from formcase.outcomes import Outcome
from formcase.planning.own_mapping.choices import FieldChoice, FormChoices, FormGroupChoice, form_choices
from formcase.planning.own_mapping.model import OwnMapping
from formcase.submission.form import FormSummary
from formcase.workflows import mapping_choices, submissions
from formcase.workflows.kept_ends import Asked
from formcase.workflows.mapping_choices import Forms
from formcase.workflows.models import ServiceWorkflow, SubmissionRecord
from formcase.workflows.submissions import UnknownSubmission

_REMEMBERED: Final = "mapping-fields"  # in the session, by workflow: ["form", id] or ["submission", reference ID]


class SourceForm(forms.Form):
    """Whose fields are shown."""

    form = forms.ChoiceField(label=gettext_lazy("Fields of the form"), required=False)
    reference = forms.CharField(
        label=gettext_lazy("Or of the submission with the reference ID"), required=False, max_length=64
    )

    def __init__(self, released: tuple[FormSummary, ...], chosen: tuple[str, str]) -> None:
        kind, value = chosen
        super().__init__(initial={kind if kind == "form" else "reference": value})
        choices = [(form.id, f"{form.id} {form.title}") for form in released]
        shown = self.fields["form"]
        assert isinstance(shown, forms.ChoiceField)
        shown.choices = [("", gettext("–")), *choices]


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields to choose from. title: whose they are; problem: why there are none, or not all; definitions: of the
    forms that the mapping is for, by their ids; record: the submission that they are of; asked: how old what the form
    service said may be, None where it said nothing."""

    choices: FormChoices = field(default_factory=lambda: FormChoices((), ()))
    title: str = ""
    problem: str = ""
    chosen: tuple[str, str] = ("form", "")
    released: tuple[FormSummary, ...] = ()
    definitions: Mapping[str, FormChoices] = field(default_factory=dict)
    record: SubmissionRecord | None = None
    asked: Asked | None = None

    def matching(self, sought: str) -> tuple[FieldChoice, ...]:
        """The fields whose name or title holds what is sought."""
        wanted = sought.strip().casefold()
        return tuple(each for each in self.choices.fields if wanted in f"{each.reference} {each.title}".casefold())

    def field_named(self, text: str) -> FieldChoice | None:
        """The field of this written reference."""
        return next((each for each in self.choices.fields if str(each.reference) == text.strip()), None)

    def groups(self, *, repeating: bool = False) -> tuple[FormGroupChoice, ...]:
        """The groups, or only those that repeat."""
        return tuple(each for each in self.choices.groups if each.repeats or not repeating)

    @property
    def source(self) -> SourceForm:
        """The form that another source is chosen with."""
        return SourceForm(self.released, self.chosen)


def choose(request: HttpRequest, workflow: ServiceWorkflow) -> str:
    """Remember whose fields are to be shown; what is wrong with the choice."""
    reference = request.POST.get("reference", "").strip()
    if reference:
        try:
            found = submissions.find(reference)
        except UnknownSubmission as unknown:
            return _unknown(unknown)
        _remember(request, workflow, ("submission", found.reference_id))
    else:
        _remember(request, workflow, ("form", request.POST.get("form", "")))
    return ""


def fields_for(request: HttpRequest, workflow: ServiceWorkflow, mapping: OwnMapping, *, anew: bool = False) -> Fields:
    """The fields that were chosen; until something is chosen, those of the first form that the mapping is for. anew:
    whatever is known, ask the form service now."""
    kind, value = _remembered(request, workflow)
    form_ids = tuple(dict.fromkeys([*mapping.forms, *([value] if kind == "form" and value else [])]))
    problem = ""
    forms_there = Forms()
    try:
        forms_there = mapping_choices.of_form_service(workflow, form_ids, anew=anew)
    except Outcome as outcome:
        problem = in_reader_language(outcome.message())
    if forms_there.asked is not None and forms_there.asked.problem is not None:
        problem = in_reader_language(forms_there.asked.problem.message())
    definitions = {key: form_choices(form) for key, form in forms_there.definitions.items()}
    if kind == "submission":
        return _of_submission(value, forms_there, definitions)
    form_id = value if value in definitions else next(iter(definitions), "")
    if not form_id:
        return Fields(problem=problem, chosen=("form", value), released=forms_there.released, asked=forms_there.asked)
    definition = forms_there.definitions[form_id]
    title = gettext("{form} {title}, version {version}").format(
        form=form_id, title=definition.summary.title, version=definition.summary.version
    )
    return Fields(
        definitions[form_id],
        title,
        problem,
        ("form", form_id),
        forms_there.released,
        definitions,
        asked=forms_there.asked,
    )


def _of_submission(reference: str, there: Forms, definitions: Mapping[str, FormChoices]) -> Fields:
    chosen = ("submission", reference)
    problem, choices, record = "", FormChoices((), ()), None
    try:
        record = submissions.find(reference)
        choices = mapping_choices.of_submission(record)
    except UnknownSubmission:
        problem = gettext("No submission with the reference ID “{reference}” is known here.").format(
            reference=reference
        )
    except Outcome as outcome:
        problem = in_reader_language(outcome.message())
    title = gettext("Submission {reference}").format(reference=reference)
    return Fields(choices, title, problem, chosen, there.released, definitions, record, there.asked)


def _unknown(unknown: UnknownSubmission) -> str:
    text = gettext("No submission with the reference ID “{reference}” is known here.")
    return text.format(reference=unknown.reference)


def _remember(request: HttpRequest, workflow: ServiceWorkflow, chosen: tuple[str, str]) -> None:
    kept = request.session.get(_REMEMBERED, {})
    request.session[_REMEMBERED] = kept | {str(workflow.pk): list(chosen)}


def _remembered(request: HttpRequest, workflow: ServiceWorkflow) -> tuple[str, str]:
    match request.session.get(_REMEMBERED, {}).get(str(workflow.pk)):
        case [str(kind), str(value)]:
            return kind, value
        case _:
            return "form", ""
