"""The hidden page: what may stand on it, how names are compared, and which groups count as empty."""

from dataclasses import replace

import pytest

from formcase.planning import errors
from formcase.planning.plan import AddDocument, AddParty, CreateAddress, CreateCase, CreateContact
from formcase.submission.model import Field, Page
from planning.forms import case, contacts, files, form, group, mapping_page, path, person
from planning.office import METADATA, Office, of_kind


@pytest.fixture
def office() -> Office:
    return Office()


def kinds(found):
    return [type(error) for error in found]


def only(found):
    (error,) = found
    return error


def test_a_form_without_the_page_is_an_error_that_names_a_page_that_may_be_meant(office):
    error = only(office.errors(form(pages=(Page("Event"), Page("wz_odata", (case(),), hidden=True)))))
    assert isinstance(error, errors.NoMappingPage)
    assert [near.name for near in error.near] == ["wz_odata"]
    assert "no page named WZ_ODATA" in error.message().text()
    assert "form 800636 version 4" in error.message().text()


def test_two_such_pages_are_an_error(office):
    error = only(office.errors(form(pages=(mapping_page(case()), mapping_page(case())))))
    assert isinstance(error, errors.SeveralMappingPages)


def test_a_visible_page_is_an_error(office):
    error = only(office.errors(form(pages=(mapping_page(case(), hidden=False),))))
    assert isinstance(error, errors.MappingPageShown)


def test_anything_else_on_the_page_is_an_error_that_names_it_and_the_three_groups(office):
    found = office.errors(form(case(), Field("Title", "x"), group("File", Title="x"), group("Extra")))
    assert kinds(found) == [errors.NotOnThePage] * 3
    assert [str(error.path) for error in found] == ["WZ_ODATA/Title", "WZ_ODATA/File", "WZ_ODATA/Extra"]
    assert all("Files, Contacts and RecordTemplate" in error.message().text() for error in found)
    assert found[1].near[0].name == "Files"


def test_no_group_files_and_only_empty_ones_are_different_errors(office):
    assert kinds(office.errors(form(person()))) == [errors.NoCase]
    assert kinds(office.errors(form(files(Title=" ", FileClass_Value="02.15")))) == [errors.OnlyEmptyCases]


def test_each_group_files_is_a_case_and_empty_ones_are_left_out(office):
    plan = office.plan(form(case(Title="One"), files(Title="", FileClass_Value="02.34"), case(Title="Two")))
    assert [made.entry.values["Title"] for made in of_kind(plan, CreateCase)] == ["One", "Two"]


@pytest.mark.parametrize(
    "kind", ["NameType_Value", "Role", "CustomLabel_Value", "AddressType_Value", "CountryCode_Value", "FileClass_Value",
             "State_Value"]
)  # fmt: skip
def test_what_only_says_the_kind_of_a_thing_does_not_fill_a_group(office, kind):
    # No name in the group is looked at, so even a wrong one is no error.
    assert office.errors(form(case(), contacts(**{kind: "P", "Bogus": ""}))) == ()
    assert office.errors(form(case(), contacts(**{kind.lower(): "P", "Bogus": ""}))) == ()


def test_a_value_deep_inside_fills_a_group(office):
    plan = office.plan(form(case(), contacts(group("Addresses", Address1="Vej 1"), NameType_Value="X", Name1="A")))
    assert len(of_kind(plan, CreateContact)) == 1
    found = office.errors(form(case(), contacts(group("Addresses", Address1="Vej 1"), NameType_Value="X")))
    assert [error.property for error in found] == ["Name1"]


def test_a_code_alone_fills_a_contact(office):
    assert kinds(office.errors(form(case(), contacts(NameType_Value="P", NameCode="0101901234")))) == [
        errors.MissingMandatory
    ]


def test_empty_groups_inside_are_left_out(office):
    plan = office.plan(
        form(
            case(
                group("Dates", CustomLabel_Value="FRIST", DateStamp=""),
                group("Infos", CustomLabel_Value="HENVISNING", Info_Value="x"),
                group("Text", Text="  "),
                group("AccessCode", Code=""),
            )
        )
    )
    assert list(of_kind(plan, CreateCase)[0].entry.nested) == ["Infos"]


def test_names_are_found_without_regard_to_case_and_blanks_around_them(office):
    plan = office.plan(
        form(
            group("files", group("TEXT", text="t"), **{" title ": "A case", "fileclass_value": "02.15"}),
            group("CONTACTS", nametype_value="P", NAMECODE="0101901234", name1="Anna", ROLE="Ejer"),
            group("recordtemplate", recordtype_value="I"),
        )
    )
    assert of_kind(plan, CreateCase)[0].entry.values == {"Title": "A case", "FileClass_Value": "02.15"}
    assert of_kind(plan, CreateCase)[0].entry.nested["Text"].values == {"Text": "t"}
    assert of_kind(plan, AddParty)[0].role == "Ejer"
    assert of_kind(plan, AddDocument)[0].entry.values["RecordType_Value"] == "I"


def test_two_names_that_differ_only_by_case_must_be_written_exactly(office):
    plan = office.plan(form(case(Progression="a", PROGRESSION="b")))
    values = of_kind(plan, CreateCase)[0].entry.values
    assert (values["Progression"], values["PROGRESSION"]) == ("a", "b")
    error = only(office.errors(form(case(progression="a"))))
    assert isinstance(error, errors.UnknownName)
    assert {near.name for near in error.near} == {"Progression", "PROGRESSION"}


def test_an_unknown_name_is_an_error_with_the_nearest_names_even_in_an_empty_field(office):
    error = only(office.errors(form(case(Titel=""))))
    assert isinstance(error, errors.UnknownName)
    assert error.near[0].name == "Title"
    text = error.message().text()
    assert text.startswith("Files.Titel: the case system knows no Titel here. Near: Title")
    assert text.endswith("From page WZ_ODATA, group Files, field Titel of form 800636 version 4.")


def test_an_unknown_name_in_a_group_inside_is_found(office):
    error = only(office.errors(form(case(group("Dates", CustomLabel_Value="FRIST", DateStamp="2026-01-01", Date="x")))))
    assert error.place.subject() == "Files.Dates.Date"
    assert error.place.entity == "WorkZone.FileDate"


def test_names_in_groups_that_are_left_out_are_not_checked(office):
    assert office.errors(form(case(group("Dates", Bogus="")), contacts(Bogus=""), files(Bogus=""))) == ()


def test_a_summary_is_an_error_that_names_the_value(office):
    error = only(office.errors(form(case(State_Summary="Open"))))
    assert isinstance(error, errors.SummaryWritten)
    assert "State_Value" in error.message().text()


@pytest.mark.parametrize("name", ["Created", "CreateUser_Value", "Updated", "UpdateTime", "FileKey"])
def test_what_the_case_system_sets_itself_is_an_error_on_a_case(office, name):
    assert kinds(office.errors(form(case(**{name: "2026-01-01"})))) == [errors.SetByCaseSystem]


@pytest.mark.parametrize("name", ["ID", "RowId", "FileKey_Value"])
def test_keys_of_rows_are_an_error(office, name):
    row = group("Infos", CustomLabel_Value="HENVISNING", Info_Value="x", **{name: "1"})
    assert kinds(office.errors(form(case(row)))) == [errors.SetByCaseSystem]


@pytest.mark.parametrize("name", ["ID", "UserKey"])
def test_keys_of_contacts_and_documents_are_an_error(office, name):
    found = office.errors(form(case(), person(**{name: "1"}), group("RecordTemplate", **{name: "1"})))
    assert kinds(found) == [errors.SetByCaseSystem] * 2


def test_the_label_of_the_reference_row_is_an_error(office):
    error = only(office.errors(form(case(group("Infos", CustomLabel_Value="INTERACT", Info_Value="x")))))
    assert isinstance(error, errors.ReferenceLabel)
    assert error.path == path("WZ_ODATA/Files/Infos/CustomLabel_Value")


def test_only_certain_groups_may_stand_inside_and_the_error_names_them(office):
    found = office.errors(
        form(
            case(group("Parties", NameKey_Value="1"), group("Dates", group("Text", Text="x"), DateStamp="2026-01-01")),
            person("1", "A", group("Infos", Info_Value="x")),
            group("RecordTemplate", group("Note", Text="x")),
        )
    )
    assert kinds(found) == [errors.GroupNotAllowed] * 4
    assert "Text, Note, Dates, Infos, AccessCode, UpdateCode, Contacts" in found[0].message().text()
    assert "no group may stand in this group" in found[1].message().text()
    assert found[2].allowed == ("Addresses",)
    assert found[3].allowed == ("Text", "Dates", "Infos", "AccessCode", "UpdateCode")


def test_a_group_that_must_be_a_field_and_a_field_that_must_be_a_group_are_told_apart(office):
    found = office.errors(form(case(group("Officer_Value", x="1"), AccessCode="TEK", Text="x", Keywords="k")))
    assert kinds(found) == [errors.NotAField, errors.NotAField, errors.NotAField, errors.NotAGroup]
    assert found[0].parts == ("Code", "Expression")


def test_a_single_group_twice_is_an_error_and_a_collection_is_several_entries(office):
    dates = [group("Dates", CustomLabel_Value="FRIST", DateStamp=f"2026-01-0{day}") for day in (1, 2)]
    plan = office.plan(form(case(*dates)))
    assert len(of_kind(plan, CreateCase)[0].entry.nested["Dates"]) == 2
    error = only(office.errors(form(case(group("Text", Text="a"), group("text", Text="b")))))
    assert isinstance(error, errors.RepeatedGroup)
    assert office.errors(form(case(group("Text", Text="a"), group("Text", Text=" ")))) == ()


def test_a_complex_property_is_a_group_with_its_parts_as_fields(office):
    plan = office.plan(form(case(group("AccessCode", Code="TEK"), group("UpdateCode", Expression="TEK or X"))))
    nested = of_kind(plan, CreateCase)[0].entry.nested
    assert nested["AccessCode"].values == {"Code": "TEK"}
    assert nested["UpdateCode"].values == {"Expression": "TEK or X"}


def test_more_than_one_record_template_is_an_error(office):
    found = office.errors(form(case(), group("RecordTemplate", Title="a"), group("RecordTemplate", Title="b")))
    assert kinds(found) == [errors.SeveralTemplates]


def test_custom_fields_on_cases_documents_and_contacts_are_properties_like_any_other(office):
    plan = office.plan(
        form(case(BUILDAREA="62,5", ROOMS="3"), person(NEWSLETTER="J"), group("RecordTemplate", CHANNEL="web"))
    )
    assert str(of_kind(plan, CreateCase)[0].entry.values["BUILDAREA"]) == "62.5"
    assert of_kind(plan, CreateCase)[0].entry.values["ROOMS"] == 3
    assert of_kind(plan, CreateContact)[0].entry.values["NEWSLETTER"] is True
    assert of_kind(plan, AddDocument)[0].entry.values["CHANNEL"] == "web"


def test_several_fields_of_one_name_are_joined_in_a_text_and_an_error_elsewhere(office):
    items = (Field("Title", "a"), Field("title", ""), Field("Title", " b"), Field("FileClass_Value", "02.15"))
    plan = office.plan(form(group("Files", *items)))
    made = of_kind(plan, CreateCase)[0].entry
    assert made.values["Title"] == "a;  b"
    assert made.origins["Title"] == (path("WZ_ODATA/Files/Title[1]"), path("WZ_ODATA/Files/Title[2]"))
    error = only(office.errors(form(case(Field("BUILDAREA", "1"), Field("BUILDAREA", "2")))))
    assert isinstance(error, errors.SeveralValues)
    assert (error.property, error.type) == ("BUILDAREA", "Edm.Decimal")


def test_a_case_system_without_contacts_is_told_as_such():
    served = {name: held for name, held in METADATA.entity_sets.items() if name != "Contacts"}
    office = Office(metadata=replace(METADATA, entity_sets=served))
    error = only(office.errors(form(case(), person())))
    assert isinstance(error, errors.NotServed)
    assert office.errors(form(case())) == ()


def test_all_errors_are_told_at_once_in_the_order_of_the_form(office):
    found = office.errors(
        form(
            files(Titel="x", BUILDAREA="large", FileClass_Value="99.99"),
            contacts(NameType_Value="Q", Name1="A"),
            group("RecordTemplate", State_Value="ZZ"),
            group("Other"),
        )
    )
    assert kinds(found) == [
        errors.MissingMandatory,
        errors.UnknownName,
        errors.WrongType,
        errors.UnknownCode,
        errors.UnknownCode,
        errors.UnknownCode,
        errors.NotOnThePage,
    ]


def test_addresses_are_several_entries(office):
    plan = office.plan(form(case(), person("1", "A", group("Addresses", Address1="x"), group("Addresses", Email="y"))))
    assert len(of_kind(plan, CreateAddress)) == 2
