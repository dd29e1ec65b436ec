"""What there is to choose from: the case system's properties from its metadata, the form's fields from its design."""

from formcase.planning.knowledge import CodeTableKey
from formcase.planning.metadata import Metadata
from formcase.planning.needs import Need, needs_of
from formcase.planning.own_mapping.choices import GroupChoice, PropertyChoice, form_choices, property_choices, tables_of
from formcase.planning.own_mapping.designs import designs
from formcase.planning.own_mapping.fitting import misfits
from formcase.planning.own_mapping.model import OwnMapping
from formcase.planning.own_mapping.reading import mapping_from_data
from formcase.planning.own_mapping.references import Reference
from formcase.submission.form import FormDefinition, FormField, FormGroup, FormPage, FormSummary
from planning.forms import form
from planning.office import METADATA, RULES


def group(*names: str) -> GroupChoice:
    choices, found = property_choices(METADATA), None
    for name in names:
        (found,) = [each for each in choices if each.name == name]
        choices = found.groups
    assert found is not None
    return found


def named(found: GroupChoice, name: str) -> PropertyChoice:
    (choice,) = [each for each in found.properties if each.name == name]
    return choice


def test_the_groups_of_a_page_are_offered_with_those_inside_them():
    assert [each.name for each in property_choices(METADATA)] == ["Files", "Contacts", "RecordTemplate"]
    inside = [each.name for each in group("Files").groups]
    assert inside == ["Text", "Note", "Dates", "Infos", "AccessCode", "UpdateCode", "Contacts"]
    assert group("Files", "Dates").several
    assert not group("Files", "Text").several
    assert [each.name for each in group("Files", "Contacts", "Addresses").properties][:2] == ["Address1", "Address2"]


def test_a_property_says_its_type_its_codes_and_whether_it_must_be_there():
    case = group("Files")
    assert named(case, "Title").mandatory
    assert named(case, "FileClass_Value").table == CodeTableKey("FileClasses")
    assert named(case, "State_Value").table == CodeTableKey("CustomDomains", "SAGTILST")
    assert named(case, "BUILDAREA").type == "Edm.Decimal"
    assert named(case, "FileNo").is_key
    assert named(group("Contacts"), "Role").table == CodeTableKey("CustomLabels", "SP")
    assert named(group("Files", "AccessCode"), "Code").max_length == 67


def test_what_the_installation_has_added_is_marked():
    assert {each.name for each in group("Files").properties if each.custom} >= {"BUILDAREA", "ROOMS"}
    assert not any(each.custom for each in group("Contacts", "Addresses").properties)
    assert not named(group("Files"), "FileNo").custom
    assert named(group("RecordTemplate"), "CHANNEL").custom


def test_what_no_form_can_set_is_not_offered():
    names = {each.name for each in group("Files").properties}
    assert not names & {"Created", "State_Summary", "CreateUser_Value", "Keywords", "AccessCode", "Summary"}


def test_the_code_tables_that_are_needed_are_gathered_once():
    tables = tables_of(property_choices(METADATA))
    assert CodeTableKey("CustomLabels", "SD") in tables
    assert CodeTableKey("Postcodes") in tables


def test_a_case_system_that_serves_nothing_offers_nothing():
    assert property_choices(Metadata({}, {})) == ()


HOUSE = FormGroup(
    "House",
    (
        FormField("No", "House number", "integer", required=True),
        FormGroup("Person", (FormField("Name"),), repeats=True),
    ),
    repeats=True,
)
DESIGN = FormDefinition(
    FormSummary("800636", "Flags", 5, form().submitted_at),
    (
        FormPage(
            "Event", (FormField("Kind", type="choice", choices=(("a", "A"),)), FormField("Flag", type="file"), HOUSE)
        ),
        FormPage("Computed", (FormField("Fee"),), hidden=True),
        FormPage("WZ_ODATA", (FormField("Title"),), hidden=True),
    ),
)


def test_the_fields_of_a_form_are_offered_with_the_groups_that_repeat_around_them():
    choices = form_choices(DESIGN)
    assert [str(each.reference) for each in choices.fields] == [
        "Event.Kind",
        "Event.House.No",
        "Event.House.Person.Name",
        "Computed.Fee",
    ]
    kind, number, name, fee = choices.fields
    assert (kind.type, kind.choices) == ("choice", (("a", "A"),))
    assert (number.title, number.required) == ("House number", True)
    assert [str(each) for each in name.repeating] == ["Event.House", "Event.House.Person"]
    assert fee.hidden
    assert [(str(each.reference), each.repeats) for each in choices.groups] == [
        ("Event.House", True),
        ("Event.House.Person", True),
    ]


def mapping(*items: dict[str, object], **more: object) -> OwnMapping:
    groups = [{"group": "Files", "items": list(items)}]
    return mapping_from_data({"formcase": "mapping", "version": 1, "groups": groups, **more})


def test_what_the_form_does_not_have_is_told_with_what_may_have_been_meant():
    rules = mapping(
        {"property": "Title", "template": "{Event.Knd} {Event.Kind}"},
        {"property": "X", "constant": "1", "when": {"group": "Event.Houses", "notEmpty": True}},
    )
    first, second = misfits(rules, DESIGN)
    assert first.message().text().startswith("Files/Title: the form has no Event.Knd. Near: Event.Kind,")
    assert second.near[0] == Reference(("Event", "House"))
    assert misfits(mapping({"property": "X", "field": "Event.House.Person.Name"}), DESIGN) == ()
    assert misfits(mapping({"property": "X", "field": "No.Such"}, forms=["800711"]), DESIGN) == ()


def test_what_filing_by_a_mapping_needs_is_found_for_every_code_that_it_may_give():
    code = {"property": "Code", "field": "Event.Kind", "convert": {"a": "TEK", "b": "FORTROLIG"}, "otherwise": "BOR"}
    dates = {"group": "Dates", "items": [{"property": "DateStamp", "field": "Event.Kind"}]}
    title = {"property": "Title", "template": "{Event.Kind}"}
    found = [
        needs_of(each, METADATA, RULES)
        for each in designs(mapping(title, {"group": "AccessCode", "items": [code]}, dates), DESIGN)
    ]
    assert {each for needs in found for each in needs.access_codes} == {"TEK", "FORTROLIG", "BOR"}
    assert Need("Case date", "Create") in found[0].rights
    assert all(not needs.errors for needs in found)


def test_a_form_that_the_mapping_is_not_for_keeps_its_own_page():
    assert designs(mapping(forms=["800711"]), DESIGN) == (DESIGN,)
