"""The mapping that a workflow carries is checked against its forms, and is looked at by the case system's checks."""

import json
from dataclasses import replace

from asgiref.sync import async_to_sync

from filing.case_system import ModelCaseSystem
from filing.form_service import SUBMITTED_AT
from formcase.checks import Verdict
from formcase.planning.knowledge import CodeTableKey
from formcase.planning.needs import needs_of
from formcase.submission.form import FormDefinition, FormField, FormPage, FormSummary
from formcase.workflows import kept_ends, mapping_choices, versions
from formcase.workflows.mapping_checks import Checked, check_own_mapping
from formcase.workflows.versions import MAPPING
from planning.office import METADATA, RULES
from workflows.test_versions import mapping

FORM = FormDefinition(
    FormSummary("800636", "Flags", 3, SUBMITTED_AT), (FormPage("Event", (FormField("Nation"), FormField("Kind"))),)
)


def checked(workflow, content: str, form: FormDefinition = FORM) -> Checked:
    versions.save_draft(workflow, MAPPING, content)
    versions.publish(workflow, MAPPING, "why")
    return async_to_sync(check_own_mapping)(workflow, (form,))


def with_item(item: dict[str, object], **more: object) -> str:
    data = json.loads(mapping())
    data["groups"][0]["items"].append(item)
    return json.dumps({**data, **more})


def test_without_a_mapping_there_is_nothing_to_say(workflow):
    assert async_to_sync(check_own_mapping)(workflow, (FORM,)) == Checked((), (FORM,))


def test_a_mapping_that_fits_is_what_the_form_needs(workflow):
    found = checked(workflow, with_item({"property": "Titel", "field": "Event.Nation"}))
    assert [(line.verdict, line.form) for line in found.results] == [(Verdict.YES, "800636")]
    (error,) = needs_of(found.forms[0], METADATA, RULES).errors
    assert error.message().text().endswith("From Files/Titel of the workflow's own mapping.")


def test_what_the_form_does_not_have_is_told(workflow):
    (line,) = checked(workflow, with_item({"property": "State_Value", "field": "Event.Nations"})).results
    assert line.verdict is Verdict.WARNING
    assert "Files/State_Value: the form has no Event.Nations. Near: Event.Nation" in line.found.text()


def test_a_form_with_a_page_of_its_own_is_told(workflow):
    form = replace(FORM, pages=(*FORM.pages, FormPage("WZ_ODATA", hidden=True)))
    (line,) = checked(workflow, mapping(), form).results
    assert line.verdict is Verdict.WARNING
    assert "has a page WZ_ODATA" in line.found.text()


def test_a_form_that_the_mapping_is_not_for_is_left_as_it_is(workflow):
    assert checked(workflow, with_item({"property": "X", "field": "A.B"}, forms=["1"])) == Checked((), (FORM,))


def test_properties_and_codes_are_those_of_the_case_system(monkeypatch):
    monkeypatch.setattr(kept_ends, "connect_case_system", ModelCaseSystem)
    table = CodeTableKey("FileClasses")
    found = mapping_choices.of_case_system(lambda _groups: [table, CodeTableKey("Nowhere")])
    assert [group.name for group in found.groups] == ["Files", "Contacts", "RecordTemplate"]
    assert list(found.codes) == [table]
    assert mapping_choices.fitting(found.codes[table], "FLAG") == (("02.15", "Flags"),)
    assert len(mapping_choices.fitting(found.codes[table], "", 2)) == 2
