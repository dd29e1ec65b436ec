"""One part of a mapping is changed and the rest stays, also where somebody else has changed the mapping meanwhile."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcase.planning.own_mapping.editing import (
    Place,
    added,
    found_again,
    item_at,
    located,
    moved,
    names_at,
    removed,
    replaced,
)
from formcase.planning.own_mapping.model import Constant, GroupRule, OwnMapping, PropertyRule
from planning.mappings import mappings


def rule(name: str, text: str = "x") -> PropertyRule:
    return PropertyRule(name, Constant(text))


TWO = OwnMapping(
    (
        GroupRule("Files", (rule("Title"), GroupRule("Dates", (rule("DateStamp"),)), rule("Text"))),
        GroupRule("Contacts", (rule("Name1"),)),
    ),
    ("900001",),
)


@settings(max_examples=40)
@given(mappings, st.data())
def test_any_part_is_found_replaced_and_removed(mapping: OwnMapping, data: st.DataObject):
    parts = list(located(mapping))
    if not parts:
        return
    part = data.draw(st.sampled_from(parts))
    assert item_at(mapping, part.place) == part.item
    assert names_at(mapping, part.place) == part.names
    assert replaced(mapping, part.place, part.item) == mapping
    assert found_again(mapping, mapping, part.place) == part.place
    gone = removed(mapping, part.place)
    inside = sum(each.place[: len(part.place)] == part.place for each in parts)
    assert len(list(located(gone))) == len(parts) - inside


def test_a_part_is_added_at_the_end_of_its_group_and_moved_among_its_siblings():
    with_state, place = added(TWO, (0,), rule("State_Value"))
    assert place == (0, 3)
    assert item_at(with_state, (0, 3)) == rule("State_Value")
    up = moved(with_state, place, -2)
    assert [item.name for item in up.groups[0].items] == ["Title", "State_Value", "Dates", "Text"]
    assert moved(up, (0, 0), -1) == up
    assert item_at(added(TWO, (0, 1), rule("CustomLabel_Value"))[0], (0, 1, 1)) == rule("CustomLabel_Value")


@pytest.mark.parametrize("place", [(5,), (0, 9), (0, 0, 0)])
def test_what_is_not_there_is_not_changed(place: Place):
    assert item_at(TWO, place) is None
    with pytest.raises(LookupError):
        replaced(TWO, place, rule("Title"))


def test_a_part_is_found_again_after_others_have_changed_the_mapping():
    earlier = removed(TWO, (0, 0))
    assert found_again(TWO, earlier, (0, 1, 0)) == (0, 0, 0)
    assert found_again(TWO, earlier, (0, 0)) is None
    other_text = replaced(TWO, (0, 0), rule("Title", "another"))
    assert found_again(TWO, other_text, (0, 0)) == (0, 0)
    first = OwnMapping((GroupRule("RecordTemplate"), *TWO.groups))
    assert found_again(TWO, first, (1, 0)) == (2, 0)


def test_of_several_that_look_alike_none_is_taken_for_another():
    many = OwnMapping((GroupRule("Files", (rule("Title", "a"), rule("Text"), rule("Title", "b"))),))
    both = OwnMapping((GroupRule("Files", (rule("Text"), rule("Title", "c"), rule("Title", "d"))),))
    assert found_again(many, both, (0, 0)) is None
