"""Conditions: what is asked given what was answered, and what of it is refused in a definition."""

import pytest

from formcase.formservice.answers import AnswersRefused, check_answers
from formcase.formservice.asked import asked_pages, fields_of, only_asked
from formcase.formservice.definitions import DefinitionRefused, read_definition
from formcase.formservice.design import Form, written

WORK = [
    {"field": "Crossover", "type": "boolean"},
    {
        "field": "Width",
        "type": "decimal",
        "required": True,
        "shownWhen": {"answer": "{Work.Crossover}", "is": True},
    },
    {
        "group": "Rooms",
        "repeats": True,
        "items": [
            {"field": "Use", "type": "choice", "choices": [{"value": "K"}, {"value": "B"}]},
            {"field": "Hood", "required": True, "shownWhen": {"answer": "{Work.Rooms.Use}", "is": "K"}},
        ],
    },
]
ROAD = {
    "name": "Road",
    "shownWhen": {
        "all": [{"answer": "{Work.Width}", "answered": True}, {"not": {"answer": "{Work.Rooms.Use}", "is": "B"}}]
    },
    "items": [{"field": "Name", "required": True}],
}


def form(*items: dict, pages: tuple[dict, ...] = ()) -> Form:
    return read_definition(
        {"id": "1", "title": "t", "version": 1, "pages": [{"name": "Work", "items": list(items)}, *pages]}
    )


@pytest.fixture
def building() -> Form:
    return form(*WORK, pages=(ROAD,))


def asked(form: Form, answers: object) -> list[str]:
    return [" / ".join(field.place) for page in asked_pages(form, answers) for field in fields_of(page.items)]


def test_a_field_is_asked_when_its_condition_holds(building):
    assert asked(building, {}) == ["Work / Crossover"]
    assert asked(building, {"Work": {"Crossover": "true"}}) == ["Work / Crossover", "Work / Width"]


def test_in_a_group_that_repeats_a_condition_looks_at_its_own_entry(building):
    rooms = {"Work": {"Rooms": [{"Use": "B"}, {"Use": "K"}]}}
    assert asked(building, rooms)[1:] == [
        "Work / Rooms[1] / Use",
        "Work / Rooms[2] / Use",
        "Work / Rooms[2] / Hood",
    ]


def test_outside_of_it_a_condition_looks_at_all_entries(building):
    answers = {"Work": {"Crossover": "true", "Width": "3", "Rooms": [{"Use": "K"}]}}
    assert "Road / Name" in asked(building, answers)
    answers["Work"]["Rooms"].append({"Use": "B"})
    assert "Road / Name" not in asked(building, answers)


def test_what_is_not_asked_any_more_has_no_answer(building):
    answers = {"Work": {"Crossover": "false", "Width": "3", "Rooms": []}, "Road": {"Name": "Havnevej"}}
    assert asked(building, answers) == ["Work / Crossover"]
    assert only_asked(asked_pages(building, answers)) == {"Work": {"Crossover": "false", "Rooms": []}}


def test_a_required_field_is_required_only_where_it_is_asked(building):
    check_answers(building, {"Work": {"Crossover": False}}, [])
    with pytest.raises(AnswersRefused) as refusal:
        check_answers(building, {"Work": {"Crossover": True, "Rooms": [{"Use": "K"}]}}, [])
    assert [problem.place for problem in refusal.value.problems] == [("Work", "Width"), ("Work", "Rooms[1]", "Hood")]


def test_an_answer_to_what_is_not_asked_is_refused(building):
    with pytest.raises(AnswersRefused, match="Work / Width: This is not asked"):
        check_answers(building, {"Work": {"Width": "3"}}, [])


def test_a_file_is_required_only_where_its_field_is_asked():
    papers = {"field": "Papers", "type": "file", "required": True, "shownWhen": {"answer": "{Work.A}", "is": "x"}}
    with_papers = form({"field": "A"}, papers)
    check_answers(with_papers, {}, [])
    with pytest.raises(AnswersRefused, match="A file must be attached"):
        check_answers(with_papers, {"Work": {"A": "x"}}, [])
    with pytest.raises(AnswersRefused, match="not asked"):
        check_answers(with_papers, {}, [("a.pdf", "Papers")])


def test_a_group_has_as_many_entries_as_it_must():
    rooms = {"group": "Rooms", "repeats": True, "atLeast": 1, "atMost": 2, "items": [{"field": "Use"}]}
    with pytest.raises(AnswersRefused, match="Work / Rooms: There must be at least 1"):
        check_answers(form(rooms), {}, [])
    with pytest.raises(AnswersRefused, match="Work / Rooms: There can be at most 2"):
        check_answers(form(rooms), {"Work": {"Rooms": [{}, {}, {}]}}, [])


def test_answers_that_are_no_answers_do_not_stop_the_walk(building):
    for broken in (
        [],
        "x",
        {"Work": []},
        {"Work": {"Rooms": "x", "Crossover": ["true"]}},
        {"Work": {"Rooms": [1, {}]}},
    ):
        asked_pages(building, broken)


def test_a_client_is_not_told_that_a_conditional_field_is_always_answered(building):
    page = written(building, for_clients=True)["pages"][0]
    assert page["items"][1] == {
        "field": "Width",
        "title": None,
        "type": "decimal",
        "required": False,
        "multiple": False,
        "choices": [],
        "default": None,
    }
    assert [item["required"] for item in written(building, for_clients=True)["pages"][1]["items"]] == [False]


def test_a_definition_keeps_its_conditions(building):
    document = written(building, for_clients=False)
    assert document["pages"][1]["shownWhen"] == ROAD["shownWhen"]
    assert written(read_definition(document), for_clients=False) == document


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("yes", "JSON object"),
        ({"answer": "{Work.A}"}, "JSON object"),
        ({"answer": "{Work.A}", "is": []}, "one value"),
        ({"answer": "{Work.A}", "answered": "yes"}, "true or false"),
        ({"all": []}, "at least one condition"),
        ({"answer": "{Work.B}", "is": "x"}, "names no field"),
        ({"answer": "{Work.After}", "is": "x"}, "further down"),
        ({"answer": "{Work.Choice}", "is": "z"}, "One of these choices"),
        ({"answer": "{Work.Day}", "is": "24-12-2026"}, "2026-12-24"),
    ],
)
def test_a_condition_that_can_not_be_worked_out_is_refused_with_its_place(condition, told):
    with pytest.raises(DefinitionRefused) as refusal:
        form(
            {"field": "A"},
            {"field": "Choice", "type": "choice", "choices": [{"value": "x"}]},
            {"field": "Day", "type": "date"},
            {"field": "Here", "shownWhen": condition},
            {"field": "After"},
        )
    assert str(refusal.value).startswith("Work / Here / shownWhen: ")
    assert told in str(refusal.value)
