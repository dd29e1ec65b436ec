"""One part of a workflow's own mapping: what a property gets, for what a group repeats, and under which conditions;
and adding a property or a group to a group."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy

from formcase.accounts.roles import Role
from formcase.configurator import part_form
from formcase.configurator.carried import address, between, title_of
from formcase.configurator.drafting import Draft, draft_of, save, tell_changed
from formcase.configurator.form_fields import Fields, fields_for
from formcase.configurator.mapping_tree import ROOT, anchor_of, key_of, place_of, type_text
from formcase.configurator.page import Page
from formcase.configurator.pages.workflow_mapping import part_address
from formcase.configurator.pages.workflows import parts, workflow_of
from formcase.configurator.part_form import PartForm, Values, Wrong
from formcase.configurator.showing import show
from formcase.configurator.translating import in_reader_language
from formcase.outcomes import Outcome
from formcase.planning.knowledge import CodeTableKey
from formcase.planning.own_mapping.choices import GroupChoice, PropertyChoice
from formcase.planning.own_mapping.editing import (
    Item,
    Place,
    added,
    found_again,
    item_at,
    names_at,
    replaced,
)
from formcase.planning.own_mapping.model import GroupRule, OwnMapping, PropertyRule
from formcase.planning.own_mapping.references import Reference
from formcase.planning.own_mapping.review import choice_at, property_of
from formcase.workflows import mapping_choices
from formcase.workflows.mapping_choices import CaseSystemChoices, fitting
from formcase.workflows.models import ServiceWorkflow
from formcase.workflows.versions import MAPPING, DraftChanged

MOST_SUGGESTED: Final = 200  # codes that a browser is given to choose from while something is typed
_NUMBERED: Final = re.compile(r"(remove-row|remove-condition)-(\d{1,4})")


@dataclass(frozen=True, slots=True)
class Part:
    """What is changed. item: None where a property is added to the group at this place; known: what the case system
    says of the property."""

    draft: Draft
    place: Place
    item: Item | None
    name: str
    fields: Fields
    known: PropertyChoice | None = None
    codes: Mapping[str, str] | None = None
    problem: str = ""

    @property
    def is_group(self) -> bool:
        """Whether it is a group."""
        return isinstance(self.item, GroupRule)

    @property
    def above(self) -> Place:
        """The group that it stands in."""
        return self.place if self.item is None else self.place[:-1]

    def references(self) -> tuple[Reference, ...]:
        """What the form has, fields and groups."""
        choices = self.fields.choices
        return (*(each.reference for each in choices.fields), *(each.reference for each in choices.groups))


def part(request: HttpRequest, key: int, place: str) -> HttpResponse:
    """Change what a part says."""
    workflow = workflow_of(key)
    draft = draft_of(workflow, request if request.method == "POST" else None)
    found = place_of(place)
    if not found or (request.method != "POST" and item_at(draft.mapping, found) is None):
        raise Http404
    return _edited(request, workflow, draft, found, "")


def add(request: HttpRequest, key: int, place: str) -> HttpResponse:
    """Choose what is added to a group, or to the mapping; then say what a property gets."""
    workflow = workflow_of(key)
    draft = draft_of(workflow, request if request.method == "POST" else None)
    found = place_of(place)
    if found is None or draft.version is None:
        raise Http404
    if request.method != "POST" and found and not isinstance(item_at(draft.mapping, found), GroupRule):
        raise Http404
    if request.method == "POST" and "group" in request.POST:
        return _add_group(request, workflow, draft, found)
    name = (request.POST if request.method == "POST" else request.GET).get("property", "").strip()
    if name and found:
        return _edited(request, workflow, draft, found, name)
    return _choices(request, workflow, draft, found)


def _choices(request: HttpRequest, workflow: ServiceWorkflow, draft: Draft, place: Place) -> HttpResponse:
    """What may stand in a group, to choose from."""
    choices, problem = _of_case_system(None)
    names = names_at(draft.mapping, place)
    group = choice_at(choices.groups, names) if names else None
    sought = request.GET.get("sought", "").strip()
    there = item_at(draft.mapping, place)
    given = {item.name for item in there.items} if isinstance(there, GroupRule) else set()
    offered = [(each, type_text(each), each.name in given) for each in _properties(group, sought)]
    context = _context(workflow) | {
        "names": names,
        "group_choices": choices.groups if not names else (() if group is None else group.groups),
        "offered": offered,
        "sought": sought,
        "picked": request.GET.get("field", ""),
        "seen": draft.token,
        "problem": problem,
        "is_unknown": bool(names) and group is None and not problem,
    }
    what = gettext("Add to {group}").format(group=names[-1]) if names else gettext("Add a group")
    return _show(request, "configurator/mapping_add.html", context, workflow, what)


def _properties(group: GroupChoice | None, sought: str) -> list[PropertyChoice]:
    """Those that must be there first, then what the installation has added, then the others."""
    wanted = sought.casefold()
    found = [each for each in (group.properties if group else ()) if wanted in each.name.casefold()]
    return sorted(found, key=lambda each: (not each.mandatory, not each.is_key, each.name.casefold()))


def _add_group(request: HttpRequest, workflow: ServiceWorkflow, draft: Draft, place: Place) -> HttpResponse:
    name = request.POST["group"].strip()
    if not draft.is_as_seen or not name:
        tell_changed(request, draft)
        return redirect(address(MAPPING, workflow))
    changed, at = added(draft.mapping, place, GroupRule(name))
    try:
        save(request, draft, changed)
    except DraftChanged:
        tell_changed(request, draft_of(workflow, request))
        return redirect(address(MAPPING, workflow))
    return redirect(f"{address(MAPPING, workflow)}#{anchor_of(key_of(at))}")


def _edited(request: HttpRequest, workflow: ServiceWorkflow, draft: Draft, place: Place, name: str) -> HttpResponse:
    """The page of a part. name: of a property that is added; empty where the part is there already."""
    changed = draft.changes()
    at: Place | None = place
    if changed:
        at = None if draft.version is None else found_again(draft.as_seen, draft.mapping, place)
    source = draft.mapping if at is not None else draft.as_seen
    found = _part(request, workflow, draft, source, (at if at is not None else place, name))
    if found is None:
        raise Http404
    if part_form.has_too_many_rows(found.item):
        messages.warning(request, _too_many_rows())
        return redirect(address(MAPPING, workflow))
    values = _values(request, found)
    problems: tuple[part_form.Told, ...] = ()
    if request.method == "POST":
        deed = request.POST.get("do", "check")
        _apply(deed, request, values, found)
        if deed in ("add-row", "fill") and part_form.count(values, "value") == part_form.MOST_ROWS:
            problems = (part_form.Told("field", _too_many_rows()),)
        if deed in ("save", "check"):
            try:
                item = _read(found, values)
                if deed == "save" and not changed:
                    return _save(request, workflow, found, item)
            except Wrong as wrong:
                problems = wrong.problems
            except DraftChanged:
                return _edited(request, workflow, draft_of(workflow, request), place, name)
    form = PartForm(values, is_group=found.is_group, has_codes=found.codes is not None)
    form.tell(problems)
    return _show_part(request, workflow, found, form, changed, is_gone=at is None)


def _too_many_rows() -> str:
    text = gettext(
        "A table of more than {limit} rows can't be changed here. Export the mapping, and import it changed."
    )
    return text.format(limit=part_form.MOST_ROWS)


def _part(
    request: HttpRequest, workflow: ServiceWorkflow, draft: Draft, source: OwnMapping, which: tuple[Place, str]
) -> Part | None:
    place, name = which
    item = item_at(source, place)
    if item is None or (name and not isinstance(item, GroupRule)):
        return None
    names = (*names_at(source, place), name) if name else names_at(source, place)
    fields = fields_for(request, workflow, source)
    if isinstance(item, GroupRule) and not name:
        return Part(draft, place, item, item.name, fields)
    choices, problem = _of_case_system(names)
    known = property_of(choice_at(choices.groups, names[:-1]), names[-1])
    codes = None if known is None or known.table is None else choices.codes.get(known.table)
    return Part(draft, place, None if name else item, names[-1], fields, known, codes, problem)


def _of_case_system(names: tuple[str, ...] | None) -> tuple[CaseSystemChoices, str]:
    """The groups, and the codes of the property of these names; or why not."""

    def wanted(groups: tuple[GroupChoice, ...]) -> list[CodeTableKey]:
        known = None if names is None else property_of(choice_at(groups, names[:-1]), names[-1])
        return [] if known is None or known.table is None else [known.table]

    try:
        return mapping_choices.of_case_system(wanted), ""
    except Outcome as outcome:
        return CaseSystemChoices(), in_reader_language(outcome.message())


def _values(request: HttpRequest, found: Part) -> Values:
    """What stands in the fields: what was sent, else what the part says, or a good guess for a new one."""
    if request.method == "POST":
        return {name: str(value) for name, value in request.POST.items()}
    if found.item is not None:
        return part_form.values_of(found.item)
    picked = request.GET.get("field", "")
    if picked:
        return {"kind": part_form.FIELD, "field": picked}
    return {"kind": part_form.CONSTANT if found.codes is not None else part_form.FIELD}


def _apply(deed: str, request: HttpRequest, values: Values, found: Part) -> None:
    """Do to the fields what a button says."""
    if "use" in request.POST:
        _use(values, request.POST["use"], is_group=found.is_group)
    elif "use_code" in request.POST:
        values["constant"] = request.POST["use_code"]
        values["kind"] = part_form.CONSTANT
    elif deed == "add-row":
        part_form.with_row(values)
    elif deed == "add-condition":
        part_form.with_condition(values)
    elif deed == "fill":
        field = found.fields.field_named(values.get("field", ""))
        part_form.filled(values, [value for value, _ in field.choices] if field else [])
    elif numbered := _NUMBERED.fullmatch(deed):
        names = ("value", "code") if numbered[1] == "remove-row" else ("asks", "subject", "texts")
        part_form.without(values, int(numbered[2]), *names)


def _use(values: Values, picked: str, *, is_group: bool) -> None:
    """Put a field of the form, or for a group one of its groups, where it is most likely meant."""
    if is_group:
        values["repeat"] = picked
    elif values.get("kind") == part_form.TEMPLATE:
        values["template"] = f"{values.get('template', '')}{{{picked}}}"
    else:
        values["field"] = picked
        if values.get("kind") != part_form.CONVERSION:
            values["kind"] = part_form.FIELD


def _read(found: Part, values: Values) -> Item:
    if isinstance(found.item, GroupRule):
        return part_form.read_group(values, found.references(), found.item)
    return part_form.read_part(found.name, values, found.references(), found.item)


def _save(request: HttpRequest, workflow: ServiceWorkflow, found: Part, item: Item) -> HttpResponse:
    """Keep it, and go back to where it stands. Raises `DraftChanged`."""
    if found.item is None:
        changed, place = added(found.draft.mapping, found.place, item)
    else:
        changed, place = replaced(found.draft.mapping, found.place, item), found.place
    save(request, found.draft, changed)
    return redirect(f"{address(MAPPING, workflow)}#{anchor_of(key_of(place))}")


def _show_part(
    request: HttpRequest, workflow: ServiceWorkflow, found: Part, form: PartForm, changed: list[str], *, is_gone: bool
) -> HttpResponse:
    values = form.data
    field = found.fields.field_named(str(values.get("field", "")))
    sought = str(values.get("seek", ""))
    sought_codes = str(values.get("seek_codes", ""))
    codes = found.codes or {}
    advice = gettext("What you have typed stands below. Saving it now changes this part alone and keeps the rest.")
    if is_gone:
        advice = gettext("The part that you have changed is not there any more. Take what you need from below.")
    context = _context(workflow) | {
        "found": found,
        "names": names_at(found.draft.as_seen if is_gone else found.draft.mapping, found.above),
        "form": form,
        "is_property": isinstance(found.item, PropertyRule | None),
        "type": "" if found.known is None else type_text(found.known),
        "code_title": codes.get(str(values.get("constant", "")).strip(), ""),
        "codes": fitting(codes, "", MOST_SUGGESTED),
        "sought_codes": sought_codes,
        "code_choices": fitting(codes, sought_codes) if found.codes is not None else (),
        "code_count": len(codes),
        "field_choices": found.fields.matching(sought),
        "group_choices": found.fields.groups(repeating=True),
        "all_groups": found.fields.groups(),
        "sought": sought,
        "chosen_field": field,
        "changed": changed,
        "changed_by": found.draft.changed_by,
        "advice": advice,
        "is_gone": is_gone,
        "seen": found.draft.token,
        "action": part_address(workflow, found.place, "add" if found.item is None else ""),
        "anchor": anchor_of(key_of(found.place)),
    }
    return _show(request, "configurator/mapping_part.html", context, workflow, found.name)


def _context(workflow: ServiceWorkflow) -> dict[str, object]:
    return {
        "workflow": workflow,
        "parts": parts(workflow, "workflow_mapping"),
        "main": address(MAPPING, workflow),
        "root": ROOT,
    }


def _show(
    request: HttpRequest, template: str, context: dict[str, object], workflow: ServiceWorkflow, what: str
) -> HttpResponse:
    title = title_of(MAPPING, workflow, what)
    return show(request, template, context, title=title, between=between(MAPPING, workflow))


PAGES = (
    Page(
        "workflow_mapping_part",
        "workflows/<int:key>/mapping/parts/<str:place>/",
        part,
        gettext_lazy("Part"),
        role=Role.ADMINISTRATOR,
        parent="workflows",
    ),
    Page(
        "workflow_mapping_part_add",
        "workflows/<int:key>/mapping/parts/<str:place>/add/",
        add,
        gettext_lazy("Add"),
        role=Role.ADMINISTRATOR,
        parent="workflows",
    ),
)
