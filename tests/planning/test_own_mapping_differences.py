"""Two mappings are compared so that a person can read what differs."""

from hypothesis import given, settings

from formcase.planning.own_mapping.differences import Change, differences
from formcase.planning.own_mapping.model import OwnMapping
from formcase.planning.own_mapping.reading import mapping_from_data
from planning.mappings import mappings


def mapping(*items: dict[str, object], **more: object) -> OwnMapping:
    groups = [{"group": "Files", "items": list(items)}]
    return mapping_from_data({"formcase": "mapping", "version": 1, "groups": groups, **more})


def said(before: OwnMapping, after: OwnMapping) -> list[str]:
    return [difference.message().text() for difference in differences(before, after)]


TITLE = {"property": "Title", "template": "Flag: {Event.Nation}"}
STATE = {"property": "State_Value", "field": "Event.Kind", "convert": {"a": "UB"}}
TEXT = {"group": "Text", "items": [{"property": "Text", "field": "Event.Reason"}]}


@settings(max_examples=100)
@given(mappings, mappings)
def test_only_equal_mappings_differ_in_nothing(one, other):
    assert differences(one, one) == ()
    assert (differences(one, other) == ()) is (one == other)
    assert all(difference.message().text() for difference in differences(one, other))


def test_a_rule_that_changed_is_told_with_what_it_was():
    assert said(
        mapping(TITLE, STATE), mapping({**TITLE, "template": "{Event.Nation}"}, {**STATE, "otherwise": "MO"})
    ) == [
        "Files/Title: template “Flag: {Event.Nation}” → template “{Event.Nation}”",
        "Files/State_Value: field Event.Kind converted (“a” = “UB”; anything else is an error)"
        " → field Event.Kind converted (“a” = “UB”; anything else = “MO”)",
    ]


def test_what_was_added_or_taken_away_or_moved_is_told():
    condition = {"field": "Event.Kind", "oneOf": ["a", "b"]}
    assert said(mapping(TITLE, TEXT), mapping(TEXT, {**STATE, "when": condition})) == [
        "Files/Title: removed, template “Flag: {Event.Nation}”",
        "Files/State_Value: added, field Event.Kind converted (“a” = “UB”; anything else is an error), "
        "where Event.Kind is one of “a”, “b”",
    ]
    (moved,) = differences(mapping(TITLE, TEXT), mapping(TEXT, TITLE))
    assert moved.change is Change.MOVED


def test_what_changed_inside_a_group_is_told_with_the_group():
    inside = {**TEXT, "items": [{"property": "Text", "constant": "x"}], "repeat": "Event.Row"}
    assert said(mapping(TEXT), mapping(inside)) == [
        "Files/Text: a group of 1 → a group for each Event.Row",
        "Files/Text/Text: field Event.Reason → constant “x”",
    ]


def test_the_forms_that_a_mapping_is_for_are_compared():
    assert said(mapping(TITLE), mapping(TITLE, forms=["1", "2"])) == ["-: for every form → for the forms 1, 2"]
