"""A mapping is written down so that people can read it, and read back as it was; what is wrong is told all at once."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from formcase.planning.own_mapping.model import Constant, Conversion, GroupRule, OwnMapping, PropertyRule, Template
from formcase.planning.own_mapping.problems import UnreadableMapping
from formcase.planning.own_mapping.reading import mapping_from_data, mapping_from_json
from formcase.planning.own_mapping.references import Reference, read_reference, read_template, read_template_of
from formcase.planning.own_mapping.writing import mapping_to_data, mapping_to_json
from planning.mappings import mappings, references


@settings(max_examples=100)
@given(mappings)
def test_every_mapping_is_read_back_as_it_was_written(mapping):
    assert mapping_from_json(mapping_to_json(mapping)) == mapping
    assert mapping_from_data(mapping_to_data(mapping)) == mapping


def test_the_mapping_in_the_documentation_can_be_read():
    text = (Path(__file__).parents[2] / "docs/administrator/mapping.md").read_text(encoding="utf-8")
    mapping = mapping_from_json(text.partition("```json\n")[2].partition("```")[0])
    assert [group.name for group in mapping.groups] == ["Files", "Contacts"]


@given(references)
def test_a_form_that_is_known_decides_where_a_reference_ends(reference):
    text = f"before {{{reference}}} after"
    assert read_template_of(text, [reference]) == ("before ", reference, " after")


def test_a_mapping_reads_like_the_page_that_it_makes():
    mapping = mapping_from_json(
        """
        {"formcase": "mapping", "version": 1, "groups": [
          {"group": "Files", "items": [
            {"property": "Title", "template": "Flag permit: {Event.Nation}, {{not a field}}"},
            {"property": "State_Value", "field": "Event.Kind", "convert": {"Visit": "UB"}, "otherwise": "MO"}]}]}
        """
    )
    title = Template(("Flag permit: ", Reference(("Event", "Nation")), ", {not a field}"))
    state = Conversion(Reference(("Event", "Kind")), (("Visit", "UB"),), "MO")
    assert mapping == OwnMapping(
        (GroupRule("Files", (PropertyRule("Title", title), PropertyRule("State_Value", state))),)
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Event.Nation", ("Event", "Nation")),
        ("A.v1..2.B", ("A", "v1.2", "B")),
        ("A.{{x}}", ("A", "{x}")),
        ("P.G.H.F", ("P", "G", "H", "F")),
    ],
)
def test_dots_and_braces_inside_a_name_are_doubled(text, names):
    assert read_reference(text) == Reference(names)
    assert str(Reference(names)) == text
    assert read_template(f"{{{text}}}") == (Reference(names),)


def whole(**items: object) -> dict[str, object]:
    return {"formcase": "mapping", "version": 1, "groups": [{"group": "Files", "items": [{"property": "T", **items}]}]}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "an object is expected"),
        ({"formcase": "mapping", "version": 2, "groups": []}, "version: 1 is expected"),
        ({"formcase": "mapping", "version": 1}, "“groups” is missing"),
        ({"formcase": "mapping", "version": 1, "groups": [], "form": ["1"]}, "“form” is not known here"),
        ({"formcase": "mapping", "version": 1, "groups": [], "forms": ["8 0"]}, "forms[0]: a form ID is expected"),
        (
            {"formcase": "mapping", "version": 1, "groups": [{"group": "File", "items": []}]},
            "groups[0]: only the groups Files, Contacts, RecordTemplate may stand here, not File.",
        ),
        (whole(), "exactly one of constant, template, field is expected"),
        (whole(constant="a", field="A.B"), "exactly one of"),
        (whole(constant=62.5), "groups[0].items[0].constant (Files/T): a text is expected, in quotation marks."),
        (whole(constant="a\x00b"), "U+0000"),
        (whole(template="{A.B"), "at character 1 a brace stands alone"),
        (whole(template="a } b"), "at character 3 a brace stands alone"),
        (whole(template="{A}"), "as Page.Group.Field"),
        (whole(field="A"), "as Page.Group.Field"),
        (whole(field=["A", " B"]), "as Page.Group.Field"),
        (whole(field="A.B", convert=["x"]), "for each value of the form the code"),
        (whole(field="A.B", convert={" x": "y"}), "blanks around a value"),
        (whole(field="A.B", otherwise="y"), "this belongs to “convert”"),
        (whole(constant="a", when={"field": "A.B"}), "either “field” or “group”"),
        (whole(constant="a", when={"field": "A.B", "equals": "x", "empty": True}), "either “field” or “group”"),
        (whole(constant="a", when={"field": "A.B", "notEmpty": False}), "true is expected"),
        (whole(constant="a", when={"group": "A.B", "equals": "x"}), "whether it is empty"),
        (whole(constant="a", when=[{"field": "A.B", "oneOf": []}]), "at least one text"),
        (whole(constant="a", wen={"field": "A.B", "empty": True}), "“wen” is not known here; expected is: when."),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_what_would_be_right(data, said):
    with pytest.raises(UnreadableMapping) as caught:
        mapping_from_data(data)
    assert said in str(caught.value)


def test_everything_that_is_wrong_is_told_at_once():
    data = {
        "formcase": "mapping",
        "version": 1,
        "groups": [
            {"group": "Files", "items": [{"property": "Title"}, {"property": "X", "constant": 1}, {"nothing": True}]},
            {"group": "Contacts", "repeat": "Applicant", "items": [{"property": "Role", "field": "A"}]},
        ],
    }
    with pytest.raises(UnreadableMapping) as caught:
        mapping_from_data(data)
    assert [problem.place for problem in caught.value.problems] == [
        "groups[0].items[0]",
        "groups[0].items[1].constant",
        "groups[0].items[2]",
        "groups[1].items[0].field",
        "groups[1].repeat",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "line 1, column 2: this is no JSON"),
        ('{"formcase": "mapping", "version": 1, "groups": [], "groups": []}', "stands twice"),
        ("[" * 100_000, "deep"),
        (b"\xff", "no UTF-8"),
        (" " * (4 * 1024 * 1024 + 1), "longer than"),
    ],
)
def test_what_is_no_json_is_refused(text, said):
    with pytest.raises(UnreadableMapping, match=said):
        mapping_from_json(text)


def test_groups_do_not_stand_inside_each_other_without_end():
    inner: dict[str, object] = {"group": "Text", "items": []}
    for _ in range(8):
        inner = {"group": "Files", "items": [inner]}
    with pytest.raises(UnreadableMapping, match="more than 8 deep"):
        mapping_from_data({"formcase": "mapping", "version": 1, "groups": [inner]})


def test_a_mapping_has_an_end():
    items = [{"property": "T", "constant": ""}] * 5_001
    with pytest.raises(UnreadableMapping, match="more than 5000"):
        mapping_from_data({"formcase": "mapping", "version": 1, "groups": [{"group": "Files", "items": items}]})
    assert json.loads(mapping_to_json(OwnMapping((GroupRule("Files", (PropertyRule("T", Constant("æ")),)),))))
