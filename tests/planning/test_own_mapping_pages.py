"""What a workflow's own mapping makes of a submission, and how its origins and errors are told in the form's terms."""

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcase.planning.comparison import compare_plans
from formcase.planning.errors import PlanError, PlanningFailed
from formcase.planning.knowledge import KnownCase, KnownContact
from formcase.planning.own_mapping.from_form import mapping_of_form
from formcase.planning.own_mapping.model import Constant, GroupRule, OwnMapping, PropertyRule
from formcase.planning.own_mapping.pages import apply_mapping, mapping_page
from formcase.planning.own_mapping.reading import mapping_from_data
from formcase.planning.plan import AddDocument, AddParty, CreateCase, CreateContact, Plan, PlanKind
from formcase.planning.planning import plan_cases
from formcase.planning.tracing import origin_of
from formcase.submission.form import FormDefinition, FormField, FormGroup, FormPage, FormSummary
from formcase.submission.model import Field, Group, Page, Submission
from planning.forms import PDF, XML, case, form, group, path, person
from planning.mappings import mappings, pages, spelled_out
from planning.office import RULES, Office, of_kind
from planning.test_robustness import office
from planning.test_robustness import pages as mapping_pages
from planning.test_samples import sample


def page(name: str, *items: Group | Field, **fields: str) -> Page:
    return Page(name, group(name, *items, **fields).items)


def mapping(*groups: dict[str, object], **more: object) -> OwnMapping:
    return mapping_from_data({"formcase": "mapping", "version": 1, "groups": list(groups), **more})


def files(*items: dict[str, object], **more: object) -> dict[str, object]:
    must = [{"property": "Title", "constant": "A case"}, {"property": "FileClass_Value", "constant": "02.15"}]
    return {"group": "Files", "items": [*must, *items], **more}


def submitted(*pages: Page) -> Submission:
    return form(pages=pages, attachments=1)


def made(rules: OwnMapping, *pages: Page) -> tuple[Group | Field, ...]:
    return mapping_page(rules, submitted(*pages)).page.items


def fields_of(item: Group | Field) -> dict[str, list[str]]:
    assert isinstance(item, Group)
    found: dict[str, list[str]] = {}
    for inner in item.items:
        if isinstance(inner, Field):
            found.setdefault(inner.name, []).append(inner.value)
    return found


def planned(rules: OwnMapping, submission: Submission, here: Office | None = None) -> Plan:
    with_page, page_made = apply_mapping(rules, submission)
    knowledge = (here or Office()).knowledge(with_page)
    return plan_cases(with_page, knowledge, RULES, pdf=PDF, xml=XML, made=page_made)


def errors(rules: OwnMapping, submission: Submission, here: Office | None = None) -> tuple[PlanError, ...]:
    with pytest.raises(PlanningFailed) as caught:
        planned(rules, submission, here)
    return caught.value.errors


# Rules


def test_each_rule_gives_its_value():
    event = page("Event", Field("Kind", "visit", display="A visit"), Nation="Norway", Reason=" kept ")
    rules = mapping(
        {
            "group": "Files",
            "items": [
                {"property": "a", "constant": "{as it is}"},
                {"property": "b", "template": "Flag: {Event.Nation} ({Event.Kind})"},
                {"property": "c", "template": "{Event.Kind}"},
                {"property": "d", "field": "Event.Kind"},
                {"property": "e", "field": "Event.Kind", "shown": True},
                {"property": "f", "field": "Event.Kind", "convert": {"visit": "UB"}},
                {"property": "g", "field": "Event.Nation", "convert": {"Sweden": "SE"}, "otherwise": "X"},
                {"property": "h", "field": "Event.Reason"},
                {"property": "i", "field": "Event.Missing"},
            ],
        }
    )
    (case_group,) = made(rules, event)
    assert fields_of(case_group) == {
        "a": ["{as it is}"],
        "b": ["Flag: Norway (A visit)"],
        "c": ["visit"],
        "d": ["visit"],
        "e": ["A visit"],
        "f": ["UB"],
        "g": ["X"],
        "h": [" kept "],
        "i": [""],
    }


def test_an_empty_answer_is_not_converted_unless_the_table_says_to_what():
    table = {"property": "a", "field": "E.K", "convert": {"x": "1"}, "otherwise": "2"}
    with_empty = {"property": "b", "field": "E.K", "convert": {"": "0"}}
    (case_group,) = made(mapping({"group": "Files", "items": [table, with_empty]}), page("E", K="  "))
    assert fields_of(case_group) == {"a": [""], "b": ["0"]}


def test_several_choices_are_several_fields_and_in_a_template_one_text():
    rules = mapping(
        {"group": "Files", "items": [{"property": "a", "field": "E.K"}, {"property": "b", "template": "{E.K}!"}]}
    )
    (case_group,) = made(rules, page("E", Field("K", "1"), Field("K", "2")))
    assert fields_of(case_group) == {"a": ["1", "2"], "b": ["1; 2!"]}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"field": "E.K", "equals": "yes"}, True),
        ({"field": "E.K", "equals": "no"}, False),
        ({"field": "E.K", "oneOf": ["no", "yes"]}, True),
        ({"field": "E.K", "notEmpty": True}, True),
        ({"field": "E.Blank", "notEmpty": True}, False),
        ({"field": "E.Missing", "empty": True}, True),
        ({"group": "E.G", "notEmpty": True}, True),
        ({"group": "E.Hollow", "notEmpty": True}, False),
        ([{"field": "E.K", "equals": "yes"}, {"field": "E.Blank", "notEmpty": True}], False),
    ],
)
def test_a_condition_decides_whether_a_group_stands_there_and_a_property_has_a_value(condition, holds):
    event = page("E", group("G", A="1"), group("Hollow", A=" "), K=" yes ", Blank=" ")
    rules = mapping(
        {"group": "Files", "when": condition, "items": []},
        {"group": "Contacts", "items": [{"property": "p", "constant": "1", "when": condition}]},
    )
    *cases, contact = made(rules, event)
    assert len(cases) == int(holds)
    assert fields_of(contact) == {"p": ["1" if holds else ""]}


def test_a_group_repeats_with_a_group_of_the_form_and_means_its_entry():
    road = [group("Road", group("Name", Text=name), Number=str(n)) for n, name in enumerate(("Elmevej", "Askevej"), 1)]
    item = {"property": "Title", "template": "{P.Road.Name.Text} {P.Road.Number} of {P.Town}"}
    rules = mapping({"group": "Files", "repeat": "P.Road", "items": [item]})
    titles = [fields_of(each)["Title"] for each in made(rules, page("P", *road, Town="Aarhus"))]
    assert titles == [["Elmevej 1 of Aarhus"], ["Askevej 2 of Aarhus"]]


def test_a_repetition_inside_another_goes_through_the_entries_of_its_entry():
    houses = [
        group("House", group("Person", Name="A"), group("Person", Name="B"), No="1"),
        group("House", group("Person", Name="C"), No="2"),
    ]
    person_rule = {
        "group": "Contacts",
        "repeat": "P.House.Person",
        "items": [{"property": "Name1", "template": "{P.House.Person.Name} in {P.House.No}"}],
    }
    inside = made(mapping({"group": "Files", "repeat": "P.House", "items": [person_rule]}), page("P", *houses))
    names = [[fields_of(inner)["Name1"] for inner in each.items] for each in inside]
    assert names == [[["A in 1"], ["B in 1"]], [["C in 2"]]]
    beside = made(mapping(person_rule), page("P", *houses))
    assert [fields_of(each)["Name1"] for each in beside] == [["A in 1"], ["B in 1"], ["C in 2"]]


def test_outside_of_a_repetition_a_repeating_group_means_all_its_entries():
    roads = [group("Road", Name="Elmevej"), group("Road", Name=""), group("Road", Name="Askevej")]
    rules = mapping({"group": "Files", "items": [{"property": "Title", "template": "Roads: {P.Road.Name}"}]})
    assert fields_of(made(rules, page("P", *roads))[0]) == {"Title": ["Roads: Elmevej; Askevej"]}


def test_a_condition_of_a_repeated_group_is_asked_for_each_entry():
    roads = [group("Road", Name=name, Mine=mine) for name, mine in (("A", "true"), ("B", "false"))]
    rules = mapping(
        {
            "group": "Files",
            "repeat": "P.Road",
            "when": {"field": "P.Road.Mine", "equals": "true"},
            "items": [{"property": "Title", "field": "P.Road.Name"}],
        }
    )
    assert [fields_of(each) for each in made(rules, page("P", *roads))] == [{"Title": ["A"]}]


def test_what_would_be_larger_than_any_submission_is_an_error_and_takes_no_time():
    rows = [group("R", A="x" * 50) for _ in range(2_000)]
    inner: dict[str, object] = {
        "group": "Infos",
        "repeat": "Q.R",
        "items": [{"property": "Info_Value", "field": "P.A"}],
    }
    rules = mapping({"group": "Files", "repeat": "P.R", "items": [inner]})
    started = time.monotonic()
    (error,) = errors(rules, submitted(page("P", *rows, A="y"), page("Q", *rows)))
    assert "makes more of this submission than can be filed" in error.message().text()
    assert time.monotonic() - started < 60


# The page's place in planning


def test_a_form_without_the_page_is_planned_by_the_mapping():
    rules = mapping(files({"property": "State_Value", "field": "E.K", "convert": {"new": "UB"}}))
    plan = planned(rules, submitted(page("E", K="new")))
    (made_case,) = of_kind(plan, CreateCase)
    assert made_case.entry.values == {"Title": "A case", "FileClass_Value": "02.15", "State_Value": "UB"}
    assert len(of_kind(plan, AddDocument)) == 3


def test_the_mapping_wins_over_a_page_of_the_form():
    plan = planned(mapping(files()), form(case(Title="By the form")))
    assert of_kind(plan, CreateCase)[0].entry.values["Title"] == "A case"


def test_a_page_of_the_form_that_is_shown_or_stands_there_twice_is_an_error_all_the_same():
    shown = errors(mapping(files()), form(pages=(Page("WZ_ODATA", (case(),)),)))
    assert [type(error).__name__ for error in shown] == ["MappingPageShown"]
    assert "From page WZ_ODATA of form 800636 version 4." in shown[0].message().text()
    hidden = Page("WZ_ODATA", (case(),), hidden=True)
    twice = errors(mapping(files()), form(pages=(hidden, hidden)))
    assert [type(error).__name__ for error in twice] == ["SeveralMappingPages"]


def test_values_are_traced_to_the_fields_of_the_form():
    applicant = {
        "group": "Contacts",
        "repeat": "A.Person",
        "items": [
            {"property": "NameType_Value", "constant": "P"},
            {"property": "NameCode", "field": "A.Person.Cpr"},
            {"property": "Name1", "template": "{A.Person.First} {A.Person.Last}"},
            {"property": "Role", "field": "A.Person.As", "convert": {"owner": "Ejer"}},
        ],
    }
    people = [group("Person", Cpr=cpr, First="Anna", Last="B", As="owner") for cpr in ("0101901234", "0202901234")]
    plan = planned(mapping(files(), applicant), submitted(page("A", *people)))
    second = of_kind(plan, CreateContact)[1]
    assert second.entry.origins == {
        "NameCode": (path("A/Person[2]/Cpr"),),
        "Name1": (path("A/Person[2]/First"), path("A/Person[2]/Last")),
    }
    party = of_kind(plan, AddParty)[1]
    assert party.origins == (path("A/Person[2]/Cpr"), path("A/Person[2]/As"))
    assert of_kind(plan, CreateCase)[0].entry.origins == {}
    part = plan.operations.index(party)
    assert origin_of(plan, part, "CustomLabel_Value") == path("A/Person[2]/As")
    assert origin_of(plan, part, "NameKey_Value") == path("A/Person[2]/Cpr")


def test_an_error_points_at_the_field_of_the_form():
    rules = mapping(
        files({"property": "BUILDAREA", "field": "House.Area"}, {"property": "State_Value", "constant": "Q"})
    )
    area, state = errors(rules, submitted(page("House", Area="big")))
    assert area.path == path("House/Area")
    assert "Files.BUILDAREA: “big” does not fit Edm.Decimal" in area.message().text()
    assert (
        "From page House, field Area of form 800636 version 4, by the workflow's own mapping." in area.message().text()
    )
    assert state.path is None
    assert "From Files/State_Value of the workflow's own mapping." in state.message().text()


def test_an_answer_that_a_conversion_does_not_know_is_an_error_and_brings_no_other():
    convert = {"property": "FileClass_Value", "field": "E.K", "convert": {"flag": "02.15", "road": "05.02"}}
    title = {"property": "Title", "constant": "x"}
    rules = mapping({"group": "Files", "items": [title, convert, {"property": "Titel", "constant": "y"}]})
    unknown, misspelt = errors(rules, submitted(page("E", K="flags")))
    assert unknown.message().text() == (
        "Files.FileClass_Value: “flags” is not in the conversion table of the workflow's own mapping. "
        "Near: flag (02.15), road (05.02). "
        "From page E, field K of form 800636 version 4, by the workflow's own mapping."
    )
    assert "flags" not in unknown.message().discreet()
    assert type(misspelt).__name__ == "UnknownName"


@pytest.mark.parametrize("failed", ["NameCode", "NameType_Value"])
def test_a_contact_whose_type_or_code_is_not_known_is_not_said_to_lack_it(failed):
    items = [
        {"property": name, "field": "E.K", "convert": {"x": "y"}}
        if name == failed
        else {"property": name, "constant": c}
        for name, c in (("NameType_Value", "P"), ("NameCode", "0101901234"), ("Name2", "z"))
    ]
    found = errors(mapping(files(), {"group": "Contacts", "items": items}), submitted(page("E", K="q")))
    assert [type(error).__name__ for error in found] == ["NotInConversion"]


def test_a_case_whose_number_is_not_known_is_not_said_to_lack_a_title():
    number = {"property": "FileNo", "field": "E.K", "convert": {"x": "y"}}
    found = errors(mapping({"group": "Files", "items": [number]}), submitted(page("E", K="q")))
    assert [type(error).__name__ for error in found] == ["NotInConversion"]


def test_an_error_case_is_planned_from_the_page_that_was_made():
    access = {"group": "AccessCode", "items": [{"property": "Code", "field": "E.Code"}]}
    rules = mapping(files(access, {"property": "BUILDAREA", "constant": "big"}))
    with_page, _ = apply_mapping(rules, submitted(page("E", Code="FORTROLIG")))
    plan = Office().error_case(with_page, "because")
    assert plan.kind is PlanKind.ERROR_CASE
    assert of_kind(plan, CreateCase)[0].entry.nested["AccessCode"].values == {"Code": "FORTROLIG"}


def test_a_mapping_may_be_for_some_forms_only():
    assert mapping(files(), forms=["800636"]).is_for("800636")
    assert not mapping(files(), forms=["800636"]).is_for("800711")
    assert mapping(files()).is_for("800711")


# Laws


@pytest.mark.parametrize("name", ["flag-permit", "building-permit", "case-update", "unknown-case-group"])
def test_a_mapping_that_spells_out_a_published_page_gives_the_same_plan(name):
    submission = sample(name)
    here = Office(
        cases=[KnownCase("77", "2026-02.15-00001", 'W/"1"', "There", "", frozenset())],
        contacts={("P", "0101901234"): (KnownContact("5", "Anna", "6"),)} if name == "case-update" else {},
    )
    (own_page,) = [each for each in submission.pages if each.name == "WZ_ODATA"]
    rules = spelled_out(submission, own_page)
    bare = without_page(submission)
    if name == "unknown-case-group":
        assert [str(e.what()) for e in errors(rules, bare, here)] == [str(e.what()) for e in here.errors(submission)]
        return
    assert compare_plans(here.plan(submission), planned(rules, bare, here)) == ()


def without_page(submission: Submission) -> Submission:
    """The same without its mapping page."""
    return replace(submission, pages=tuple(each for each in submission.pages if each.name != "WZ_ODATA"))


def outcome(make) -> Plan | list[str]:
    try:
        return make()
    except PlanningFailed as failed:
        return sorted(f"{error.place.subject()}: {error.what().text()}" for error in failed.errors)


@settings(max_examples=50)
@given(mapping_pages, st.integers(0, 1))
def test_a_mapping_that_spells_out_any_page_gives_the_same_plan_or_the_same_errors(any_page, attachments):
    groups = tuple(item for item in any_page.items if isinstance(item, Group) and item.name in _TOP)
    own_page = Page("WZ_ODATA", groups, hidden=True)
    submission = form(pages=(own_page,), attachments=attachments)
    by_page = outcome(lambda: office().plan(submission))
    rules = spelled_out(submission, own_page)
    by_mapping = outcome(lambda: planned(rules, form(pages=(), attachments=attachments), office()))
    if isinstance(by_page, Plan) and isinstance(by_mapping, Plan):
        assert compare_plans(by_page, by_mapping) == ()
    else:
        assert by_page == by_mapping


_TOP = {"Files", "Contacts", "RecordTemplate"}


@settings(max_examples=60)
@given(mappings, pages)
def test_any_mapping_makes_a_page_of_any_submission_and_says_of_every_part_where_it_came_from(rules, some_pages):
    submission = form(pages=some_pages)
    with_page, page_made = apply_mapping(rules, submission)
    assert with_page.pages[-1].name == "WZ_ODATA"
    there = {str(each) for each in _paths(submission)}
    for sources in page_made.origins.values():
        assert {str(source) for source in sources} <= there
    found = outcome(lambda: planned(rules, submission, office()))
    assert isinstance(found, Plan) or found


def _paths(submission: Submission):
    from formcase.planning.own_mapping.answers import _pages_of
    from formcase.submission.model import paths_of

    waiting = [(at, each.items) for at, each in _pages_of(submission)]
    while waiting:
        at, items = waiting.pop()
        for inner_path, inner in paths_of(items, at):
            yield inner_path
            if isinstance(inner, Group):
                waiting.append((inner_path, inner.items))


# A form's page as a mapping


def design(*items: FormGroup | FormField, shown: tuple[FormPage, ...] = ()) -> FormDefinition:
    summary = FormSummary("800636", "Flags", 5, form().submitted_at)
    return FormDefinition(summary, (*shown, FormPage("WZ_ODATA", items, hidden=True)))


def test_a_submission_is_planned_under_another_version_of_its_form():
    event = FormPage(
        "Event",
        (
            FormField("Kind", type="choice"),
            FormGroup("Guest", (FormField("Name"), FormField("a.b")), repeats=True),
        ),
    )
    contact = FormGroup(
        "Contacts",
        (
            FormField("NameType_Value", default="P"),
            FormField("NameCode", default="{Event.Guest.a..b}"),
            FormField("Name1", default="{Event.Guest.Name} {{guest}}"),
        ),
        repeats=True,
    )
    title = FormField("Title", default="{Event.Kind}: {Event.Guest.Name}")
    rules = mapping_of_form(design(FormGroup("Files", (title,)), contact, shown=(event,)))
    assert rules is not None
    guests = [group("Guest", Name=name, **{"a.b": code}) for name, code in (("Ada", "1"), ("Bo", "2"))]
    files_group, *contacts = made(rules, page("Event", Field("Kind", "visit", display="A visit"), *guests))
    assert fields_of(files_group) == {"Title": ["A visit: Ada; Bo"]}
    assert [fields_of(each) for each in contacts] == [
        {"NameType_Value": ["P"], "NameCode": ["1"], "Name1": ["Ada {guest}"]},
        {"NameType_Value": ["P"], "NameCode": ["2"], "Name1": ["Bo {guest}"]},
    ]


def test_a_form_without_the_page_has_no_mapping():
    assert mapping_of_form(FormDefinition(FormSummary("1", "A", 1, form().submitted_at), ())) is None


def test_a_contact_that_exists_is_found_by_what_the_mapping_gives():
    rules = mapping(
        files(),
        {
            "group": "Contacts",
            "items": [{"property": "NameType_Value", "constant": "P"}, {"property": "NameCode", "field": "A.Cpr"}],
        },
    )
    here = Office(contacts={("P", "0101901234"): (KnownContact("5", "Anna", "6"),)})
    plan = planned(rules, submitted(page("A", Cpr="010190-1234")), here)
    assert not of_kind(plan, CreateContact)
    assert of_kind(plan, AddParty)[0].origins == (path("A/Cpr"),)
    assert compare_plans(here.plan(form(case(Title="A case"), person(name=""), attachments=1)), plan) == ()


def test_a_property_that_does_not_exist_is_told_even_where_its_condition_does_not_hold():
    rule = PropertyRule("Titel", Constant("x"), mapping_from_data(WHEN).groups[0].when)
    rules = OwnMapping((GroupRule("Files", (*_must(), rule)),))
    assert [type(error).__name__ for error in errors(rules, submitted(page("E", K="1")))] == ["UnknownName"]


WHEN = {
    "formcase": "mapping",
    "version": 1,
    "groups": [{"group": "Files", "when": {"field": "E.K", "equals": "2"}, "items": []}],
}


def _must() -> tuple[PropertyRule, ...]:
    return (PropertyRule("Title", Constant("A")), PropertyRule("FileClass_Value", Constant("02.15")))
