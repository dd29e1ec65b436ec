"""The templates of hidden pages, and what they come to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcase.formservice.answer_templates import (
    Reference,
    TemplateRefused,
    escaped,
    parse_template,
    reference_to,
)
from formcase.formservice.answers import check_answers
from formcase.formservice.definitions import read_definition
from formcase.formservice.hidden_pages import ComputedField, compute

names = st.text(st.sampled_from("ab.{} æ"), min_size=1, max_size=6)
paths = st.lists(names, min_size=2, max_size=4)
constants = st.text(st.sampled_from("ab.{} æ\n"), max_size=6)


def form_with(hidden: list, visible: list | None = None):
    pages = [
        {"name": "P", "items": visible if visible is not None else [{"field": "A"}, {"field": "B"}]},
        {"name": "WZ_ODATA", "hidden": True, "items": hidden},
    ]
    return read_definition({"id": "1", "title": "t", "version": 1, "pages": pages})


def computed(hidden: list, answers: dict, visible: list | None = None) -> list:
    form = form_with(hidden, visible)
    return [plain(item) for item in compute(form, check_answers(form, {"P": answers}, []))["WZ_ODATA"]]


def plain(item) -> tuple:
    if isinstance(item, ComputedField):
        return item.field.name, item.value
    return item.group.name, [plain(inner) for inner in item.items]


def value_of(template: str, answers: dict, visible: list | None = None) -> str:
    return computed([{"field": "T", "default": template}], answers, visible)[0][1]


@given(st.lists(st.tuples(constants, paths), min_size=1, max_size=4), constants)
def test_what_is_written_as_a_template_says_is_read_back_as_it_was_meant(parts, end):
    """However names and constants are made up of dots and braces, as long as no other field could be meant."""
    references = [reference_to(path) for _constant, path in parts]
    template = "".join(escaped(text) + ref for (text, _path), ref in zip(parts, references, strict=True))
    template += escaped(end)
    read = parse_template(template, frozenset(references))
    assert "".join(part.text if isinstance(part, Reference) else escaped(part) for part in read) == template
    if not any(character in reference[1:-1] for reference in references for character in "{}"):
        assert [part.text for part in read if isinstance(part, Reference)] == references


@given(st.text())
def test_a_constant_stays_as_it_is(text):
    assert "".join(map(str, parse_template(escaped(text), frozenset({"{P.A}"})))) == text


def test_a_reference_stands_for_the_answer():
    assert value_of("Permit for {P.A}, {P.B}", {"A": "Åse {x}", "B": "{P.A}"}) == "Permit for Åse {x}, {P.A}"


def test_without_a_reference_it_is_a_constant_and_without_a_default_empty():
    assert value_of("02.15", {}) == "02.15"
    assert value_of("{{P.A}}", {"A": "x"}) == "{P.A}"
    assert computed([{"field": "T"}], {}) == [("T", "")]


def test_dots_and_braces_in_names_are_doubled():
    visible = [{"group": "G.1", "items": [{"field": "x{y}"}]}]
    assert value_of("{P.G..1.x{{y}}}!", {"G.1": {"x{y}": "here"}}, visible) == "here!"


def test_what_was_not_answered_is_empty():
    assert value_of("<{P.A}>", {}) == "<>"


def test_several_answers_of_one_question_are_joined():
    visible = [{"field": "A", "multiple": True}]
    assert value_of("{P.A}", {"A": ["one", "two"]}, visible) == "one; two"


def test_a_choice_alone_is_its_value_and_in_a_text_what_the_person_chose():
    visible = [{"field": "A", "type": "choice", "choices": [{"value": "NO", "title": "Norway"}]}]
    assert value_of("{P.A}", {"A": "NO"}, visible) == "NO"
    assert value_of("Flag permit: {P.A}", {"A": "NO"}, visible) == "Flag permit: Norway"


ROOMS = [
    {"field": "A"},
    {"group": "Rooms", "repeats": True, "items": [{"field": "Use"}, {"field": "Area", "type": "decimal"}]},
]
TWO_ROOMS = {"A": "x", "Rooms": [{"Use": "Kitchen", "Area": 18}, {"Use": "Bedroom", "Area": "12,5"}]}


def test_a_mapping_group_repeats_with_the_forms_group_that_its_templates_name():
    mapping = [
        {
            "group": "Dates",
            "repeats": True,
            "items": [
                {"field": "Label", "default": "{P.A}: {P.Rooms.Use}"},
                {"group": "Inner", "items": [{"field": "Area", "default": "{P.Rooms.Area}"}]},
            ],
        }
    ]
    assert computed(mapping, TWO_ROOMS, ROOMS) == [
        ("Dates", [("Label", "x: Kitchen"), ("Inner", [("Area", "18")])]),
        ("Dates", [("Label", "x: Bedroom"), ("Inner", [("Area", "12.5")])]),
    ]
    assert computed(mapping, {"A": "x"}, ROOMS) == []


def test_a_group_that_repeats_with_nothing_stands_once_and_one_that_does_not_repeat_means_all_entries():
    mapping = [
        {"group": "One", "repeats": True, "items": [{"field": "F", "default": "{P.A}"}]},
        {"group": "All", "items": [{"field": "F", "default": "{P.Rooms.Use}"}]},
    ]
    assert computed(mapping, TWO_ROOMS, ROOMS) == [
        ("One", [("F", "x")]),
        ("All", [("F", "Kitchen; Bedroom")]),
    ]


def test_groups_inside_each_other_repeat_inside_each_other():
    visible = [
        {
            "group": "House",
            "repeats": True,
            "items": [{"field": "No"}, {"group": "Room", "repeats": True, "items": [{"field": "Use"}]}],
        }
    ]
    mapping = [
        {
            "group": "Files",
            "repeats": True,
            "items": [
                {"field": "Title", "default": "House {P.House.No}"},
                {
                    "group": "Infos",
                    "repeats": True,
                    "items": [{"field": "Info", "default": "{P.House.No}/{P.House.Room.Use}"}],
                },
            ],
        }
    ]
    answers = {"House": [{"No": "1", "Room": [{"Use": "a"}, {"Use": "b"}]}, {"No": "2"}]}
    assert computed(mapping, answers, visible) == [
        ("Files", [("Title", "House 1"), ("Infos", [("Info", "1/a")]), ("Infos", [("Info", "1/b")])]),
        ("Files", [("Title", "House 2")]),
    ]


def test_the_same_name_may_stand_several_times_on_a_hidden_page():
    mapping = [{"group": "Files", "items": [{"field": "Title", "default": str(number)}]} for number in (1, 2)]
    assert computed(mapping, {}) == [("Files", [("Title", "1")]), ("Files", [("Title", "2")])]


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{P.Nam}", "names no field"),
        ("{P.A", "brace stands alone"),
        ("P.A}", "brace stands alone"),
        ("{}", "brace stands alone"),
        ("{WZ_ODATA.T}", "names no field"),
    ],
)
def test_a_template_that_means_nothing_is_refused_with_what_would_be_near(template, told):
    with pytest.raises(TemplateRefused, match=told):
        parse_template(template, frozenset({"{P.A}", "{P.Name}"}))
    if template == "{P.Nam}":
        with pytest.raises(TemplateRefused, match=r"Near: \{P\.Name\}"):
            parse_template(template, frozenset({"{P.A}", "{P.Name}"}))
