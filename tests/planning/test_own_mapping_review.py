"""What is wrong with a mapping is said at the part that it is about, before any submission is planned by it."""

import pytest

from formcase.planning.knowledge import CodeTableKey
from formcase.planning.own_mapping.choices import form_choices, property_choices, submission_choices
from formcase.planning.own_mapping.problems import UnreadableMapping
from formcase.planning.own_mapping.reading import item_from_data, mapping_from_data
from formcase.planning.own_mapping.review import review, tables_named
from formcase.submission.model import Field, Group, Page
from planning.forms import form
from planning.office import METADATA, TABLES
from planning.test_own_mapping_choices import DESIGN as FORM

GROUPS = property_choices(METADATA)
CODES = {key: table for key, table in TABLES.items() if key.entity_set != "Users"}


def mapping(*items: dict[str, object], groups: list[object] | None = None, **more: object):
    files = {"group": "Files", "items": list(items)}
    return mapping_from_data({"formcase": "mapping", "version": 1, "groups": [files, *(groups or [])], **more})


def said(made, groups=GROUPS, forms=()) -> list[tuple[str, str, str]]:
    found = review(made, groups, CODES, {each.summary.id: form_choices(each) for each in forms})
    return [(".".join(map(str, each.place)), each.gravity.value, each.what.text()) for each in found]


TITLE = {"property": "Title", "constant": "A case"}
GROUP = {"property": "FileClass_Value", "constant": "02.15"}


def test_nothing_is_said_of_a_good_mapping():
    assert said(mapping(TITLE, GROUP)) == []


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({"property": "Titel", "constant": "x"}, "the case system has no Titel here. Near: Title"),
        ({"property": "State_Value", "constant": "XX"}, "there is no code XX. Near: "),
        (
            {"property": "State_Value", "field": "Event.Kind", "convert": {"a": "UB", "b": "QQ"}, "otherwise": "RR"},
            "there is no code QQ.",
        ),
        ({"property": "ROOMS", "constant": "two"}, "“two” does not fit; a whole number"),
        ({"group": "Date", "items": []}, "the case system has no Date here. Near: Dates"),
        ({"group": "Text", "repeat": "Event.Kind", "items": []}, "Text can stand there once only"),
    ],
)
def test_what_the_case_system_does_not_know_is_an_error_at_its_place(item: dict[str, object], told: str):
    place, gravity, text = said(mapping(TITLE, GROUP, item))[0]
    assert (place, gravity) == ("0.2", "error")
    assert text.startswith(told)
    assert said(mapping(TITLE, GROUP, item), groups=()) == []


def test_what_is_missing_is_said_of_its_group_unless_a_key_names_a_case():
    assert said(mapping(TITLE)) == [("0", "warning", "FileClass_Value is missing; without it nothing new can be made.")]
    assert said(mapping({"property": "FileNo", "field": "Case.Number"})) == []
    nobody = mapping_from_data({"formcase": "mapping", "version": 1, "groups": [{"group": "Contacts", "items": []}]})
    assert [gravity for _, gravity, _ in said(nobody)] == ["error", "warning", "warning"]


def test_what_a_form_does_not_have_is_said_for_the_forms_that_the_mapping_is_for():
    wanting = {"property": "Text", "field": "Event.Raison", "when": {"group": "Event.Nothing", "empty": True}}
    for_it = mapping(TITLE, GROUP, {**wanting, "property": "ROOMS"}, forms=[FORM.summary.id])
    told = [text for _, gravity, text in said(for_it, forms=(FORM,)) if gravity == "warning"]
    assert len(told) == 2
    assert "has no Event.Raison" in " ".join(told)
    other = mapping(TITLE, GROUP, {**wanting, "property": "ROOMS"}, forms=["1"])
    assert said(other, forms=(FORM,)) == []


def test_only_the_code_tables_are_asked_for_that_the_mapping_names_codes_of():
    by_field = {"property": "State_Value", "field": "Event.Kind"}
    assert tables_named(mapping(TITLE, GROUP, by_field), GROUPS) == {CodeTableKey("FileClasses")}


def test_the_fields_of_a_stored_submission_can_be_chosen_from():
    person = (Field("Name", "Lone", "Full name"),)
    page = Page("Applicant", (Group("Person", person), Group("Person", person), Field("Note", "")))
    found = submission_choices(form(pages=(page,)))
    assert [str(each.reference) for each in found.fields] == ["Applicant.Person.Name", "Applicant.Note"]
    assert found.fields[0].title == "Full name"
    (group,) = found.groups
    assert group.repeats
    assert found.fields[0].repeating == (group.reference,)


def test_one_part_is_read_alone_with_places_as_seen_from_it():
    assert item_from_data(TITLE).name == "Title"
    with pytest.raises(UnreadableMapping) as wrong:
        item_from_data({"property": "Title", "template": "{", "when": [{"field": "x", "equals": "1"}]})
    assert [problem.place for problem in wrong.value.problems] == ["template", "when[0].field"]
