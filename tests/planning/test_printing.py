"""A plan can be read by a person: what would be written, and from which field."""

from formcase.planning.knowledge import KnownCase
from formcase.planning.printing import print_plan
from planning.forms import case, files, form, group, person
from planning.office import Office


def test_a_plan_prints_as_a_tree_with_the_field_behind_each_value():
    dates = group("Dates", CustomLabel_Value="FRIST", DateStamp="01-02-2026")
    plan = Office().plan(form(case(dates, BUILDAREA="62,5"), person("1", "A", Role="Ejer"), attachments=1))
    assert print_plan(plan).splitlines() == [
        "Plan for submission 8KS-SQ5",
        "  1. Create contact contact-1",
        "    NameType_Value: P  ← WZ_ODATA/Contacts/NameType_Value",
        "    NameCode: 1  ← WZ_ODATA/Contacts/NameCode",
        "    Name1: A  ← WZ_ODATA/Contacts/Name1",
        "  2. Create address address-1 of contact-1",
        "  3. Create case case-1",
        "    Title: A case  ← WZ_ODATA/Files/Title",
        "    FileClass_Value: 02.15  ← WZ_ODATA/Files/FileClass_Value",
        "    BUILDAREA: 62.5  ← WZ_ODATA/Files/BUILDAREA",
        "    Dates",
        "        CustomLabel_Value: FRIST  ← WZ_ODATA/Files/Dates/CustomLabel_Value",
        "        DateStamp: 2026-02-01  ← WZ_ODATA/Files/Dates/DateStamp",
        "  4. Add contact-1 to case case-1 as Ejer, with address-1",
        "    ← WZ_ODATA/Contacts/NameCode, WZ_ODATA/Contacts/Role",
        "  5. Add document document-1 to case case-1: Flag permit 8KS-SQ5.pdf (application/pdf, 4711 bytes)",
        "    Title: Flag permit",
        "    RecordType_Value: DOK",
        "    State_Value: ARK",
        "  6. Add document document-2 to case case-1, supplementing document-1: "
        "Flag permit 8KS-SQ5.xml (application/xml, 815 bytes)",
        "    Title: Flag permit (XML)",
        "    RecordType_Value: DOK",
        "    State_Value: ARK",
        "  7. Add document document-3 to case case-1: file 1.txt (text/plain, 1 bytes)",
        "    Title: file 1.txt",
        "    RecordType_Value: DOK",
        "    State_Value: ARK",
        "  8. Add INTERACT 8KS-SQ5 to case case-1",
    ]


def test_an_update_names_the_case_by_its_number_and_shows_every_line():
    office = Office(cases=[KnownCase("77", "2026-1", text="a")])
    text = print_plan(office.plan(form(files(group("Text", Text="b\nc"), FileNo="2026-1", SystemItem="J"))))
    assert "Update case 2026-1 [77]\n    SystemItem: true  ←" in text
    assert "    Text: a  ← WZ_ODATA/Files/Text/Text\n          \n          8KS-SQ5, 2026-11-21\n          b\n" in text


def test_the_words_are_translated_and_the_data_is_not():
    plan = Office().error_case(form(case()), "why")
    text = print_plan(plan, lambda template: template.replace("Create case", "Opret sag"))
    assert "Opret sag case-1" in text
    assert text.startswith("Error case for submission")
