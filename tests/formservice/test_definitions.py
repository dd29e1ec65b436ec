"""Definitions: what is refused, with its place and what would be right; and what stays as it was."""

import json

import pytest

from formcase.formservice.definitions import DefinitionRefused, read_definition
from formcase.formservice.design import written


def problems(document: object) -> str:
    with pytest.raises(DefinitionRefused) as refusal:
        read_definition(document)
    return str(refusal.value)


def page(*items: object, **changes: object) -> dict:
    return {"id": "1", "title": "t", "version": 1, "pages": [{"name": "P", "items": list(items), **changes}]}


@pytest.mark.parametrize(
    ("document", "place", "told"),
    [
        ([], "", "JSON object"),
        ({**page(), "id": "8 0"}, "form / id", "letters, digits"),
        ({**page(), "id": ""}, "form / id", "letters, digits"),
        ({**page(), "title": " "}, "form / title", "one line"),
        ({**page(), "title": "x" * 256}, "form / title", "255"),
        ({**page(), "version": 0}, "form / version", "from 1"),
        ({**page(), "version": True}, "form / version", "from 1"),
        ({**page(), "language": "da_DK"}, "form / language", "“da”"),
        ({**page(), "updatedAt": "yesterday"}, "form / updatedAt", "2026-11-20T08:41:07Z"),
        ({**page(), "pages": []}, "form / pages", "at least one page"),
        (page(name="two  blanks"), "pages[1] / name", "128"),
        (page(hidden="yes"), "P / hidden", "true or false"),
        (page("Name"), "P / items[1]", "“group” or “field”"),
        (page({"field": "A", "group": "B"}), "P / items[1]", "“group” or “field”"),
        (page({"field": "A", "type": "number"}), "P / A / type", "text, integer, decimal"),
        (page({"field": "A", "type": "choice"}), "P / A / choices", "has choices"),
        (page({"field": "A", "choices": [{"value": "1"}]}), "P / A / choices", "no other has"),
        (
            page({"field": "A", "type": "choice", "choices": [{"value": "1"}, {"value": "1"}]}),
            "P / A / choices",
            "twice",
        ),
        (page({"field": "A", "type": "date", "default": "soon"}), "P / A / default", "date"),
        (page({"field": "A"}, {"group": "A"}), "P", "“A” stands here twice"),
        (page({"group": "G", "items": [{"field": "A"}, {"field": "A"}]}), "P / G", "“A” stands here twice"),
        (page({"field": "F", "type": "file"}, hidden=True), "P / F", "hidden"),
        (page({"field": "T", "default": "{P.A}"}, hidden=True), "P / T / default", "names no field"),
        (
            page({"field": "F", "type": "file"}, {"group": "G", "items": [{"field": "F", "type": "file"}]}),
            "form",
            "file field “F”",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(document, place, told):
    text = problems(document)
    assert text.startswith(place)
    assert told in text


def test_all_that_is_wrong_is_told_at_once():
    assert len(problems({**page({"field": ""}, {"field": "A", "type": "x"}), "id": "", "version": 0}).split("\n")) == 4


def test_two_pages_of_one_name_are_refused():
    document = page()
    document["pages"] *= 2
    assert "“P” stands here twice" in problems(document)


def test_a_mapping_group_that_would_repeat_with_two_groups_is_refused_with_their_names():
    document = page(
        {"group": "R", "repeats": True, "items": [{"field": "A"}]},
        {"group": "S", "repeats": True, "items": [{"field": "A"}]},
    )
    mapping = [{"group": "Files", "repeats": True, "items": [{"field": "T", "default": "{P.R.A}{P.S.A}"}]}]
    document["pages"].append({"name": "WZ_ODATA", "hidden": True, "items": mapping})
    assert "WZ_ODATA / Files: " in problems(document)
    assert "P / R, P / S" in problems(document)


def test_groups_deeper_than_the_schema_has_room_for_are_refused():
    item: dict = {"field": "A"}
    for _level in range(61):
        item = {"group": "G", "items": [item]}
    assert "60 levels" in problems(page(item))


def test_a_definition_is_written_as_it_was_read(form):
    document = form()
    once = written(read_definition(document), for_clients=False)
    assert written(read_definition(once), for_clients=False) == once
    assert json.loads(json.dumps(once)) == once
