"""Any mapping page gives a plan or tells what is wrong with it; nothing else ever happens."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from formcase.planning.errors import PlanningFailed
from formcase.planning.knowledge import KnownCase, KnownContact
from formcase.planning.plan import Plan, PlanKind
from formcase.planning.printing import print_plan
from formcase.planning.serialisation import plan_from_json, plan_to_json
from formcase.submission.model import Field, Group, Page, Submission
from planning.forms import case, form, group, mapping_page
from planning.office import ADDRESS, CONTACT, FILE, RECORD, Office

NAMES = sorted(
    {
        "Files", "Contacts", "RecordTemplate", "Text", "Note", "Dates", "Infos", "AccessCode", "UpdateCode",
        "Addresses", "Role", "CustomLabel_Value", "DateStamp", "Info_Value", "Code", "Expression", "WZ_ODATA", "files",
        " Title ",
        *FILE.properties, *RECORD.properties, *CONTACT.properties, *ADDRESS.properties,
    }
)  # fmt: skip
VALUES = [
    "", " ", "P", "F", "X", "02.15", "99.99", "0101901234", "010190-1234", "12345674", "2026-1", "77", "UB", "ARK",
    "DOK", "2026-01-01", "01-02-2027", "62,5", "J", "FRIST", "HENVISNING", "INTERACT", "Ejer", "sagspart", "8000", "SE",
    "TEK", "TEK and (A or B)", "{brace}", "x" * 300,
]  # fmt: skip
names = st.sampled_from(NAMES) | st.text(st.characters(codec="utf-8"), min_size=1, max_size=6)
texts = st.sampled_from(VALUES) | st.text(st.characters(codec="utf-8"), max_size=12)
fields = st.builds(Field, names, texts)
good_groups = st.sampled_from(
    ["Files", "Contacts", "Addresses", "Dates", "Infos", "Text", "RecordTemplate", "AccessCode"]
)
groups = st.recursive(
    st.builds(Group, good_groups | names, st.lists(fields, max_size=5).map(tuple)),
    lambda inner: st.builds(Group, good_groups | names, st.lists(fields | inner, max_size=6).map(tuple)),
    max_leaves=8,
)
pages = st.builds(
    Page, st.just("WZ_ODATA") | names, st.lists(groups | fields, max_size=6).map(tuple), hidden=st.booleans()
)


def office() -> Office:
    return Office(
        cases=[KnownCase("77", "2026-1", 'W/"1"', "There", "", frozenset({("5", "Sagspart")}))],
        contacts={
            ("P", "0101901234"): (KnownContact("5", "Anna", None),),
            ("F", "12345674"): (KnownContact("7", "A", "8"), KnownContact("9", "B", None, visible=False)),
        },
    )


def outcome(submission: Submission) -> Plan | PlanningFailed:
    try:
        return office().plan(submission)
    except PlanningFailed as failed:
        return failed


@settings(max_examples=120)
@given(st.lists(pages, max_size=2), st.integers(0, 2))
def test_any_mapping_page_gives_a_plan_or_its_errors_and_an_error_case_in_either_case(some, attachments):
    submission = form(pages=tuple(some), attachments=attachments)
    found = outcome(submission)
    if isinstance(found, PlanningFailed):
        assert found.errors
        assert all(error.message().text() and error.message().discreet() for error in found.errors)
        reasons = [error.message().text() for error in found.errors]
    else:
        assert plan_from_json(plan_to_json(found)) == found
        assert print_plan(found)
        reasons = []
    assert office().error_case(submission, *reasons).kind is PlanKind.ERROR_CASE


@settings(max_examples=60)
@given(st.lists(groups | fields, max_size=6))
def test_a_mapping_with_a_good_case_and_anything_beside_it_is_never_anything_else(items):
    assert isinstance(outcome(form(case(), *items)), Plan | PlanningFailed)


def test_tens_of_thousands_of_wrong_fields_take_seconds():
    wrong = [Field(f"Titel{number}", "x") for number in range(20_000)]
    codes = [case(FileClass_Value=f"99.{number}") for number in range(5_000)]
    started = time.process_time()
    found = office().errors(form(case(*wrong), *codes))
    assert len(found) >= 25_000
    assert found[0].near[0].name == "Title"
    assert time.process_time() - started < 20


def test_a_thousand_cases_with_contacts_take_seconds():
    many = [case(group("Contacts", NameType_Value="M", NameCode=str(n), Name1="A")) for n in range(1000)]
    started = time.process_time()
    plan = office().plan(form(pages=(mapping_page(*many),)))
    assert isinstance(plan, Plan)
    assert time.process_time() - started < 20
