"""A workflow's own mapping: the draft as a tree that is changed, or what is in force where there is no draft. What one
part of it says is changed in `workflow_mapping_part`, replacing it as a whole in `carried_drafts`,
publishing in `carried_publishing`."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy

from formcase.accounts.roles import Role
from formcase.configurator import form_fields
from formcase.configurator.carried import address, between, name_of, title_of
from formcase.configurator.drafting import Draft, can_undo, draft_of, save, tell_changed, undo
from formcase.configurator.form_fields import fields_for
from formcase.configurator.mapping_tree import ROOT, key_of, place_of, summary_of, tree_of
from formcase.configurator.page import Page
from formcase.configurator.pages.workflows import parts, workflow_of
from formcase.configurator.showing import show
from formcase.configurator.translating import in_reader_language
from formcase.messages import message
from formcase.outcomes import Outcome
from formcase.planning.mapping import CASES
from formcase.planning.own_mapping.differences import rule_in_words
from formcase.planning.own_mapping.editing import Place, added, item_at, moved, removed, replaced
from formcase.planning.own_mapping.from_form import mapping_of_form
from formcase.planning.own_mapping.model import (
    Conversion,
    GroupRule,
    OwnMapping,
    Pick,
    PropertyRule,
    Rule,
    Template,
)
from formcase.planning.own_mapping.problems import UnreadableMapping
from formcase.planning.own_mapping.references import Reference, Unclear, read_reference
from formcase.planning.own_mapping.review import review, tables_named
from formcase.planning.own_mapping.writing import mapping_to_json
from formcase.workflows import mapping_choices, versions
from formcase.workflows.looking import record_look
from formcase.workflows.mapping_choices import CaseSystemChoices
from formcase.workflows.models import CarriedVersion, ServiceWorkflow
from formcase.workflows.versions import MAPPING, DraftChanged, Unusable

ANEW = "anew"  # in the address: whatever both ends have said already, ask them now
EMPTY = OwnMapping((GroupRule(CASES),))


class FormsForm(forms.Form):
    """Which forms the mapping is for."""

    released = forms.MultipleChoiceField(
        label=gettext_lazy("Forms that the form service releases"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    others = forms.CharField(
        label=gettext_lazy("Other form IDs"),
        required=False,
        help_text=gettext_lazy("Separated by commas. Where no form is named here and none is chosen, it is for all."),
    )


def mapping(request: HttpRequest, key: int) -> HttpResponse:
    """Show the draft, and change it."""
    workflow = workflow_of(key)
    if request.method == "POST":
        return _change(request, workflow)
    draft = versions.draft(workflow, MAPPING)
    in_force = versions.in_force(workflow, MAPPING)
    shown = draft or in_force
    context: dict[str, object] = {
        "workflow": workflow,
        "parts": parts(workflow, "workflow_mapping"),
        "draft": draft,
        "in_force": in_force,
        "addresses": {
            part: address(MAPPING, workflow, part)
            for part in ("versions", "compare", "publish", "discard", "import", "export")
        },
    }
    if shown is not None:
        context |= _shown(request, workflow, shown)
    else:
        context["fields"] = fields_for(request, workflow, OwnMapping())
    return show(
        request,
        "configurator/workflow_mapping.html",
        context,
        title=title_of(MAPPING, workflow),
        between=between(MAPPING, workflow)[:1],
    )


def forms_of(request: HttpRequest, key: int) -> HttpResponse:
    """Which forms the draft is for."""
    workflow = workflow_of(key)
    draft = draft_of(workflow, request if request.method == "POST" else None)
    if draft.version is None:
        return redirect(address(MAPPING, workflow))
    fields = fields_for(request, workflow, draft.mapping)
    known = [form.id for form in fields.released]
    first = {
        "released": [form for form in draft.mapping.forms if form in known],
        "others": ", ".join(form for form in draft.mapping.forms if form not in known),
    }
    form = FormsForm(request.POST if request.method == "POST" else None, initial=first)
    choice = form.fields["released"]
    assert isinstance(choice, forms.MultipleChoiceField)
    choice.choices = [(each.id, f"{each.id} {each.title}") for each in fields.released]
    if request.method == "POST" and form.is_valid():
        others = [part.strip() for part in form.cleaned_data["others"].split(",") if part.strip()]
        wanted = tuple(dict.fromkeys([*form.cleaned_data["released"], *others]))
        if not draft.is_as_seen:
            tell_changed(request, draft)
            return redirect(address(MAPPING, workflow))
        try:
            save(request, draft, replace(draft.mapping, forms=wanted))
        except Unusable as wrong:
            form.add_error("others", " ".join(in_reader_language(problem) for problem in wrong.problems))
        except DraftChanged:
            tell_changed(request, draft_of(workflow, request))
            return redirect(address(MAPPING, workflow))
        else:
            return redirect(address(MAPPING, workflow))
    context: dict[str, object] = {
        "workflow": workflow,
        "parts": parts(workflow, "workflow_mapping"),
        "form": form,
        "seen": draft.token,
        "problem": fields.problem,
        "main": address(MAPPING, workflow),
    }
    title = title_of(MAPPING, workflow, gettext("Forms"))
    return show(request, "configurator/mapping_forms.html", context, title=title, between=between(MAPPING, workflow))


def _shown(request: HttpRequest, workflow: ServiceWorkflow, version: CarriedVersion) -> dict[str, object]:
    """The tree with everything that is known about it now."""
    try:
        found = versions.read_mapping(version)
    except UnreadableMapping as error:
        return {"problem": in_reader_language(error.message())}
    anew = ANEW in request.GET
    fields = fields_for(request, workflow, found, anew=anew)
    if fields.record is not None:
        record_look(request, fields.record)
    choices, problem = _choices(found, anew=anew)
    remarks = review(found, choices.groups, choices.codes, fields.definitions)
    draft = draft_of(workflow)
    return {
        "mapping": found,
        "nodes": tree_of(found, choices, remarks),
        "summary": summary_of(found, remarks),
        "groups": choices.groups,
        "fields": fields,
        "problems": [text for text in (problem, fields.problem) if text],
        "case_system_asked": choices.asked,
        "forms_asked": fields.asked,
        "seen": draft.token,
        "can_undo": can_undo(request, draft),
        "root": ROOT,
        "shown_name": name_of(version),
    }


def _choices(found: OwnMapping, *, anew: bool) -> tuple[CaseSystemChoices, str]:
    """What the case system has, and what is wrong with asking it."""
    try:
        choices = mapping_choices.of_case_system(lambda groups: tables_named(found, groups), anew=anew)
    except Outcome as outcome:
        return CaseSystemChoices(), in_reader_language(outcome.message())
    problem = None if choices.asked is None else choices.asked.problem
    return choices, "" if problem is None else in_reader_language(problem.message())


def _change(request: HttpRequest, workflow: ServiceWorkflow) -> HttpResponse:
    """Do what a button says."""
    main = redirect(address(MAPPING, workflow))
    deed = next((name for name in _DEEDS if name in request.POST), None)
    if deed is None:
        return main
    draft = draft_of(workflow, request)
    if deed not in ("fields", "start") and not draft.is_as_seen:
        tell_changed(request, draft)
        return main
    try:
        return _DEEDS[deed](request, draft, request.POST[deed]) or main
    except DraftChanged:
        tell_changed(request, draft_of(workflow, request))
    except LookupError:
        messages.error(request, gettext("This part is not there any more."))
    return main


def _choose_fields(request: HttpRequest, draft: Draft, _value: str) -> HttpResponse | None:
    problem = form_fields.choose(request, draft.workflow)
    if problem:
        messages.error(request, problem)
    return None


def _start(request: HttpRequest, draft: Draft, value: str) -> HttpResponse | None:
    """Make the draft: empty, of what is in force, or of a form's own page."""
    if draft.version is not None:
        tell_changed(request, draft)
        return None
    if value == "published":
        in_force = versions.in_force(draft.workflow, MAPPING)
        if in_force is not None:
            versions.restore(draft.workflow, MAPPING, in_force, request.user.get_username())
        return None
    made = EMPTY
    if value == "form":
        form_id = request.POST.get("form", "")
        found = _page_of_form(draft.workflow, form_id)
        if isinstance(found, str):
            messages.error(request, found)
            return None
        made = found
    text = mapping_to_json(made)
    versions.save_draft(draft.workflow, MAPPING, text, request.user.get_username(), over="")
    return None


def _page_of_form(workflow: ServiceWorkflow, form_id: str) -> OwnMapping | str:
    """What a form's own page says, as a mapping for that form; or why not."""
    try:
        definition = mapping_choices.of_form_service(workflow, [form_id]).definitions.get(form_id)
    except Outcome as outcome:
        return in_reader_language(outcome.message())
    found = None if definition is None else mapping_of_form(definition)
    if found is None:
        return gettext("Form {form} has no page WZ_ODATA.").format(form=form_id or "–")
    return replace(found, forms=(form_id,))


def _put(request: HttpRequest, draft: Draft, value: str) -> HttpResponse | None:
    """Let a property take its value from the field that was picked. value: the property's place; a group's place with
    the name of a property that it does not have yet; or a group's alone, of which a property is chosen next."""
    picked = request.POST.get("picked", "")
    try:
        reference = read_reference(picked)
    except Unclear:
        messages.error(request, gettext("Pick a field of the form first."))
        return None
    key, _, name = value.partition(":")
    place = place_of(key)
    item = None if place is None else item_at(draft.mapping, place)
    if place is None or item is None:
        raise LookupError(value)
    if isinstance(item, GroupRule):
        if not name:
            query = urlencode({"field": picked})
            return redirect(f"{part_address(draft.workflow, place, 'add')}?{query}")
        changed, _ = added(draft.mapping, place, PropertyRule(name, Pick(reference)))
        save(request, draft, changed)
        return _at(draft.workflow, place)
    rule = _taking(item.rule, reference)
    save(request, draft, replaced(draft.mapping, place, replace(item, rule=rule)))
    before, after = (in_reader_language(rule_in_words(each)) for each in (item.rule, rule))
    messages.success(request, f"{item.name}: {before} → {after}")
    return _at(draft.workflow, place)


def _taking(rule: Rule, reference: Reference) -> Rule:
    """What a rule becomes when a field is put on it: a table stays, a text with fields gets one more."""
    match rule:
        case Conversion():
            return replace(rule, field=reference)
        case Template(parts):
            return Template((*parts, *([" "] if parts else []), reference))
        case _:
            return Pick(reference)


def _move(by: int) -> Callable[[HttpRequest, Draft, str], HttpResponse | None]:
    def move(request: HttpRequest, draft: Draft, value: str) -> HttpResponse | None:
        place = _place(value)
        save(request, draft, moved(draft.mapping, place, by))
        return _at(draft.workflow, (*place[:-1], max(0, place[-1] + by)))

    return move


def _remove(request: HttpRequest, draft: Draft, value: str) -> HttpResponse | None:
    place = _place(value)
    item = item_at(draft.mapping, place)
    save(request, draft, removed(draft.mapping, place))
    if item is not None:
        messages.success(request, in_reader_language(message("{name} is removed.", name=item.name)))
    return _at(draft.workflow, place[:-1])


def _undo(request: HttpRequest, draft: Draft, _value: str) -> HttpResponse | None:
    undo(request, draft)
    messages.success(request, gettext("Your last change is undone."))
    return None


def _place(key: str) -> Place:
    place = place_of(key)
    if not place:
        raise LookupError(key)
    return place


def _at(workflow: ServiceWorkflow, place: Place) -> HttpResponse:
    """Back to the draft, at this part of it."""
    anchor = f"#part-{key_of(place).replace('.', '-')}" if place else ""
    return redirect(f"{address(MAPPING, workflow)}{anchor}")


def part_address(workflow: ServiceWorkflow, place: Place, what: str = "") -> str:
    """The address of the page that changes a part, or adds to it."""
    name = f"configurator:workflow_mapping_part{f'_{what}' if what else ''}"
    return reverse(name, args=[workflow.pk, key_of(place)])


_DEEDS: Mapping[str, Callable[[HttpRequest, Draft, str], HttpResponse | None]] = {
    "fields": _choose_fields,
    "start": _start,
    "put": _put,
    "up": _move(-1),
    "down": _move(1),
    "remove": _remove,
    "undo": _undo,
}

PAGES = (
    Page("workflow_mapping", "workflows/<int:key>/mapping/", mapping, gettext_lazy("Mapping"), parent="workflows"),
    Page(
        "workflow_mapping_forms",
        "workflows/<int:key>/mapping/forms/",
        forms_of,
        gettext_lazy("Forms"),
        role=Role.ADMINISTRATOR,
        parent="workflows",
    ),
)
