"""The error case holds the reasons and all files, and can be planned however wrong the mapping is."""

from dataclasses import replace

import pytest

from formcase.messages import untranslated
from formcase.outcomes import Setup
from formcase.planning.error_case import plan_error_case
from formcase.planning.knowledge import Knowledge, KnownCase
from formcase.planning.metadata import Metadata
from formcase.planning.plan import AddDocument, AddReference, CreateCase, Entry, PlanKind
from formcase.submission.model import Page
from planning.forms import PDF, XML, case, files, form, group, mapping_page, person
from planning.office import RULES, Office, of_kind

CODED = replace(RULES, error_access_code="FORTROLIG")


def made_case(plan) -> Entry:
    (made,) = of_kind(plan, CreateCase)
    return made.entry


def access_code(plan):
    nested = made_case(plan).nested
    return nested["AccessCode"].values if "AccessCode" in nested else None


def test_it_is_one_case_with_the_reasons_and_every_file_and_nothing_else():
    broken = form(case(FileClass_Value="99.99"), person(), group("RecordTemplate", RecordType_Value="I"), attachments=2)
    plan = Office().error_case(broken, "First reason.", "Second reason.")
    assert plan.kind is PlanKind.ERROR_CASE
    assert {type(operation) for operation in plan.operations} == {CreateCase, AddDocument, AddReference}
    assert made_case(plan).values == {
        "Title": "Interact error: Flag permit (8KS-SQ5)",
        "FileClass_Value": "00.01",
    }
    assert made_case(plan).nested["Text"].values == {"Text": "First reason.\nSecond reason."}
    assert of_kind(plan, AddReference)[0].reference_id == "8KS-SQ5"


def test_its_documents_have_default_type_and_state_and_their_own_names():
    template = group("RecordTemplate", RecordType_Value="I", State_Value="UP", Title="Mapped")
    documents = of_kind(Office().error_case(form(case(), template, attachments=1), "x"), AddDocument)
    assert [document.entry.values for document in documents] == [
        {"Title": title, "RecordType_Value": "DOK", "State_Value": "ARK"}
        for title in ("Flag permit", "Flag permit (XML)", "file 1.txt")
    ]
    assert documents[1].main is not None
    assert all(document.entry.nested == {} for document in documents)


def test_its_title_has_at_most_255_characters_and_keeps_the_reference_id():
    title = made_case(Office().error_case(form(case(), form_title="ø" * 255), "x")).values["Title"]
    assert len(title) == 255
    assert title.startswith("Interact error: øøø")
    assert title.endswith("ø… (8KS-SQ5)")


def test_its_texts_are_in_the_language_of_the_workflow():
    danish = {"Interact error: {title} ({reference})": "Interact-fejl: {title} ({reference})"}
    plan = plan_error_case(
        form(case(), form_title="x" * 255),
        [],
        Office().knowledge(form(case())),
        RULES,
        pdf=None,
        xml=XML,
        translate=lambda text: danish.get(text, text),
    )
    title = made_case(plan).values["Title"]
    assert title.startswith("Interact-fejl: xxx")
    assert len(title) == 255
    assert of_kind(plan, AddDocument)[0].main is None


def test_it_names_the_case_that_was_to_be_updated():
    office = Office(cases=[KnownCase("77", "2026-1")])
    plan = office.error_case(form(files(ID="77", State_Value="??"), files(FileNo="2026-9")), "x")
    text = made_case(plan).nested["Text"].values["Text"]
    assert text.splitlines() == [
        "x",
        "The case that was to be updated: 2026-1",
        "The case that was to be updated: 2026-9",
    ]


def test_the_mapped_access_code_comes_first_then_the_workflows_then_none():
    coded = form(case(group("AccessCode", Code="TEK")))
    assert access_code(Office().error_case(coded, "x", rules=CODED)) == {"Code": "TEK"}
    assert access_code(Office().error_case(form(case()), "x", rules=CODED)) == {"Code": "FORTROLIG"}
    assert access_code(Office().error_case(form(case()), "x")) is None


def test_of_several_valid_access_codes_the_first_in_the_form_is_taken():
    template = group("RecordTemplate", group("AccessCode", Code="ALLEEMNER"))
    first = form(template, case(group("AccessCode", Code="TEK")))
    assert access_code(Office().error_case(first, "x")) == {"Code": "ALLEEMNER"}
    second = form(case(group("AccessCode", Code="NOPE")), case(group("AccessCode", Code="TEK")), template)
    assert access_code(Office().error_case(second, "x", rules=CODED)) == {"Code": "TEK"}


def test_an_access_code_that_is_not_valid_gives_way_to_the_workflows():
    for wrong in ({"Code": "NOPE"}, {"Expression": "TEK and NOPE"}, {"Code": "X" * 68}):
        plan = Office().error_case(form(case(group("AccessCode", **wrong))), "x", rules=CODED)
        assert access_code(plan) == {"Code": "FORTROLIG"}
    plan = Office().error_case(form(case(group("AccessCode", Expression="TEK and (FORTROLIG or ALLEEMNER)"))), "x")
    assert access_code(plan) == {"Expression": "TEK and (FORTROLIG or ALLEEMNER)"}


@pytest.mark.parametrize(
    "broken",
    [
        form(pages=(Page("Event"),)),
        form(pages=()),
        form(pages=(mapping_page(case()), mapping_page(case()))),
        form(),
        form(group("Bogus")),
    ],
)
def test_it_can_be_planned_without_a_usable_mapping(broken):
    assert made_case(Office().error_case(broken, "x", rules=CODED)).values["FileClass_Value"] == "00.01"


def test_it_can_be_planned_where_nothing_is_known_of_the_case_system():
    nothing = Knowledge(Metadata({}, {}), {})
    plan = plan_error_case(form(case(), person()), [], nothing, RULES, pdf=PDF, xml=XML, translate=untranslated)
    assert len(plan.documents()) == 2


def test_the_access_code_of_the_first_of_two_mapping_pages_still_protects():
    broken = form(pages=(mapping_page(case(group("AccessCode", Code="TEK"))), mapping_page(case())))
    assert access_code(Office().error_case(broken, "x")) == {"Code": "TEK"}


def test_very_many_and_very_long_reasons_are_cut():
    text = made_case(Office().error_case(form(case()), *["r" * 5000] * 300)).nested["Text"].values["Text"]
    assert len(text) < 250_000
    assert text.endswith("And 200 more.")


def test_without_a_case_group_for_error_cases_it_is_a_matter_of_setup():
    with pytest.raises(Setup, match="error_case_group"):
        Office().error_case(form(case()), "x", rules=replace(RULES, error_case_group=None))
