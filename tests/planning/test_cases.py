"""Which cases are made, which are updated, and what an update adds to what is there."""

from dataclasses import replace
from datetime import date

import pytest

from formcase.planning import errors
from formcase.planning.knowledge import KnownCase, KnownRow
from formcase.planning.plan import (
    AddCaseRow,
    AddDocument,
    AddParty,
    AddReference,
    CreateCase,
    Entry,
    Existing,
    PlanKind,
    Planned,
    UpdateCase,
    UpdateCaseText,
)
from planning.forms import case, files, form, group, path, person
from planning.office import RULES, Office, of_kind

NUMBER = "2026-02.15-00001"
KNOWN = KnownCase(id="77", number=NUMBER, etag='W/"1"')
OTHER = KnownCase(id="78", number="2026-02.15-00002")
CASE = Existing("77", NUMBER)


def office(known: KnownCase = KNOWN) -> Office:
    return Office(cases=[known, OTHER])


def update(*items, **fields: str):
    return files(*items, **{"FileNo": NUMBER, **fields})


def test_a_group_without_a_key_makes_a_case_with_its_reference_row():
    plan = Office().plan(form(case(Title="One", State_Value="UB"), case(Title="Two")))
    assert plan.kind is PlanKind.MAPPED
    assert plan.reference_id == "8KS-SQ5"
    one, two = of_kind(plan, CreateCase)
    assert one.entry.values == {"Title": "One", "FileClass_Value": "02.15", "State_Value": "UB"}
    assert one.entry.origins["Title"] == (path("WZ_ODATA/Files[1]/Title"),)
    assert [(row.case, row.label, row.reference_id) for row in of_kind(plan, AddReference)] == [
        (Planned(one.key), "INTERACT", "8KS-SQ5"),
        (Planned(two.key), "INTERACT", "8KS-SQ5"),
    ]


def test_the_reference_label_is_a_setting():
    plan = Office().plan(form(case()), replace(RULES, reference_label="HENVISNING"))
    assert of_kind(plan, AddReference)[0].label == "HENVISNING"
    (error,) = Office().errors(
        form(case(group("Infos", CustomLabel_Value="HENVISNING", Info_Value="x"))),
        replace(RULES, reference_label="HENVISNING"),
    )
    assert isinstance(error, errors.ReferenceLabel)


def test_texts_dates_and_information_of_a_new_case_are_nested():
    plan = Office().plan(
        form(
            case(
                group("Text", Text="t"),
                group("Note", Text="n"),
                group("Dates", CustomLabel_Value="FRIST", DateStamp="01-02-2027"),
                group("Infos", CustomLabel_Value="HENVISNING", Info_Value="x"),
            )
        )
    )
    nested = of_kind(plan, CreateCase)[0].entry.nested
    assert nested["Text"].values == {"Text": "t"}
    assert nested["Note"].values == {"Text": "n"}
    assert nested["Dates"][0].values == {"CustomLabel_Value": "FRIST", "DateStamp": date(2027, 2, 1)}
    assert nested["Infos"][0].origins["Info_Value"] == (path("WZ_ODATA/Files/Infos/Info_Value"),)


@pytest.mark.parametrize(
    ("missing", "present"),
    [("Title", {"FileClass_Value": "02.15", "FreeText": "x"}), ("FileClass_Value", {"Title": "x"})],
)
def test_a_new_case_without_a_mandatory_value_is_an_error_that_names_field_and_group(missing, present):
    (error,) = Office().errors(form(case(), files(**present)))
    assert isinstance(error, errors.MissingMandatory)
    assert error.property == missing
    text = error.message().text()
    assert f"the field {missing} is missing or empty" in text
    assert "From page WZ_ODATA, group Files[2] of form 800636 version 4." in text


@pytest.mark.parametrize(
    ("key", "value"), [("FileNo", NUMBER), ("UserKey", NUMBER), ("ID", "77"), ("FileNo", f" {NUMBER} ")]
)
def test_a_group_with_a_key_updates_that_case_and_never_writes_the_key(key, value):
    plan = office().plan(form(files(**{key: value, "State_Value": "UB"})))
    assert of_kind(plan, CreateCase) == []
    (changed,) = of_kind(plan, UpdateCase)
    assert changed.case == CASE
    assert changed.entry.values == {"State_Value": "UB"}
    assert of_kind(plan, AddReference)[0].case == CASE


def test_a_case_that_is_not_there_is_an_error_and_none_is_made_in_its_stead():
    (error,) = office().errors(form(files(FileNo="2026-99", Title="x", FileClass_Value="02.15")))
    assert isinstance(error, errors.CaseNotFound)
    assert error.path == path("WZ_ODATA/Files/FileNo")
    assert "2026-99" in error.message().text()
    assert "2026-99" not in error.message().discreet()


def test_what_else_is_wrong_in_an_update_of_a_missing_case_is_told_too():
    found = office().errors(form(files(FileNo="2026-99", BUILDAREA="x", State_Value="??")))
    assert {type(error) for error in found} == {errors.CaseNotFound, errors.WrongType, errors.UnknownCode}


def test_a_key_that_means_more_than_one_case_is_an_error():
    twice = Office(cases=[KNOWN, replace(OTHER, number=NUMBER)])
    (error,) = twice.errors(form(update(State_Value="UB")))
    assert isinstance(error, errors.CaseAmbiguous)


def test_several_keys_must_name_the_same_case():
    assert office().errors(form(update(ID="77", UserKey=NUMBER, State_Value="UB"))) == ()
    (error,) = office().errors(form(update(ID="78", State_Value="UB")))
    assert isinstance(error, errors.KeysDisagree)
    assert set(error.numbers) == {NUMBER, OTHER.number}


def test_an_update_needs_neither_title_nor_case_group():
    assert office().errors(form(update(group("Text", Text="x")))) == ()


def test_only_the_first_change_of_a_case_is_guarded_by_its_etag():
    plan = office().plan(form(update(group("Text", Text="t"), group("Note", Text="n"), State_Value="UB")))
    assert [operation.etag for operation in plan.operations[:3]] == ['W/"1"', None, None]
    plan = office().plan(form(update(group("Text", Text="t"), group("Note", Text="n"))))
    assert [(operation.group, operation.etag) for operation in of_kind(plan, UpdateCaseText)] == [
        ("Text", 'W/"1"'),
        ("Note", None),
    ]
    assert of_kind(plan, UpdateCase) == []


def test_access_codes_of_an_update_are_single_values():
    plan = office().plan(form(update(group("AccessCode", Code="TEK"))))
    assert of_kind(plan, UpdateCase)[0].entry.nested["AccessCode"].values == {"Code": "TEK"}


def test_text_and_note_are_added_below_what_is_there_under_a_heading_with_the_local_day():
    known = replace(KNOWN, text="There before.", note="Old note\n")
    plan = office(known).plan(form(update(group("Text", Text="More.\nLines."), group("Note", Text="New", LineNo="1"))))
    text, note = of_kind(plan, UpdateCaseText)
    # submitted at 23:30 UTC, which is the next day in Copenhagen
    assert text.entry.values == {"Text": "There before.\n\n8KS-SQ5, 2026-11-21\nMore.\nLines."}
    assert note.entry.values == {"Text": "Old note\n\n8KS-SQ5, 2026-11-21\nNew", "LineNo": "1"}
    assert text.entry.origins["Text"] == (path("WZ_ODATA/Files/Text/Text"),)


def test_the_heading_stands_first_where_nothing_is_there():
    plan = office(replace(KNOWN, text=" \n")).plan(form(update(group("Text", Text="More."))))
    assert of_kind(plan, UpdateCaseText)[0].entry.values["Text"] == "8KS-SQ5, 2026-11-21\nMore."


def test_the_day_of_the_heading_is_that_of_the_zone_that_is_set():
    plan = office().plan(form(update(group("Text", Text="x"))), replace(RULES, time_zone="UTC"))
    assert of_kind(plan, UpdateCaseText)[0].entry.values["Text"].startswith("8KS-SQ5, 2026-11-20\n")


def test_rows_are_added_and_identical_ones_are_not_doubled():
    known = replace(
        KNOWN,
        dates=frozenset({KnownRow("FRIST", date(2027, 2, 1))}),
        infos=frozenset({KnownRow("HENVISNING", "x")}),
    )
    frist = [group("Dates", CustomLabel_Value="FRIST", DateStamp=day) for day in ("01-02-2027", "2027-02-02")]
    infos = [group("Infos", CustomLabel_Value="HENVISNING", Info_Value=value) for value in ("x", "y", "y", "X")]
    plan = office(known).plan(form(update(*frist, *infos)))
    rows = of_kind(plan, AddCaseRow)
    assert [(row.collection, *row.entry.values.values()) for row in rows] == [
        ("Dates", "FRIST", date(2027, 2, 2)),
        ("Infos", "HENVISNING", "y"),
        ("Infos", "HENVISNING", "X"),
    ]
    assert all(row.case == CASE for row in rows)


def test_groups_that_name_the_same_case_are_one_update():
    plan = office().plan(
        form(
            update(group("Infos", CustomLabel_Value="HENVISNING", Info_Value="x"), State_Value="UB", FreeText="f"),
            case(Title="New"),
            files(
                group("Infos", CustomLabel_Value="HENVISNING", Info_Value="x"),
                group("Infos", CustomLabel_Value="HENVISNING", Info_Value="y"),
                group("Text", Text="t"),
                ID="77",
                State_Value="UB",
                Title="Renamed",
            ),
        )
    )
    (changed,) = of_kind(plan, UpdateCase)
    assert changed.entry.values == {"State_Value": "UB", "FreeText": "f", "Title": "Renamed"}
    assert changed.entry.origins["State_Value"] == (
        path("WZ_ODATA/Files[1]/State_Value"),
        path("WZ_ODATA/Files[3]/State_Value"),
    )
    assert len(of_kind(plan, AddCaseRow)) == 2
    assert len(of_kind(plan, AddReference)) == 2
    assert len(of_kind(plan, AddDocument)) == 4


@pytest.mark.parametrize(
    ("one", "other", "name"),
    [
        ({"State_Value": "UB"}, {"State_Value": "MO"}, "State_Value"),
        ({"BUILDAREA": "1,5"}, {"BUILDAREA": "1,6"}, "BUILDAREA"),
    ],
)
def test_one_property_with_two_different_values_for_one_case_is_an_error(one, other, name):
    (error,) = office().errors(form(update(**one), update(**other)))
    assert isinstance(error, errors.Contradiction)
    assert error.property == name
    assert error.path == path(f"WZ_ODATA/Files[2]/{name}")
    assert error.other == path(f"WZ_ODATA/Files[1]/{name}")


def test_two_different_texts_for_one_case_are_an_error_and_the_same_value_twice_is_none():
    (error,) = office().errors(form(update(group("Text", Text="a")), update(group("Text", Text="b"))))
    assert isinstance(error, errors.Contradiction)
    assert office().errors(form(update(BUILDAREA="1,5"), update(BUILDAREA="1.50"))) == ()


def test_contacts_of_merged_groups_go_to_the_one_case():
    plan = office().plan(form(update(person("1", "A"), State_Value="UB"), update(person("2", "B"), State_Value="UB")))
    assert [party.case for party in of_kind(plan, AddParty)] == [CASE, CASE]


def test_an_update_that_changes_no_value_writes_no_case():
    plan = office().plan(form(update()))
    assert {type(operation) for operation in plan.operations} == {AddDocument, AddReference}


def test_everything_of_one_submission_is_one_plan_in_the_order_in_which_it_must_be_sent():
    plan = office().plan(form(case(person("2", "B")), update(group("Text", Text="x"), State_Value="UB"), attachments=1))
    order = [type(operation).__name__ for operation in plan.operations]
    assert order == [
        "CreateContact", "CreateAddress", "CreateCase", "UpdateCase", "UpdateCaseText", "AddParty",
        *["AddDocument"] * 6, "AddReference", "AddReference",
    ]  # fmt: skip


def test_more_documents_than_one_change_set_can_take_are_an_error():
    (error,) = Office().errors(form(*[case() for _ in range(30)], attachments=1000))
    assert isinstance(error, errors.TooMuch)
    assert "30060" in error.message().text()


def test_an_entry_of_a_case_says_nothing_of_what_was_left_out():
    plan = Office().plan(form(case(FreeText="")))
    made = of_kind(plan, CreateCase)[0].entry
    assert made == Entry(made.values, {}, made.origins)
    assert made.origins.keys() == made.values.keys()
