"""What the case system refuses is traced back to the field of the form that it came from."""

import pytest

from formcase.planning.knowledge import KnownCase
from formcase.planning.plan import Plan
from formcase.planning.tracing import origin_of
from planning.forms import case, files, form, group, person
from planning.office import Office

FORM = form(
    case(
        group("Text", Text="t"),
        group("Dates", CustomLabel_Value="FRIST", DateStamp="2026-01-01"),
        group("Dates", CustomLabel_Value="FRIST", DateStamp="2026-01-02"),
        group("AccessCode", Code="TEK"),
        State_Value="UB",
    ),
    person("1", "A", group("Addresses", Postcode_Value="8000"), Role="Ejer"),
    group("RecordTemplate", RecordType_Value="I"),
)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return Office().plan(FORM)


def part(plan: Plan, kind: str) -> int:
    return next(number for number, made in enumerate(plan.operations) if type(made).__name__ == kind)


@pytest.mark.parametrize(
    ("kind", "target", "origin"),
    [
        ("CreateCase", "FileClass_Value", "Files/FileClass_Value"),
        ("CreateCase", "File/Title", "Files/Title"),
        ("CreateCase", "FileClass@odata.bind", "Files/FileClass_Value"),
        ("CreateCase", "FileClass", "Files/FileClass_Value"),
        ("CreateCase", "Files('x')/State_Value", "Files/State_Value"),
        ("CreateCase", "AccessCode/Code", "Files/AccessCode/Code"),
        ("CreateCase", "Text/Text", "Files/Text/Text"),
        ("CreateCase", "Dates/1/DateStamp", "Files/Dates[2]/DateStamp"),
        ("CreateCase", "Dates[0]/DateStamp", "Files/Dates[1]/DateStamp"),
        ("CreateCase", "DateStamp", "Files/Dates[1]/DateStamp"),
        ("CreateContact", "NameCode", "Contacts/NameCode"),
        ("CreateAddress", "Postcode_Value", "Contacts/Addresses/Postcode_Value"),
        ("AddParty", "CustomLabel_Value", "Contacts/Role"),
        ("AddParty", "Name@odata.bind", "Contacts/NameCode"),
        ("AddDocument", "RecordType_Value", "RecordTemplate/RecordType_Value"),
    ],
)
def test_the_target_of_a_refusal_leads_to_the_field(plan, kind, target, origin):
    assert str(origin_of(plan, part(plan, kind), target)) == f"WZ_ODATA/{origin}"


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("CreateCase", None), ("CreateCase", ""), ("CreateCase", "Officer_Value"),
        ("CreateCase", "Dates/7/DateStamp/x"),
        ("AddDocument", "State_Value"), ("AddDocument", "Document@odata.bind"), ("AddParty", "File@odata.bind"),
        ("AddReference", "Info_Value"),
    ],
)  # fmt: skip
def test_what_a_rule_gave_comes_from_no_field(plan, kind, target):
    assert origin_of(plan, part(plan, kind), target) is None


def test_a_part_that_is_not_there_leads_nowhere(plan):
    assert origin_of(plan, None, "Title") is None
    assert origin_of(plan, len(plan.operations), "Title") is None


def test_a_default_role_comes_from_no_field():
    plan = Office().plan(form(case(), person("1", "A")))
    assert origin_of(plan, part(plan, "AddParty"), "CustomLabel_Value") is None


def test_texts_and_rows_of_an_update_are_traced_too():
    office = Office(cases=[KnownCase("77", "N")])
    row = group("Infos", CustomLabel_Value="HENVISNING", Info_Value="x")
    plan = office.plan(form(files(group("Note", Text="n"), row, FileNo="N", Title="t")))
    assert str(origin_of(plan, part(plan, "UpdateCase"), "Title")) == "WZ_ODATA/Files/Title"
    assert str(origin_of(plan, part(plan, "UpdateCaseText"), "Text")) == "WZ_ODATA/Files/Note/Text"
    assert str(origin_of(plan, part(plan, "AddCaseRow"), "Info_Value")) == "WZ_ODATA/Files/Infos/Info_Value"
