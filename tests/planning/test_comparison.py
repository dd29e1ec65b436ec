"""Two plans of one submission are compared operation by operation, value by value."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcase.planning.comparison import Kind, compare_plans, side_by_side
from formcase.planning.errors import PlanningFailed
from formcase.planning.knowledge import KnownCase
from formcase.planning.plan import AddParty, Plan
from planning.forms import case, files, form, group, person
from planning.office import Office, of_kind
from planning.test_robustness import groups, office


def plan(*items, **more) -> Plan:
    return Office(cases=[KnownCase("77", "2026-1", 'W/"1"')]).plan(form(*items, **more))


def said(before: Plan, after: Plan, **more) -> list[tuple[str, str]]:
    return [(each.kind.value, each.message().text()) for each in compare_plans(before, after, **more)]


@settings(max_examples=60)
@given(st.lists(groups, max_size=4), st.lists(groups, max_size=4))
def test_any_plan_is_like_itself_and_what_differs_is_told_from_both_sides(some, others):
    try:
        one, other = (office().plan(form(case(), *items)) for items in (some, others))
    except PlanningFailed:
        return
    assert compare_plans(one, one, origins=True) == ()
    there, back = compare_plans(one, other), compare_plans(other, one)
    assert bool(there) is bool(back)
    beside = side_by_side(one, other)
    assert [each.before for each in side_by_side(one, one)] == list(one.operations)
    assert [each.after for each in beside if each.after is not None] == list(other.operations)
    assert sorted(repr(each.before) for each in beside if each.before) == sorted(map(repr, one.operations))
    assert any(each.differs for each in beside) is bool(compare_plans(one, other, origins=True))
    opposite = {Kind.ADDED: Kind.REMOVED, Kind.REMOVED: Kind.ADDED}
    assert sorted(opposite.get(each.kind, each.kind) for each in there if each.kind is not Kind.MOVED) == sorted(
        each.kind for each in back if each.kind is not Kind.MOVED
    )


def test_beside_each_other_stand_the_values_that_are_the_same_and_those_that_are_not():
    before, after = plan(case(Title="Before")), plan(case(Title="After", State_Value="UB"), person())
    (made,) = [each for each in side_by_side(before, after) if each.before and of_kind(after, type(each.before))[:1]][
        :1
    ]
    assert {value.names[0]: value.kind.value for value in made.values} == {
        "Title": "changed",
        "FileClass_Value": "same",
        "State_Value": "added",
    }
    assert [each.before is None for each in side_by_side(before, after) if isinstance(each.after, AddParty)] == [True]


def test_a_value_that_differs_is_told_with_both():
    assert said(plan(case(Title="Before")), plan(case(Title="After", State_Value="UB"))) == [
        ("changed", "Create case case-1: Title: “Before” → “After”"),
        ("added", "Create case case-1: State_Value: - → “UB”"),
    ]


def test_what_a_person_wrote_stays_out_of_logs():
    (difference,) = compare_plans(plan(case(Title="Before")), plan(case(Title="After")))
    assert "Before" not in difference.message().discreet()


def test_a_value_inside_a_row_is_told_with_its_row():
    def dated(*days: str):
        return plan(case(*(group("Dates", CustomLabel_Value="FRIST", DateStamp=day) for day in days)))

    assert said(dated("2026-01-01", "2026-02-01"), dated("2026-01-01", "2026-03-01")) == [
        ("changed", "Create case case-1: Dates[2]/DateStamp: “2026-02-01” → “2026-03-01”")
    ]
    added = said(dated("2026-01-01"), dated("2025-01-01", "2026-01-01"))
    assert [kind for kind, _ in added] == ["added", "added"]
    assert "Dates[1]/DateStamp: - → “2025-01-01”" in added[1][1]


def test_another_contact_before_the_same_one_changes_nothing_of_that():
    anna = person()
    bo = person("0202901234", "Bo")
    assert said(plan(case(), anna), plan(case(), bo, anna)) == [
        ("added", "Only in the second plan: Create contact contact-1"),
        ("added", "Only in the second plan: Create address address-1 of contact-1"),
        ("added", "Only in the second plan: Add contact-1 to case case-1 as Sagspart, with address-1"),
    ]


def test_an_update_instead_of_a_new_case_is_told_whole():
    found = said(plan(case()), plan(files(FileNo="2026-1", Title="x")))
    assert ("removed", "Only in the first plan: Create case case-1") in [
        (kind, text) for kind, text in found if kind == "removed"
    ]
    assert any(text == "Only in the second plan: Update case 2026-1 [77]" for _, text in found)


def test_documents_are_compared_by_the_file_that_they_are():
    template = group("RecordTemplate", RecordType_Value="I")
    found = said(plan(case(), attachments=1), plan(case(), template, attachments=1))
    assert len(found) == 3
    assert all("RecordType_Value: “DOK” → “I”" in text for _, text in found)


def test_where_a_value_came_from_counts_where_it_is_asked():
    one = plan(case(Title="T"))
    other = plan(group("Files", **{" Title ": "T", "FileClass_Value": "02.15"}))
    assert compare_plans(one, other) == ()
    ((kind, text),) = said(one, other, origins=True)
    assert kind == "origin"
    assert "WZ_ODATA/Files/Title →" in text


def test_operations_in_another_order_are_told_as_moved():
    before = plan(case(), person(), person("0202901234", "Bo"))
    one, other = of_kind(before, AddParty)
    swapped = [other if each is one else one if each is other else each for each in before.operations]
    after = replace(before, operations=tuple(swapped))
    (difference,) = compare_plans(before, after)
    assert difference.kind is Kind.MOVED


@pytest.mark.parametrize("name", ["kind", "reference_id"])
def test_plans_of_another_kind_or_submission_say_so(name):
    mapped = Office().plan(form(case()))
    other = (
        Office().error_case(form(case()), "why") if name == "kind" else Office().plan(form(case(), reference_id="X"))
    )
    assert compare_plans(mapped, other)[0].names == ("kind" if name == "kind" else "referenceId",)
