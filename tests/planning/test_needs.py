"""What a form will need is known from its design, before anybody has filled it in."""

from datetime import UTC, datetime

from formcase.planning import errors
from formcase.planning.knowledge import CodeTableKey
from formcase.planning.needs import NeededCode, needs, needs_of
from formcase.submission.form import FormDefinition, FormField, FormGroup, FormPage, FormSummary
from planning.forms import path
from planning.office import METADATA, RULES

ALWAYS = {("Case", "Create"), ("Case information", "Create"), ("Document", "Create")}
CONTACT = {
    ("Contact", "Search"),
    ("Contact address", "Search"),
    ("Contact address", "Create"),
    ("Case party", "Create"),
}


def design(*items: FormGroup | FormField) -> FormDefinition:
    summary = FormSummary("800636", "Flag permit", 4, datetime(2026, 1, 1, tzinfo=UTC))
    return FormDefinition(summary, (FormPage("Event"), FormPage("WZ_ODATA", items, hidden=True)))


def group(name: str, *items: FormGroup, repeats: bool = False, **defaults: str) -> FormGroup:
    fields = (FormField(each, default=default) for each, default in defaults.items())
    return FormGroup(name, (*fields, *items), repeats=repeats)


def case(*items: FormGroup, **defaults: str) -> FormGroup:
    return group("Files", *items, **{"Title": "{Event.Name}", "FileClass_Value": "02.15", **defaults})


def rights(*items: FormGroup) -> set[tuple[str, str]]:
    return {(need.table, need.right) for need in needs(design(*items), METADATA, RULES)}


def test_a_form_that_makes_a_case_needs_to_create_case_reference_row_and_documents():
    assert rights(case()) == ALWAYS


def test_rows_need_rights_of_their_own():
    dates = group("Dates", CustomLabel_Value="FRIST", DateStamp="{Event.Date}")
    infos = group("Infos", CustomLabel_Value="DOKINFO", Info_Value="{Event.Name}")
    assert rights(case(dates), group("RecordTemplate", infos)) == ALWAYS | {
        ("Case date", "Create"),
        ("Document information", "Create"),
    }


def test_contacts_need_to_be_found_and_made_and_to_become_parties():
    known = group("Contacts", NameType_Value="P", NameCode="{Person.Cpr}")
    named = group("Contacts", NameType_Value="P", NameCode="{Person.Cpr}", Name1="{Person.Name}")
    assert rights(case(), known) == ALWAYS | CONTACT
    assert rights(case(named)) == ALWAYS | CONTACT | {("Contact", "Create")}


def test_an_update_needs_to_find_the_case_and_to_change_it_where_it_changes_a_value():
    seen = {(table, "Search") for table in ("Case", "Case party", "Case date", "Case information")}
    assert rights(group("Files", FileNo="{Case.Number}")) == ALWAYS | seen
    assert rights(group("Files", FileNo="{Case.Number}", State_Value="UB")) == ALWAYS | seen | {("Case", "Update")}
    texts = group("Text", Text="{Case.Message}")
    assert rights(group("Files", texts, FileNo="{Case.Number}")) == ALWAYS | seen | {("Case", "Update")}


def test_a_form_without_a_mapping_still_needs_what_an_error_case_needs():
    summary = FormSummary("1", "x", 1, datetime(2026, 1, 1, tzinfo=UTC))
    found = needs_of(FormDefinition(summary, ()), METADATA, RULES)
    assert {(need.table, need.right) for need in found.rights} == ALWAYS
    assert [type(error) for error in found.errors] == [errors.NoMappingPage]


def test_codes_that_stand_in_the_form_as_they_are_must_be_there_and_those_from_answers_cannot_be_known():
    found = needs_of(
        design(
            case(State_Value="{Event.State}"),
            group("Contacts", NameType_Value="P", NameCode="{P.C}", Role="Ejer"),
        ),
        METADATA,
        RULES,
    )
    assert set(found.codes) == {
        NeededCode(CodeTableKey("FileClasses"), "02.15", path("WZ_ODATA/Files/FileClass_Value")),
        NeededCode(CodeTableKey("ContactTypes"), "P", path("WZ_ODATA/Contacts/NameType_Value")),
        NeededCode(CodeTableKey("CustomLabels", "SP"), "Ejer", path("WZ_ODATA/Contacts/Role")),
        NeededCode(CodeTableKey("CustomLabels", "SO"), "INTERACT"),
        NeededCode(CodeTableKey("FileClasses"), "00.01"),
        NeededCode(CodeTableKey("CustomDomains", "AT"), "DOK"),
        NeededCode(CodeTableKey("CustomDomains", "AKTTILST"), "ARK"),
    }


def test_the_default_role_must_be_there_where_a_contact_has_none():
    found = needs_of(design(case(), group("Contacts", NameType_Value="P", NameCode="{P.C}")), METADATA, RULES)
    assert NeededCode(CodeTableKey("CustomLabels", "SP"), "Sagspart") in found.codes


def test_access_codes_that_the_form_gives_must_be_held():
    found = needs_of(
        design(case(group("AccessCode", Code="TEK"), group("UpdateCode", Expression="A and (B or TEK)"))),
        METADATA,
        RULES,
    )
    assert found.access_codes == ("TEK", "A", "B")
    assert not found.access_by_answer
    answered = needs_of(design(case(group("AccessCode", Code="{Event.Code}"))), METADATA, RULES)
    assert answered.access_codes == ()
    assert answered.access_by_answer


def test_wrong_names_are_found_before_anybody_fills_in_the_form():
    found = needs_of(design(case(Titel="{Event.Name}"), group("Files", Bogus="", Title="")), METADATA, RULES)
    (error,) = found.errors
    assert isinstance(error, errors.UnknownName)
    assert error.near[0].name == "Title"
    assert "form 800636 version 4" in error.message().text()


def test_doubled_braces_are_no_answer():
    found = needs_of(design(case(State_Value="{{UB}}")), METADATA, RULES)
    assert any(needed.code == "{UB}" for needed in found.codes)


def test_a_group_that_says_only_a_kind_is_never_filed():
    assert rights(case(), group("Contacts", NameType_Value="P", Role="Ejer")) == ALWAYS
