"""Answers: which are taken, how they are written, and what is told of those that are not."""

import pytest

from formcase.formservice.answers import AnsweredField, AnswersRefused, check_answers
from formcase.formservice.definitions import read_definition
from formcase.formservice.value_types import FIELD_TYPES, ValueRefused, read_value


def form_of(*items: dict, **page: object):
    pages = [{"name": "P", "items": list(items), **page}, {"name": "H", "hidden": True}]
    return read_definition({"id": "1", "title": "t", "version": 1, "pages": pages})


def problems(form, answers, attachments=()) -> list[str]:
    with pytest.raises(AnswersRefused) as refusal:
        check_answers(form, answers, attachments)
    return [str(problem) for problem in refusal.value.problems]


def value(item: dict, answer: object) -> tuple[str, ...]:
    (page,) = check_answers(form_of({"field": "A", **item}), {"P": {"A": answer}}, [])
    (field,) = page.items
    assert isinstance(field, AnsweredField)
    return field.values


@pytest.mark.parametrize(
    ("kind", "given", "written"),
    [
        ("text", "two\nlines ", "two\nlines "),
        ("integer", 5, "5"),
        ("integer", "-007", "-7"),
        ("integer", 5.0, "5"),
        ("decimal", 62.5, "62.5"),
        ("decimal", "62,5", "62.5"),
        ("decimal", 1e22, "10000000000000000000000"),
        ("decimal", "-0.50", "-0.50"),
        ("date", "2026-12-24", "2026-12-24"),
        ("date", "24-12-2026", "2026-12-24"),
        ("date", "24.12.2026", "2026-12-24"),
        ("date", "1/3/2027", "2027-03-01"),
        ("dateTime", "24-12-2026 12:00", "2026-12-24T12:00:00+01:00"),
        ("dateTime", "2026-12-24T12:00:00Z", "2026-12-24T12:00:00Z"),
        ("dateTime", "2026-12-24T12:00", "2026-12-24T12:00:00+01:00"),
        ("dateTime", "2026-07-24 12:00:30", "2026-07-24T12:00:30+02:00"),
        ("boolean", True, "true"),
        ("boolean", "False", "false"),
        ("cpr", "010190-1234", "0101901234"),
        ("cpr", "2902004 999", "2902004999"),
        ("cvr", "DK 12345674", "12345674"),
        ("email", "anna@example.com", "anna@example.com"),
        ("phone", "+45 87 12 34 56", "+45 87 12 34 56"),
    ],
)
def test_an_answer_is_written_in_the_one_way_of_its_type(kind, given, written):
    assert read_value(kind, given) == written


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("text", 5),
        ("text", ["a"]),
        ("text", {"a": 1}),
        ("text", "bell \x07"),
        ("text", "half \ud800"),
        ("text", "x" * (1024 * 1024 + 1)),
        ("text", "æ" * (512 * 1024 + 1)),
        ("integer", "1.5"),
        ("integer", True),
        ("integer", "١"),
        ("decimal", "1.000,5"),
        ("decimal", "1e5"),
        ("decimal", float("nan")),
        ("decimal", float("inf")),
        ("decimal", False),
        ("date", "2026-02-30"),
        ("date", "24.12-2026"),
        ("date", "31.2.2026"),
        ("dateTime", "24-12-2026 25:00"),
        ("date", "2026-12-24T00:00:00Z"),
        ("dateTime", "2027-01-31"),
        ("dateTime", "2026-12-24T25:00:00Z"),
        ("boolean", "ja"),
        ("boolean", 1),
        ("cpr", "3102901234"),
        ("cpr", "010190123"),
        ("cpr", 101901234),
        ("cpr", "2902014999"),
        ("cvr", "12345678"),
        ("cvr", "02345674"),
        ("cvr", 12345674),
        ("email", "bo@x"),
        ("phone", "call me"),
        ("phone", 87123456),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_without_being_repeated(kind, given):
    with pytest.raises(ValueRefused) as refusal:
        read_value(kind, given)
    if isinstance(given, str) and len(given) > 4:
        assert given not in str(refusal.value)


@pytest.mark.parametrize("kind", FIELD_TYPES)
@pytest.mark.parametrize("nothing", [None, "", "   "])
def test_nothing_is_no_answer_of_any_type(kind, nothing):
    assert read_value(kind, nothing, ["a"]) == ""


def test_a_control_character_is_told_with_its_place():
    (told,) = problems(form_of({"field": "A"}), {"P": {"A": "ab\x07c"}})
    assert told.startswith("P / A: ")
    assert "3" in told
    assert "U+0007" in told


def test_a_choice_is_one_of_those_offered():
    choice = {"type": "choice", "choices": [{"value": "NO", "title": "Norway"}, {"value": "SE"}]}
    assert value(choice, "NO") == ("NO",)
    (told,) = problems(form_of({"field": "A", **choice}), {"P": {"A": "DK"}})
    assert "NO, SE" in told


def test_several_answers_only_where_the_field_takes_them():
    assert value({"multiple": True}, ["a", "", "b"]) == ("a", "b")
    assert value({"multiple": True}, "a") == ("a",)
    assert "one answer only" in problems(form_of({"field": "A"}), {"P": {"A": ["a", "b"]}})[0]


def test_a_default_stands_where_nothing_was_said_and_not_where_it_was_emptied():
    form = form_of({"field": "A", "default": "preset"})
    assert check_answers(form, {}, [])[0].items[0].values == ("preset",)
    assert check_answers(form, {"P": {"A": ""}}, [])[0].items[0].values == ()


def test_everything_wrong_is_told_at_once_each_with_its_place():
    form = form_of(
        {"field": "Name", "required": True},
        {"group": "Rooms", "repeats": True, "items": [{"field": "Area", "type": "decimal", "required": True}]},
        {"group": "Once", "items": [{"field": "Day", "type": "date"}]},
    )
    answers = {
        "P": {"Nam": "x", "Rooms": [{"Area": 1}, {}, {"Area": "big"}, 5], "Once": {"Day": "soon"}},
        "Q": {},
        "H": {},
    }
    told = problems(form, answers)
    starts = [
        "H: ",
        "There is no page “Q”.",
        "P: There is no field or group “Nam” here. Near: Name.",
        "P / Name: ",
        "P / Rooms[2] / Area: ",
        "P / Rooms[3] / Area: ",
        "P / Rooms[4]: ",
        "P / Rooms[4] / Area: ",
        "P / Once / Day: ",
    ]
    assert len(told) == len(starts)
    assert all(line.startswith(start) for line, start in zip(told, starts, strict=True)), told


def test_a_group_that_repeats_takes_a_list_and_a_page_an_object():
    form = form_of({"group": "Rooms", "repeats": True, "items": [{"field": "Use"}]})
    assert len(check_answers(form, {"P": {"Rooms": {"Use": "one entry"}}}, [])[0].items[0].entries) == 1
    assert "list" in problems(form, {"P": {"Rooms": "kitchen"}})[0]
    assert "JSON object" in problems(form, {"P": []})[0]
    assert "JSON object" in problems(form, [])[0]


def test_a_hidden_page_is_not_answered():
    assert problems(form_of(), {"H": {"x": "y"}})[0].startswith("H: This page is hidden")


def test_files_go_to_file_fields():
    form = form_of(
        {"field": "Plan", "type": "file", "required": True},
        {"field": "Photos", "type": "file", "multiple": True},
        {"field": "Name"},
    )
    assert check_answers(form, {}, [("plan.pdf", "Plan"), ("1.png", "Photos"), ("2.png", "Photos"), ("x", None)])
    assert problems(form, {}, []) == ["P / Plan: A file must be attached to this field."]
    assert "one file only" in problems(form, {}, [("a", "Plan"), ("b", "Plan")])[0]
    assert "no file field “Name”" in problems(form, {}, [("a", "Plan"), ("b", "Name")])[0]
    assert "Near: Photos" in problems(form, {}, [("a", "Plan"), ("b", "Photo")])[0]
    assert "attached, not answered" in problems(form, {"P": {"Plan": "x"}}, [("a", "Plan")])[0]


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "x" * 256, "nul\0", "sep\u2028"])
def test_a_file_name_is_one_line(name):
    assert "attachment 1" in problems(form_of(), {}, [(name, None)])[0]


def test_at_most_a_thousand_files_are_taken():
    assert check_answers(form_of(), {}, [("a", None)] * 1000)
    assert "1000" in problems(form_of(), {}, [("a", None)] * 1001)[0]
