"""The four published samples become what their description says."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from formcase.planning.knowledge import KnownCase, KnownContact
from formcase.planning.plan import (
    AddDocument,
    AddParty,
    AddReference,
    CreateAddress,
    CreateCase,
    CreateContact,
    Existing,
    UpdateCase,
)
from formcase.submission.model import Submission
from formcase.submission.reading import read_submission
from planning.office import Office, of_kind

SAMPLES = Path(__file__).parent / "samples"
NUMBER = "2026-02.15-00001"


def sample(name: str) -> Submission:
    return read_submission((SAMPLES / f"{name}.xml").read_text().replace("{caseNumber}", NUMBER).encode())


def test_flag_permit_makes_a_case_with_its_applicant_and_four_documents():
    plan = Office().plan(sample("flag-permit"))
    (made,) = of_kind(plan, CreateCase)
    assert made.entry.values == {"Title": "Flag permit: Norway, 2026-12-24", "FileClass_Value": "02.15"}
    assert made.entry.nested["Text"].values == {"Text": "Visit by the choir of our twin town."}
    (address,) = of_kind(plan, CreateAddress)
    assert address.entry.values["Email"] == "anna@example.com"
    documents = of_kind(plan, AddDocument)
    assert [document.entry.values["Title"] for document in documents] == [
        "Permission to raise the flag of another nation",
        "Permission to raise the flag of another nation (XML)",
        "flag.png",
        "programme.txt",
    ]
    assert {document.entry.values["RecordType_Value"] for document in documents} == {"I"}


def test_building_permit_makes_two_cases_with_the_company_on_one_and_the_person_on_both():
    plan = Office().plan(sample("building-permit"))
    permit, crossover = of_kind(plan, CreateCase)
    assert permit.entry.values["BUILDAREA"] == Decimal("62.5")
    assert permit.entry.nested["Dates"][0].values == {"CustomLabel_Value": "BYGSTART", "DateStamp": date(2027, 3, 1)}
    company, builder = of_kind(plan, CreateContact)
    assert company.entry.values["Name1"] == "Tømrer & Søn ApS"
    assert [(party.case.key, party.contact.key, party.role) for party in of_kind(plan, AddParty)] == [
        (permit.key, company.key, "Entreprenoer"),
        (permit.key, builder.key, "Sagspart"),
        (crossover.key, builder.key, "Sagspart"),
    ]
    assert len(of_kind(plan, AddDocument)) == 8
    assert "site plan (æøå) v2.csv" in [document.file_name for document in of_kind(plan, AddDocument)]


def test_case_update_adds_to_the_case_no_second_party_and_a_second_reference():
    office = Office(
        cases=[KnownCase("77", NUMBER, 'W/"3"', parties=frozenset({("5", "Sagspart")}))],
        contacts={("P", "0101901234"): (KnownContact("5", "Anna Maria Sørensen", "6"),)},
    )
    plan = office.plan(sample("case-update"))
    assert {type(operation) for operation in plan.operations} == {UpdateCase, AddDocument, AddReference}
    (changed,) = of_kind(plan, UpdateCase)
    assert (changed.case, changed.etag) == (Existing("77", NUMBER), 'W/"3"')
    assert [document.entry.values["Title"] for document in of_kind(plan, AddDocument)] == [
        "More information to your case",
        "More information to your case (XML)",
    ]
    assert of_kind(plan, AddReference)[0].reference_id == "8KS-SQ9"


def test_unknown_case_group_makes_an_error_case_that_names_field_value_and_near_codes():
    submission = sample("unknown-case-group")
    (error,) = Office().errors(submission)
    plan = Office().error_case(submission, error.message().text())
    text = of_kind(plan, CreateCase)[0].entry.nested["Text"].values["Text"]
    assert "FileClass_Value" in text
    assert "99.99" in text
    assert "02.15 (Flags)" in text
