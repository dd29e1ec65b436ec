"""A dry run: what would be written for a submission, under what is in force or under something else, and nothing is
written. Two plans stand side by side with their differences marked."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from asgiref.sync import async_to_sync
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy

from formcase.accounts.roles import Role
from formcase.appearance.days import day_of
from formcase.configurator.answers_tree import answers_of
from formcase.configurator.carried import choices_of, version_of
from formcase.configurator.chosen_submission import ChooseForm, Chosen, chosen, proposed
from formcase.configurator.page import Page, signed_in_user
from formcase.configurator.pages.workflows import between, parts, workflow_of
from formcase.configurator.plan_comparison import pairs_of
from formcase.configurator.plan_tree import Anchors, Step, plan_tree
from formcase.configurator.showing import show
from formcase.configurator.translating import in_reader_language
from formcase.messages import Message
from formcase.outcomes import Outcome
from formcase.planning.needs import Need
from formcase.planning.own_mapping.model import OwnMapping
from formcase.planning.own_mapping.problems import UnreadableMapping
from formcase.planning.plan import Plan, PlanKind
from formcase.planning.serialisation import UnreadablePlan
from formcase.submission.form import FormDefinition
from formcase.workflows import versions
from formcase.workflows.contents import Missing, plan_of
from formcase.workflows.dry_run import IN_FORCE, DryRun, InForce, Under, dry_run, form_definition, form_id_of
from formcase.workflows.models import ServiceWorkflow, SubmissionRecord, WorkflowVersion
from formcase.workflows.parameters import WrongParameters
from formcase.workflows.versions import MAPPING, TRANSFORM

NONE, NOW, KEPT, OTHER = "none", "", "kept", "other"
_PARTS: Final = ("parameters", "mapping", "transform", "form_version", "executing_user")
_MOST_VERSIONS: Final = 50
LIMIT: Final = 20.0  # seconds; a person waits for the page


class DryRunForm(ChooseForm):
    """Which submission, under what, and what it is compared with. The fields of the other plan begin with `other_`."""

    compare = forms.ChoiceField(
        label=gettext_lazy("Compare it with"),
        required=False,
        choices=(
            (NOW, gettext_lazy("nothing")),
            ("on", gettext_lazy("the plan under what is in force")),
            (KEPT, gettext_lazy("the plan that was kept when it was last planned")),
            (OTHER, gettext_lazy("the plan under something else")),
        ),
    )

    def __init__(
        self,
        data: QueryDict | None,
        files: "MultiValueDict[str, UploadedFile[bytes]] | None",
        workflow: ServiceWorkflow,
        *,
        may_act_as: bool,
    ) -> None:
        super().__init__(data, files)
        mappings, transforms = (choices_of(kind, workflow) for kind in (MAPPING, TRANSFORM))
        numbers = _versions(workflow)
        for prefix in ("", "other_"):
            self._choice(f"{prefix}parameters", gettext("Parameters"), numbers, none="")
            self._choice(f"{prefix}mapping", gettext("Mapping"), mappings, none=gettext("None: the form's own page"))
            self._choice(f"{prefix}transform", gettext("Transform"), transforms, none=gettext("None: as handed out"))
            self.fields[f"{prefix}form_version"] = forms.IntegerField(
                label=gettext("Version of the form"),
                required=False,
                min_value=1,
                max_value=2**31,
                help_text=gettext("Empty: as it was filled in."),
            )
            if may_act_as:
                self.fields[f"{prefix}executing_user"] = forms.CharField(
                    label=gettext("Executing user"),
                    required=False,
                    max_length=64,
                    help_text=gettext("Empty: the workflow's."),
                )

    def under_fields(self) -> list[forms.BoundField]:
        """What the plan is made under."""
        return [self[name] for name in _PARTS if name in self.fields]

    def other_fields(self) -> list[forms.BoundField]:
        """What the plan is made under that it is compared with."""
        return [self[f"other_{name}"] for name in _PARTS if f"other_{name}" in self.fields]

    def _choice(self, name: str, label: str, choices: Iterable[tuple[str, str]], *, none: str) -> None:
        first = [("", gettext("What is in force"))]
        last = [(NONE, none)] if none else []
        self.fields[name] = forms.ChoiceField(label=label, required=False, choices=[*first, *choices, *last])


@dataclass(frozen=True, slots=True)
class Right:
    """A right that writing needs. verdict: as the table of checks shows it."""

    table: str
    right: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan with everything that is told about it."""

    steps: tuple[Step, ...]
    is_error_case: bool
    errors: tuple[str, ...]
    rights: tuple[Right, ...]
    lacking: int
    by_own_mapping: bool
    user: str


class NotPlanned(Exception):
    """There is no plan. reason says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def page(request: HttpRequest, key: int) -> HttpResponse:
    """Choose a submission, and see its plan."""
    workflow = workflow_of(key)
    is_sent = request.method == "POST"
    if is_sent and "file" not in request.FILES:
        return _to_address(request, workflow)
    data = request.POST if is_sent else request.GET
    asked = is_sent or "reference" in request.GET
    may_act_as = signed_in_user(request).may(Role.OPERATOR)
    form = DryRunForm(data if data else None, request.FILES or None, workflow, may_act_as=may_act_as)
    context: dict[str, object] = {
        "workflow": workflow,
        "form": form,
        "parts": parts(workflow, "workflow_dry_run"),
        "query": _query(request),
    }
    found = chosen(request, form) if asked and form.is_valid() else None
    if found is not None:
        context |= _planned(form, workflow, found)
    elif not is_sent:
        typed = request.GET.get("reference", "")
        context["proposed"] = proposed(workflow, typed) or proposed(workflow)
    title = gettext("{what}: {name}").format(what=gettext("Dry run"), name=workflow.name)
    return show(request, "configurator/dry_run.html", context, title=title, between=between(workflow))


def _to_address(request: HttpRequest, workflow: ServiceWorkflow) -> HttpResponse:
    """What was sent without a file can stand in an address, which can be kept and sent to colleagues."""
    said = [(name, str(value)) for name, value in request.POST.items() if value and name != "csrfmiddlewaretoken"]
    return redirect(f"{reverse('configurator:workflow_dry_run', args=[workflow.pk])}?{urlencode(said)}")


def _planned(form: DryRunForm, workflow: ServiceWorkflow, found: Chosen) -> dict[str, object]:
    """The plan or plans, or why there is none."""
    context: dict[str, object] = {"chosen": found}
    try:
        run = _run(form, workflow, found, "")
        context["problem"] = ""
        answers = None if run.submission is None else answers_of(run.submission)
        anchors = {} if answers is None else answers.anchors
        user = form.cleaned_data.get("executing_user") or workflow.executing_user
        context |= {"run": _shown(run, user, anchors), "answers": answers}
        before = _before(form, workflow, found)
    except NotPlanned as refused:
        return context | {"problem": refused.reason}
    if before is not None:
        plan, errors, called = before
        pairs = pairs_of(plan, run.plan, anchors)
        context |= {
            "pairs": pairs,
            "before_name": called,
            "before_errors": errors,
            "before_is_error_case": plan.kind is PlanKind.ERROR_CASE,
            "different": sum(pair.differs for pair in pairs),
        }
    return context


def _before(form: DryRunForm, workflow: ServiceWorkflow, found: Chosen) -> tuple[Plan, tuple[str, ...], str] | None:
    """The plan that it is compared with, what is wrong in it, and what it is called. Raises `NotPlanned`."""
    match form.cleaned_data.get("compare", ""):
        case "on":
            run = _dry_run(workflow, found, Under(), "")
            return run.plan, _texts(error.message() for error in run.errors), gettext("What is in force")
        case "other":
            run = _run(form, workflow, found, "other_")
            return run.plan, _texts(error.message() for error in run.errors), gettext("Something else")
        case "kept":
            plan = None if found.record is None else _kept(found.record)
            if plan is None:
                raise NotPlanned(gettext("No plan of this submission was kept that can be compared with."))
            return plan, (), gettext("As it was last planned")
        case _:
            return None


def _kept(record: SubmissionRecord) -> Plan | None:
    try:
        found = plan_of(record)
    except UnreadablePlan:
        return None
    return None if isinstance(found, Missing) else found


def _run(form: DryRunForm, workflow: ServiceWorkflow, found: Chosen, prefix: str) -> DryRun:
    """Plan it under what the form's fields say. Raises `NotPlanned`."""
    said = {name: form.cleaned_data.get(f"{prefix}{name}") for name in _PARTS}
    transform = _transform(workflow, str(said["transform"] or ""))
    number = said["form_version"]
    definition = None if not isinstance(number, int) else _form(workflow, found, transform, number)
    under = Under(
        _parameters(workflow, str(said["parameters"] or "")),
        _mapping(workflow, str(said["mapping"] or "")),
        transform,
        definition,
    )
    return _dry_run(workflow, found, under, str(said["executing_user"] or "").strip())


def _dry_run(workflow: ServiceWorkflow, found: Chosen, under: Under, user: str) -> DryRun:
    async def planned() -> DryRun:
        async with asyncio.timeout(LIMIT):
            return await dry_run(found.xml, workflow, user or None, found.pdf, under)

    try:
        return async_to_sync(planned)()
    except TimeoutError as error:
        raise NotPlanned(gettext("It took longer than {limit} seconds.").format(limit=round(LIMIT))) from error
    except Outcome as outcome:
        raise NotPlanned(in_reader_language(outcome.message())) from outcome
    except WrongParameters as wrong:
        told = (f"{error.name}: {in_reader_language(error.message)}" for error in wrong.errors)
        raise NotPlanned(" ".join(told)) from wrong


def _form(workflow: ServiceWorkflow, found: Chosen, transform: str | InForce | None, number: int) -> FormDefinition:
    async def asked() -> FormDefinition | None:
        form_id = await form_id_of(found.xml, workflow, transform)
        return await form_definition(workflow, form_id, number)

    try:
        definition = async_to_sync(asked)()
    except Outcome as outcome:
        raise NotPlanned(in_reader_language(outcome.message())) from outcome
    if definition is None:
        raise NotPlanned(gettext("The form service has no version {number} of this form.").format(number=number))
    return definition


def _mapping(workflow: ServiceWorkflow, which: str) -> OwnMapping | InForce | None:
    if not which:
        return IN_FORCE
    if which == NONE:
        return None
    try:
        return versions.read_mapping(version_of(MAPPING, workflow, which))
    except UnreadableMapping as error:
        raise NotPlanned(in_reader_language(error.message())) from error


def _transform(workflow: ServiceWorkflow, which: str) -> str | InForce | None:
    if not which:
        return IN_FORCE
    return None if which == NONE else version_of(TRANSFORM, workflow, which).content


def _parameters(workflow: ServiceWorkflow, which: str) -> dict[str, str]:
    """The parameters of an older version of the workflow; none named: as they are."""
    if not which:
        return {}
    version = WorkflowVersion.objects.filter(workflow=workflow, version=int(which)).first()
    return {} if version is None else {str(name): str(value) for name, value in version.settings.items()}


def _versions(workflow: ServiceWorkflow) -> list[tuple[str, str]]:
    saved = WorkflowVersion.objects.filter(workflow=workflow).order_by("-version")[:_MOST_VERSIONS]
    text = gettext("Version {number}, {day}")
    return [(str(each.version), text.format(number=each.version, day=day_of(each.saved_at))) for each in saved]


def _shown(run: DryRun, user: str, anchors: Anchors) -> Shown:
    rights = tuple(_right(need, run.held) for need in run.needs)
    return Shown(
        plan_tree(run.plan, anchors),
        run.plan.kind is PlanKind.ERROR_CASE,
        _texts(error.message() for error in run.errors),
        rights,
        sum(right.verdict == "check no" for right in rights),
        run.by_own_mapping,
        user,
    )


def _right(need: Need, held: frozenset[Need] | None) -> Right:
    verdict = "check unknown" if held is None else "check yes" if need in held else "check no"
    return Right(need.table, need.right, verdict)


def _texts(found: Iterable[Message]) -> tuple[str, ...]:
    return tuple(map(in_reader_language, found))


def _query(request: HttpRequest) -> Sequence[tuple[str, str]]:
    """What was chosen besides the submission, to go along with a link to another one."""
    return [(name, str(value)) for name, value in request.GET.items() if name != "reference"]


PAGES = (
    Page(
        "workflow_dry_run",
        "workflows/<int:key>/dry-run/",
        page,
        gettext_lazy("Dry run"),
        change=Role.OPERATOR,
        parent="workflows",
    ),
)
